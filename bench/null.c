// SPDX-License-Identifier: MIT
/*
 * The floor and the null call: the cheapest crossings that there are, in every way of
 * making them. The work of the call is next to nothing, so these rows are the price of
 * crossing. They do not mean what a call costs that touches caches or takes locks.
 */
#include <errno.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

/* Highest first: low numbers get taken, and some unused ones are not (uretprobe). */
static const long candidates[] = { 100000, 4000, 2000, 1000 };

static int find_unused(struct bench_run *run)
{
	for (size_t i = 0; i < sizeof(candidates) / sizeof(candidates[0]); i++)
		if (arch_syscall0(candidates[i]) == -ENOSYS) {
			*(long *)run->state = candidates[i];
			return 0;
		}
	return bench_skip(run, "no system call number answers ENOSYS here");
}

static int unused_inline(struct bench_run *run)
{
	run->want = -ENOSYS;
	return find_unused(run);
}

static int unused_libc(struct bench_run *run)
{
	run->want = -1;
	return find_unused(run);
}

static int is_enosys(struct bench_run *run)
{
	errno = 0;
	if (syscall(*(long *)run->state) != -1 || errno != ENOSYS)
		return bench_fail(run, "the number is in use: errno %d", errno);
	return 0;
}

/*
 * Functions as the C library has them: the call, then `ret`. The shielded one first puts an
 * entry of user space on the return predictor, where the kernel's return thunk left stale
 * ones: the mispredicted `ret` then runs into the int3 and not into the kernel's page.
 */
long op_plain(long nr);
long op_shielded(long nr);
__asm__(".text\n.p2align 6\n.type op_plain, @function\n"
	"op_plain: mov %rdi, %rax\n\tsyscall\n\tret\n"
	".size op_plain, . - op_plain\n"
	".p2align 6\n.type op_shielded, @function\n"
	"op_shielded: mov %rdi, %rax\n\tsyscall\n"
	"\tcall 1f\n\tint3\n1:\tlea 8(%rsp), %rsp\n\tret\n"
	".size op_shielded, . - op_shielded\n");

static __attribute__((noinline)) long op_nothing(long x)
{
	bench_keep(x);
	return x;
}

BATCH_OP(empty, ({ long x = 0; bench_keep(x); x; }))
BATCH_OP(call, op_nothing(0))

BENCH(empty) = {
	.id = "floor/empty",
	.via = VIA_USER,
	.desc = "the timed loop with nothing in it",
	.caveat = "is part of every row, where it overlaps with the operation",
	.batch = batch_empty,
};

BENCH(call) = {
	.id = "floor/call",
	.via = VIA_USER,
	.desc = "call and return of an empty user function",
	.base = "floor/empty",
	.batch = batch_call,
};

