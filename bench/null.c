// SPDX-License-Identifier: MIT
/*
 * The floor: an empty loop, a function call, the entry into the kernel for a number that
 * names no system call; and the calls that do next to nothing, made in each way.
 *
 * The numbers hold nothing of what a working system call adds: cold caches, locks, copies
 * and the slower user code after it. The difference between `libc` and `shielded` is not
 * the price of a function call but of a return that the CPU predicts wrongly, where the
 * kernel overwrites the return predictor; elsewhere there is none.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define REF "null/getppid-inline"

/*
 * Functions of our own in assembly: `load` puts the number into eax, `leave` goes home.
 * SHIELD: a call inside of the function pushes a fresh entry onto the return predictor
 * after the kernel is through with it; the entry's address is dropped from the stack.
 */
#define PLAIN  "ret\n"
#define SHIELD "call 1f\n\tint3\n1:\tlea 8(%rsp), %rsp\n\tret\n"
#define OP(name, load, leave)                                                            \
	long name(long nr) __attribute__((visibility("hidden")));                        \
	__asm__(".pushsection .text\n\t.p2align 6\n\t.globl " #name "\n"                 \
		"\t.hidden " #name "\n\t.type " #name ", @function\n" #name ":\n\t" load \
		"\n\tsyscall\n\t" leave "\t.size " #name ", . - " #name                  \
		"\n\t.popsection\n")

OP(op_enosys_libc, "mov %edi, %eax", PLAIN);
OP(op_enosys_shielded, "mov %edi, %eax", SHIELD);
OP(op_getppid_shielded, "mov $110, %eax", SHIELD);
_Static_assert(SYS_getppid == 110, "the number in op_getppid_shielded");

static __attribute__((noinline, noclone)) void op_nothing(void)
{
	__asm__ volatile("");
}

BATCH(floor_empty)
{
	long fold = 0;

	(void)run;
	do {
		bench_keep(fold);
	} while (--n);
	return fold;
}

BATCH_OP(floor_call, (op_nothing(), 0))

