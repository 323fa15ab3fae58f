// SPDX-License-Identifier: MIT
/*
 * A benchmark's values, figures, p-values and verdict. The level of its interval depends
 * on the others and comes from gate.c; the statistics are in stats/.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/entry.h"
#include "compare/metric.h"
#include "stats/stats.h"

/* A row of the results of either side. */
struct known {
	const struct result_row *row;
	size_t place;
	bool head;
};

static int by_id_and_place(const void *a, const void *b)
{
	const struct known *x = a, *y = b;
	int ids = strcmp(x->row->id, y->row->id);

	return ids ? ids : (x->place > y->place) - (x->place < y->place);
}

static size_t count_rows(const struct gate_side *sides, size_t n)
{
	size_t rows = 0;

	for (size_t f = 0; f < n; f++)
		rows += sides[f].results->n;
	return rows;
}

static size_t add_known(struct known *known, size_t at, const struct gate_side *sides,
			size_t n, bool head)
{
	for (size_t f = 0; f < n; f++)
		for (size_t i = 0; i < sides[f].results->n; i++, at++)
			known[at] = (struct known){ table_row(sides[f].results,
							      struct result_row, i),
						    at, head };
	return at;
}

/* The worst is what counts: failed, else fine, else skipped, else absent. */
static int badness_of_row(const struct result_row *r)
{
	return !r ? 0 : r->status == ROW_SKIP ? 1 : r->status == ROW_FAIL ? 3 : 2;
}

/* What both sides are compared in, or else time. */
static const struct metric *metric_of(const struct entry *e)
{
	if (e->base && e->head && metric_of_row(e->base) == metric_of_row(e->head))
		return metric_of_row(e->base);
	return &metric_time;
}

size_t entries_gather(struct entry **entries, const struct gate *g)
{
	size_t all = count_rows(g->base, g->n_base) + count_rows(g->head, g->n_head),
	       n = 0;
	struct known *known = room_for(all, sizeof(*known));
	struct entry *e = room_for(all, sizeof(*e));
	size_t n_base = add_known(known, 0, g->base, g->n_base, false);

	add_known(known, n_base, g->head, g->n_head, true);
	qsort(known, all, sizeof(*known), by_id_and_place);
	for (size_t i = 0; i < all; i++) {
		const struct known *k = &known[i];
		const struct result_row **worst;

		if (!n || strcmp(e[n - 1].id, k->row->id))
			e[n++] = (struct entry){ .id = k->row->id, .place = k->place };
		worst = k->head ? &e[n - 1].head : &e[n - 1].base;
		if (badness_of_row(k->row) > badness_of_row(*worst))
			*worst = k->row;
	}
	for (size_t i = 0; i < n; i++)
		e[i].metric = g->o.metric ? g->o.metric : metric_of(&e[i]);
	free(known);
	*entries = e;
	return n;
}

static int against_id(const void *id, const void *entry)
{
	return strcmp(id, ((const struct entry *)entry)->id);
}

struct entry *entry_find(struct gate *g, const char *id)
{
	return bsearch(id, g->entries, g->n, sizeof(*g->entries), against_id);
}

bool entry_comparable(struct entry *e)
{
	/* By the worst of the head and of the base: absent, skipped, fine, failed. */
	static const enum row_cause causes[4][4] = {
		{ CAUSE_NONE, CAUSE_ABSENT_BASE, CAUSE_ABSENT_BASE, CAUSE_FAILED_HEAD },
		{ CAUSE_ABSENT_HEAD, CAUSE_SKIPPED_BOTH, CAUSE_SKIPPED_BASE,
		  CAUSE_FAILED_HEAD },
		{ CAUSE_ABSENT_HEAD, CAUSE_SKIPPED_HEAD, CAUSE_NONE, CAUSE_FAILED_HEAD },
		{ CAUSE_FAILED_BASE, CAUSE_FAILED_BASE, CAUSE_FAILED_BASE,
		  CAUSE_FAILED_BOTH },
	};
	struct reason r = {
		.cause = causes[badness_of_row(e->base)][badness_of_row(e->head)]
	};

	if (!r.cause)
		return true;
	if (r.cause == CAUSE_FAILED_BASE || r.cause == CAUSE_SKIPPED_BASE)
		r.detail = e->base->reason;
	else if (e->head && r.cause != CAUSE_ABSENT_BASE)
		r.detail = e->head->reason;
	e->out->verdict = VERDICT_SKIP;
	reason_write(e->out, &r);
	return false;
}

bool entry_has_enough(const struct gate *g, const struct entry *e, size_t need)
{
	if (g->how.paired)
		return e->counts.quiet + e->counts.contended >= need;
	return e->counts.quiet >= need || e->counts.contended >= need;
}

