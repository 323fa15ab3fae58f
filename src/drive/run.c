// SPDX-License-Identifier: MIT
/*
 * The coordinator: where, for how long, in which order. Rounds themselves are round.c's.
 */
#include <errno.h>
#include <ftw.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/random.h"
#include "base/time.h"
#include "drive/round.h"
#include "drive/run.h"
#include "machine/cpus.h"

#define ROUNDS_MIN 12	  /* before precision may end a run */
#define PROBES_MAX 200000 /* so many tell the quiet level well enough */

static const struct arm this_program;

static int choose_cpu(int wanted, int *cpu, int *other, struct err *err)
{
	cpu_set_t allowed, isolated;
	int ret = cpus_find(wanted, &allowed, &isolated);

	if (ret)
		return ret;
	if (cpus_choose(&allowed, &isolated, wanted, cpu, other))
		return err_set(err, -EINVAL,
			       "CPU %d does not exist or is not allowed here: see "
			       "'taskset -p $$'",
			       wanted);
	return 0;
}

/* Of all probes of the runs, or an even part of them where they are very many. */
static void find_quiet_level(struct run **runs, size_t n_runs)
{
	size_t n = 0, stride, seen = 0, at = 0;
	double *probes, level;

	for (size_t k = 0; k < n_runs; k++)
		for (size_t i = 0; i < runs[k]->reg->n; i++)
			for (size_t s = 0; s < runs[k]->rows[i].n_samples; s++)
				n += runs[k]->rows[i].samples[s].n_windows;
	stride = 1 + n / PROBES_MAX;
	probes = calloc(n / stride + 1, sizeof(*probes));
	if (!probes)
		return;
	for (size_t k = 0; k < n_runs; k++)
		for (size_t i = 0; i < runs[k]->reg->n; i++)
			for (size_t s = 0; s < runs[k]->rows[i].n_samples; s++) {
				const struct sample *x = &runs[k]->rows[i].samples[s];

				for (size_t w = 0; w < x->n_windows; w++)
					if (++seen % stride == 0)
						probes[at++] = x->windows[w].probe;
			}
	level = estimate_quiet_level(probes, at);
	for (size_t k = 0; k < n_runs; k++)
		runs[k]->quiet_level = level;
	free(probes);
}

const char *run_row_noisy(const struct run_row *row, double precision, char *buf,
			  size_t len)
{
	const struct estimate *e = &row->estimate;
	double half = stats_precision(&e->ticks);

	if (!(e->quiet_share >= QUIET_SHARE_MIN))
		snprintf(buf, len, "only %.0f %% of the windows were quiet",
			 e->windows ? e->quiet_share * 100 : 0.0);
	else if (isinf(half))
		snprintf(buf, len, "%zu quiet rounds are too few for an interval",
			 e->quiet_rounds);
	else if (half > precision)
		snprintf(buf, len, "the interval is +-%.1f %%, wanted is %.1f %%",
			 half * 100, precision * 100);
	else
		return NULL;
	return buf;
}

/* A window is known to half a step of the counter, and no better for being repeated. */
static void widen(struct stats_estimate *e, double half)
{
	e->lo -= half;
	e->hi += half;
}

static bool estimate_one(struct run *run)
{
	bool precise = true;
	char buf[96];
	double half;

	for (size_t i = 0; i < run->reg->n; i++) {
		struct run_row *row = &run->rows[i];

		if (!row->planned || row->status != ROW_OK || !row->n_samples)
			continue;
		if (estimate_row(row->samples, row->n_samples, row->variant->ops,
				 run->quiet_level, &row->estimate))
			return false;
		half = run->step / 2.0 / row->n / row->variant->ops;
		widen(&row->estimate.ticks, half);
		widen(&row->estimate.contended, half);
		widen(&row->estimate.cycles,
		      half * row->estimate.cycles.mid / row->estimate.ticks.mid);
		if (run_row_noisy(row, run->options.precision, buf, sizeof(buf)))
			precise = false;
	}
	return precise;
}

bool run_estimate(struct run **runs, size_t n)
{
	bool precise = true;

	find_quiet_level(runs, n);
	for (size_t k = 0; k < n; k++)
		precise &= estimate_one(runs[k]);
	return precise;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

/* All but the folder itself. */
static int remove_inside(const char *path, const struct stat *st, int type,
			 struct FTW *ftw)
{
	if (ftw->level)
		remove_one(path, st, type, ftw);
	return 0; /* one that cannot be removed does not keep the others */
}

void run_clear(const struct run *run)
{
	nftw(run->dir, remove_inside, 16, FTW_DEPTH | FTW_PHYS);
}

static void say(const struct run *run, const char *what, double share)
{
	if (run->options.progress)
		run->options.progress(run->options.progress_arg, what, share);
}

/* The median over rounds, by way of the row that has most of them. */
static double median_cycles_per_tick(const struct run *run)
{
	const struct run_row *most = NULL;
	double *x, median;

	for (size_t i = 0; i < run->reg->n; i++)
		if (!most || run->rows[i].n_samples > most->n_samples)
			most = &run->rows[i];
	if (!most || !most->n_samples)
		return NAN;
	x = calloc(most->n_samples, sizeof(*x));
	if (!x)
		return NAN;
	for (size_t s = 0; s < most->n_samples; s++)
		x[s] = most->samples[s].cycles_per_tick;
	stats_sort(x, most->n_samples);
	median = stats_median(x, most->n_samples);
	free(x);
	return median;
}

void run_finish(struct run **runs, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct run *run = runs[k];
		uint64_t inside = 0;

		run->stopped = run->options.stop && *run->options.stop;
		run->seconds = time_now() - run->began;
		run->ticks_per_ns = clock_ticks_per_ns(run->start, clock_point());
		run->cycles_per_tick = median_cycles_per_tick(run);
		for (size_t i = 0; i < run->reg->n; i++)
			for (size_t s = 0; s < run->rows[i].n_samples; s++)
				for (size_t w = 0; w < run->rows[i].samples[s].n_windows;
				     w++)
					inside +=
						run->rows[i].samples[s].windows[w].ticks;
		run->window_share = inside / run->ticks_per_ns * 1e-9 / run->seconds;
	}
	run_estimate(runs, n);
}

