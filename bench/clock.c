// SPDX-License-Identifier: MIT
/*
 * What it costs to ask for the time or the CPU: through the vDSO's function, the C
 * library and the system call. A bare read of the time-stamp counter stands beside them.
 *
 * The numbers say nothing about the resolution or the accuracy of a clock. What the vDSO
 * costs depends on the clock source. The `mode` of a row says whether it answered in
 * "user" mode or went to the "kernel" after all.
 */
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

#define NS_PER_S 1000000000LL
#define SLACK_NS 1000000
#define SLACK_S	 2

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

/* CLOCK(ident, slug, expr, …): in expr, `a` is the state, `fn` the vDSO's function. */
#define CLOCK_LOCALS                                      \
	struct answer *const a maybe_unused = run->state; \
	const union vdso fn maybe_unused = a->fn
#define CLOCK(ident, slug, expr, ...)                   \
	LOOP(ident, CLOCK_LOCALS, fold |= (long)(expr)) \
	BENCH_OF(ident, .id = "clock/" slug, .state = sizeof(struct answer), __VA_ARGS__)

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

static int setup_vdso(struct bench_run *run)
{
	struct answer *a = run->state;
	char name[64];

	snprintf(name, sizeof(name), ARCH_VDSO "%s", run->bench->calls);
	a->fn.any = bench_vdso(name);
	return a->fn.any ? probe_mode(run) : bench_skip(run, "the vDSO has no %s", name);
}

static long long nanoseconds(const struct timespec *ts)
{
	return ts->tv_sec * NS_PER_S + ts->tv_nsec;
}

/* Between two system calls, give or take SLACK_NS by which a clock may be set. */
static int verify_clock(struct bench_run *run)
{
	const clockid_t clock = *(const clockid_t *)run->bench->arg;
	struct answer *a = run->state;
	struct timespec before, after;
	long ret;

	memset(&a->ts, 0xff, sizeof(a->ts));
	SYS(clock_gettime, clock, &before);
	ret = run->bench->batch(run, 1);
	SYS(clock_gettime, clock, &after);
	if (ret || a->ts.tv_nsec < 0 || a->ts.tv_nsec >= NS_PER_S)
		return bench_fail(run, "result %ld, %ld ns", ret, a->ts.tv_nsec);
	if (nanoseconds(&a->ts) < nanoseconds(&before) - SLACK_NS ||
	    nanoseconds(&a->ts) > nanoseconds(&after) + SLACK_NS)
		return bench_fail(run, "%lld ns, not in %lld..%lld", nanoseconds(&a->ts),
				  nanoseconds(&before), nanoseconds(&after));
	return 0;
}

#define VDSO_CAVEAT "in mode `user` no system call is made; depends on the clock source"
/* BY_…(name, what, expr, …): the three ways to ask for `what`. */
#define BY_VDSO(name, what, expr, ...)                                                   \
	CLOCK(name##_vdso, #name "-vdso", expr, .via = VIA_VDSO, .setup = setup_vdso,    \
	      .base = "clock/" #name "-inline", .desc = what ", by the vDSO's function", \
	      .caveat = VDSO_CAVEAT, __VA_ARGS__)
#define BY_LIBC(name, what, expr, ...)                                                \
	CLOCK(name##_libc, #name "-libc", expr, .via = VIA_LIBC, .setup = probe_mode, \
	      .base = "clock/" #name "-inline", .caveat = VDSO_CAVEAT,                \
	      .desc = what ", by the C library, which asks the vDSO", __VA_ARGS__)
#define BY_CALL(name, what, expr, ...)                                 \
	CLOCK(name##_inline, #name "-inline", expr, .base = NULL_CALL, \
	      .desc = what ", by the system call", __VA_ARGS__)

