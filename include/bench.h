/* SPDX-License-Identifier: MIT */
/*
 * The one header that a benchmark includes: the descriptor, the macros that stamp the
 * timed loop and register a descriptor where it stands, and the helpers for setting up.
 *
 * It does not measure: src/measure/ drives what is declared here, in a fresh process,
 * in this order:
 *
 *	needs   may answer SKIP
 *	setup   once; the harness undoes most of it by itself (see struct bench_run)
 *	before  before each window, untimed
 *	batch   many times, n iterations each, some of them timed
 *	after   after each window, untimed
 *	verify  after the first batch and after the last one: did the work happen?
 *	teardown
 *
 * Units: times are never seen by a benchmark. Sizes are bytes. Errors: setup, verify and
 * needs return 0, or what bench_fail(), bench_skip() or bench_errno() returned.
 */
#ifndef SYSCOST_BENCH_H
#define SYSCOST_BENCH_H

#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/syscall.h>

#include "arch/arch.h"

/* How the operation is made. bench_via_name() has the word that the rows carry. */
enum bench_via {
	VIA_INLINE,   /* the system call instruction, in the loop itself */
	VIA_LIBC,     /* the C library's wrapper */
	VIA_SYSCALL,  /* the syscall(2) function */
	VIA_SHIELDED, /* called like a wrapper, its return kept off stale predictions */
	VIA_VDSO,     /* the function in the vDSO, through a pointer */
	VIA_CACHED,   /* answered from user memory, on purpose */
	VIA_RING,     /* io_uring, through liburing */
	VIA_USER,     /* no call at all: what the others are read against */
	VIA_COUNT,
};

const char *bench_via_name(enum bench_via via);

struct bench_run;

/*
 * One benchmark, or a family of rows that differ in `params` alone. Everything not
 * mentioned is zero, which is always the harmless choice.
 */
struct bench {
	const char *id;	    /* "group/name": lower case, digits, '-', '_' */
	enum bench_via via; /* how the operation is made */
	const char *desc;   /* one line: what one operation does */
	const char *caveat; /* one line: what its number does not mean; or NULL */
	const char
		*calls; /* the system calls of one operation: "openat close"; or NULL */
	/*
	 * Id of the row it is read against; or NULL. Where that is a family, it is the row
	 * with this one's own parameters, or with batch=1 and the others this one's own.
	 */
	const char *base;
	/*
	 * "batch=1,8,64 bytes=64": one row for every combination. A parameter with more
	 * than one value becomes part of the row's id: "write/writev:batch=8". `batch`
	 * is the number of operations that one iteration makes. "batch=1,8 bytes=64;
	 * batch=1 bytes=1": rows of both, each with all of its parameters in its id.
	 */
	const char *params;
	unsigned long
		ops; /* operations an iteration when that is not `batch`; 0: as said */
	unsigned int flags; /* BENCH_… */
	/*
	 * Rows of one workload (and one `bytes`) do the same work, each by its strategy:
	 * "write-null" by "writev". `syscost batch` weighs them against each other. NULL
	 * for rows that are no alternatives.
	 */
	const char *workload, *strategy;
	size_t state; /* bytes of zeroed private state behind run->state */

	int (*needs)(struct bench_run *run);
	int (*setup)(struct bench_run *run);
	/* Around each window of n iterations, never timed: for what a batch uses up. */
	int (*before)(struct bench_run *run, unsigned long n);
	int (*after)(struct bench_run *run, unsigned long n);
	long (*batch)(struct bench_run *run, unsigned long n);
	int (*verify)(struct bench_run *run);
	void (*teardown)(struct bench_run *run);
};

enum {
	BENCH_BLOCKS = 1 << 0, /* sleeps or wakes others: being switched out is the op */
	BENCH_TEST =
		1 << 1, /* only for the suite's own tests: never planned by default */
	BENCH_SWEEP = 1 << 2, /* one of very many: planned only if a pattern names it */
	BENCH_CPU = 1 << 3,   /* others work for it: take the process's CPU time too */
};

#define BENCH_FDS   4
#define BENCH_PEERS 2

enum outcome_status { OUTCOME_OK, OUTCOME_SKIP, OUTCOME_FAIL };

/* What became of a benchmark, for its row. The texts are "" where there is none. */
struct outcome {
	enum outcome_status status;
	int64_t overflow;  /* completions that found no room; -1: no ring here */
	char mode[16];	   /* "inline", "punted", … */
	char asked[96];	   /* the flags asked for, "SINGLE_ISSUER DEFER_TASKRUN" */
	char in_force[96]; /* and those that the kernel says are in force */
	char reason[160];  /* why it was skipped or failed */
};

/*
 * What a running benchmark has at hand. Filled in before setup; after teardown the
 * harness closes `fd`, unmaps what bench_buffer() gave, kills and reaps the peers, frees
 * `state`, and then fails the benchmark if it leaked a descriptor or a child.
 */
struct bench_run {
	const struct bench *bench;
	size_t batch, bytes; /* the parameters of these names; 1 and 0 if not declared */
	int cpu;	     /* the CPU that this process is pinned to */
	int other_cpu;	     /* another one that it may use, or -1 */
	bool first;	     /* of the run: what never changes can be found out now */
	const char *dir;     /* a private, empty directory for files, removed later */

