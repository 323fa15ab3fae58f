// SPDX-License-Identifier: MIT
/*
 * Makes separate runs one after the other, and says what they teach. How a run is made is
 * run.c's; what is known, and where it is kept, is row/noise.h's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "base/room.h"
#include "compare/gate.h"
#include "drive/apart.h"
#include "drive/record.h"
#include "measure/live.h"
#include "row/select.h"
#include "row/state.h"
#include "stats/control.h"

#define PAUSE_STEP 0.2 /* seconds; a stop is looked for behind each */

static bool is_stopped(const struct run_options *o)
{
	return o->stop && *o->stop;
}

static void pause_for(struct backend *backend, const struct apart_options *o)
{
	double end = backend->now(backend) + o->pause, left;

	while (!is_stopped(&o->run) && (left = end - backend->now(backend)) > 0) {
		if (o->run.progress)
			o->run.progress(o->run.progress_arg, "pausing",
					1 - left / o->pause);
		o->wait(o->wait_arg, fmin(left, PAUSE_STEP));
	}
}

/* One run; it is kept if it is whole. */
static int measure_one(struct apart *a, struct backend *backend,
		       const struct registry *reg, const bool *wanted,
		       const struct launch *launch, const struct run_options *options,
		       struct err *err)
{
	struct run run;
	int ret = run_all(&run, backend, reg, wanted, launch, options, err);

	if (!ret && !run.stopped) {
		struct apart_run *kept = &a->run[a->n++];

		record_rows(&run, &kept->results, &kept->rounds, NULL);
		kept->ticks_per_ns = run.ticks_per_ns;
		kept->quiet_level = run.quiet_level;
	}
	run_free(&run);
	return ret;
}

int apart_measure(struct apart *a, struct backend *backend, const struct registry *reg,
		  const bool *wanted, const struct launch *launch,
		  const struct apart_options *options, struct err *err)
{
	struct run_options run = options->run;
	uint64_t seed = run.seed;
	int ret = 0;

	*a = (struct apart){ .run = room_for(options->runs, sizeof(*a->run)) };
	for (unsigned int i = 0; i < options->runs && !ret; i++) {
		size_t before = a->n;

		if (i)
			pause_for(backend, options);
		if (is_stopped(&run))
			break;
		run.seed = random_next(&seed);
		ret = measure_one(a, backend, reg, wanted, launch, &run, err);
		if (!ret && a->n > before)
			ret = options->done(options->done_arg, &a->run[before], err);
	}
	return ret;
}

void apart_free(struct apart *a)
{
	for (size_t i = 0; i < a->n; i++) {
		table_free(&a->run[i].results);
		table_free(&a->run[i].rounds);
	}
	free(a->run);
	*a = (struct apart){ 0 };
}

/* A round in the row's metric, where it was quiet; or NAN. */
static double value_of(const struct result_row *row, const struct round_row *round,
		       const struct apart_run *run)
{
	return metric_find(row->metric)->of_round(round, false, run->ticks_per_ns);
}

static double median_of(const struct result_row *row, const void *const *rounds, size_t n,
			const struct apart_run *run)
{
	double *x = room_for(n, sizeof(*x)), median;
	size_t known = 0;

	for (size_t i = 0; i < n; i++) {
		x[known] = value_of(row, rounds[i], run);
		known += isfinite(x[known]);
	}
	median = stats_median_any(x, known);
	free(x);
	return median;
}

void apart_learn(struct noise *noise, const struct apart_run *run)
{
	struct row_index index;

	index_make(&index, &run->rounds);
	for_rows (result_row, row, &run->results) {
		size_t n;
		const void *const *rounds = index_find(&index, row->id, &n);

		if ((row->status == ROW_OK || row->status == ROW_NOISY) &&
		    metric_find(row->metric))
			noise_add_apart(noise, row->id, row->metric,
					median_of(row, rounds, n, run));
	}
	index_free(&index);
}

/* All runs, whose rounds are found by id, and room for those of a row. */
struct fit {
	const struct apart *a;
	struct row_index *index;
	struct state_round *room;
};

static struct state_round state_round(uint32_t run, double cycles,
				      const struct round_row *r)
{
	return (struct state_round){ run, cycles, { r->ref_enosys, r->ref_getuid } };
}