int run_begin(struct run *run, const struct registry *reg, const bool *chosen,
	      const struct run_options *options, const struct arm *arm, struct err *err)
{
	const char *tmp = getenv("TMPDIR");
	int ret;

	*run = (struct run){ .reg = reg,
			     .arm = arm ? arm : &this_program,
			     .options = *options,
			     .random = options->seed,
			     .began = time_now() };
	err_set(err, 0, "out of memory");
	run->rows = calloc(reg->n, sizeof(*run->rows));
	if (!run->rows)
		return -ENOMEM;
	for (size_t i = 0; i < reg->n; i++) {
		run->rows[i].variant = &reg->rows[i];
		run->rows[i].planned = chosen[i];
		run->rows[i].overflow = -1;
	}
	err_set(err, 0, "the allowed CPUs cannot be read");
	ret = choose_cpu(options->cpu, &run->cpu, &run->other_cpu, err);
	if (ret)
		return ret;
	snprintf(run->dir, sizeof(run->dir), "%s/syscost.XXXXXX",
		 tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(run->dir)) {
		ret = -errno;
		err_set(err, 0, "no temporary directory (%s): set TMPDIR",
			strerror(-ret));
		run->dir[0] = '\0';
		return ret;
	}
	run->start = clock_point();
	run->step = clock_step(&clock_real);
	usleep(CLOCK_ROUGH_US);
	run->ticks_per_ns = clock_ticks_per_ns(run->start, clock_point());
	return 0;
}

void run_end(struct run *run)
{
	if (run->dir[0])
		nftw(run->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	run->dir[0] = '\0';
}

/* The rows that are still measured, in registry order. */
static size_t live_rows(const struct run *run, uint32_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < run->reg->n; i++)
		if (run->rows[i].planned && run->rows[i].status == ROW_OK)
			order[n++] = i;
	return n;
}

int run_size(struct run *run, struct err *err)
{
	uint32_t *order = calloc(run->reg->n, sizeof(*order));
	int ret;

	if (!order)
		return -ENOMEM;
	say(run, "sizing", 0);
	ret = round_measure(run, order, live_rows(run, order), 0, ROUND_SIZE, err);
	run_clear(run);
	free(order);
	return ret;
}

/* Let the caller keep what there is. Moves *last, when that was done the last time. */
static void checkpoint(struct run *run, double *last)
{
	const struct run_options *o = &run->options;

	if (!o->checkpoint || time_now() - *last < o->checkpoint_seconds)
		return;
	run_finish(&run, 1);
	o->checkpoint(o->checkpoint_arg, run);
	*last = time_now();
}

/* Rounds until the figures are precise or the time is spent. */
static int measure(struct run *run, struct err *err)
{
	const struct run_options *o = &run->options;
	double last = time_now();
	uint32_t *order = calloc(run->reg->n, sizeof(*order));
	int ret = order ? 0 : -ENOMEM;

	while (!ret) {
		size_t n = live_rows(run, order);

		/* One round at least, or finding the sizes was for nothing. */
		if (!n || (o->stop && *o->stop) ||
		    (run->rounds && time_now() - run->began >= o->seconds))
			break;
		random_shuffle(order, n, &run->random);
		say(run, "measuring", (time_now() - run->began) / o->seconds);
		ret = round_measure(run, order, n, 0, ROUND_MEASURE, err);
		run->rounds++;
		run_clear(run);
		checkpoint(run, &last);
		if (run->rounds >= ROUNDS_MIN && run->rounds % 4 == 0 &&
		    run_estimate(&run, 1))
			break;
	}
	free(order);
	return ret;
}

int run_all(struct run *run, const struct registry *reg, const bool *chosen,
	    const struct run_options *options, struct err *err)
{
	int ret = run_begin(run, reg, chosen, options, NULL, err);

	if (!ret)
		ret = run_size(run, err);
	if (!ret)
		ret = measure(run, err);
	if (!ret)
		run_finish(&run, 1);
	run_end(run);
	return ret;
}

void run_free(struct run *run)
{
	for (size_t i = 0; run->rows && i < run->reg->n; i++) {
		for (size_t s = 0; s < run->rows[i].n_samples; s++)
			free(run->rows[i].samples[s].windows);
		free(run->rows[i].samples);
	}
	free(run->rows);
	run->rows = NULL;
}
