// SPDX-License-Identifier: MIT
/*
 * The steps of an A/B comparison in their order. It measures through pair.h and decides
 * through compare/gate.h. It never looks at a verdict to decide whether to go on. The
 * number of rounds is chosen once, from the pilot's spread and the time that there is.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "compare/budget.h"
#include "drive/ab.h"
#include "drive/again.h"
#include "drive/record.h"

#define CONFIRM_SHARE	0.25 /* of the time is kept for the confirmation */
#define CONFIRM_SECONDS 10   /* and so much is always there for it */
#define INJECT_FLOORS	2    /* a slowdown is worth so many of the gate's floors */
#define INJECT_STREAM	0x696e6a656374u /* not the random numbers of the shuffles */
#define CONFIRM_STREAM	0x636f6e6669726du
#define AB_SECONDS	110
#define AB_QUICK	27
#define AB_ROUND_US	250 /* launches decide, not the windows of one */

/*
 * Time is spent in this order. First, every benchmark gets the rounds that show a change
 * COARSE beyond its delta. That is half of the time at most, as a few could take all of
 * it. Then each gets ROUNDS_FAIR, as a neighbour may come when the pilot is over. Last
 * come the rounds that show a change FINE beyond delta.
 */
#define COARSE	    0.03
#define ROUNDS_FAIR 300
#define FINE	    0.01

void ab_defaults(struct ab_options *options, const struct run_options *run)
{
	*options = (struct ab_options){ .run = *run, .gate = GATE_OPTIONS };
	/* What is flagged has to be confirmed. */
	options->gate.family_error = GATE_STAGE_ERROR;
	options->run.seconds = AB_SECONDS;
	options->run.round_us = AB_ROUND_US;
	/* They must not correct one arm against the other: see stats/control.h. */
	options->run.references = false;
}

void ab_quick(struct ab_options *options)
{
	options->run.seconds = AB_QUICK;
}

/* What the gate reads of both arms: tables of rows, which sides_free() frees. */
struct sides {
	struct table results[2], rounds[2];
	struct gate_side side[2];
};

static void sides_make(struct sides *s, const struct pair *p)
{
	for (int k = 0; k < 2; k++) {
		record_rows(&p->arm[k], &s->results[k], &s->rounds[k], NULL);
		s->side[k] = (struct gate_side){ .results = &s->results[k],
						 .rounds = &s->rounds[k],
						 .ticks_per_ns = p->arm[k].ticks_per_ns,
						 .quiet_level = p->arm[k].quiet_level };
	}
}

static void sides_free(struct sides *s)
{
	for (int k = 0; k < 2; k++) {
		table_free(&s->results[k]);
		table_free(&s->rounds[k]);
	}
}

/*
 * How long one pair of rounds of each variant takes: the mean of those so far, and an
 * even share of the time beside them.
 */
static void estimate_costs(struct ab *ab, double seconds)
{
	const struct run *arm = ab->pair.arm;
	size_t n = 0;

	if (!arm->rounds)
		return;
	for (size_t i = 0; i < arm->reg->n; i++) {
		ab->cost[i] = (arm[ARM_BASE].plan[i].seconds +
			       arm[ARM_HEAD].plan[i].seconds) /
			      arm->rounds;
		seconds -= ab->cost[i] * arm->rounds;
		n += arm->plan[i].wanted;
	}
	seconds = fmax(seconds, 0) / arm->rounds;
	for (size_t i = 0; i < arm->reg->n; i++)
		ab->cost[i] += seconds / (n ? n : 1);
	ab->start = seconds;
}

/* What the gate says of arms that it cannot compare. */
static int cannot_compare(int ret, struct err *err)
{
	return err_set(err, ret, "the counter's rate is not known");
}

/* Rounds for everything, in `seconds`; `wanted` has those of the pilot. */
static int choose_rounds(const struct ab *ab, const struct ab_options *o, double seconds,
			 unsigned int *wanted, struct err *err)
{
	const struct run *arm = ab->pair.arm;
	size_t n = arm->reg->n, rows;
	unsigned int *coarse = calloc(3 * n + 1, sizeof(*coarse));
	unsigned int *fair = coarse + n, *fine = fair + n;
	struct gate *gate;
	struct sides s;
	int ret;

	if (!coarse)
		return err_memory(err);
	sides_make(&s, &ab->pair);
	rows = s.results[ARM_BASE].n;
	ret = gate_open(&gate, &s.side[ARM_BASE], 1, &s.side[ARM_HEAD], 1, &o->gate);
	for (size_t i = 0, at = 0; i < n && !ret; i++) {
		const struct result_row *row;
		struct gate_spread spread;

		if (!arm->plan[i].wanted)
			continue;
		row = table_row(&s.results[ARM_BASE], struct result_row, at++);
		spread = gate_spread(gate, row->id);
		coarse[i] = gate_rounds_needed(&spread, rows, COARSE, &o->gate);
		fair[i] = coarse[i] ? ROUNDS_FAIR : 0;
		fine[i] = gate_rounds_needed(&spread, rows, FINE, &o->gate);
	}
	if (!ret)
		gate_close(gate);
	sides_free(&s);
	if (ret) {
		free(coarse);
		return cannot_compare(ret, err);
	}
	seconds = seconds / 2 + budget_rounds(coarse, ab->cost, n, seconds / 2, wanted);
	seconds = budget_rounds(fair, ab->cost, n, seconds, wanted);
	budget_rounds(fine, ab->cost, n, seconds, wanted);
	free(coarse);
	return 0;
}

