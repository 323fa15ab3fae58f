// SPDX-License-Identifier: MIT
/*
 * What the machine says against a comparison, and the level at which its rows are judged.
 * One row's verdict is entry.c's.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/room.h"
#include "compare/judge.h"
#include "stats/test.h"

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

void judge_control(struct gate *g, struct entry *e, struct gate_summary *s)
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

void judge_quiet_level(const struct gate *g, struct gate_summary *s)
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

void judge_step_down(const double *p, size_t n, double error, double *tail)
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
