// SPDX-License-Identifier: MIT
/*
 * Plans a run and carries it out on a backend: for how long, in which order, what is
 * kept.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "drive/run.h"

#define ROUNDS_MIN   12	    /* before precision may end a run */
#define ROUNDS_CHECK 4	    /* precision is looked at behind so many rounds */
#define PROBES_MAX   200000 /* so many tell the quiet level well enough */
#define SAMPLES	     512    /* room at first: what is not used of it takes no memory */

bool run_is_live(const struct run *run, size_t variant)
{
	return run->plan[variant].wanted &&
	       run->trials[variant].outcome.status == OUTCOME_OK;
}

/* Core cycles; more than any, where they are not known. */
static double probe_of(const struct window *w)
{
	return w->drop & DROP_CLOCK ? INFINITY : w->probe * w->rate;
}

/* Every `stride`-th probe of the runs in turn. Returns how many there are of them all. */
static size_t gather_probes(struct run **runs, size_t n_runs, size_t stride,
			    double *probes)
{
	size_t at = stride - 1, seen = 0; /* of all: the next one wanted */

	for (size_t k = 0; k < n_runs; k++)
		for (size_t i = 0; i < runs[k]->reg->n; i++)
			for (size_t s = 0; s < runs[k]->trials[i].n_samples; s++) {
				const struct sample *x = &runs[k]->trials[i].samples[s];

				for (; probes && at - seen < x->n_windows; at += stride)
					*probes++ = probe_of(&x->windows[at - seen]);
				seen += x->n_windows;
			}
	return seen;
}

/* Of all probes of the runs, or an even part of them where they are very many. */
static void find_quiet_level(struct run **runs, size_t n_runs)
{
	size_t n = gather_probes(runs, n_runs, 1, NULL), stride = 1 + n / PROBES_MAX;
	double *probes = calloc(n / stride + 1, sizeof(*probes)), level;

	if (!probes)
		return;
	gather_probes(runs, n_runs, stride, probes);
	level = estimate_quiet_level(probes, n / stride);
	for (size_t k = 0; k < n_runs; k++)
		runs[k]->quiet_level = level;
	free(probes);
}

const struct metric *trial_metric(const struct trial *trial)
{
	if ((trial->variant->bench->flags & BENCH_BLOCKS) ||
	    !strcmp(trial->outcome.mode, "punted") ||
	    strstr(trial->outcome.in_force, "SQPOLL"))
		return &metric_time;
	return &metric_cycles;
}

const char *trial_noisy(const struct trial *trial, double precision, char *buf,
			size_t len)
{
	const struct estimate *e = &trial->estimate;
	double half = stats_precision(trial_metric(trial) == &metric_time ? &e->ticks
									  : &e->cycles);

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
static void widen(struct figure *e, double half)
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
		struct trial *t = &run->trials[i];

		if (!run_is_live(run, i) || !t->n_samples)
			continue;
		estimate_samples(t->samples, t->n_samples, run->quiet_level);
		if (estimate_row(t->samples, t->n_samples, t->variant->ops, &t->estimate))
			return false;
		half = run->backend->step / 2.0 / run->plan[i].n / t->variant->ops;
		widen(&t->estimate.ticks, half);
		widen(&t->estimate.contended, half);
		widen(&t->estimate.contended_cycles,
		      half * t->estimate.contended_cycles.mid /
			      t->estimate.contended.mid);
		widen(&t->estimate.cycles,
		      half * t->estimate.cycles.mid / t->estimate.ticks.mid);
		if (trial_noisy(t, run->options.precision, buf, sizeof(buf)))
			precise = false;
	}
	return precise;
}

static bool estimate_all(struct run **runs, size_t n)
{
	bool precise = true;

	find_quiet_level(runs, n);
	for (size_t k = 0; k < n; k++)
		precise &= estimate_one(runs[k]);
	return precise;
}

/* Core cycles a tick over all samples: the median, and what 98 of 100 lie between. */
static void find_clock(struct run *run)
{
	size_t n = 0, at = 0;
	double *x;

	for (size_t i = 0; i < run->reg->n; i++)
		n += run->trials[i].n_samples;
	x = calloc(n + 1, sizeof(*x));
	for (size_t i = 0; x && i < run->reg->n; i++)
		for (size_t s = 0; s < run->trials[i].n_samples; s++)
			x[at++] = run->trials[i].samples[s].cycles_per_tick;
	run->cycles_per_tick = stats_median_any(x, at);
	run->clock_lo = stats_quantile_any(x, at, 0.01) * run->ticks_per_ns;
	run->clock_hi = stats_quantile_any(x, at, 0.99) * run->ticks_per_ns;
	free(x);
}