/* Large enough to be found at all: no change below the floor ever counts. */
static bool can_be_slowed(const struct run *base, size_t i, const struct ab_options *o)
{
	const struct metric *metric = trial_metric(&base->trials[i]);
	const struct run_plan *plan = &base->plan[i];
	double cost = plan->sized_ticks / (plan->n ? plan->n : 1);

	cost *= metric == &metric_cycles ? plan->sized_rate : 1 / base->ticks_per_ns;
	return run_is_live(base, i) && o->inject * cost >= INJECT_FLOORS * metric->floor;
}

static int choose_injected(struct ab *ab, const struct ab_options *o, struct err *err)
{
	const struct run *base = &ab->pair.arm[ARM_BASE];
	uint64_t random = o->run.seed ^ INJECT_STREAM;
	uint32_t *order;
	size_t n = 0;

	if (!o->inject)
		return 0;
	order = calloc(base->reg->n, sizeof(*order));
	if (!order)
		return err_memory(err);
	for (size_t i = 0; i < base->reg->n; i++)
		if (i != ab->pair.control && can_be_slowed(base, i, o))
			order[n++] = i;
	random_shuffle(order, n, &random);
	ab->injected = n < o->inject_rows ? n : o->inject_rows;
	for (size_t i = 0; i < ab->injected; i++)
		pair_inject(&ab->pair, order[i], o->inject);
	free(order);
	return 0;
}

/* Pilot, then the frozen number of rounds. */
static int measure_pairs(struct ab *ab, const struct ab_options *o, struct err *err)
{
	const struct run *base = &ab->pair.arm[ARM_BASE];
	struct backend *backend = base->backend;
	unsigned int *wanted = calloc(base->reg->n, sizeof(*wanted));
	double start = backend->now(backend),
	       until = o->run.seconds * (1 - CONFIRM_SHARE);
	int ret;

	if (!wanted)
		return err_memory(err);
	for (size_t i = 0; i < base->reg->n; i++)
		wanted[i] = o->rounds ? o->rounds : AB_PILOT;
	/* A pilot that is cut short decides nothing: it may use up what is kept. */
	ret = pair_rounds(&ab->pair, wanted, o->run.seconds, err);
	if (!ret) {
		estimate_costs(ab, backend->now(backend) - start);
		pair_estimate(&ab->pair);
	}
	if (!ret && !o->rounds && base->rounds) {
		ret = choose_rounds(ab, o, base->began + until - backend->now(backend),
				    wanted, err);
		/* The confirmation keeps its share of the time. */
		if (!ret)
			ret = pair_rounds(&ab->pair, wanted, until, err);
		if (!ret)
			pair_estimate(&ab->pair);
	}
	free(wanted);
	return ret;
}

/* What was really added, once both arms are measured; and how long the pilot was. */
static void write_conditions(struct ab *ab, const struct ab_options *o)
{
	for (size_t i = 0, at = 0; at < ab->verdicts.n; i++) {
		struct verdict_row *v;

		if (!ab->pair.arm[ARM_BASE].plan[i].wanted)
			continue;
		v = table_row(&ab->verdicts, struct verdict_row, at++);
		v->injected = pair_injected(&ab->pair, i);
		if (!o->rounds)
			v->pilot_rounds = AB_PILOT;
	}
}

/* Fresh rounds of what was flagged, with another seed, and what the gate says to them. */
static int measure_again(struct ab *ab, const struct ab_options *o,
			 const struct again *again, const struct run_options *options,
			 struct err *err)
{
	struct gate *gate;
	struct pair fresh;
	struct sides s;
	int ret = pair_begin_like(&fresh, &ab->pair, again->chosen, options, err);

