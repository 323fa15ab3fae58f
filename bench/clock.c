// SPDX-License-Identifier: MIT
/*
 * What it costs to ask for the time or the CPU: through the vDSO's function, the C
 * library and the system call, and what a bare read of the time-stamp counter costs.
 *
 * The numbers say nothing about the resolution or the accuracy of a clock. Those of the
 * vDSO are of this clock source: the `mode` of a row says whether it answered in "user"
 * mode or went to the "kernel" after all.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define REF "null/getppid-inline"

/* What a vDSO function looks like depends on which it is. */
union vdso {
	void *any;
	int (*gettime)(clockid_t clock, struct timespec *ts);
	int (*gettimeofday)(struct timeval *tv, void *tz);
	time_t (*time)(time_t *t);
	long (*getcpu)(unsigned int *cpu, unsigned int *node, void *unused);
};

struct answer {
	union vdso fn;
	struct timespec ts;
	struct timeval tv;
	time_t time;
	unsigned int cpu;
};

/* In expr: `a` is the state, `fn` the vDSO's function. */
#define LOOP(ident, expr)                                                    \
	BATCH(ident)                                                         \
	{                                                                    \
		struct answer *const a __attribute__((unused)) = run->state; \
		const union vdso fn __attribute__((unused)) = a->fn;         \
		long fold = 0;                                               \
                                                                             \
		do {                                                         \
			fold |= (long)(expr);                                \
		} while (--n);                                               \
		return fold;                                                 \
	}

/*
 * Does the operation enter the kernel? A child in which every system call but exit is
 * deadly tries. A filter and not the strict mode, which forbids RDTSC too.
 */
static void probe_child(struct bench_run *run)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_exit, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL),
	};
	struct sock_fprog prog = { sizeof(code) / sizeof(*code), code };
	struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog) < 0)
		_exit(1);
	run->bench->batch(run, 1);
	SYS(exit, 0);
}

static int probe_mode(struct bench_run *run)
{
	const char *mode = "";
	int status;
	pid_t pid;

	if (!run->first)
		return 0;
	pid = fork();
	if (pid < 0)
		return bench_errno(run, "fork");
	if (!pid)
		probe_child(run);
	if (waitpid(pid, &status, 0) != pid)
		return bench_errno(run, "waitpid");
	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS)
		mode = "kernel";
	else if (WIFEXITED(status) && !WEXITSTATUS(status))
		mode = "user"; /* any other status: there is no seccomp, so not known */
	snprintf(run->outcome.mode, sizeof(run->outcome.mode), "%s", mode);
	return 0;
}

static int setup_vdso(struct bench_run *run, const char *name)
{
	struct answer *a = run->state;

	a->fn.any = bench_vdso(name);
	return a->fn.any ? probe_mode(run) : bench_skip(run, "the vDSO has no %s", name);
}