/* How many calls an operation of a row makes; 1 where it is not known. */
static unsigned int calls_of(const struct apart *a, const char *id)
{
	unsigned int calls = 0;

	for (size_t k = 0; k < a->n && !calls; k++)
		for_rows (result_row, row, &a->run[k].results) {
			if (strcmp(row->id, id))
				continue;
			for (const char *c = row->calls; *c; c++)
				calls += *c != ' ' && (c[1] == ' ' || !c[1]);
		}
	return calls ? calls : 1;
}

static void fit_row(struct noise *noise, const struct fit *fit, const char *id)
{
	const struct result_row in_cycles = { .metric = "cycles" };
	size_t at = 0;

	for (size_t k = 0; k < fit->a->n; k++) {
		size_t n;
		const void *const *rounds = index_find(&fit->index[k], id, &n);

		for (size_t i = 0; i < n; i++)
			fit->room[at++] = state_round(
				k, value_of(&in_cycles, rounds[i], &fit->a->run[k]),
				rounds[i]);
	}
	state_fit(noise, id, calls_of(fit->a, id), fit->room, at);
}

/* The rounds of all rows. */
static size_t gather_rounds(const struct apart *a, struct state_round *out)
{
	size_t n = 0;

	for (size_t k = 0; k < a->n; k++)
		for_rows (round_row, r, &a->run[k].rounds)
			out[n++] = state_round(k, r->cycles, r);
	return n;
}

void apart_fit(struct noise *noise, const struct apart *a)
{
	struct fit fit = { a, room_for(a->n, sizeof(*fit.index)), NULL };
	size_t all = 0;

	for (size_t k = 0; k < a->n; k++) {
		index_make(&fit.index[k], &a->run[k].rounds);
		all += a->run[k].rounds.n;
	}
	fit.room = room_for(all, sizeof(*fit.room));
	if (a->n >= CONTROL_ROUNDS) {
		state_set(noise, fit.room, gather_rounds(a, fit.room));
		for (size_t i = 0; i < noise->n; i++)
			if (!live_is_reference(noise->rows[i].id))
				fit_row(noise, &fit, noise->rows[i].id);
	}
	for (size_t k = 0; k < a->n; k++)
		index_free(&fit.index[k]);
	free(fit.index);
	free(fit.room);
}

/* Two runs as `compare` sees them. */
static void compare_two(const struct apart *a, size_t base, size_t head,
			const struct noise *noise, struct apart_alarms *alarms)
{
	struct gate_options o = GATE_OPTIONS;
	struct gate_summary summary;
	struct gate_side side[2];
	struct table verdicts;

	for (int k = 0; k < 2; k++) {
		const struct apart_run *r = &a->run[k ? head : base];

		side[k] = (struct gate_side){ &r->results, &r->rounds, r->ticks_per_ns,
					      r->quiet_level };
	}
	o.noise = noise;
	if (!gate(&side[0], 1, &side[1], 1, &o, &verdicts, &summary)) {
		alarms->pairs++;
		for_rows (verdict_row, v, &verdicts) {
			/* The control has no p-value; a row of few rounds no interval. */
			if (!isfinite(v->ratio.lo) || !isfinite(v->p_slower))
				continue;
			alarms->comparisons++;
			alarms->regressed += v->verdict == VERDICT_REGRESSED;
			alarms->improved += v->verdict == VERDICT_IMPROVED;
			alarms->contaminated += v->verdict == VERDICT_CONTAMINATED;
		}
	}
	table_free(&verdicts);
}

struct apart_alarms apart_alarms(const struct apart *a, bool learnt)
{
	struct apart_alarms alarms = { 0 };

	if (learnt && a->n < NOISE_APART + 2)
		return alarms;
	for (size_t head = 0; head < a->n; head++)
		for (size_t base = 0; base < head; base++) {
			struct noise others;

			noise_init(&others, "");
			for (size_t k = 0; k < a->n && learnt; k++)
				if (k != base && k != head)
					apart_learn(&others, &a->run[k]);
			compare_two(a, base, head, learnt ? &others : NULL, &alarms);
			noise_free(&others);
		}
	return alarms;
}