#define CLOCK_3(name, which)                                                      \
	BY_VDSO(name, #which, fn.gettime(which, &a->ts), OF_CLOCK(which));        \
	BY_LIBC(name, #which, clock_gettime(which, &a->ts), OF_CLOCK(which));     \
	BY_CALL(name, #which, SYS(clock_gettime, which, &a->ts), OF_CLOCK(which), \
		.caveat = "programs ask the vDSO, where it has this clock")
#define OF_CLOCK(which)                                   \
	.calls = "clock_gettime", .verify = verify_clock, \
	.arg = (&(const clockid_t){ which })

CLOCK_3(realtime, CLOCK_REALTIME);
CLOCK_3(monotonic, CLOCK_MONOTONIC);
CLOCK_3(monotonic_raw, CLOCK_MONOTONIC_RAW);
CLOCK_3(boottime, CLOCK_BOOTTIME);
CLOCK_3(tai, CLOCK_TAI);
CLOCK_3(realtime_coarse, CLOCK_REALTIME_COARSE);
CLOCK_3(monotonic_coarse, CLOCK_MONOTONIC_COARSE);
CLOCK_3(process_cputime, CLOCK_PROCESS_CPUTIME_ID);
CLOCK_3(thread_cputime, CLOCK_THREAD_CPUTIME_ID);

/* gettimeofday, time: within SLACK_S of the realtime clock. */
static int verify_seconds(struct bench_run *run, long ret, time_t got)
{
	struct timespec now;

	SYS(clock_gettime, CLOCK_REALTIME, &now);
	if (ret < 0 || got < now.tv_sec - SLACK_S || got > now.tv_sec + SLACK_S)
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

#define OF_CALL(name) .calls = #name, .verify = verify_##name
#define OFTEN_VDSO    .caveat = "programs ask the vDSO"

BY_VDSO(gettimeofday, "gettimeofday", fn.gettimeofday(&a->tv, NULL),
	OF_CALL(gettimeofday));
BY_LIBC(gettimeofday, "gettimeofday", gettimeofday(&a->tv, NULL), OF_CALL(gettimeofday));
BY_CALL(gettimeofday, "gettimeofday", SYS(gettimeofday, &a->tv, 0), OF_CALL(gettimeofday),
	OFTEN_VDSO);
BY_VDSO(time, "time", fn.time(&a->time), OF_CALL(time));
BY_LIBC(time, "time", time(&a->time), OF_CALL(time));
BY_CALL(time, "time", SYS(time, &a->time), OF_CALL(time), OFTEN_VDSO);
BY_VDSO(getcpu, "getcpu", fn.getcpu(&a->cpu, NULL, NULL), OF_CALL(getcpu));
BY_CALL(getcpu, "getcpu", SYS(getcpu, &a->cpu, 0, 0), OF_CALL(getcpu), OFTEN_VDSO);

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

CLOCK(sched_getcpu_libc, "sched_getcpu-libc", sched_getcpu(), .via = VIA_LIBC,
      .calls = "getcpu", .base = "clock/getcpu-inline", .setup = setup_sched_getcpu,
      .verify = verify_sched_getcpu, .desc = "sched_getcpu, by the C library",
      .caveat = "glibc from 2.35 on reads the rseq area, and makes no call at all");

static int verify_clock_getres(struct bench_run *run)
{
	struct answer *a = run->state;
	struct timespec res;
	long ret;

	memset(&a->ts, 0xff, sizeof(a->ts));
	ret = run->bench->batch(run, 1);
	if (ret || SYS(clock_getres, CLOCK_MONOTONIC, &res) ||
	    nanoseconds(&res) != nanoseconds(&a->ts))
		return bench_fail(run, "result %ld, %lld ns", ret, nanoseconds(&a->ts));
	return 0;
}

CLOCK(clock_getres_libc, "clock_getres-libc", clock_getres(CLOCK_MONOTONIC, &a->ts),
      .via = VIA_LIBC, OF_CALL(clock_getres), .base = "clock/clock_getres-inline",
      .setup = probe_mode, .caveat = VDSO_CAVEAT,
      .desc = "the resolution of CLOCK_MONOTONIC, by the C library");
BY_CALL(clock_getres, "the resolution of CLOCK_MONOTONIC",
	SYS(clock_getres, CLOCK_MONOTONIC, &a->ts), OF_CALL(clock_getres));

static int needs_rdtsc(struct bench_run *run)
{
	return ARCH_HAS_RDTSC ? 0 : bench_skip(run, "this CPU has no RDTSC instruction");
}

static int verify_rdtsc(struct bench_run *run)
{
	uint64_t before = arch_ticks(), got = run->bench->batch(run, 1);

	if (got < before || got > arch_ticks())
		return bench_fail(run, "the counter went from %#lx to %#lx", before, got);
	return 0;
}

#define RDTSC(ident, slug, expr, ...)                                             \
	CLOCK(ident, slug, expr, .via = VIA_USER, .base = "clock/monotonic-vdso", \
	      .needs = needs_rdtsc, .verify = verify_rdtsc, __VA_ARGS__)
RDTSC(rdtsc, "rdtsc", arch_ticks_unfenced(), .desc = "one RDTSC, unfenced",
      .caveat = "overlaps with other work and may be read early: ticks, not a time");
RDTSC(rdtsc_fenced, "rdtsc-fenced", arch_ticks(), .desc = "LFENCE, RDTSC, LFENCE",
      .caveat = "the fences wait for older work, of which there is none here");
