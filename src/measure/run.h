/* SPDX-License-Identifier: MIT */
/*
 * A whole run: sizes every benchmark, then starts one worker a round until the figures are
 * precise enough or the time is spent. A benchmark that crashes or hangs fails alone.
 */
#ifndef SYSCOST_RUN_H
#define SYSCOST_RUN_H

#include "measure/clock.h"
#include "measure/estimate.h"
#include "measure/registry.h"
#include "measure/worker.h"

struct run_options {
	int cpu;	  /* -1: choose */
	double seconds;	  /* time budget */
	double timeout;	  /* seconds for one benchmark in one round */
	double precision; /* wanted half width of an interval: 0.01 */
	uint64_t seed;
	/* Called now and then with how far it is; may be NULL. */
	void (*progress)(void *arg, const char *what, double share);
	void *progress_arg;
	volatile const int *stop; /* non-zero: finish with what there is; may be NULL */
};

/* One row of the registry in this run. */
struct run_row {
	const struct variant *variant;
	bool planned;
	enum row_status status;
	char reason[160], mode[16];
	unsigned long n; /* iterations a window */
	struct sample *samples;
	size_t n_samples, room;
	struct estimate estimate; /* of ROW_OK rows with samples */
};

struct run {
	const struct registry *reg;
	struct run_options options;
	struct run_row *rows; /* one for each row of the registry */
	int cpu, other_cpu;
	unsigned int rounds;
	unsigned int step;	/* of the counter, ticks */
	double ticks_per_ns;	/* over the whole run */
	double quiet_level;	/* of the probe, ticks */
	double cycles_per_tick; /* median over rounds: an estimate */
	double seconds;		/* that it took */
	double window_share;	/* of that time, inside kept windows */
	bool stopped;		/* by options.stop */
};

/*
 * Fills *run, which run_free() frees in any case. `chosen` has one flag a registry row.
 * 0, or -errno with one line in err: nothing could be started.
 */
int run_all(struct run *run, const struct registry *reg, const bool *chosen,
	    const struct run_options *options, char *err, size_t err_len);
void run_free(struct run *run);

/* Why a ROW_OK row is not precise, in words, or NULL when it is. */
const char *run_row_noisy(const struct run_row *row, double precision, char *buf,
			  size_t len);

#endif
