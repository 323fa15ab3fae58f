/* SPDX-License-Identifier: MIT */
/*
 * A whole run: it sizes every benchmark, then measures rounds until the figures are
 * precise enough or the time is spent. A benchmark that crashes or hangs fails alone.
 */
#ifndef SYSCOST_RUN_H
#define SYSCOST_RUN_H

#include "compare/metric.h"
#include "drive/backend.h"
#include "drive/estimate.h"

struct run;
struct noise;

struct run_options {
	int cpu;	       /* -1: choose */
	double seconds;	       /* time budget */
	double timeout;	       /* seconds for one benchmark in one round */
	double precision;      /* wanted half width of an interval: 0.01 */
	unsigned int round_us; /* wanted time of one benchmark in one round: ROUND_US */
	bool references;       /* time reference calls beside the windows of cheap ones */
	const struct noise *noise; /* for figures at its state (row/state.h); or NULL */
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

/* What is planned for one variant of the registry. */
struct run_plan {
	bool wanted;
	unsigned long n;    /* iterations a window; 0: not known yet */
	double sized_ticks; /* of a window when it was sized: rough */
	double sized_rate;  /* core cycles a tick then */
	double seconds;	    /* that its rounds took, setup and teardown included */
};

#define WINDOW_BLOCK 2560 /* windows that get memory at a time */

struct window_block {
	struct window_block *older;
	struct window windows[WINDOW_BLOCK];
};

/* One variant in this run: what was measured of it. */
struct trial {
	const struct variant *variant;
	struct outcome outcome;
	struct sample *samples; /* in the order of rounds */
	size_t n_samples, room, windows_left;
	struct window_block *blocks;
	struct estimate estimate; /* where the outcome is OK and there are samples */
};

struct run {
	const struct registry *reg;
	struct backend *backend; /* open */
	const struct launch *launch;
	struct run_options options;
	struct run_plan *plan; /* one for each variant of the registry */
	struct trial *trials;  /* likewise */
	unsigned int rounds;
	double ticks_per_ns;	   /* over the whole run */
	double quiet_level;	   /* of the probe, core cycles */
	double cycles_per_tick;	   /* median over all samples: an estimate */
	double clock_lo, clock_hi; /* of the core, GHz: 98 of 100 samples */
	double seconds;		   /* that it took */
	double window_share;	   /* of that time, inside kept windows */
	bool stopped;		   /* by options.stop */

	/* Its own while it goes on. */
	uint64_t random; /* of the shuffles; with the number of a request, of that */
	uint64_t requests;
	double began;	     /* of the backend's clock */
	double window_ticks; /* inside kept windows */
};

/*
 * Measure on a backend that is not open yet; it is closed again. Fills *run, which
 * run_free() frees in any case. `wanted` has one flag a variant of the registry. 0, or
 * -errno with one line in err: nothing could be started.
 */
int run_all(struct run *run, struct backend *backend, const struct registry *reg,
	    const bool *wanted, const struct launch *launch,
	    const struct run_options *options, struct err *err);
void run_free(struct run *run);

/*
 * The steps of run_all, on a backend that is open, for what measures in another order
 * (pair.h). run_begin plans; run_size finds n of everything planned; run_round measures
 * order[0..n), variants of the registry, once.
 */
int run_begin(struct run *run, struct backend *backend, const struct registry *reg,
	      const bool *wanted, const struct launch *launch,
	      const struct run_options *options, struct err *err);
int run_size(struct run *run, struct err *err);
/*
 * `position` is the place of order[0] in its round; `chain` has the passes of a dependent
 * chain to slow each variant down by, or is NULL.
 */
int run_round(struct run *run, const uint32_t *order, size_t n, unsigned int position,
	      const uint64_t *chain, struct err *err);

/*
 * Turn samples into estimates, of one run or of `n` that share a level of the probe, and
 * do the sums over each whole run. True: all are as precise as wanted.
 */
bool run_finish(struct run **runs, size_t n);

/* Whether a variant is planned and has not failed: it is still to be measured. */
bool run_is_live(const struct run *run, size_t variant);

/*
 * What a trial is compared in: core cycles, which do not move with the clock; time where
 * it sleeps, or where another core or thread works for it.
 */
const struct metric *trial_metric(const struct trial *trial);

/* Why a trial with samples is not precise, in words, or NULL when it is. */
const char *trial_noisy(const struct trial *trial, double precision, char *buf,
			size_t len);

#endif
