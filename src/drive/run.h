/* SPDX-License-Identifier: MIT */
/*
 * A whole run: sizes every benchmark, then starts one worker a round until the figures are
 * precise enough or the time is spent. A benchmark that crashes or hangs fails alone.
 */
#ifndef SYSCOST_RUN_H
#define SYSCOST_RUN_H

#include "base/err.h"
#include "drive/estimate.h"
#include "drive/launch.h"
#include "measure/clock.h"
#include "measure/registry.h"
#include "measure/worker.h"

struct run;

struct run_options {
	int cpu;	       /* -1: choose */
	double seconds;	       /* time budget */
	double timeout;	       /* seconds for one benchmark in one round */
	double precision;      /* wanted half width of an interval: 0.01 */
	unsigned int round_us; /* wanted time of one benchmark in one round: ROUND_US */
	uint64_t seed;
	const struct event_list *events; /* to count, tried before; may be NULL */
	/* Called now and then with how far it is; may be NULL. */
	void (*progress)(void *arg, const char *what, double share);
	void *progress_arg;
	/*
	 * Called between two rounds, at most so often, with the figures so far: nothing
	 * measures meanwhile. NULL: never.
	 */
	void (*checkpoint)(void *arg, const struct run *run);
	void *checkpoint_arg;
	double checkpoint_seconds;
	volatile const int *stop; /* non-zero: finish with what there is; may be NULL */
};

/* One row of the registry in this run. */
struct run_row {
	const struct variant *variant;
	bool planned;
	enum outcome_status status;
	char reason[160], mode[16], asked[96], in_force[96];
	int64_t overflow;   /* completions without room; -1: no ring */
	unsigned long n;    /* iterations a window */
	double sized_ticks; /* of a window when it was sized: rough */
	double seconds;	    /* that its rounds took, setup and teardown included */
	double slowdown;    /* share of the other arm's cost to be slowed down by */
	uint64_t chain; /* passes of a dependent chain to add to each window, for that */
	struct sample *samples;
	size_t n_samples, room;
	struct estimate estimate; /* of OUTCOME_OK rows with samples */
};

struct run {
	const struct registry *reg;
	const struct arm *arm;
	struct run_options options;
	struct run_row *rows; /* one for each row of the registry */
	int cpu, other_cpu;
	unsigned int rounds;
	unsigned int step;	/* of the counter, ticks */
	double ticks_per_ns;	/* over the whole run */
	double quiet_level;	/* of the probe, ticks */
	double cycles_per_tick; /* median over processes: an estimate */
	double seconds;		/* that it took */
	double window_share;	/* of that time, inside kept windows */
	bool stopped;		/* by options.stop */

	/* Its own while it goes on. */
	char dir[200];
	uint64_t random;
	double began; /* time_now() */
	struct clock_point start;
	double last_cycles_per_tick;
};

/*
 * Fills *run, which run_free() frees in any case. `chosen` has one flag a registry row.
 * 0, or -errno with one line in err: nothing could be started.
 */
int run_all(struct run *run, const struct registry *reg, const bool *chosen,
	    const struct run_options *options, struct err *err);
void run_free(struct run *run);

/*
 * The steps of run_all, for who measures otherwise (pair.h). run_begin chooses the CPUs,
 * calibrates and makes a temporary folder, which run_end removes in any case; run_size
 * gives every planned row its n; run_estimate turns samples into estimates, of one run or
 * of `n` that share a level of the probe, and says whether all are as precise as wanted;
 * run_finish does the sums over the whole run. run_clear, behind every round, removes what
 * benchmarks left in the folder: files of a round are new, and lie elsewhere in memory.
 */
int run_begin(struct run *run, const struct registry *reg, const bool *chosen,
	      const struct run_options *options, const struct arm *arm, struct err *err);
int run_size(struct run *run, struct err *err);
bool run_estimate(struct run **runs, size_t n);
void run_finish(struct run **runs, size_t n);
void run_clear(const struct run *run);
void run_end(struct run *run);

/* Why a OUTCOME_OK row is not precise, in words, or NULL when it is. */
const char *run_row_noisy(const struct run_row *row, double precision, char *buf,
			  size_t len);

#endif