#define ENOSYS_CALL(way, expr)                          \
	BATCH(enosys_##way)                             \
	{                                               \
		long nr = *(long *)run->state, fold = 0; \
                                                        \
		BENCH_LOOP(n)                           \
			fold |= (expr);                 \
		return fold;                            \
	}

ENOSYS_CALL(inline, arch_syscall0(nr))
ENOSYS_CALL(wrapper, op_plain(nr))
ENOSYS_CALL(syscall, syscall(nr))
ENOSYS_CALL(shielded, op_shielded(nr))

#define ENOSYS_ROW(way, VIA, SETUP, DESC)             \
	BENCH(enosys_##way) = {                       \
		.id = "floor/enosys-" #way,           \
		.via = VIA,                           \
		.desc = "an unused number, " DESC,    \
		.caveat = "dispatch and work are not in it", \
		.base = "null/getppid-inline",        \
		.state = sizeof(long),                \
		.setup = SETUP,                       \
		.batch = batch_enosys_##way,          \
		.verify = is_enosys,                  \
	}

ENOSYS_ROW(inline, VIA_INLINE, unused_inline, "the instruction in the loop");
ENOSYS_ROW(wrapper, VIA_LIBC, unused_inline, "in a function shaped like the C library's");
ENOSYS_ROW(syscall, VIA_SYSCALL, unused_libc, "through syscall(2)");
ENOSYS_ROW(shielded, VIA_SHIELDED, unused_inline, "in a function with a shielded return");

static int parent_is_right(struct bench_run *run)
{
	if (SYS(getppid) != getppid() || op_plain(SYS_getppid) != getppid() ||
	    syscall(SYS_getppid) != getppid() || op_shielded(SYS_getppid) != getppid())
		return bench_fail(run, "the ways of calling getppid do not agree");
	return 0;
}

static int want_parent(struct bench_run *run)
{
	run->want = getppid();
	return 0;
}

#define GETPPID_ROW(way, VIA, expr, DESC, BASE)                              \
	BATCH_OP(getppid_##way, expr)                                        \
	BENCH(getppid_##way) = {                                             \
		.id = "null/getppid-" #way,                                  \
		.via = VIA,                                                  \
		.desc = "getppid, " DESC,                                    \
		.calls = "getppid",                                          \
		.base = BASE,                                                \
		.setup = want_parent,                                        \
		.batch = batch_getppid_##way,                                \
		.verify = parent_is_right,                                   \
	}

GETPPID_ROW(inline, VIA_INLINE, SYS(getppid), "the instruction in the loop",
	    "floor/enosys-inline");
GETPPID_ROW(libc, VIA_LIBC, getppid(), "the C library's function", "null/getppid-inline");
GETPPID_ROW(syscall, VIA_SYSCALL, syscall(SYS_getppid), "through syscall(2)",
	    "null/getppid-inline");
GETPPID_ROW(shielded, VIA_SHIELDED, op_shielded(SYS_getppid),
	    "in a function with a shielded return", "null/getppid-inline");

#define ID_ROW(call)                                                         \
	static int want_##call(struct bench_run *run)                        \
	{                                                                    \
		run->want = call();                                          \
		return 0;                                                    \
	}                                                                    \
	BATCH_OP(call##_inline, SYS(call))                                   \
	BENCH(call##_inline) = {                                             \
		.id = "null/" #call "-inline",                               \
		.desc = #call ", the instruction in the loop",               \
		.calls = #call,                                              \
		.base = "null/getppid-inline",                               \
		.setup = want_##call,                                        \
		.batch = batch_##call##_inline,                              \
	}

ID_ROW(getpid);
ID_ROW(getuid);
ID_ROW(gettid);

/* A cache of getpid: per thread, and wrong in a child of fork. */
static __thread pid_t cached_pid;

/* One that fork empties: the kernel wipes the page in a child (MADV_WIPEONFORK). */
static inline __attribute__((always_inline)) long safe_pid(pid_t *cache)
{
	return __builtin_expect(!*(volatile pid_t *)cache, 0) ? (*cache = SYS(getpid)) : *cache;
}

BATCH_OP(cached, *(volatile pid_t *)&cached_pid)
BATCH(cached_safe)
{
	pid_t *cache = run->buf;
	long fold = 0;

	BENCH_LOOP(n)
		fold |= safe_pid(cache);
	return fold;
}

static int fill_cache(struct bench_run *run)
{
	run->want = cached_pid = getpid();
	return 0;
}

static int fill_safe_cache(struct bench_run *run)
{
	int ret = bench_buffer(run, 4096);

	if (ret)
		return ret;
	*(pid_t *)run->buf = 0;
	if (madvise(run->buf, 4096, MADV_WIPEONFORK))
		return bench_errno(run, "madvise(MADV_WIPEONFORK)");
	run->want = getpid();
	return 0;
}

/* What a child of fork reads: its own pid (1), another's (0), or -1 without a child. */
static int child_is_right(long (*read_cache)(struct bench_run *run), struct bench_run *run)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(read_cache(run) == SYS(getpid));
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static long read_plain(struct bench_run *run)
{
	(void)run;
	return cached_pid;
}

static long read_safe(struct bench_run *run)
{
	return safe_pid(run->buf);
}

static int wrong_after_fork(struct bench_run *run)
{
	return child_is_right(read_plain, run) ?
		       bench_fail(run, "the plain cache is not stale after fork") :
		       0;
}

static int right_after_fork(struct bench_run *run)
{
	return child_is_right(read_safe, run) == 1 ?
		       0 :
		       bench_fail(run, "the cache is stale after fork");
}

BENCH(cached) = {
	.id = "null/getpid-cached",
	.via = VIA_CACHED,
	.desc = "getpid from a thread-local variable",
	.caveat = "is wrong in a child of fork, as its verify shows",
	.base = "null/getppid-inline",
	.setup = fill_cache,
	.batch = batch_cached,
	.verify = wrong_after_fork,
};

BENCH(cached_safe) = {
	.id = "null/getpid-cached-safe",
	.via = VIA_CACHED,
	.desc = "getpid from a page that fork wipes, refilled when empty",
	.base = "null/getppid-inline",
	.setup = fill_safe_cache,
	.batch = batch_cached_safe,
	.verify = right_after_fork,
};
