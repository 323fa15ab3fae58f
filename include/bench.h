/* SPDX-License-Identifier: MIT */
/*
 * The one header that a benchmark includes. It has the descriptor and the helpers for
 * setting up. Its macros stamp the timed loop, and register a descriptor where it stands.
 *
 * It does not measure: src/measure/ drives what it declares, in a fresh process, so:
 *
 *	needs     may answer SKIP
 *	setup     once; the harness undoes most of it by itself (see struct bench_run)
 *	before    before each window, untimed
 *	batch     many times, n iterations each, some of them timed
 *	after     after each window, untimed
 *	verify    after the first batch and after the last one: did the work happen?
 *	teardown  even if setup failed half-way: what it did not reach is zero
 *
 * Units: times are never seen by a benchmark. Sizes are bytes. Errors: setup, verify and
 * needs return 0, or what bench_fail(), bench_skip() or bench_errno() returned.
 */
#ifndef SYSCOST_BENCH_H
#define SYSCOST_BENCH_H

#include <limits.h>
#include <stddef.h>
#include <stdint.h>
#include <stdbool.h>
#include <sys/types.h>
#include <sys/syscall.h>

#include "arch/arch.h"
#include "attributes.h"

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
struct variant;

/*
 * One benchmark, or a family of rows that differ in `params` alone. Everything not
 * mentioned is zero, which is always the harmless choice.
 */
struct bench {
	const char *id;	    /* "group/name": lower case, digits, '-', '_' */
	enum bench_via via; /* how the operation is made */
	const char *desc;   /* one line: what one operation does */
	const char *caveat; /* one line: what its number does not mean; or NULL */
	/*
	 * The system calls of one operation: "openat close"; or NULL. If the loop makes
	 * them by their numbers and this CPU's Linux lacks one, the row says SKIP.
	 */
	const char *calls;
	/*
	 * Id of the row it is read against; or NULL. Where that is a family, it is the
	 * row with the same parameters as this one, or the same but batch=1.
	 */
	const char *base;
	/*
	 * "batch=1,8,64 bytes=64": one row for every combination. A parameter with more
	 * than one value becomes part of the row's id: "write/writev:batch=8". `batch`
	 * is the number of operations that one iteration makes. "batch=1,8 bytes=64;
	 * batch=1 bytes=1": rows of both, each with all of its parameters in its id.
	 */
	const char *params;
	unsigned long ops;  /* operations an iteration if that is not `batch`; or 0 */
	unsigned int flags; /* BENCH_… */
	unsigned int pass;  /* iterations a pass of its loop, from BENCH_OF(); or 0 */
	/*
	 * Rows of one workload (and one `bytes`) do the same work, each by its strategy:
	 * "write-null" by "writev". `syscost batch` weighs them. NULL: no alternatives.
	 */
	const char *workload, *strategy;

	size_t state;	 /* bytes of zeroed private state behind run->state */
	const void *arg; /* what the functions below tell their rows apart by */
	long want;	 /* what each result must be: WANT_…, or a value: -EAGAIN */

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
	BENCH_TEST = 1 << 1,   /* for the suite's own tests: planned only if named */
	BENCH_SWEEP = 1 << 2,  /* one of very many: planned only if named */
	BENCH_CPU = 1 << 3,    /* others work for it: take the process's CPU time too */
	BENCH_ALONE = 1 << 4,  /* would change other rows: gets a process of its own */
};

#define WANT_ANY   0		  /* anything but an error */
#define WANT_ZERO  (LONG_MIN + 1) /* 0 */
#define WANT_BYTES (LONG_MIN + 2) /* all bytes of an iteration: `batch` times `bytes` */

#define BENCH_FDS 4

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
 * What a running benchmark has at hand, filled in before setup. After teardown the
 * harness closes `fd`, unmaps what bench_buffer() gave, kills and reaps the peer, and
 * frees `state`. A descriptor or a child that is left then fails the benchmark.
 */
struct bench_run {
	const struct bench *bench;
	size_t batch, bytes; /* the parameters of these names; 1 and 0 if not declared */
	int cpu;	     /* the CPU that this process is pinned to */
	int other_cpu;	     /* another one that it may use, or -1 */
	bool first;	     /* of the run: what never changes can be found out now */
	const char *dir;     /* a private, empty directory for files, removed later */