	if (!ret)
		ret = pair_rounds(&fresh, again->wanted, options->seconds, err);
	if (!ret) {
		pair_estimate(&fresh);
		ab->stopped |= fresh.arm[ARM_BASE].stopped;
		sides_make(&s, &fresh);
		ret = gate_open(&gate, &s.side[ARM_BASE], 1, &s.side[ARM_HEAD], 1,
				&o->gate);
		if (!ret) {
			gate_confirm(gate, &ab->verdicts, &ab->summary);
			gate_close(gate);
		} else {
			cannot_compare(ret, err);
		}
		sides_free(&s);
	}
	pair_free(&fresh);
	return ret;
}

static int confirm(struct ab *ab, const struct ab_options *o, double seconds,
		   struct err *err)
{
	size_t control = ab->pair.control;
	struct run_options options = o->run;
	struct again again;
	int ret;

	options.seconds = fmax(seconds, CONFIRM_SECONDS);
	options.seed = o->run.seed ^ CONFIRM_STREAM;
	ret = again_choose(&again,
			   &(struct again_of){ .pair = &ab->pair,
					       .verdicts = &ab->verdicts,
					       .cost = ab->cost,
					       .start = ab->start,
					       .pilot = AB_PILOT,
					       .error = o->gate.family_error,
					       .seconds = options.seconds },
			   err);
	ab->flagged = again.flagged;
	if (!ret && ab->flagged) {
		if (control < ab->pair.arm[ARM_BASE].reg->n)
			again.chosen[control] = true;
		ret = measure_again(ab, o, &again, &options, err);
	}
	again_free(&again);
	return ret;
}

static int judge_rounds(struct ab *ab, const struct ab_options *o, struct err *err)
{
	struct gate_options gate_options = o->gate;
	struct sides s;
	int ret;

	ab->stopped = ab->pair.arm[ARM_BASE].stopped;
	/* Where nothing will be confirmed, this one comparison has to be sure. */
	if (ab->stopped)
		gate_options.family_error = GATE_FAMILY_ERROR;
	sides_make(&s, &ab->pair);
	ret = gate(&s.side[ARM_BASE], 1, &s.side[ARM_HEAD], 1, &gate_options,
		   &ab->verdicts, &ab->summary);
	memcpy(ab->results, s.results, sizeof(s.results));
	memcpy(ab->rounds, s.rounds, sizeof(s.rounds));
	return ret ? cannot_compare(ret, err) : 0;
}

/* All of it, on an open backend. */
static int measure(struct ab *ab, struct backend *backend, const struct registry *reg,
		   const bool *wanted, size_t control, const struct launch *base,
		   const struct launch *head, const struct ab_options *o, struct err *err)
{
	double began = backend->now(backend);
	int ret = pair_begin(&ab->pair, backend, reg, wanted, &o->run, base, head, err);

	ab->pair.control = control;
	if (!ret)
		ret = choose_injected(ab, o, err);
	if (!ret)
		ret = measure_pairs(ab, o, err);
	if (!ret)
		ret = judge_rounds(ab, o, err);
	if (!ret)
		write_conditions(ab, o);
	if (!ret && !ab->stopped)
		ret = confirm(ab, o, began + o->run.seconds - backend->now(backend), err);
	ab->seconds = backend->now(backend) - began;
	return ret;
}

int ab_measure(struct ab *ab, struct backend *backend, const struct registry *reg,
	       const bool *wanted, const struct launch *base, const struct launch *head,
	       const struct ab_options *options, struct err *err)
{
	struct ab_options o = *options;
	const struct variant *control = registry_find(reg, o.gate.control);
	size_t control_at = control ? (size_t)(control - reg->rows) : reg->n;
	bool *all = calloc(reg->n + 1, sizeof(*all));
	int ret;

	*ab = (struct ab){ .cost = calloc(reg->n, sizeof(*ab->cost)),
			   .results = { TABLE(result_schema), TABLE(result_schema) },
			   .rounds = { TABLE(round_schema), TABLE(round_schema) },
			   .verdicts = TABLE(verdict_schema) };
	ret = all && ab->cost ? 0 : err_memory(err);
	if (ret)
		goto out;
	memcpy(all, wanted, reg->n * sizeof(*all));
	all[control_at] = true;
	o.gate.paired = true;
	ret = layer_stack_needs(&base->layers, err);
	if (!ret)
		ret = layer_stack_needs(&head->layers, err);
	if (ret)
		goto out;
	ret = backend->open(backend, o.run.cpu, err);
	if (!ret)
		ret = measure(ab, backend, reg, all, control_at, base, head, &o, err);
	backend->close(backend);
out:
	free(all);
	return ret;
}

void ab_free(struct ab *ab)
{
	pair_free(&ab->pair);
	for (int k = 0; k < 2; k++) {
		table_free(&ab->results[k]);
		table_free(&ab->rounds[k]);
	}
	table_free(&ab->verdicts);
	free(ab->cost);
}