#define SETUP_VDSO(name)                                 \
	static int setup_##name(struct bench_run *run)   \
	{                                                \
		return setup_vdso(run, "__vdso_" #name); \
	}

SETUP_VDSO(clock_gettime)
SETUP_VDSO(gettimeofday)
SETUP_VDSO(time)
SETUP_VDSO(getcpu)

#define CLOCK_ROW(ident, name, how, ...)    \
	BENCH(ident)                        \
	= { .id = "clock/" name,            \
	    .via = how,                     \
	    .state = sizeof(struct answer), \
	    .batch = batch_##ident,         \
	    __VA_ARGS__ }
#define VDSO_CAVEAT "in mode `user` no system call is made; depends on the clock source"

static long long ns(const struct timespec *ts)
{
	return ts->tv_sec * 1000000000LL + ts->tv_nsec;
}

/* Between two system calls, give or take a millisecond by which a clock may be set. */
static int verify_between(struct bench_run *run, clockid_t clock)
{
	struct answer *a = run->state;
	struct timespec before, after;
	long ret;

	memset(&a->ts, 0xff, sizeof(a->ts));
	SYS(clock_gettime, clock, &before);
	ret = run->bench->batch(run, 1);
	SYS(clock_gettime, clock, &after);
	if (ret || a->ts.tv_nsec < 0 || a->ts.tv_nsec >= 1000000000)
		return bench_fail(run, "result %ld, %ld ns", ret, a->ts.tv_nsec);
	if (ns(&a->ts) < ns(&before) - 1000000 || ns(&a->ts) > ns(&after) + 1000000)
		return bench_fail(run, "%lld ns, not in %lld..%lld", ns(&a->ts),
				  ns(&before), ns(&after));
	return 0;
}

#define CLOCK(name, clock)                                                              \
	LOOP(name##_vdso, fn.gettime(clock, &a->ts))                                    \
	LOOP(name##_libc, clock_gettime(clock, &a->ts))                                 \
	LOOP(name##_inline, SYS(clock_gettime, clock, &a->ts))                          \
	static int verify_##name(struct bench_run *run)                                 \
	{                                                                               \
		return verify_between(run, clock);                                      \
	}                                                                               \
	CLOCK_ROW(name##_vdso, #name "-vdso", VIA_VDSO, .calls = "clock_gettime",       \
		  .desc = #clock ", by the vDSO's function",                            \
		  .base = "clock/" #name "-inline", .setup = setup_clock_gettime,       \
		  .verify = verify_##name, .caveat = VDSO_CAVEAT);                      \
	CLOCK_ROW(name##_libc, #name "-libc", VIA_LIBC, .calls = "clock_gettime",       \
		  .desc = #clock ", by the C library, which asks the vDSO",             \
		  .base = "clock/" #name "-inline", .setup = probe_mode,                \
		  .verify = verify_##name, .caveat = VDSO_CAVEAT);                      \
	CLOCK_ROW(name##_inline, #name "-inline", VIA_INLINE, .calls = "clock_gettime", \
		  .base = REF, .verify = verify_##name,                                 \
		  .desc = #clock ", by the system call",                                \
		  .caveat = "programs ask the vDSO, where it has this clock")

CLOCK(realtime, CLOCK_REALTIME);
CLOCK(monotonic, CLOCK_MONOTONIC);
CLOCK(monotonic_raw, CLOCK_MONOTONIC_RAW);
CLOCK(boottime, CLOCK_BOOTTIME);
CLOCK(tai, CLOCK_TAI);
CLOCK(realtime_coarse, CLOCK_REALTIME_COARSE);
CLOCK(monotonic_coarse, CLOCK_MONOTONIC_COARSE);
CLOCK(process_cputime, CLOCK_PROCESS_CPUTIME_ID);
CLOCK(thread_cputime, CLOCK_THREAD_CPUTIME_ID);

/* gettimeofday, time: within two seconds of the realtime clock. */
static int verify_seconds(struct bench_run *run, long ret, time_t got)
{
	struct timespec now;

	SYS(clock_gettime, CLOCK_REALTIME, &now);
	if (ret < 0 || got < now.tv_sec - 2 || got > now.tv_sec + 2)
		return bench_fail(run, "result %ld, %ld s instead of %ld", ret, (long)got,
				  (long)now.tv_sec);
	return 0;
}

static int verify_gettimeofday(struct bench_run *run)
{
	struct answer *a = run->state;
	long ret;

	memset(&a->tv, 0, sizeof(a->tv));
	ret = run->bench->batch(run, 1);
	return ret ? bench_fail(run, "result %ld", ret)
		   : verify_seconds(run, ret, a->tv.tv_sec);
}

static int verify_time(struct bench_run *run)
{
	struct answer *a = run->state;
	long ret;

	a->time = 0;
	ret = run->bench->batch(run, 1);
	return verify_seconds(run, ret, ret == a->time ? ret : 0);
}

static int verify_getcpu(struct bench_run *run)
{
	struct answer *a = run->state;

	a->cpu = ~0U;
	if (run->bench->batch(run, 1) || (int)a->cpu != run->cpu)
		return bench_fail(run, "CPU %d instead of %d", (int)a->cpu, run->cpu);
	return 0;
}

/* A call that the vDSO has, made in the vDSO and by the instruction. */
#define PAIR(name, by_vdso, by_call)                                                 \
	LOOP(name##_vdso, by_vdso)                                                   \
	LOOP(name##_inline, by_call)                                                 \
	CLOCK_ROW(name##_vdso, #name "-vdso", VIA_VDSO, .calls = #name,              \
		  .desc = #name ", by the vDSO's function", .verify = verify_##name, \
		  .base = "clock/" #name "-inline", .setup = setup_##name,           \
		  .caveat = VDSO_CAVEAT);                                            \
	CLOCK_ROW(name##_inline, #name "-inline", VIA_INLINE, .calls = #name,        \
		  .desc = #name ", by the system call", .verify = verify_##name,     \
		  .base = REF, .caveat = "programs ask the vDSO")
#define LIBC(name, by_libc)                                                \
	LOOP(name##_libc, by_libc)                                         \
	CLOCK_ROW(name##_libc, #name "-libc", VIA_LIBC, .calls = #name,    \
		  .desc = #name ", by the C library, which asks the vDSO", \
		  .base = "clock/" #name "-inline", .setup = probe_mode,   \
		  .verify = verify_##name, .caveat = VDSO_CAVEAT)

PAIR(gettimeofday, fn.gettimeofday(&a->tv, NULL), SYS(gettimeofday, &a->tv, 0));
LIBC(gettimeofday, gettimeofday(&a->tv, NULL));
PAIR(time, fn.time(&a->time), SYS(time, &a->time));
LIBC(time, time(&a->time));
PAIR(getcpu, fn.getcpu(&a->cpu, NULL, NULL), SYS(getcpu, &a->cpu, 0, 0));

static int setup_sched_getcpu(struct bench_run *run)
{
	run->want = run->cpu;
	return probe_mode(run);
}

static int verify_sched_getcpu(struct bench_run *run)
{
	unsigned int cpu = ~0U;

	SYS(getcpu, &cpu, 0, 0);
	if (run->bench->batch(run, 1) != (long)cpu)
		return bench_fail(run, "not CPU %u, where this runs", cpu);
	return 0;
}

LOOP(sched_getcpu_libc, sched_getcpu())
CLOCK_ROW(sched_getcpu_libc, "sched_getcpu-libc", VIA_LIBC, .calls = "getcpu",
	  .desc = "sched_getcpu, by the C library", .base = "clock/getcpu-inline",
	  .setup = setup_sched_getcpu, .verify = verify_sched_getcpu,
	  .caveat = "glibc from 2.35 on reads the rseq area, and makes no call at all");

static int verify_getres(struct bench_run *run)
{
	struct answer *a = run->state;
	struct timespec res;
	long ret;

	memset(&a->ts, 0xff, sizeof(a->ts));
	ret = run->bench->batch(run, 1);
	if (ret || SYS(clock_getres, CLOCK_MONOTONIC, &res) || ns(&res) != ns(&a->ts))
		return bench_fail(run, "result %ld, %lld ns", ret, ns(&a->ts));
	return 0;
}

LOOP(clock_getres_libc, clock_getres(CLOCK_MONOTONIC, &a->ts))
LOOP(clock_getres_inline, SYS(clock_getres, CLOCK_MONOTONIC, &a->ts))
CLOCK_ROW(clock_getres_libc, "clock_getres-libc", VIA_LIBC, .calls = "clock_getres",
	  .desc = "the resolution of CLOCK_MONOTONIC, by the C library",
	  .base = "clock/clock_getres-inline", .setup = probe_mode,
	  .verify = verify_getres, .caveat = VDSO_CAVEAT);
CLOCK_ROW(clock_getres_inline, "clock_getres-inline", VIA_INLINE, .calls = "clock_getres",
	  .desc = "the resolution of CLOCK_MONOTONIC, by the system call", .base = REF,
	  .verify = verify_getres);

static int verify_rdtsc(struct bench_run *run)
{
	uint64_t before = arch_ticks(), got = run->bench->batch(run, 1);

	if (got < before || got > arch_ticks())
		return bench_fail(run, "the counter went from %#lx to %#lx", before, got);
	return 0;
}

LOOP(rdtsc, arch_ticks_unfenced())
LOOP(rdtsc_fenced, arch_ticks())
CLOCK_ROW(rdtsc, "rdtsc", VIA_USER, .desc = "one RDTSC, unfenced",
	  .base = "clock/monotonic-vdso", .verify = verify_rdtsc,
	  .caveat = "overlaps with other work and may be read early: ticks, not a time");
CLOCK_ROW(rdtsc_fenced, "rdtsc-fenced", VIA_USER, .desc = "LFENCE, RDTSC, LFENCE",
	  .base = "clock/monotonic-vdso", .verify = verify_rdtsc,
	  .caveat = "the fences wait for older work, of which there is none here");