	int fd[BENCH_FDS];	 /* -1 each */
	pid_t peer[BENCH_PEERS]; /* 0 each; set by bench_peer() */
	void *buf;		 /* set by bench_buffer() */
	size_t buf_len;
	void *state;

	long want;	    /* what every result must be; BENCH_ANY: not negative */
	unsigned long done; /* iterations made since setup; kept by the harness */
	unsigned long
		enters; /* system calls made since setup, if the batch counts them */
	struct outcome outcome;

	const long *param; /* use bench_param() */
};

#define BENCH_ANY (-0x7fffffffL - 1)

/* The value of a declared parameter. An undeclared name aborts: a programming error. */
long bench_param(const struct bench_run *run, const char *name);

/* Verdicts for needs, setup and verify: `return bench_fail(run, "read %d", n)`. */
#define BENCH_FAIL (-1)
#define BENCH_SKIP (-2)
int bench_fail(struct bench_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int bench_skip(struct bench_run *run, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/*
 * `what` failed with errno: SKIP where the kernel or a limit refused (EPERM, EACCES,
 * ENOSYS, EOPNOTSUPP, EMFILE, ENOMEM, …), FAIL otherwise. The reason names both.
 */
int bench_errno(struct bench_run *run, const char *what);

/* run->buf: `len` bytes, page-aligned, already touched. Returns 0 or a verdict. */
int bench_buffer(struct bench_run *run, size_t len);

/*
 * Start a peer process that runs `fn(run)` and exits with its result. It dies with this
 * process, and is killed and reaped after teardown. `cpu` -1: the CPU of this process.
 */
int bench_peer(struct bench_run *run, int cpu, int (*fn)(struct bench_run *run));

/* The path of `name` in run->dir, in a buffer of the caller's. Returns buf. */
char *bench_path(const struct bench_run *run, const char *name, char *buf, size_t len);

/* A probe for `needs`: there must be a second CPU that this process may use. */
int bench_needs_two_cpus(struct bench_run *run);

/* The address of a vDSO function, e.g. "__vdso_time"; NULL where there is none. */
void *bench_vdso(const char *name);

/*
 * SYS(getppid), SYS(write, fd, buf, len): the system call instruction, inlined. The
 * arguments are cast to long. Returns a value or -errno; errno is not touched.
 */
#define SYS(...)			      SYS_PICK(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)
#define SYS_PICK(a, b, c, d, e, f, g, n, ...) SYS_##n
#define SYS_0(nr)			      arch_syscall0(SYS_##nr)
#define SYS_1(nr, a)			      arch_syscall3(SYS_##nr, (long)(a), 0, 0)
#define SYS_2(nr, a, b)			      arch_syscall3(SYS_##nr, (long)(a), (long)(b), 0)
#define SYS_3(nr, a, b, c)		      arch_syscall3(SYS_##nr, (long)(a), (long)(b), (long)(c))
#define SYS_4(nr, a, b, c, d) \
	arch_syscall6(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), 0, 0)
#define SYS_5(nr, a, b, c, d, e) \
	arch_syscall6(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), 0)
#define SYS_6(nr, a, b, c, d, e, f)                                                    \
	arch_syscall6(SYS_##nr, (long)(a), (long)(b), (long)(c), (long)(d), (long)(e), \
		      (long)(f))

/* Have the compiler believe that `x` is used, and may have changed. */
#define bench_keep(x) __asm__ volatile("" : "+r"(x) : : "memory")

/*
 * BATCH(name) { … }: a timed loop of one's own over `n` operations of `run`. It returns
 * the OR of the results, which is negative as soon as one of them was. No clock, no
 * branch on a result, no call but the operation's own (a test disassembles it).
 *
 * BATCH_OP(name, expr): the usual loop. In expr, `fd`, `buf` and `bytes` stand for
 * run->fd[0], run->buf and run->bytes, held in registers.
 */
#define BATCH(name)                                                               \
	static __attribute__((noinline, noclone, aligned(64))) long batch_##name( \
		struct bench_run *run, unsigned long n)
#ifdef __clang__
#define noclone /* gcc's; clang does not clone */
#endif
#define BENCH_LOOP(n) for (; (n); (n)--)
#define BATCH_OP(name, expr)                                             \
	BATCH(name)                                                      \
	{                                                                \
		const int fd __attribute__((unused)) = run->fd[0];       \
		char *const buf __attribute__((unused)) = run->buf;      \
		const size_t bytes __attribute__((unused)) = run->bytes; \
		long fold = 0;                                           \
                                                                         \
		do {                                                     \
			fold |= (long)(expr);                            \
		} while (--n);                                           \
		return fold;                                             \
	}

/*
 * BENCH(ident) = { .id = "group/name", … };  defines and registers a descriptor.
 * The registry holds pointers, so that a sanitizer's padding cannot come between.
 */
#define BENCH(ident)                                                         \
	static const struct bench bench_##ident;                             \
	static const struct bench *const bench_entry_##ident __attribute__(( \
		used, retain, section("bench_registry"))) = &bench_##ident;  \
	static const struct bench bench_##ident

#endif
