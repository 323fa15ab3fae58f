// SPDX-License-Identifier: MIT
/*
 * A comparison as a whole: which rows there are, and whether the machine stayed the same.
 * It finds the level at which each row is judged, and what fresh rounds make of it. One
 * row's figures and verdict are entry.c's. It measures and prints nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/entry.h"
#include "compare/gate.h"
#include "stats/test.h"

static bool sides_ok(const struct gate_side *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i].ticks_per_ns > 0) || !isfinite(s[i].ticks_per_ns))
			return false;
	return n > 0;
}

int gate_open(struct gate **gate, const struct gate_side *base, size_t n_base,
	      const struct gate_side *head, size_t n_head,
	      const struct gate_options *options)
{
	struct gate *g;

	if (!sides_ok(base, n_base) || !sides_ok(head, n_head) ||
	    (options->paired && n_base != n_head))
		return -EINVAL;
	*gate = g = room_for(1, sizeof(*g));
	*g = (struct gate){ .base = base,
			    .n_base = n_base,
			    .head = head,
			    .n_head = n_head,
			    .o = *options };
	g->exact = options->metric && options->metric->exact;
	g->how.paired = options->paired;
	g->how.folders = !options->paired && n_base >= GATE_FOLDERS &&
			 n_head >= GATE_FOLDERS;
	g->apart = !g->how.paired && !g->how.folders;
	side_open(&g->base_rounds, base, n_base);
	side_open(&g->head_rounds, head, n_head);
	g->n = entries_gather(&g->entries, g);
	return 0;
}

void gate_close(struct gate *g)
{
	for (size_t i = 0; i < g->n; i++)
		entry_free(&g->entries[i]);
	free(g->entries);
	side_close(&g->base_rounds);
	side_close(&g->head_rounds);
	free(g);
}

/* How far the clock moved from base to head: the control again, in time. */
static double clock_moved(struct gate *g, const struct entry *control)
{
	struct entry e = { .id = control->id, .metric = &metric_time };
	double moved = NAN;

	entry_measure(g, &e, GATE_CONTROL_LEAST);
	if (pairs_n(&e.values) >= GATE_CONTROL_LEAST)
		moved = stats_shift_median(&e.shift);
	entry_free(&e);
	return moved;
}

/* What the control says against the machine: its row is judged by that alone. */
static void check_control(struct gate *g, struct entry *e, struct gate_summary *s)
{
	size_t least = g->exact ? 1 : GATE_CONTROL_LEAST;
	struct reason r = { .cause = CAUSE_CONTROL };
	double moved;

	entry_measure(g, e, least);
	entry_write_figures(g, e);
	if (!g->exact) {
		e->out->level = 0.95;
		e->out->ratio.lo = exp(stats_shift_low(&e->shift, 0.025));
		e->out->ratio.hi = exp(stats_shift_high(&e->shift, 0.025));
	}
	e->out->delta = expm1(g->o.control_bound);
	g->clock_moved = g->exact ? 0 : clock_moved(g, e);
	moved = log(e->out->ratio.mid);
	if (pairs_n(&e->values) < least) {
		s->disturbed = true;
		snprintf(s->why, sizeof(s->why),
			 "the control has too few rounds of one contention state");
	} else {
		s->control_ratio = e->out->ratio.mid;
		s->disturbed = !(fabs(moved) <= g->o.control_bound);
		if (s->disturbed)
			snprintf(s->why, sizeof(s->why),
				 "the control moved by %+.1f %%: the machine changed",
				 expm1(moved) * 100);
	}
	if (s->disturbed)
		r = (struct reason){ .cause = CAUSE_DISTURBED, .detail = s->why };
	e->out->verdict = s->disturbed ? VERDICT_CONTAMINATED : VERDICT_SAME;
	reason_write(e->out, &r);
}

/* Median quiet level of a side; NAN if one is unknown. */
static double quiet_level(const struct gate_side *sides, size_t n)
{
	double *x = room_for(n, sizeof(*x)), level = NAN;
	size_t known = 0;

	for (size_t i = 0; i < n; i++)
		if (sides[i].quiet_level > 0)
			x[known++] = sides[i].quiet_level;
	if (known == n)
		level = stats_median_any(x, n);
	free(x);
	return level;
}

