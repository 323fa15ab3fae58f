/* SPDX-License-Identifier: MIT */
/*
 * From windows to a figure. Pure: tested with windows written by hand.
 *
 * A window is quiet when the contention probe on both sides of it ran at the quiet level,
 * contended otherwise. The level is a low quantile of all probes of the run: the speed of
 * the core when nobody shares it, as far as this run has seen it. Probes are taken in
 * core cycles, so that a slow clock is no neighbour.
 */
#ifndef SYSCOST_ESTIMATE_H
#define SYSCOST_ESTIMATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "measure/counters.h"
#include "measure/window.h"
#include "stats/stats.h"

#define QUIET_SHARE_MIN 0.35 /* below, quiet windows are too rare to be trusted */
#define QUIET_WINDOWS	3    /* so many make a round's quiet figure */
#define CONFIDENCE	0.95

/* A window, in each unit. */
struct window_figure {
	double ticks, cycles; /* core cycles: ticks by the clock beside each window */
};

/* One benchmark in one round, reduced. NAN where there are too few windows. */
struct sample_figures {
	struct window_figure quiet, contended, all;
	double probe; /* median probe, core cycles */
	double cpu;   /* nanoseconds of CPU time a window, of the quiet ones; or NAN */
	double ref[REFERENCES]; /* core cycles a reference call beside the quiet ones */
	size_t kept, n_quiet, dropped, migrated;
};

/* One benchmark in one round. */
struct sample {
	unsigned int round, position;
	unsigned long n; /* iterations a window */
	struct window *windows;
	size_t n_windows;
	double faults, switches, enters; /* an iteration */
	double cycles_per_tick;		 /* median over the windows */
	unsigned long
		chain; /* passes of a dependent chain that were added to each window */
	double count[COUNT_MAX];       /* an iteration; NAN: not available */
	struct sample_figures figures; /* once estimate_samples() has been there */
};

/* The quiet level: the 2nd percentile of `n` probes, which it moves about. */
double estimate_quiet_level(double *probes, size_t n);

/* Whether the probes on both sides of a window ran at the quiet level. */
bool window_is_quiet(const struct window *w, double quiet_level);

struct sample_figures estimate_sample(const struct sample *s, double quiet_level);
/* The same of n samples, kept in them: what follows reads it there. */
void estimate_samples(struct sample *samples, size_t n, double quiet_level);

/* One benchmark over its rounds. Ticks an operation, `ops` operations an iteration. */
struct estimate {
	struct figure ticks, cycles;		   /* of quiet rounds */
	struct figure contended, contended_cycles; /* of contended ones */
	struct figure cpu;			/* nanoseconds of CPU time an operation */
	double min, p99;			/* over all kept windows */
	struct figure faults, switches, enters; /* of all rounds, quiet or not */
	double count[COUNT_MAX];      /* an operation: median over rounds; or NAN */
	struct figure counted_cycles; /* user and kernel; mid is NAN without */
	double quiet_share;
	size_t rounds, quiet_rounds, windows, dropped, migrated;
};

/* 0, or -ENOMEM. */
int estimate_row(const struct sample *samples, size_t n, unsigned long ops,
		 struct estimate *e);

/* What the rounds of one benchmark are, `ops` operations an iteration. */
struct sampled {
	const struct sample *samples;
	size_t n;
	unsigned long ops;
};

/*
 * The ratio of two rows over the rounds that have a quiet figure of both: in core cycles,
 * or in time. 0 or -ENOMEM.
 */
int estimate_ratio(struct sampled over, struct sampled under, bool in_cycles,
		   struct figure *ratio);

#endif
