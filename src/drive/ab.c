// SPDX-License-Identifier: MIT
/*
 * The steps of an A/B comparison in their order. It measures through measure/pair.h and
 * decides through compare/gate.h, and never looks at a verdict to decide whether to go on:
 * the number of rounds is chosen once, from the pilot's spread and the time that there is.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/random.h"
#include "base/time.h"
#include "bench.h"
#include "compare/budget.h"
#include "drive/ab.h"
#include "drive/record.h"
#include "drive/round.h"

#define CONFIRM_SHARE	0.25 /* of the time is kept for the confirmation */
#define CONFIRM_SECONDS 10   /* and so much is always there for it */
#define CONFIRM_TIMES	3 /* as many rounds: a neighbour may spoil most of a short spell */
#define INJECT_FLOORS	2 /* a slowdown is worth so many of the gate's floors */

/*
 * What rounds are for, and time is spent on in this order: that every row shows a change that is
 * COARSE beyond its delta, but no more than half of the time, as few rows can take all of it;
 * that each has ROUNDS_FAIR, as a neighbour may come when the pilot is over; that every row
 * shows a change that is FINE beyond.
 */
#define COARSE	    0.03
#define ROUNDS_FAIR 300
#define FINE	    0.01

void contest_defaults(struct contest_options *options, const struct run_options *run)
{
	*options = (struct contest_options){ .run = *run, .gate = GATE_OPTIONS };
	/* What is flagged has to be confirmed. */
	options->gate.family_error = GATE_STAGE_ERROR;
	options->run.seconds = 110;
	options->run.round_us = 250; /* launches decide, not the windows of one */
}

void contest_quick(struct contest_options *options)
{
	options->run.seconds = 27;
}

static struct gate_side side(const struct pair *p, int arm, struct table *results,
			     struct table *rounds)
{
	result_rows(&p->arm[arm], results, rounds);
	return (struct gate_side){ .results = results,
				   .rounds = rounds,
				   .ticks_per_ns = p->arm[arm].ticks_per_ns,
				   .quiet_level = p->arm[arm].quiet_level };
}

static void forget(struct table *t)
{
	table_free(&t[0]);
	table_free(&t[1]);
}

/* The control goes along, and is never slowed down. */
static size_t control_row(const struct registry *reg, const struct gate_options *gate)
{
	const struct variant *v = registry_find(reg, gate->control);

	return v ? (size_t)(v - reg->rows) : reg->n;
}

/*
 * What one pair of rounds of each row takes: as those did that all rows have had, with an even
 * share of what they took besides.
 */
static int take_costs(struct contest *c, double seconds)
{
	const struct run *arm = c->pair.arm;
	size_t n = 0;

	c->cost = calloc(arm->reg->n + 1, sizeof(*c->cost));
	if (!c->cost)
		return -ENOMEM;
	if (!arm->rounds)
		return 0;
	for (size_t i = 0; i < arm->reg->n; i++) {
		c->cost[i] = (arm[0].rows[i].seconds + arm[1].rows[i].seconds) /
			     arm->rounds;
		seconds -= c->cost[i] * arm->rounds;
		n += arm->rows[i].planned;
	}
	for (size_t i = 0; i < arm->reg->n; i++)
		c->cost[i] += fmax(seconds, 0) / arm->rounds / (n ? n : 1);
	return 0;
}

/* The control watches to the end, whatever it asks for. */
static void watch(const struct contest *c, const struct contest_options *o,
		  unsigned int *wanted)
{
	const struct registry *reg = c->pair.arm[0].reg;
	size_t control = control_row(reg, &o->gate);
	unsigned int most = 0;

	for (size_t i = 0; i < reg->n; i++)
		if (wanted[i] > most)
			most = wanted[i];
	if (control < reg->n)
		wanted[control] = most;
}

