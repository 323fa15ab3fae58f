// SPDX-License-Identifier: MIT
/*
 * A comparison as a whole: which rows there are, and whether the machine stayed the same.
 * It finds the level at which each row is judged, and counts the verdicts. One row's
 * figures and verdict are entry.c's. What fresh rounds make of it is confirm.c's. It
 * measures and prints nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/entry.h"
#include "compare/gate.h"
#include "compare/judge.h"
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
 * The tail of each row's interval: Holm over the chances of being slower, and over those
 * of being faster. A row that neither rejects gets the smaller of the tails at which they
 * stop. None can be in both, as its p-values are not both below one half.
 */
static void holm_tails(struct entry *const *rows, size_t n, double error, double *tail)
{
	double *p = room_for(2 * n, sizeof(*p)), *faster = p + n;

	for (size_t i = 0; i < n; i++)
		p[i] = rows[i]->out->p_slower;
	judge_step_down(p, n, error, tail);
	for (size_t i = 0; i < n; i++)
		p[i] = rows[i]->out->p_faster;
	judge_step_down(p, n, error, faster);
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
		judge_quiet_level(g, s);
		check_busy(g, rows, n, need, s);
		holm_tails(rows, n, g->o.family_error, tail);
	}
	for (size_t i = 0; i < n; i++)
		entry_decide(g, rows[i], tail[i], s->disturbed);
	if (!exact && !s->disturbed)
		advise_rows(rows, n);
	free(tail);
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
		judge_control(g, control, &s);
	judge_rows(g, rows, n, &s);
	summary_count(verdicts, &s);
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
