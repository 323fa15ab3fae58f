/* SPDX-License-Identifier: MIT */
/*
 * Windows: how many iterations make one, when it is warm, how many are taken, and which
 * are dropped. A window's ticks never decide whether it is kept.
 *
 * The cost of n operations is ticks(n) minus an empty window, not ticks(2n) - ticks(n).
 * `make method` makes both from the same fresh processes in the same measuring time, for
 * an empty loop, getppid, a vDSO clock, write and open+close. It was done four times with
 * 240 processes, of which 91 to 240 were quiet. The machine was a busy virtual one with
 * two CPUs (AMD EPYC, counter at 2.1 GHz, Linux 6.18). The spread between processes
 * (1.4826 MAD) of the first was 0.58 to 1.14 times that of the second, median 0.76. Their
 * medians agree within 0.4 %: nothing that only 2n removes is left in.
 *
 * The machine is behind struct meter: the real one is the worker's, a test has its own.
 */
#ifndef SYSCOST_WINDOW_H
#define SYSCOST_WINDOW_H

#include <stddef.h>
#include <stdint.h>

enum window_drop {
	DROP_CPU = 1 << 0,    /* it ended on another CPU than it began */
	DROP_SWITCH = 1 << 1, /* the scheduler took the CPU away in it */
	DROP_STEAL = 1 << 2,  /* the hypervisor took the CPU away around it */
	DROP_CLOCK = 1 << 3,  /* the chains beside it tell no clock; `rate` is 1 then */
};

#define REFERENCES	2
#define REFERENCE_N_MAX (1u << 20) /* calls in a window of one, at most */

struct window {
	uint64_t ticks; /* for n iterations, overhead of an empty window removed */
	uint32_t probe; /* ticks of the slower contention probe, of before and after */
	uint32_t drop;	/* DROP_… causes that were observed; 0: keep */
	int64_t cpu;	/* CPU time in it, nanoseconds, of all threads; -1: not taken */
	double rate;	/* core cycles a tick, by a chain before it and one after it */
	/* Core cycles of a reference call (live.h) beside it; 0: not taken. */
	float ref[REFERENCES];
};

struct meter {
	/* One window of n iterations into *w. 0, or a negative BENCH_ verdict. */
	int (*window)(void *machine, unsigned long n, struct window *w);
	void *machine;
	double ticks_per_us;
	unsigned int step;     /* of the counter, ticks */
	unsigned int round_us; /* wanted time of one benchmark in one round: ROUND_US */
};

/*
 * A quiet probe is at most so many times the level. `make method` shows what smaller and
 * larger tolerances lose and let in, beside neighbours that say when they are on.
 */
#define QUIET_TOLERANCE 1.05

#define WINDOW_US    25	  /* wanted length of a window, microseconds; at least 20 */
#define WINDOW_STEPS 1000 /* and at least so many steps of the counter */
#define WINDOWS	     40	  /* of one benchmark in one round */
/*
 * The least number of windows, when they are long. A few of ten are quiet even when a
 * neighbour comes and goes. One fork or exec takes longer than ROUND_US. Over 60 pairs of
 * rounds these rows spread by 4 to 6 % (Zen 5 in a PVM guest). With five windows it was 9
 * to 10 %.
 */
#define WINDOWS_MIN 10
/*
 * Wanted time of one benchmark in one round, microseconds. Launches differ more than the
 * windows of one, so many short rounds beat few long ones. In 50 seconds, 161 of 172 rows
 * were within 2 % with 1,500, and 135 with 4,000 (Zen 5 in a PVM guest).
 */
#define ROUND_US 1500

/*
 * A window has a multiple of so many iterations, if it has as many; else of the lesser
 * number, if it has as many as that: BENCH_UNROLL and BENCH_UNROLL_LESS.
 */
#define WINDOW_MULTIPLE	     64
#define WINDOW_MULTIPLE_LESS 16

#define WINDOW_RATE_MAX 1e6 /* core cycles a tick: of a counter of 1 kHz */

/* Put down the clock beside a window, or drop it where that makes no sense. */
void window_set_rate(struct window *w, double rate);

/* Wanted length of a window with a counter of this step. Ticks. */
double window_wanted_ticks(unsigned int step, double ticks_per_us);

/* Grow n until a window is long enough. 0 and *n, or a verdict. */
int window_size(struct meter *m, unsigned long *n);

/*
 * Warm up until the medians of two blocks of windows agree. It ends after a number of
 * blocks, or the time of one round's windows, in any case. 0 or a verdict.
 */
int window_warm_up(struct meter *m, unsigned long n);

/* How many windows of `ticks` length one round takes. */
size_t window_count(const struct meter *m, uint64_t ticks);

/* Take them. `out` has room for WINDOWS. 0 and *taken, or a verdict. */
int window_take(struct meter *m, unsigned long n, struct window *out, size_t *taken);

#endif