/* Rounds for every row, until `end`; `wanted` has those of the pilot. */
static int choose_rounds(const struct contest *c, const struct contest_options *o,
			 double end, unsigned int *wanted)
{
	const struct run *arm = c->pair.arm;
	const struct registry *reg = arm[0].reg;
	struct table results[2], rounds[2];
	struct gate_side base = side(&c->pair, 0, &results[0], &rounds[0]);
	struct gate_side head = side(&c->pair, 1, &results[1], &rounds[1]);
	unsigned int *coarse = calloc(3 * reg->n + 1, sizeof(*coarse));
	unsigned int *fair, *fine;
	size_t n = base.results->n;
	struct gate *gate;
	double seconds;
	int ret;

	fair = coarse ? coarse + reg->n : NULL;
	fine = coarse ? fair + reg->n : NULL;
	ret = coarse ? gate_open(&gate, &base, 1, &head, 1, &o->gate) : -ENOMEM;
	for (size_t i = 0; !ret && i < reg->n; i++) {
		struct gate_spread spread;

		if (!arm[0].rows[i].planned)
			continue;
		spread = gate_spread(gate, reg->rows[i].id);
		coarse[i] = gate_rounds_needed(&spread, n, COARSE, &o->gate);
		fair[i] = coarse[i] ? ROUNDS_FAIR : 0;
		fine[i] = gate_rounds_needed(&spread, n, FINE, &o->gate);
	}
	if (!ret)
		gate_close(gate);
	forget(results);
	forget(rounds);
	if (ret) {
		free(coarse);
		return ret;
	}
	seconds = end - time_now();
	seconds = seconds / 2 +
		  budget_rounds(coarse, c->cost, reg->n, seconds / 2, wanted);
	seconds = budget_rounds(fair, c->cost, reg->n, seconds, wanted);
	budget_rounds(fine, c->cost, reg->n, seconds, wanted);
	watch(c, o, wanted);
	free(coarse);
	return 0;
}

/* Large enough to be found at all: no change below the floor ever counts. */
static bool can_slow(const struct run_row *row, const struct run *base,
		     const struct contest_options *o)
{
	double ns = row->sized_ticks / (row->n ? row->n : 1) / base->ticks_per_ns;

	return row->planned && row->status == OUTCOME_OK &&
	       o->inject * ns >= INJECT_FLOORS * metric_time.floor;
}

static void inject(struct contest *c, const struct contest_options *o)
{
	const struct run *base = &c->pair.arm[0];
	size_t control = control_row(base->reg, &o->gate), n = 0;
	uint64_t random = o->run.seed ^
			  0x696e6a656374u; /* not the stream of the shuffles */
	uint32_t *order;

	if (!o->inject)
		return;
	order = calloc(base->reg->n, sizeof(*order));
	for (size_t i = 0; order && i < base->reg->n; i++)
		if (can_slow(&base->rows[i], base, o) && i != control)
			order[n++] = i;
	random_shuffle(order, n, &random);
	for (size_t i = 0; i < n && i < o->inject_rows; i++)
		pair_inject(&c->pair, order[i], o->inject);
	c->injected = n < o->inject_rows ? n : o->inject_rows;
	free(order);
}

/* Pilot, then the frozen number of rounds. */
static int measure(struct contest *c, const struct contest_options *o, struct err *err)
{
	const struct run *base = &c->pair.arm[0];
	unsigned int *wanted = calloc(base->reg->n, sizeof(*wanted));
	/* A pilot that is cut short decides nothing: it may use up what is kept. */
	double end = base->began + base->options.seconds * (1 - CONFIRM_SHARE);
	double start = time_now();
	int ret;

	if (!wanted)
		return -ENOMEM;
	for (size_t i = 0; i < base->reg->n; i++)
		wanted[i] = o->rounds ? o->rounds : CONTEST_PILOT;
	ret = pair_rounds(&c->pair, wanted, err);
	if (!ret)
		ret = take_costs(c, time_now() - start);
	if (!ret && !o->rounds) {
		pair_estimate(&c->pair);
		if (c->pair.arm[0].rounds)
			ret = choose_rounds(c, o, end, wanted);
		/* What is kept for the confirmation stays kept. */
		c->pair.arm[0].options.seconds = o->run.seconds * (1 - CONFIRM_SHARE);
		if (!ret)
			ret = pair_rounds(&c->pair, wanted, err);
		c->pair.arm[0].options.seconds = o->run.seconds;
	}
	if (!ret)
		pair_estimate(&c->pair);
	free(wanted);
	return ret;
}

/* What was really added, once both arms are measured; and how the pilot went. */
static void note(struct contest *c, const struct contest_options *o)
{
	for (size_t i = 0; i < c->verdicts.n; i++) {
		struct verdict_row *v = table_row(&c->verdicts, struct verdict_row, i);
		const struct registry *reg = c->pair.arm[0].reg;
		const struct variant *variant = registry_find(reg, v->id);

		if (!o->rounds)
			v->pilot_rounds = CONTEST_PILOT;
		if (variant)
			v->injected = pair_injected(&c->pair, variant - reg->rows);
	}
}

/*
 * Which rows were flagged, and in how many fresh rounds each of them is to be measured: as many
 * as a pilot has at least, or none could be confirmed where many were flagged.
 */