	int fd[BENCH_FDS]; /* -1 each */
	pid_t peer;	   /* 0; set by bench_peer() */
	void *buf;	   /* set by bench_buffer() */
	size_t buf_len;
	void *state;

	long want;	      /* what every result must be; BENCH_ANY: not negative */
	unsigned long done;   /* iterations made since setup; kept by the harness */
	unsigned long enters; /* system calls since setup, if the batch counts them */
	struct outcome outcome;

	const struct variant *variant; /* use bench_param() */
};

#define BENCH_ANY LONG_MIN

/* The value of a declared parameter. An undeclared name aborts: a programming error. */
long bench_param(const struct bench_run *run, const char *name);

/* Verdicts for needs, setup and verify: `return bench_fail(run, "read %d", n)`. */
#define BENCH_FAIL	     (-1)
#define BENCH_SKIP	     (-2)
#define bench_fail(run, ...) bench_verdict(run, OUTCOME_FAIL, __VA_ARGS__)
#define bench_skip(run, ...) bench_verdict(run, OUTCOME_SKIP, __VA_ARGS__)
int bench_verdict(struct bench_run *run, enum outcome_status status, const char *fmt, ...)
	format_at(3);
/*
 * `what` failed with errno: SKIP where the kernel or a limit refused (EPERM, EACCES,
 * ENOSYS, EOPNOTSUPP, EMFILE, ENOMEM, …), FAIL otherwise. The reason names both.
 */
int bench_errno(struct bench_run *run, const char *what);

/* run->buf: `len` bytes, page-aligned, already touched. Returns 0 or a verdict. */
int bench_buffer(struct bench_run *run, size_t len);

/* run->fd[i]: open(2) of `path`. Returns 0 or a verdict that names the path. */
int bench_open(struct bench_run *run, int i, const char *path, int flags);

/* Writes all of `buf` to run->fd[i]: 0 or a verdict, as of ENOSPC where less went in. */
int bench_pwrite(struct bench_run *run, int i, const void *buf, size_t len, off_t off);

/* run->fd[i]: a new file in run->dir, or in memory, without a name. 0 or a verdict. */
int bench_file(struct bench_run *run, int i, const char *name);
int bench_memfd(struct bench_run *run, int i);

/*
 * Start a peer process that runs `fn(run)` and exits with its result. It dies with this
 * process, and is killed and reaped after teardown. `cpu` -1: the CPU of this process.
 */
int bench_peer(struct bench_run *run, int cpu, int (*fn)(struct bench_run *run));

/* The path of `name` in run->dir, in a buffer of the caller's. Returns buf. */
#define BENCH_PATH_MAX 4096
char *bench_path(const struct bench_run *run, const char *name, char *buf, size_t len);

/* A probe for `needs`: there must be a second CPU that this process may use. */
int bench_needs_two_cpus(struct bench_run *run);

/* The address of a vDSO function, ARCH_VDSO "time"; NULL where there is none. */
void *bench_vdso(const char *name);

/* What most rows are read against: the cheapest call that does something. */
#define NULL_CALL "null/getppid-inline"

/*
 * SYS(getppid), SYS(write, fd, buf, len): the system call instruction, inlined. The
 * arguments are cast to long. Returns a value or -errno; errno is not touched.
 */
#define SYS(...) SYS_PICK(__VA_ARGS__, 6, 5, 4, 3, 2, 1, 0)(__VA_ARGS__)

#define SYS_PICK(a, b, c, d, e, f, g, n, ...) SYS_##n

#define SYS_0(nr)	arch_syscall0(SYS_##nr)
#define SYS_1(nr, a)	arch_syscall3(SYS_##nr, (long)(a), 0, 0)
#define SYS_2(nr, a, b) arch_syscall3(SYS_##nr, (long)(a), (long)(b), 0)

