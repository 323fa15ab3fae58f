// SPDX-License-Identifier: MIT
/*
 * The floor: an empty loop, a function call, and the entry into the kernel for a number
 * that names no system call. Beside them, calls that do next to nothing, in each way.
 *
 * The numbers hold nothing of what a working system call adds: cold caches, locks, copies
 * and the slower user code after it. Where the kernel overwrites the return predictor,
 * `libc` costs more than `shielded`: its return is predicted wrongly. That is not the
 * price of a function call, and elsewhere the two cost the same.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* A function of our own in assembly; see arch/. */
#define OP(name, text)                                                                   \
	long name(long nr) __attribute__((visibility("hidden")));                        \
	__asm__(".pushsection .text\n\t.p2align 6\n\t.globl " #name "\n\t.hidden " #name \
		"\n\t.type " #name ", @function\n" #name ":\n\t" text "\t.size " #name   \
		", . - " #name "\n\t.popsection\n")

OP(op_bare, ARCH_CALL_BARE);
OP(op_shielded, ARCH_CALL_SHIELDED);

static __attribute__((noinline)) void op_nothing(void)
{
	__asm__ volatile("");
}

LOOP(empty, (void)run, bench_keep(fold))
BENCH_OF(empty, .id = "floor/empty", .via = VIA_USER, .base = NULL_CALL,
	 .desc = "one pass of an empty loop",
	 .caveat = "contained in every row; a superscalar CPU hides it behind other "
		   "work");

CALL(call, (op_nothing(), 0), .id = "floor/call", .via = VIA_USER, .base = NULL_CALL,
     .desc = "call a function that returns at once",
     .caveat = "well predicted, arguments in registers: a call is rarely this cheap");

#define UNUSED_FROM 1000 /* where to look for a number that no kernel of today knows */
#define UNUSED_TO   1100

/* run->bytes has the number: the loops hold it in a register. syscall(2) sets errno. */
static int setup_unused(struct bench_run *run)
{
	for (long nr = UNUSED_FROM; nr < UNUSED_TO; nr++) {
		if (arch_syscall0(nr) == -ENOSYS) {
			run->bytes = nr;
			run->want = run->bench->via == VIA_SYSCALL ? -1 : -ENOSYS;
			return 0;
		}
	}
	return bench_skip(run, "no number in %d..%d gives ENOSYS (a seccomp filter?)",
			  UNUSED_FROM, UNUSED_TO - 1);
}

static int verify_unused(struct bench_run *run)
{
	long ret;

	errno = 0;
	ret = syscall(run->bytes);
	if (ret != -1 || errno != ENOSYS)
		return bench_fail(run, "number %zu: %ld, errno %d", run->bytes, ret,
				  errno);
	return 0;
}

#define ENOSYS_CALL(ident, expr, ...)                                                  \
	CALL(ident, expr, .setup = setup_unused, .verify = verify_unused,              \
	     .base = NULL_CALL,                                                        \
	     .caveat = "entry and exit alone; seccomp and tracing, if any, are in it", \
	     __VA_ARGS__)

ENOSYS_CALL(enosys_inline, arch_syscall0(bytes), .id = "floor/enosys-inline",
	    .desc = "a number without a system call, by the instruction in the loop");
ENOSYS_CALL(enosys_libc, op_bare(bytes), .id = "floor/enosys-libc", .via = VIA_LIBC,
	    .desc = "a number without a system call, by a function of glibc's shape (not "
		    "glibc's)");
ENOSYS_CALL(enosys_syscall, syscall(bytes), .id = "floor/enosys-syscall",
	    .via = VIA_SYSCALL,
	    .desc = "a number without a system call, by syscall(2), which sets errno");
ENOSYS_CALL(enosys_shielded, op_shielded(bytes), .id = "floor/enosys-shielded",
	    .via = VIA_SHIELDED,
	    .desc = "a number without a system call, by a function with a shielded "
		    "return");

/* The value of call number `arg`, asked for in another way than the row's. */
static long asked_otherwise(const struct bench_run *run)
{
	const long *nr = run->bench->arg;

	return run->bench->via == VIA_INLINE ? syscall(*nr) : arch_syscall0(*nr);
}

static int setup_value(struct bench_run *run)
{
	run->want = asked_otherwise(run);
	return 0;
}

static int verify_value(struct bench_run *run)
{
	long got = run->bench->batch(run, 1), want = asked_otherwise(run);

	return got == want ? 0 : bench_fail(run, "%ld, not %ld", got, want);
}

#define ASKS(call) .arg = (&(const long){ SYS_##call })
#define VALUE(call, way, expr, ...)                                            \
	CALL(call##_##way, expr, .id = "null/" #call "-" #way, .calls = #call, \
	     ASKS(call), .setup = setup_value, .verify = verify_value, __VA_ARGS__)

VALUE(getppid, inline, SYS(getppid), .base = "floor/enosys-inline",
      .desc = "getppid by the instruction in the loop",
      .caveat = "the cheapest way in and out, not what a program's wrapper costs");
LOOP(getppid_loop, (void)run, fold |= SYS(getppid))
BENCH_OF(
	getppid_loop, .id = "null/getppid-loop", .calls = "getppid", .base = NULL_CALL,
	ASKS(getppid), .setup = setup_value, .verify = verify_value,
	.desc = "getppid in the classic loop of one call a pass",
	.caveat =
		"over `inline` by the branch back to the call, which is none of its cost");
VALUE(getppid, libc, getppid(), .via = VIA_LIBC, .base = NULL_CALL,
      .desc = "getppid by the C library's wrapper",
      .caveat = "over `inline` by more than a call where the return is mispredicted");
VALUE(getppid, syscall, syscall(SYS_getppid), .via = VIA_SYSCALL, .base = NULL_CALL,
      .desc = "getppid by syscall(2)",
      .caveat = "over `inline` by more than a call where the return is mispredicted");
VALUE(getppid, shielded, op_shielded(SYS_getppid), .via = VIA_SHIELDED, .base = NULL_CALL,
      .desc = "getppid by a function with a shielded return",
      .caveat = "no C library does this: it splits the price of `libc` in two");
VALUE(getpid, inline, SYS(getpid), .base = NULL_CALL,
      .desc = "getpid by the instruction in the loop");
VALUE(getuid, inline, SYS(getuid), .base = NULL_CALL,
      .desc = "getuid by the instruction in the loop");
VALUE(gettid, inline, SYS(gettid), .base = NULL_CALL,
      .desc = "gettid by the instruction in the loop");

/* volatile: asked for each time, as by a function that the compiler cannot look into. */
static __thread volatile pid_t cached_pid;

static always_inline long cached(volatile pid_t *cache)
{
	pid_t pid = *cache;

	if (__builtin_expect(!pid, 0))
		*cache = pid = SYS(getpid);
	return pid;
}

/* The page is empty: the first use fills it. */
static int setup_wiped(struct bench_run *run)
{
	int ret = bench_buffer(run, sysconf(_SC_PAGESIZE));

	if (ret)
		return ret;
	*(pid_t *)run->buf = 0;
	if (madvise(run->buf, run->buf_len, MADV_WIPEONFORK) < 0)
		return errno == EINVAL
			       ? bench_skip(run, "no MADV_WIPEONFORK (needs Linux 4.14)")
			       : bench_errno(run, "madvise");
	return setup_value(run);
}

/* A child asks the cache: right with the page, wrong without. Both are documented. */
static int verify_fork(struct bench_run *run)
{
	enum { RIGHT = 10, STALE = 11 };
	const int want = run->buf ? RIGHT : STALE;
	int status, ret = verify_value(run);
	pid_t pid;

	if (ret)
		return ret;
	pid = fork();
	if (pid < 0)
		return bench_errno(run, "fork");
	if (!pid)
		_exit(run->bench->batch(run, 1) == SYS(getpid) ? RIGHT : STALE);
	if (waitpid(pid, &status, 0) != pid)
		return bench_errno(run, "waitpid");
	if (!WIFEXITED(status) || WEXITSTATUS(status) != want)
		return bench_fail(run, "in a child: status %#x, expected a %s pid",
				  status, want == RIGHT ? "right" : "stale");
	return 0;
}

CALL(getpid_cached, cached(&cached_pid), .id = "null/getpid-cached", .via = VIA_CACHED,
     .base = NULL_CALL, ASKS(getpid), .setup = setup_value, .verify = verify_fork,
     .desc = "the pid, from a thread-local cache",
     .caveat = "wrong after fork, which is why glibc gave its cache up (2.25)");
CALL(getpid_cached_safe, cached((volatile pid_t *)buf), .id = "null/getpid-cached-safe",
     .via = VIA_CACHED, .base = NULL_CALL, ASKS(getpid), .setup = setup_wiped,
     .verify = verify_fork, .desc = "the pid, from a page that fork wipes",
     .caveat = "right after fork; costs a page, and a call in every child");

/* The same calls without a loop: the self-test holds the suite's loop against them. */
LOOP(block_getppid, (void)run; n = (n + ARCH_NULL_BLOCK - 1) / ARCH_NULL_BLOCK,
			       fold |= arch_null_block(SYS_getppid))
LOOP(block_enosys, n = (n + ARCH_NULL_BLOCK - 1) / ARCH_NULL_BLOCK,
     fold |= arch_null_block(run->bytes))
BENCH_OF(block_getppid, .id = "test/block-getppid", .flags = BENCH_TEST,
	 .desc = "getppid, a block of instructions", .setup = setup_value, ASKS(getppid));
BENCH_OF(block_enosys, .id = "test/block-enosys", .flags = BENCH_TEST,
	 .desc = "no system call, a block of instructions", .setup = setup_unused);