bool run_finish(struct run **runs, size_t n)
{
	for (size_t k = 0; k < n; k++) {
		struct run *run = runs[k];

		run->stopped = run->options.stop && *run->options.stop;
		run->seconds = run->backend->now(run->backend) - run->began;
		run->ticks_per_ns = run->backend->ticks_per_ns(run->backend);
		find_clock(run);
		run->window_share = run->window_ticks / run->ticks_per_ns * 1e-9 /
				    run->seconds;
	}
	return estimate_all(runs, n);
}

int run_begin(struct run *run, struct backend *backend, const struct registry *reg,
	      const bool *wanted, const struct launch *launch,
	      const struct run_options *options, struct err *err)
{
	*run = (struct run){ .reg = reg,
			     .backend = backend,
			     .launch = launch,
			     .options = *options,
			     .random = options->seed,
			     .began = backend->now(backend),
			     .ticks_per_ns = backend->ticks_per_ns(backend) };
	run->plan = calloc(reg->n, sizeof(*run->plan));
	run->trials = calloc(reg->n, sizeof(*run->trials));
	if (!run->plan || !run->trials)
		return err_memory(err);
	for (size_t i = 0; i < reg->n; i++) {
		run->trials[i].variant = &reg->rows[i];
		run->trials[i].outcome.overflow = -1;
		run->plan[i].wanted = wanted[i];
	}
	return 0;
}

/* What the tasks of one request are: places in the registry. */
struct round {
	struct run *run;
	const uint32_t *order;
	const struct task *tasks;
	unsigned int position;
};

/* The clock of one round: the median over its windows; 1 where none tells it. */
static double median_rate(const struct reading *r)
{
	double rates[WINDOWS];
	size_t n = 0;

	for (size_t i = 0; i < r->n_windows; i++)
		if (!(r->windows[i].drop & DROP_CLOCK))
			rates[n++] = r->windows[i].rate;
	return n ? stats_median_any(rates, n) : 1;
}

/* Room for the windows of one more sample, behind those of the sample before it. */
static struct window *room_for_windows(struct trial *t, size_t n)
{
	if (t->windows_left < n) {
		struct window_block *block = malloc(sizeof(*block));

		if (!block)
			return NULL;
		block->older = t->blocks;
		t->blocks = block;
		t->windows_left = WINDOW_BLOCK;
	}
	t->windows_left -= n;
	return &t->blocks->windows[WINDOW_BLOCK - t->windows_left - n];
}

static int keep_sample(struct run *run, struct trial *t, const struct reading *r,
		       unsigned int position, uint64_t chain)
{
	struct window *windows = room_for_windows(t, r->n_windows);
	struct sample *s;

	if (t->n_samples == t->room) {
		size_t room = t->room ? 2 * t->room : SAMPLES;

		s = realloc(t->samples, room * sizeof(*s));
		if (!s)
			return -ENOMEM;
		t->samples = s;
		t->room = room;
	}
	if (!windows)
		return -ENOMEM;
	memcpy(windows, r->windows, r->n_windows * sizeof(*windows));
	for (size_t i = 0; i < r->n_windows; i++)
		run->window_ticks += r->windows[i].ticks;
	s = &t->samples[t->n_samples++];
	*s = (struct sample){ .round = run->rounds,
			      .position = position,
			      .n = r->n,
			      .windows = windows,
			      .n_windows = r->n_windows,
			      .faults = r->faults,
			      .switches = r->switches,
			      .enters = r->enters,
			      .cycles_per_tick = median_rate(r),
			      .chain = chain };
	memcpy(s->count, r->count, sizeof(s->count));
	return 0;
}

static void keep_size(struct run_plan *plan, const struct reading *r)
{
	double ticks[WINDOWS];

	for (size_t i = 0; i < r->n_windows; i++)
		ticks[i] = r->windows[i].ticks;
	plan->sized_ticks = stats_median_any(ticks, r->n_windows);
	plan->sized_rate = median_rate(r);
	plan->n = r->n;
}

/* The last outcome, but for what only some rounds find out. */
static void keep_outcome(struct outcome *known, const struct outcome *last)
{
	known->status = last->status;
	memcpy(known->reason, last->reason, sizeof(known->reason));
	if (last->mode[0])
		memcpy(known->mode, last->mode, sizeof(known->mode));
	if (last->asked[0])
		memcpy(known->asked, last->asked, sizeof(known->asked));
	if (last->in_force[0])
		memcpy(known->in_force, last->in_force, sizeof(known->in_force));
	if (last->overflow > known->overflow)
		known->overflow = last->overflow;
}