#define FLOOR(ident, name, ...) \
	BENCH(ident)            \
	= { .id = "floor/" name, .base = REF, .batch = batch_##ident, __VA_ARGS__ }

FLOOR(floor_empty, "empty", .via = VIA_USER, .desc = "one pass of an empty loop",
      .caveat = "contained in every row; a superscalar CPU hides it behind other work");
FLOOR(floor_call, "call", .via = VIA_USER, .desc = "call a function that returns at once",
      .caveat = "well predicted, arguments in registers: a call is rarely this cheap");

/* A number that no kernel of today knows; run->bytes has it, the loops hold it there. */
static int find_unused(struct bench_run *run)
{
	for (long nr = 1000; nr < 1100; nr++) {
		if (arch_syscall0(nr) == -ENOSYS) {
			run->bytes = nr;
			run->want = -ENOSYS;
			return 0;
		}
	}
	return bench_skip(run,
			  "no number in 1000..1099 gives ENOSYS (a seccomp filter?)");
}

/* syscall(2) reports by -1 and errno. */
static int find_unused_errno(struct bench_run *run)
{
	int ret = find_unused(run);

	run->want = -1;
	return ret;
}

static int verify_enosys(struct bench_run *run)
{
	long ret;

	errno = 0;
	ret = syscall(run->bytes);
	if (ret != -1 || errno != ENOSYS)
		return bench_fail(run, "number %zu: %ld, errno %d", run->bytes, ret,
				  errno);
	return 0;
}

BATCH_OP(enosys_inline, arch_syscall0(bytes))
BATCH_OP(enosys_libc, op_enosys_libc(bytes))
BATCH_OP(enosys_syscall, syscall(bytes))
BATCH_OP(enosys_shielded, op_enosys_shielded(bytes))

#define ENOSYS_CAVEAT "entry and exit alone; seccomp and tracing, if any, are in it"
#define ENOSYS_ROW(name, how, find, about)                                               \
	FLOOR(enosys_##name, "enosys-" #name, .via = how, .setup = find,                 \
	      .desc = "a number without a system call, " about, .verify = verify_enosys, \
	      .caveat = ENOSYS_CAVEAT)

ENOSYS_ROW(inline, VIA_INLINE, find_unused, "by the instruction in the loop");
ENOSYS_ROW(libc, VIA_LIBC, find_unused, "by a function of glibc's shape (not glibc's)");
ENOSYS_ROW(syscall, VIA_SYSCALL, find_unused_errno, "by syscall(2), which sets errno");
ENOSYS_ROW(shielded, VIA_SHIELDED, find_unused, "by a function with a shielded return");

/* The same value asked for in another way: libc's, where the row does not use it. */
#define VALUE(name, other)                                                           \
	static int setup_##name(struct bench_run *run)                               \
	{                                                                            \
		run->want = (other);                                                 \
		return 0;                                                            \
	}                                                                            \
	static int verify_##name(struct bench_run *run)                              \
	{                                                                            \
		long got = run->bench->batch(run, 1), want = (other);                \
                                                                                     \
		return got == want ? 0 : bench_fail(run, "%ld, not %ld", got, want); \
	}

VALUE(getppid, run->bench->via == VIA_LIBC ? SYS(getppid) : getppid())
VALUE(getpid, getpid())
VALUE(getuid, getuid())
VALUE(gettid, gettid())

BATCH_OP(getppid_inline, SYS(getppid))
BATCH_OP(getppid_libc, getppid())
BATCH_OP(getppid_syscall, syscall(SYS_getppid))
BATCH_OP(getppid_shielded, op_getppid_shielded(0))
BATCH_OP(getpid_inline, SYS(getpid))
BATCH_OP(getuid_inline, SYS(getuid))
BATCH_OP(gettid_inline, SYS(gettid))

#define NULL_ROW(call, how, way, against, ...) \
	BENCH(call##_##way)                    \
	= { .id = "null/" #call "-" #way,      \
	    .via = how,                        \
	    .base = against,                   \
	    .calls = #call,                    \
	    .setup = setup_##call,             \
	    .verify = verify_##call,           \
	    .batch = batch_##call##_##way,     \
	    __VA_ARGS__ }

NULL_ROW(getppid, VIA_INLINE, inline, "floor/enosys-inline",
	 .desc = "getppid by the instruction in the loop",
	 .caveat = "the cheapest way in and out, not what a program's wrapper costs");
NULL_ROW(getppid, VIA_LIBC, libc, REF, .desc = "getppid by the C library's wrapper",
	 .caveat = "over `inline` by more than a call where the return is mispredicted");
NULL_ROW(getppid, VIA_SYSCALL, syscall, REF, .desc = "getppid by syscall(2)",
	 .caveat = "over `inline` by more than a call where the return is mispredicted");
NULL_ROW(getppid, VIA_SHIELDED, shielded, REF,
	 .desc = "getppid by a function with a shielded return",
	 .caveat = "no C library does this: it splits the price of `libc` in two");
NULL_ROW(getpid, VIA_INLINE, inline, REF,
	 .desc = "getpid by the instruction in the loop");
NULL_ROW(getuid, VIA_INLINE, inline, REF,
	 .desc = "getuid by the instruction in the loop");
NULL_ROW(gettid, VIA_INLINE, inline, REF,
	 .desc = "gettid by the instruction in the loop");

/* volatile: asked for each time, as by a function that the compiler cannot look into. */
static __thread volatile pid_t cached_pid;

static inline __attribute__((always_inline)) long cached(volatile pid_t *cache)
{
	pid_t pid = *cache;

	if (__builtin_expect(!pid, 0))
		*cache = pid = SYS(getpid);
	return pid;
}

BATCH_OP(getpid_cached, cached(&cached_pid))
BATCH_OP(getpid_cached_safe, cached((volatile pid_t *)buf))

static int setup_cached_safe(struct bench_run *run)
{
	int ret = bench_buffer(run, sysconf(_SC_PAGESIZE));

	if (ret)
		return ret;
	*(pid_t *)run->buf = 0; /* empty: the first use fills it */
	if (madvise(run->buf, run->buf_len, MADV_WIPEONFORK) < 0)
		return errno == EINVAL
			       ? bench_skip(run, "no MADV_WIPEONFORK (needs Linux 4.14)")
			       : bench_errno(run, "madvise");
	return setup_getpid(run);
}

/* A child asks the cache: right or not? Both are documented. */
static int verify_fork(struct bench_run *run, bool right)
{
	int status, ret = verify_getpid(run);
	pid_t pid;

	if (ret)
		return ret;
	pid = fork();
	if (pid < 0)
		return bench_errno(run, "fork");
	if (!pid)
		_exit(run->bench->batch(run, 1) == SYS(getpid) ? 10 : 11);
	if (waitpid(pid, &status, 0) != pid)
		return bench_errno(run, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != (right ? 10 : 11))
		return bench_fail(run, "in a child: status %#x, expected a %s pid",
				  status, right ? "right" : "stale");
	return 0;
}

static int verify_stale(struct bench_run *run)
{
	return verify_fork(run, false);
}

static int verify_safe(struct bench_run *run)
{
	return verify_fork(run, true);
}

#define CACHED_ROW(ident, name, ...) \
	BENCH(ident)                 \
	= { .id = "null/" name,      \
	    .via = VIA_CACHED,       \
	    .base = REF,             \
	    .batch = batch_##ident,  \
	    __VA_ARGS__ }

CACHED_ROW(getpid_cached, "getpid-cached", .setup = setup_getpid, .verify = verify_stale,
	   .desc = "the pid, from a thread-local cache",
	   .caveat = "wrong after fork, which is why glibc gave its cache up (2.25)");
CACHED_ROW(getpid_cached_safe, "getpid-cached-safe", .setup = setup_cached_safe,
	   .verify = verify_safe, .desc = "the pid, from a page that fork wipes",
	   .caveat = "right after fork; costs a page, and a call in every child");