static void choose_again(struct contest *c, double seconds, bool *flagged,
			 unsigned int *needed, unsigned int *wanted)
{
	const struct registry *reg = c->pair.arm[0].reg;

	for (size_t i = 0; i < c->verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c->verdicts, struct verdict_row,
							i);
		const struct variant *variant = registry_find(reg, v->id);
		size_t row = variant ? (size_t)(variant - reg->rows) : 0;

		if (!gate_flagged(v) || !variant)
			continue;
		flagged[row] = true;
		needed[row] = CONFIRM_TIMES * c->pair.arm[0].rows[row].n_samples;
		wanted[row] = CONTEST_PILOT;
		seconds -= CONTEST_PILOT * c->cost[row];
		c->flagged++;
	}
	budget_rounds(needed, c->cost, reg->n, seconds, wanted);
}

/* Measure what was flagged again, on its own, with another seed. */
static int confirm(struct contest *c, const struct contest_options *o, double end,
		   struct err *err)
{
	const struct registry *reg = c->pair.arm[0].reg;
	bool *flagged = calloc(reg->n, sizeof(*flagged));
	unsigned int *needed = calloc(2 * reg->n + 1, sizeof(*needed));
	unsigned int *wanted = needed ? needed + reg->n : NULL;
	struct table results[2], rounds[2];
	struct run_options run = o->run;
	struct gate_side base, head;
	struct pair fresh;
	struct gate *gate;
	int ret = flagged && needed ? 0 : -ENOMEM;

	run.seconds = fmax(end - time_now(), CONFIRM_SECONDS);
	if (!ret)
		choose_again(c, run.seconds, flagged, needed, wanted);
	if (ret || !c->flagged)
		goto out;
	if (control_row(reg, &o->gate) < reg->n)
		flagged[control_row(reg, &o->gate)] = true;
	run.seed = random_next(&c->pair.random);
	watch(c, o, wanted);
	ret = pair_begin_like(&fresh, &c->pair, flagged, &run, err);
	if (!ret)
		ret = pair_rounds(&fresh, wanted, err);
	if (!ret) {
		pair_estimate(&fresh);
		c->pair.arm[0].stopped |= fresh.arm[0].stopped;
		base = side(&fresh, 0, &results[0], &rounds[0]);
		head = side(&fresh, 1, &results[1], &rounds[1]);
		ret = gate_open(&gate, &base, 1, &head, 1, &o->gate);
		if (!ret) {
			gate_confirm(gate, &c->verdicts, &c->summary);
			gate_close(gate);
		}
		forget(results);
		forget(rounds);
	}
	pair_free(&fresh);
out:
	free(flagged);
	free(needed);
	return ret;
}

int contest_hold(struct contest *c, const struct registry *reg, const bool *chosen,
		 const struct contest_options *options, const struct arm *base,
		 const struct arm *head, struct err *err)
{
	struct contest_options o = *options;
	double began = time_now(), end = began + o.run.seconds;
	bool *all = calloc(reg->n, sizeof(*all));
	struct gate_side sides[2];
	bool stopped;
	int ret = all ? 0 : -ENOMEM;

	*c = (struct contest){ 0 };
	for (int k = 0; k < 2; k++) {
		table_init(&c->results[k], &result_schema);
		table_init(&c->rounds[k], &round_schema);
	}
	table_init(&c->verdicts, &verdict_schema);
	err_set(err, 0, "out of memory");
	if (ret)
		return ret;
	memcpy(all, chosen, reg->n * sizeof(*all));
	if (control_row(reg, &o.gate) < reg->n)
		all[control_row(reg, &o.gate)] = true;
	o.gate.paired = true;
	ret = pair_begin(&c->pair, reg, all, &o.run, base, head, err);
	free(all);
	if (ret)
		return ret;
	inject(c, &o);
	ret = measure(c, &o, err);
	if (ret)
		return ret;
	for (int k = 0; k < 2; k++)
		sides[k] = side(&c->pair, k, &c->results[k], &c->rounds[k]);
	table_free(&c->verdicts);
	/* What nothing will confirm has to be sure at once. */
	stopped = o.run.stop && *o.run.stop;
	if (stopped)
		o.gate.family_error = GATE_FAMILY_ERROR;
	ret = gate(&sides[0], 1, &sides[1], 1, &o.gate, &c->verdicts, &c->summary);
	if (!ret && !stopped)
		ret = confirm(c, &o, end, err);
	if (!ret)
		note(c, &o);
	/* The files are not needed any more, whatever becomes of what is printed. */
	run_end(&c->pair.arm[0]);
	run_end(&c->pair.arm[1]);
	c->seconds = time_now() - began;
	return ret;
}

void contest_free(struct contest *c)
{
	pair_free(&c->pair);
	forget(c->results);
	forget(c->rounds);
	table_free(&c->verdicts);
	free(c->cost);
}
