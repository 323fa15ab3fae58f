/* SPDX-License-Identifier: MIT */
/*
 * Separate whole runs of the same thing, with pauses between them: how far do they lie
 * apart? `compare` judges such runs; the noise file keeps what they say. It prints and
 * writes nothing.
 */
#ifndef SYSCOST_APART_H
#define SYSCOST_APART_H

#include "drive/run.h"
#include "row/noise.h"
#include "row/row.h"

/* What is kept of a run. */
struct apart_run {
	struct table results, rounds;
	double ticks_per_ns, quiet_level;
};

struct apart {
	struct apart_run *run;
	size_t n; /* whole ones */
};

struct apart_options {
	struct run_options run; /* of each; the seed of all */
	unsigned int runs;
	double pause; /* seconds from the end of a run to the start of the next */
	/* Sleep at most so long; a signal may end it sooner. */
	void (*wait)(void *arg, double seconds);
	void *wait_arg;
	/* Called when a run has ended. 0, or -errno and err to end it all. */
	int (*done)(void *arg, const struct apart_run *run, struct err *err);
	void *done_arg;
};

/*
 * Measure on a backend that is not open yet; each run opens and closes it. A stop, by
 * options.run.stop, ends a pause at once; the run that it ends is no whole one, and is
 * not kept. 0, or -errno with one line in err; apart_free() in any case.
 */
int apart_measure(struct apart *a, struct backend *backend, const struct registry *reg,
		  const bool *wanted, const struct launch *launch,
		  const struct apart_options *options, struct err *err);
void apart_free(struct apart *a);

/*
 * Add the medians of a run to what is known: of the quiet rounds of rows that are ok, and
 * of noisy ones. `compare` treats both alike.
 */
void apart_learn(struct noise *noise, const struct apart_run *run);

/*
 * Fit all rows but the reference calls to these calls beside their windows (row/state.h),
 * and set the state where there is none. It does nothing with fewer than CONTROL_ROUNDS
 * runs.
 */
void apart_fit(struct noise *noise, const struct apart *a);

/* What `compare` says of each two of the runs, the earlier one as the base. */
struct apart_alarms {
	size_t pairs;	    /* of runs; 0: there were too few */
	size_t comparisons; /* of a row that has an interval, and is not the control */
	size_t regressed, improved, contaminated;
};

/*
 * Compare each two of the runs. With `learnt`, delta is from the other runs alone, which
 * have to be NOISE_APART at least.
 */
struct apart_alarms apart_alarms(const struct apart *a, bool learnt);

#endif