static void check_quiet_level(const struct gate *g, struct gate_summary *s)
{
	double moved = log(quiet_level(g->head, g->n_head) /
			   quiet_level(g->base, g->n_base));

	if (s->disturbed || g->exact || !(fabs(moved) > log1p(GATE_SAME_STATE)))
		return;
	s->disturbed = true;
	snprintf(
		s->why, sizeof(s->why),
		"the probe's quiet level moved by %+.1f %%: a neighbour stayed all through "
		"one side",
		expm1(moved) * 100);
}

/*
 * When most rows lack rounds of one state though there were enough, it was the machine.
 */
static void check_busy(const struct gate *g, struct entry *const *rows, size_t n,
		       size_t need, struct gate_summary *s)
{
	size_t busy = 0;

	for (size_t i = 0; i < n; i++) {
		const struct round_counts *c = &rows[i]->counts;

		busy += c->candidates >= need && !entry_has_enough(g, rows[i], need) &&
			(g->how.paired || c->quiet + c->contended > 0);
	}
	if (s->disturbed || 2 * busy <= n || g->how.folders)
		return;
	s->disturbed = true;
	snprintf(s->why, sizeof(s->why),
		 "a neighbour came and went: %zu of %zu rows have too few rounds of one "
		 "contention state",
		 busy, n);
}

/*
 * Holm's step-down over n p-values, one direction: the tail of each, negative: rejected.
 */
static void step_down(const double *p, size_t n, double error, double *tail)
{
	double *adjusted = room_for(n, sizeof(*adjusted));
	size_t *order = room_for(n, sizeof(*order)), stop = 0;

	stats_holm(p, n, order, adjusted);
	while (stop < n && adjusted[order[stop]] <= error)
		stop++;
	for (size_t i = 0; i < n; i++)
		tail[order[i]] = i < stop ? -error / (n - i) : error / (n - stop);
	free(adjusted);
	free(order);
}

/*
 * The tail of each row's interval: Holm over the chances of being slower, and over those
 * of being faster. A row that neither rejects gets the smaller of the tails at which they
 * stop. None can be in both, as its p-values are not both below one half.
 */
static void holm_tails(struct entry *const *rows, size_t n, double error, double *tail)
{
	double *p = room_for(2 * n, sizeof(*p)), *faster = p + n;

	for (size_t i = 0; i < n; i++)
		p[i] = rows[i]->out->p_slower;
	step_down(p, n, error, tail);
	for (size_t i = 0; i < n; i++)
		p[i] = rows[i]->out->p_faster;
	step_down(p, n, error, faster);
	for (size_t i = 0; i < n; i++)
		tail[i] = tail[i] < 0	  ? -tail[i]
			  : faster[i] < 0 ? -faster[i]
					  : fmin(tail[i], faster[i]);
	free(p);
}

static void advise_rows(struct entry *const *rows, size_t n)
{
	double *p = room_for(2 * n, sizeof(*p)), *adjusted = p + n;
	size_t *order = room_for(n, sizeof(*order));

	for (size_t i = 0; i < n; i++)
		p[i] = rows[i]->out->p_differs;
	stats_bh(p, n, order, adjusted);
	for (size_t i = 0; i < n; i++)
		if (adjusted[i] <= GATE_FDR)
			rows[i]->out->advice = rows[i]->out->ratio.mid > 1
						       ? ADVICE_SLOWER
						       : ADVICE_FASTER;
	free(order);
	free(p);
}

/* Judge the rows that can be compared; the control has been. */
static void judge_rows(struct gate *g, struct entry *const *rows, size_t n,
		       struct gate_summary *s)
{
	bool exact = g->exact;
	double *tail = room_for(n, sizeof(*tail));
	size_t need = 1;