static int keep_reading(void *arg, size_t task, const struct reading *r, double seconds)
{
	struct round *round = arg;
	struct run *run = round->run;
	size_t i = round->order[task];
	struct trial *t = &run->trials[i];
	bool sizing = !round->tasks[task].n;

	keep_outcome(&t->outcome, &r->outcome);
	if (!sizing)
		run->plan[i].seconds += seconds;
	if (r->outcome.status != OUTCOME_OK)
		return 0;
	if (!sizing)
		return keep_sample(run, t, r, round->position + task,
				   round->tasks[task].chain);
	keep_size(&run->plan[i], r);
	return 0;
}

int run_round(struct run *run, const uint32_t *order, size_t n, unsigned int position,
	      const uint64_t *chain, struct err *err)
{
	struct task *tasks = calloc(n + 1, sizeof(*tasks));
	struct round round = { run, order, tasks, position };
	const struct sink sink = { &round, keep_reading };
	struct request request = { .launch = run->launch,
				   .tasks = tasks,
				   .n = n,
				   .round_us = run->options.round_us,
				   .references = run->options.references,
				   .timeout = run->options.timeout,
				   .random = run->random + run->requests++,
				   .stop = run->options.stop };
	int ret;

	if (!tasks)
		return err_memory(err);
	for (size_t i = 0; i < n; i++) {
		tasks[i] = (struct task){ run->trials[order[i]].variant,
					  run->plan[order[i]].n,
					  chain ? chain[order[i]] : 0 };
		if (tasks[i].n)
			request.events = run->options.events;
	}
	ret = run->backend->measure(run->backend, &request, &sink, err);
	free(tasks);
	return ret;
}

static void show_progress(const struct run *run, const char *what, double share)
{
	if (run->options.progress)
		run->options.progress(run->options.progress_arg, what, share);
}

/* What is still to be measured, in registry order. */
static size_t live_order(const struct run *run, uint32_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < run->reg->n; i++)
		if (run_is_live(run, i))
			order[n++] = i;
	return n;
}

int run_size(struct run *run, struct err *err)
{
	uint32_t *order = calloc(run->reg->n, sizeof(*order));
	int ret;

	if (!order)
		return err_memory(err);
	show_progress(run, "sizing", 0);
	ret = run_round(run, order, live_order(run, order), 0, NULL, err);
	run->backend->tidy(run->backend);
	free(order);
	return ret;
}

/* Let the caller keep what there is. Moves *last, when that was done the last time. */
static void checkpoint(struct run *run, double *last)
{
	const struct run_options *o = &run->options;

	if (!o->checkpoint ||
	    run->backend->now(run->backend) - *last < o->checkpoint_seconds)
		return;
	run_finish(&run, 1);
	o->checkpoint(o->checkpoint_arg, run);
	*last = run->backend->now(run->backend);
}

/* Rounds until the figures are precise or the time is spent. */
static int measure_rounds(struct run *run, struct err *err)
{
	const struct run_options *o = &run->options;
	uint32_t *order = calloc(run->reg->n, sizeof(*order));
	double last = run->backend->now(run->backend);
	int ret = order ? 0 : err_memory(err);

	while (!ret) {
		double spent = run->backend->now(run->backend) - run->began;
		size_t n = live_order(run, order);

		/* One round at least, or finding the sizes was for nothing. */
		if (!n || (o->stop && *o->stop) || (run->rounds && spent >= o->seconds))
			break;
		random_shuffle(order, n, &run->random);
		show_progress(run, "measuring", spent / o->seconds);
		ret = run_round(run, order, n, 0, NULL, err);
		run->rounds++;
		run->backend->tidy(run->backend);
		checkpoint(run, &last);
		if (run->rounds >= ROUNDS_MIN && run->rounds % ROUNDS_CHECK == 0 &&
		    estimate_all(&run, 1))
			break;
	}
	free(order);
	return ret;
}

int run_all(struct run *run, struct backend *backend, const struct registry *reg,
	    const bool *wanted, const struct launch *launch,
	    const struct run_options *options, struct err *err)
{
	int ret;

	*run = (struct run){ .reg = reg };
	ret = layer_stack_needs(&launch->layers, err);
	if (ret)
		return ret;
	ret = backend->open(backend, options->cpu, err);
	if (!ret)
		ret = run_begin(run, backend, reg, wanted, launch, options, err);
	if (!ret)
		ret = run_size(run, err);
	if (!ret)
		ret = measure_rounds(run, err);
	if (!ret)
		run_finish(&run, 1);
	backend->close(backend);
	return ret;
}

void run_free(struct run *run)
{
	for (size_t i = 0; run->trials && i < run->reg->n; i++) {
		struct trial *t = &run->trials[i];

		for (struct window_block *b; (b = t->blocks); free(b))
			t->blocks = b->older;
		free(t->samples);
	}
	free(run->trials);
	free(run->plan);
	run->trials = NULL;
	run->plan = NULL;
}
