// SPDX-License-Identifier: MIT
/*
 * Reading time: every clock in the vDSO, through the C library, and by a real call. The
 * vDSO answers in user mode only where it knows the clock and the clocksource allows it;
 * the mode column says which it was here. These rows do not mean how precise a clock is.
 */
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <linux/seccomp.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

union answer {
	struct timespec ts;
	struct timeval tv;
	time_t t;
	unsigned int cpu[2];
};

struct state {
	long (*vdso)(long a, void *b, void *c);
	union answer answer;
};

static struct state *state_of(struct bench_run *run)
{
	return run->state;
}

/*
 * Does this row's operation enter the kernel? A child in strict seccomp, which may only
 * read, write and exit, tries it once: it is killed at the first other call.
 */
static int find_mode(struct bench_run *run)
{
	int status;
	pid_t pid;

	/* Once before: the C library may resolve the symbol with calls of its own. */
	run->bench->batch(run, 1);
	pid = fork();
	if (!pid) {
		if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT))
			SYS(exit, 2);
		run->bench->batch(run, 1);
		SYS(exit, 0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return bench_errno(run, "fork");
	if (WIFSIGNALED(status))
		__builtin_strcpy(run->mode, "kernel");
	else if (!WEXITSTATUS(status))
		__builtin_strcpy(run->mode, "user");
	return 0;
}

static int set_up_vdso(struct bench_run *run, const char *name)
{
	state_of(run)->vdso = bench_vdso(name);
	if (!state_of(run)->vdso)
		return bench_skip(run, "this kernel's vDSO has no %s", name);
	return find_mode(run);
}

static int set_up_call(struct bench_run *run)
{
	return find_mode(run);
}

/* The answer lies within a second of a later real call's. */
static int check_clock(struct bench_run *run, clockid_t id)
{
	struct timespec now, was = state_of(run)->answer.ts;

	if (SYS(clock_gettime, id, &now))
		return bench_fail(run, "clock_gettime failed");
	if (!was.tv_sec && !was.tv_nsec)
		return bench_fail(run, "no time was written");
	if (was.tv_sec > now.tv_sec || now.tv_sec - was.tv_sec > 10)
		return bench_fail(run, "it says %ld s, a real call %ld s", (long)was.tv_sec,
				  (long)now.tv_sec);
	return 0;
}