	g->rows = n;
	if (!exact)
		need = stats_shift_least(g->how.paired, g->o.family_error / (n ? n : 1));
	for (size_t i = 0; i < n; i++) {
		entry_measure(g, rows[i], need);
		entry_write_figures(g, rows[i]);
		if (!exact)
			entry_test(rows[i]);
	}
	if (n && !exact) {
		check_quiet_level(g, s);
		check_busy(g, rows, n, need, s);
		holm_tails(rows, n, g->o.family_error, tail);
	}
	for (size_t i = 0; i < n; i++)
		entry_decide(g, rows[i], tail[i], s->disturbed);
	if (!exact && !s->disturbed)
		advise_rows(rows, n);
	free(tail);
}

static void count_row(const struct verdict_row *row, struct gate_summary *s)
{
	size_t *const counts[VERDICTS] = {
		[VERDICT_REGRESSED] = &s->regressed,
		[VERDICT_IMPROVED] = &s->improved,
		[VERDICT_SAME] = &s->same,
		[VERDICT_INCONCLUSIVE] = &s->inconclusive,
		[VERDICT_CONTAMINATED] = &s->contaminated,
		[VERDICT_SKIP] = &s->skipped,
	};

	if (counts[row->verdict])
		++*counts[row->verdict];
	s->broken += gate_broken(row);
	s->compared += row->verdict != VERDICT_SKIP;
}

/* Count the verdicts anew. Keeps control_ratio, disturbed and why. */
static void count_rows(const struct table *verdicts, struct gate_summary *s)
{
	s->regressed = s->improved = s->same = s->inconclusive = 0;
	s->contaminated = s->skipped = s->broken = s->compared = 0;
	for (size_t i = 0; i < verdicts->n; i++)
		count_row(table_row(verdicts, struct verdict_row, i), s);
}

static int by_place(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a;
	const struct entry *y = *(struct entry *const *)b;

	return (x->place > y->place) - (x->place < y->place);
}

static void judge_all(struct gate *g, struct table *verdicts,
		      struct gate_summary *summary)
{
	struct entry **rows = room_for(g->n, sizeof(*rows)), *control = NULL;
	struct gate_summary s = { .control_ratio = NAN };
	size_t n = 0;

	for (size_t i = 0; i < g->n; i++) {
		rows[i] = &g->entries[i];
		table_add(verdicts);
	}
	qsort(rows, g->n, sizeof(*rows), by_place);
	for (size_t i = 0; i < g->n; i++) {
		struct entry *e = rows[i];

		e->out = table_row(verdicts, struct verdict_row, i);
		row_set(&e->out->id, e->id);
		if (!entry_comparable(e))
			continue;
		if (!strcmp(e->id, g->o.control))
			control = e;
		else
			rows[n++] = e;
	}
	if (control)
		check_control(g, control, &s);
	judge_rows(g, rows, n, &s);
	count_rows(verdicts, &s);
	free(rows);
	*summary = s;
}

int gate(const struct gate_side *base, size_t n_base, const struct gate_side *head,
	 size_t n_head, const struct gate_options *options, struct table *verdicts,
	 struct gate_summary *summary)
{
	struct gate *g;
	int ret = gate_open(&g, base, n_base, head, n_head, options);

	*verdicts = (struct table)TABLE(verdict_schema);
	if (ret)
		return ret;
	judge_all(g, verdicts, summary);
	gate_close(g);
	return 0;
}

bool gate_flagged(const struct verdict_row *row)
{
	return row->verdict == VERDICT_REGRESSED || row->verdict == VERDICT_IMPROVED;
}

/* A flagged row and what its fresh rounds say. */
struct retry {
	struct verdict_row *row;
	struct entry *e; /* NULL: there are none */
};

/* The p-value of the direction that was flagged. */
static double confirm_p_value(struct gate *fresh, const struct retry *r, size_t need,
			      bool slower)
{
	double delta = log1p(r->row->delta);

	if (!r->e)
		return 1;
	entry_measure(fresh, r->e, need);
	if (r->e->unequal || !pairs_n(&r->e->values))
		return 1;
	return slower ? stats_shift_above(&r->e->shift, delta)
		      : stats_shift_below(&r->e->shift, -delta);
}

