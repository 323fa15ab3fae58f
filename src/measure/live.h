/* SPDX-License-Identifier: MIT */
/*
 * The real machine behind struct meter: windows of a benchmark, and what is observed
 * around them. This process is pinned to their CPU.
 */
#ifndef SYSCOST_LIVE_H
#define SYSCOST_LIVE_H

#include "measure/counters.h"
#include "measure/support.h"
#include "measure/wire.h"

/*
 * Calls that are timed beside the windows of other cheap calls. What they cost tells the
 * state of the core: see stats/control.h. They are the rows of these ids.
 */
#define REFERENCE_IDS                                       \
	{                                                   \
		"floor/enosys-inline", "null/getuid-inline" \
	}

struct reference {
	struct running running;
	struct variant row;
	unsigned long n; /* calls in a window of it */
};

struct live {
	struct running *running; /* the benchmark, set up */
	int cpu;
	double ticks_per_us;
	uint32_t probe_passes, chain_passes;
	uint64_t overhead;     /* ticks of an empty window */
	double chain_overhead; /* ticks of a chain beside its passes */
	int64_t cpu_overhead;  /* nanoseconds that taking CPU time takes */
	uint64_t chain;	       /* passes of the dependent chain to add to each window */
	bool has_references;   /* live_references() was fine */
	bool take_references;  /* beside each window */
	struct reference reference[REFERENCES];

	double faults, switches;	 /* in windows since they were set to 0 */
	int stat_fd;			 /* of /proc/stat; -1: none */
	const struct counters *counters; /* open ones, in counted windows; else NULL */
	struct counts begin, end;	 /* of the last counted window */
};

/* Calibrate on the CPU of the plan, where this process is pinned already. */
void live_open(struct live *live, const struct plan *plan);

/* One window of n iterations, for struct meter. 0, or a verdict in run.outcome. */
int live_window(void *live, unsigned long n, struct window *w);

/*
 * How many calls of a reference make a window of it, where one takes `us` microseconds:
 * whole passes of BENCH_UNROLL_LESS. `scale` is clock_scale(). 0: nobody can tell. Pure.
 */
uint32_t live_reference_n(double us, unsigned int scale);

/*
 * Find that for each of them, once a run: all rounds, and both arms, use the same. The
 * process need not be pinned. All are 0 where one of them is not to be had here.
 */
void live_size_references(unsigned int step, double ticks_per_us, uint32_t n[REFERENCES]);

/* Set them up, in these sizes. False: the plan wants none, or one is not to be had. */
bool live_references(struct live *live, const struct plan *plan);

/* Whether a row is one of them: then no state of the core can be told from it. */
bool live_is_reference(const char *id);

/* Ticks of 1/USER_HZ that the hypervisor kept this CPU from us so far. */
uint64_t live_steal(const struct live *live);

#endif