/* See entry_measure(). */
static void choose_values(struct gate *g, struct entry *e, size_t need)
{
	struct points base = side_points(&g->base_rounds, e->id, e->metric);
	struct points head = side_points(&g->head_rounds, e->id, e->metric);
	struct values quiet = pairs_collect(base, head, g->how, false);
	struct values busy = pairs_collect(base, head, g->how, true);
	struct round_counts n = { pairs_n(&quiet), pairs_n(&busy), quiet.candidates };
	bool take_quiet;

	if (g->how.paired)
		n.contended -= n.quiet;
	take_quiet = g->how.paired ? n.quiet >= need && 2 * n.quiet >= n.candidates
				   : n.quiet >= need || n.quiet >= n.contended;
	take_quiet |= !n.contended;
	e->counts = n;
	e->values = take_quiet ? quiet : busy;
	free(take_quiet ? busy.base : quiet.base);
	/* Unknown probes are not equal ones. */
	e->unequal = !take_quiet && !g->how.paired &&
		     !(fabs(log(busy.head_probe / busy.base_probe)) <=
		       log1p(GATE_SAME_STATE));
}

static void make_shift(struct entry *e, bool paired)
{
	const struct values *v = &e->values;
	double *logs = room_for(v->n_base + v->n_head, sizeof(*logs));

	e->logs = logs;
	if (paired) {
		for (size_t i = 0; i < v->n_head; i++)
			logs[i] = log(v->head[i]) - log(v->base[i]);
		stats_sort(logs, v->n_head);
		e->shift = (struct stats_shift){ .x = logs, .n_x = v->n_head };
		return;
	}
	stats_sort(v->head, v->n_head);
	stats_sort(v->base, v->n_base);
	for (size_t i = 0; i < v->n_head; i++)
		logs[i] = log(v->head[i]);
	for (size_t i = 0; i < v->n_base; i++)
		logs[v->n_head + i] = log(v->base[i]);
	e->shift = (struct stats_shift){ logs, logs + v->n_head, v->n_head, v->n_base };
}

/*
 * The deviation of values as a number of rounds is chosen for. It is the larger of two:
 * the robust one, and what the middle four fifths would have if they were normal
 * (+-1.2816 sigma). Where a row has two states, most pairs may agree to the last digit
 * and some be far away.
 */
static double side_spread(const double *sorted, size_t n, double *scratch)
{
	double wide = (stats_quantile(sorted, n, 0.9) - stats_quantile(sorted, n, 0.1)) /
		      (2 * 1.2816);

	memcpy(scratch, sorted, n * sizeof(*scratch));
	return fmax(wide, stats_mad_sigma(scratch, n));
}

double entry_spread(struct entry *e)
{
	double *scratch = e->values.base; /* as long as both */
	double x = side_spread(e->shift.x, e->shift.n_x, scratch), y;

	if (!e->shift.y)
		return x;
	y = side_spread(e->shift.y, e->shift.n_y, scratch);
	return sqrt(x * x + y * y);
}

void entry_free(struct entry *e)
{
	free(e->values.base);
	free(e->logs);
	e->values = (struct values){ 0 };
	e->logs = NULL;
}

void entry_measure(struct gate *g, struct entry *e, size_t need)
{
	entry_free(e);
	choose_values(g, e, need);
	make_shift(e, g->how.paired);
}

/* Whether the noise file knows the row, in the metric that is compared. */
static bool is_learnt(const struct noise *noise, const struct entry *e)
{
	const struct noise_row *row = noise ? noise_find(noise, e->id) : NULL;

	return row && !strcmp(row->metric, e->metric->name);
}

static double delta_of(const struct gate *g, const struct entry *e, double base)
{
	const struct gate_options *o = &g->o;
	int64_t ops = e->base && e->base->ops > 0 ? e->base->ops : 1;
	double floor = e->metric->floor / (base * ops), learnt = NAN, apart = NAN;
	double tail = o->family_error / (g->rows ? g->rows : 1);

	if (is_learnt(o->noise, e)) {
		learnt = noise_delta(o->noise, e->id);
		apart = g->apart ? noise_apart_delta(o->noise, e->id, tail) : NAN;
	}
	/* fmax passes over a NAN */
	if (isfinite(apart))
		return fmax(fmax(o->delta, apart), floor);
	return fmax(fmax(g->apart ? o->delta_unknown : o->delta, learnt), floor);
}

/* A median; an exact one has no interval. */
static struct figure median_of(double *x, size_t n, bool exact)
{
	struct figure f = stats_figure(x, n, 0.95);

	return exact ? (struct figure){ f.mid, NAN, NAN } : f;
}

/* Nanoseconds, beside the metric that is compared. */
static void write_time(struct gate *g, struct entry *e)
{
	struct values v = pairs_collect(side_points(&g->base_rounds, e->id, &metric_time),
					side_points(&g->head_rounds, e->id, &metric_time),
					g->how, e->values.contended);

	e->out->base_ns = median_of(v.base, v.n_base, false);
	e->out->head_ns = median_of(v.head, v.n_head, false);
	free(v.base);
}

