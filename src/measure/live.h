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
 * Set the reference calls up, and find how many of them make a window. False: one of them
 * is not to be had here.
 */
bool live_references(struct live *live);

/* Ticks of 1/USER_HZ that the hypervisor kept this CPU from us so far. */
uint64_t live_steal(const struct live *live);

#endif