/* `tail` is negative where the fresh rounds agree. */
static void confirm_row(const struct retry *r, double tail, const char *disturbed)
{
	const struct stats_shift *shift = r->e ? &r->e->shift
					       : &(struct stats_shift){ 0 };
	size_t n = r->e ? pairs_n(&r->e->values) : 0;
	double low = stats_shift_low(shift, fabs(tail));
	struct verdict_row *row = r->row;
	struct reason why = { .cause = CAUSE_UNCONFIRMED, .detail = disturbed };
	char text[120];

	row->confirm_rounds = n;
	row->confirm_level = 1 - 2 * fabs(tail);
	row->confirm = (struct figure){ n ? exp(stats_shift_median(shift)) : NAN,
					exp(low),
					exp(stats_shift_high(shift, fabs(tail))) };
	if (tail < 0 && !disturbed) {
		reason_confirm(row);
		return;
	}
	if (!disturbed && n && r->e->unequal) {
		why.detail = reason_of_cause(CAUSE_UNEQUAL);
	} else if (!disturbed) {
		snprintf(text, sizeof(text), "fresh rounds say %+.1f %%, interval %s",
			 expm1(log(row->confirm.mid)) * 100,
			 isnan(low) ? "not available" : "not beyond delta");
		why.detail = n ? text : "no fresh rounds";
	}
	reason_write(row, &why);
	row->verdict = disturbed ? VERDICT_CONTAMINATED : VERDICT_INCONCLUSIVE;
}

/* All rows that were flagged in one direction: Holm's step-down over them alone. */
static void confirm_direction(struct gate *fresh, struct table *verdicts, bool slower,
			      const char *disturbed)
{
	enum row_verdict flagged = slower ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	size_t all = 0, n = 0, need;
	double *p, *tail;
	struct retry *r;

	for (size_t i = 0; i < verdicts->n; i++)
		all += table_row(verdicts, struct verdict_row, i)->verdict == flagged;
	r = room_for(all, sizeof(*r));
	p = room_for(2 * all, sizeof(*p));
	tail = p + all;
	for (size_t i = 0; i < verdicts->n; i++) {
		struct verdict_row *row = table_row(verdicts, struct verdict_row, i);

		if (row->verdict == flagged)
			r[n++] = (struct retry){ row, entry_find(fresh, row->id) };
	}
	need = stats_shift_least(fresh->how.paired, fresh->o.family_error / (n ? n : 1));
	for (size_t i = 0; i < n; i++)
		p[i] = confirm_p_value(fresh, &r[i], need, slower);
	step_down(p, n, fresh->o.family_error, tail);
	for (size_t i = 0; i < n; i++)
		confirm_row(&r[i], tail[i],
			    !disturbed && r[i].e && entry_clock_moved(fresh, r[i].e)
				    ? reason_of_cause(CAUSE_CLOCK)
				    : disturbed);
	free(r);
	free(p);
}

/* The control of the fresh rounds alone, through a table of its own. */
static void confirm_control(struct gate *fresh, struct gate_summary *s)
{
	struct entry *e = entry_find(fresh, fresh->o.control);
	struct table one;

	table_init(&one, &verdict_schema);
	if (e) {
		e->out = table_add(&one);
		if (entry_comparable(e))
			check_control(fresh, e, s);
		e->out = NULL;
	}
	check_quiet_level(fresh, s);
	table_free(&one);
}

void gate_confirm(struct gate *fresh, struct table *verdicts,
		  struct gate_summary *summary)
{
	struct gate_summary s = { .control_ratio = NAN };

	if (fresh->exact)
		return;
	confirm_control(fresh, &s);
	for (int slower = 0; slower < 2; slower++)
		confirm_direction(fresh, verdicts, slower, s.disturbed ? s.why : NULL);
	if (s.disturbed && !summary->disturbed) {
		summary->disturbed = true;
		snprintf(summary->why, sizeof(summary->why), "in the fresh rounds %.170s",
			 s.why);
	}
	count_rows(verdicts, summary);
}

bool gate_broken(const struct verdict_row *row)
{
	return row->cause == CAUSE_FAILED_HEAD;
}