void entry_write_figures(struct gate *g, struct entry *e)
{
	bool exact = g->exact, time = e->metric == &metric_time;
	struct values *v = &e->values;
	struct verdict_row *out = e->out;

	out->rounds = pairs_n(v);
	if (!out->rounds)
		return;
	row_set(&out->metric, e->metric->name);
	out->contention = !v->contended			     ? CONTENTION_QUIET
			  : e->counts.quiet && g->how.paired ? CONTENTION_MIXED
							     : CONTENTION_BUSY;
	out->ratio.mid = exp(stats_shift_median(&e->shift));
	*(time ? &out->base_ns : &out->base) = median_of(v->base, v->n_base, exact);
	*(time ? &out->head_ns : &out->head) = median_of(v->head, v->n_head, exact);
	if (!time && !exact)
		write_time(g, e);
	out->delta = exact ? g->o.allow
			   : delta_of(g, e, time ? out->base_ns.mid : out->base.mid);
	e->delta = log1p(out->delta);
	if (!exact)
		out->sigma = entry_spread(e);
}

void entry_test(struct entry *e)
{
	struct verdict_row *r = e->out;
	bool none = e->unequal || !pairs_n(&e->values);

	r->p_slower = none ? 1 : stats_shift_above(&e->shift, e->delta);
	r->p_faster = none ? 1 : stats_shift_below(&e->shift, -e->delta);
	r->p_differs = none ? 1
			    : fmin(1, 2 * fmin(stats_shift_above(&e->shift, 0),
					       stats_shift_below(&e->shift, 0)));
}

struct reason entry_lacks(const struct gate *g, const struct entry *e, double tail)
{
	bool paired = g->how.paired;

	return (struct reason){
		.cause = !e->counts.candidates			    ? CAUSE_NO_ROUNDS
			 : !e->counts.quiet && !e->counts.contended ? CAUSE_NO_MATCH
								    : CAUSE_FEW,
		/* Of values that there are; without any, the sentence is whole. */
		.detail = paired || !(e->counts.quiet + e->counts.contended)
				  ? ""
				  : " of one kind",
		.counts = e->counts,
		.needed = stats_shift_least(paired, tail),
		.unit = paired		 ? "pairs of rounds"
			: g->how.folders ? "folders a side"
					 : "rounds a side",
	};
}

/* How far head lies above base: an interval of log-ratios; exact: all that rounds say. */
static void find_range(const struct gate *g, struct entry *e, double tail, double *low,
		       double *high)
{
	const struct values *v = &e->values;

	if (!g->exact) {
		*low = stats_shift_low(&e->shift, tail);
		*high = stats_shift_high(&e->shift, tail);
		e->out->level = 1 - 2 * tail;
		e->out->ratio.lo = exp(*low);
		e->out->ratio.hi = exp(*high);
	} else if (pairs_n(v)) {
		*low = log(v->head[0] / v->base[v->n_base - 1]);
		*high = log(v->head[v->n_head - 1] / v->base[0]);
	}
}

bool entry_clock_moved(const struct gate *g, const struct entry *e)
{
	return e->metric == &metric_time && fabs(g->clock_moved) > g->o.control_bound;
}

void entry_decide(const struct gate *g, struct entry *e, double tail, bool disturbed)
{
	double low = NAN, high = NAN;
	/* Time moves with the clock; cycles do not. */
	bool moved = entry_clock_moved(g, e);
	struct reason r = { .exact = g->exact };
	enum row_verdict verdict = VERDICT_INCONCLUSIVE;

	find_range(g, e, tail, &low, &high);
	if (e->unequal) {
		r.cause = CAUSE_UNEQUAL;
	} else if (isnan(low) || isnan(high)) {
		r = entry_lacks(g, e, tail);
	} else if (low > e->delta) {
		r.cause = CAUSE_SLOWER;
		verdict = disturbed || moved ? VERDICT_CONTAMINATED : VERDICT_REGRESSED;
	} else if (high < -e->delta) {
		r.cause = CAUSE_FASTER;
		verdict = disturbed || moved ? VERDICT_CONTAMINATED : VERDICT_IMPROVED;
	} else if (low >= -e->delta && high <= e->delta) {
		r.cause = CAUSE_WITHIN;
		verdict = VERDICT_SAME;
	} else {
		r.cause = CAUSE_WIDE;
		r.low = expm1(low) * 100;
		r.high = expm1(high) * 100;
	}
	if (moved && verdict == VERDICT_CONTAMINATED && !disturbed)
		r.cause = CAUSE_CLOCK;
	e->out->verdict = verdict;
	reason_write(e->out, &r);
}