#define SYS_3(nr, a, b, c) arch_syscall3(SYS_##nr, (long)(a), (long)(b), (long)(c))
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
 * Timed loops, from the shortest to write to the most free. All return the OR of the
 * results, which is negative as soon as one of them was. No clock, no branch on a result,
 * no call but the operation's own (a test disassembles them).
 *
 * CALL(name, expr, .id = "group/name", …): the loop over `expr` and its descriptor. In
 * expr, `fd`, `buf` and `bytes` are run->fd[0], run->buf and run->bytes, in registers.
 * A pass of the loop makes BENCH_UNROLL operations. After a return from the kernel, a
 * branch back to the call costs up to 28 cycles on the CPUs that were measured, and that
 * is none of the call's own. What fills no pass comes before: single ones, then passes of
 * BENCH_UNROLL_LESS. Any n does.
 *
 * BATCH_OP(name, expr): the same loop without a descriptor.
 *
 * LOOP(name, locals, statements): declares `locals` and repeats the statements, which OR
 * their results into `fold`. LOOP_THEN(name, locals, then, …): `then` once at the end.
 *
 * BATCH(name) { … REPEAT (n) … }: any body. A pass is one iteration; `n` goes down to 1.
 */
#define BATCH(name) BATCH_BY(name, 1)
/* The same, of a body that makes so many iterations a pass. */
#define BATCH_BY(name, iterations)         \
	enum { pass_##name = iterations }; \
	static timed_loop long batch_##name(struct bench_run *run, unsigned long n)
#define REPEAT(n) for (unsigned long left_ = 1; left_; left_ = --(n))

/*
 * Operations a pass; fewer where n does not fill one. Measured against a block without a
 * loop (ENOSYS, Intel Xeon, model 167): 8 leave 1 %, 16 leave 0.3 to 0.6 %, 64 leave 0.1
 * to 0.2 % of the call.
 */
#define BENCH_UNROLL	  64
#define BENCH_UNROLL_LESS 16
#define FOUR_OF(...) \
	__VA_ARGS__; \
	__VA_ARGS__; \
	__VA_ARGS__; \
	__VA_ARGS__
/* At once, by one instruction: no compiler keeps many results for later. */
#define FOLD(result)                               \
	do {                                       \
		fold |= (long)(result);            \
		__asm__ volatile("" : "+r"(fold)); \
	} while (0)
#define UNROLLED(n, ...)                                                          \
	for (unsigned long one_ = (n) % BENCH_UNROLL_LESS; one_; one_--)          \
		__VA_ARGS__;                                                      \
	for (unsigned long less_ = (n) % BENCH_UNROLL / BENCH_UNROLL_LESS; less_; \
	     less_--) {                                                           \
		FOUR_OF(FOUR_OF(__VA_ARGS__));                                    \
	}                                                                         \
	for (unsigned long pass_ = (n) / BENCH_UNROLL; pass_; pass_--) {          \
		FOUR_OF(FOUR_OF(FOUR_OF(__VA_ARGS__)));                           \
	}
#define LOOP_THEN(name, locals, then, ...) \
	BATCH(name)                        \
	{                                  \
		locals;                    \
		long fold = 0;             \
                                           \
		REPEAT (n) {               \
			__VA_ARGS__;       \
		}                          \
		then;                      \
		return fold;               \
	}
#define LOOP(name, locals, ...) LOOP_THEN(name, locals, (void)0, __VA_ARGS__)
#define OP_LOCALS                                \
	const int fd maybe_unused = run->fd[0];  \
	char *const buf maybe_unused = run->buf; \
	const size_t bytes maybe_unused = run->bytes
#define BATCH_OP(name, expr)             \
	BATCH_BY(name, BENCH_UNROLL)     \
	{                                \
		OP_LOCALS;               \
		long fold = 0;           \
                                         \
		UNROLLED(n, FOLD(expr)); \
		return fold;             \
	}
#define CALL(name, expr, ...) BATCH_OP(name, expr) BENCH_OF(name, __VA_ARGS__)

/* BENCHMARK(.id = "group/name", …) registers a row. BENCH_OF(name, …): with that loop. */
#define DESCRIPTOR(number) REGISTERED(bench, number)
#define BENCHMARK(...)	   DESCRIPTOR(__COUNTER__) = { __VA_ARGS__ }
#define BENCH_OF(name, ...) \
	BENCHMARK(.batch = batch_##name, .pass = pass_##name, __VA_ARGS__)

#endif