#define CLOCK_ROW(name, way, VIA, SETUP, CALLS, VERIFY, BASE, DESC, expr)       \
	BATCH(name##_##way)                                                     \
	{                                                                       \
		struct state *s = run->state;                                   \
		union answer *a = &s->answer;                                   \
		long fold = 0;                                                  \
                                                                                \
		BENCH_LOOP(n)                                                   \
		{                                                               \
			fold |= (long)(expr);                                   \
			bench_keep(a);                                          \
		}                                                               \
		return fold;                                                    \
	}                                                                       \
	BENCH(name##_##way) = {                                                 \
		.id = "clock/" #name "-" #way,                                  \
		.via = VIA,                                                     \
		.desc = DESC,                                                   \
		.calls = CALLS,                                                 \
		.base = BASE,                                                   \
		.state = sizeof(struct state),                                  \
		.setup = SETUP,                                                 \
		.batch = batch_##name##_##way,                                  \
		.verify = VERIFY,                                               \
	}

static int set_up_clock_vdso(struct bench_run *run)
{
	return set_up_vdso(run, "__vdso_clock_gettime");
}

/* The three ways of reading one clock. */
#define CLOCK(name, ID)                                                          \
	static int verify_##name(struct bench_run *run)                          \
	{                                                                        \
		return check_clock(run, ID);                                     \
	}                                                                        \
	CLOCK_ROW(name, vdso, VIA_VDSO, set_up_clock_vdso, "clock_gettime",       \
		  verify_##name, "clock/" #name "-inline",                       \
		  "clock_gettime(" #ID ") in the vDSO", (int)s->vdso(ID, a, NULL)); \
	CLOCK_ROW(name, libc, VIA_LIBC, set_up_call, "clock_gettime",            \
		  verify_##name, "clock/" #name "-inline",                       \
		  "clock_gettime(" #ID ") of the C library",                     \
		  clock_gettime(ID, &a->ts));                                    \
	CLOCK_ROW(name, inline, VIA_INLINE, set_up_call, "clock_gettime",        \
		  verify_##name, "null/getppid-inline",                          \
		  "clock_gettime(" #ID ") as a real call", SYS(clock_gettime, ID, a))

CLOCK(realtime, CLOCK_REALTIME);
CLOCK(monotonic, CLOCK_MONOTONIC);
CLOCK(monotonic_raw, CLOCK_MONOTONIC_RAW);
CLOCK(boottime, CLOCK_BOOTTIME);
CLOCK(tai, CLOCK_TAI);
CLOCK(realtime_coarse, CLOCK_REALTIME_COARSE);
CLOCK(monotonic_coarse, CLOCK_MONOTONIC_COARSE);
CLOCK(process_cputime, CLOCK_PROCESS_CPUTIME_ID);
CLOCK(thread_cputime, CLOCK_THREAD_CPUTIME_ID);

#define VDSO_SETUP(name)                                           \
	static int set_up_##name##_vdso(struct bench_run *run)     \
	{                                                          \
		return set_up_vdso(run, "__vdso_" #name);          \
	}
VDSO_SETUP(gettimeofday)
VDSO_SETUP(time)
VDSO_SETUP(getcpu)

static int verify_seconds(struct bench_run *run)
{
	return check_clock(run, CLOCK_REALTIME);
}

static int verify_cpu(struct bench_run *run)
{
	unsigned int cpu = state_of(run)->answer.cpu[0];

	return cpu == (unsigned int)sched_getcpu() ?
		       0 :
		       bench_fail(run, "it says CPU %u, sched_getcpu %d", cpu, sched_getcpu());
}

CLOCK_ROW(gettimeofday, vdso, VIA_VDSO, set_up_gettimeofday_vdso, "gettimeofday",
	  verify_seconds, "clock/gettimeofday-inline", "gettimeofday in the vDSO",
	  (int)s->vdso((long)a, NULL, NULL));
CLOCK_ROW(gettimeofday, libc, VIA_LIBC, set_up_call, "gettimeofday", verify_seconds,
	  "clock/gettimeofday-inline", "gettimeofday of the C library",
	  gettimeofday(&a->tv, NULL));
CLOCK_ROW(gettimeofday, inline, VIA_INLINE, set_up_call, "gettimeofday", verify_seconds,
	  "null/getppid-inline", "gettimeofday as a real call", SYS(gettimeofday, a, NULL));
CLOCK_ROW(time, vdso, VIA_VDSO, set_up_time_vdso, "time", verify_seconds,
	  "clock/time-inline", "time in the vDSO", s->vdso((long)a, NULL, NULL));
CLOCK_ROW(time, libc, VIA_LIBC, set_up_call, "time", verify_seconds, "clock/time-inline",
	  "time of the C library", time(&a->t));
CLOCK_ROW(time, inline, VIA_INLINE, set_up_call, "time", verify_seconds,
	  "null/getppid-inline", "time as a real call", SYS(time, a));
CLOCK_ROW(getcpu, vdso, VIA_VDSO, set_up_getcpu_vdso, "getcpu", verify_cpu,
	  "clock/getcpu-inline", "getcpu in the vDSO",
	  (int)s->vdso((long)&a->cpu[0], &a->cpu[1], NULL));
CLOCK_ROW(getcpu, inline, VIA_INLINE, set_up_call, "getcpu", verify_cpu,
	  "null/getppid-inline", "getcpu as a real call",
	  SYS(getcpu, &a->cpu[0], &a->cpu[1], NULL));
CLOCK_ROW(sched_getcpu, libc, VIA_LIBC, set_up_call, "getcpu", verify_cpu,
	  "clock/getcpu-inline", "sched_getcpu of the C library (rseq or vDSO)",
	  (a->cpu[0] = sched_getcpu()));
CLOCK_ROW(clock_getres, libc, VIA_LIBC, set_up_call, "clock_getres", NULL,
	  "clock/clock_getres-inline", "clock_getres(CLOCK_MONOTONIC) of the C library",
	  clock_getres(CLOCK_MONOTONIC, &a->ts));
CLOCK_ROW(clock_getres, inline, VIA_INLINE, set_up_call, "clock_getres", NULL,
	  "null/getppid-inline", "clock_getres(CLOCK_MONOTONIC) as a real call",
	  SYS(clock_getres, CLOCK_MONOTONIC, a));
CLOCK_ROW(rdtsc, plain, VIA_USER, NULL, NULL, NULL, "clock/monotonic-vdso",
	  "the time-stamp counter, unfenced", (arch_ticks_unfenced() >> 1));
CLOCK_ROW(rdtsc, fenced, VIA_USER, NULL, NULL, NULL, "clock/monotonic-vdso",
	  "the time-stamp counter between two LFENCEs", (arch_ticks() >> 1));
