// SPDX-License-Identifier: MIT
/*
 * What fresh rounds make of the rows that a comparison flagged. The rows of fresh rounds
 * are entry.c's, as in a first comparison. It measures and prints nothing.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/room.h"
#include "compare/entry.h"
#include "compare/gate.h"
#include "compare/judge.h"

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

/* What fresh rounds say; `lack`: why they have no interval, if they have none. */
static const char *say_fresh(char *buf, size_t len, const struct verdict_row *row,
			     const struct reason *lack)
{
	char change[32], low[32], high[32];
	int n;

	reason_change(change, sizeof(change), row->confirm.mid);
	if (isnan(row->confirm.lo)) {
		n = snprintf(buf, len, "fresh rounds say %s, and are ", change);
		reason_few(buf + n, len - n, lack);
	} else {
		snprintf(buf, len,
			 "fresh rounds say %s, interval not beyond delta: %s to %s",
			 change, reason_change(low, sizeof(low), row->confirm.lo),
			 reason_change(high, sizeof(high), row->confirm.hi));
	}
	return buf;
}

/* Whether fresh rounds say that there is no such change. An end may be NAN. */
static bool contradicts(const struct verdict_row *row, bool slower)
{
	if (slower)
		return row->confirm.mid <= 1 || row->confirm.hi <= 1 + row->delta;
	return row->confirm.mid >= 1 || row->confirm.lo >= 1 / (1 + row->delta);
}

/* `tail` is negative where the fresh rounds agree. */
static void confirm_row(const struct gate *fresh, const struct retry *r, double tail,
			bool slower, const char *disturbed)
{
	const struct stats_shift *shift = r->e ? &r->e->shift
					       : &(struct stats_shift){ 0 };
	size_t n = r->e ? pairs_n(&r->e->values) : 0;
	struct verdict_row *row = r->row;
	struct reason why = { .cause = CAUSE_UNCONFIRMED }, lack;
	char text[300];

	row->confirm_rounds = n;
	row->confirm_level = 1 - 2 * fabs(tail);
	row->confirm = FIGURE_NONE;
	if (n)
		row->confirm.mid = exp(stats_shift_median(shift));
	if (n && !r->e->unequal) {
		row->confirm.lo = exp(stats_shift_low(shift, fabs(tail)));
		row->confirm.hi = exp(stats_shift_high(shift, fabs(tail)));
	}
	if (tail < 0 && !disturbed) {
		reason_confirm(row);
		return;
	}
	if (disturbed) {
		why.detail = disturbed;
	} else if (!r->e) {
		why.detail = "there was no time for fresh rounds";
	} else if (r->e->unequal) {
		why.detail = reason_of_cause(CAUSE_UNEQUAL);
	} else {
		lack = entry_lacks(fresh, r->e, fabs(tail));
		why.detail = n ? say_fresh(text, sizeof(text), row, &lack)
			       : reason_of_cause(lack.cause);
	}
	reason_write(row, &why);
	row->verdict = disturbed		  ? VERDICT_CONTAMINATED
		       : contradicts(row, slower) ? VERDICT_INCONCLUSIVE
						  : VERDICT_SUSPECTED;
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
	judge_step_down(p, n, fresh->o.family_error, tail);
	for (size_t i = 0; i < n; i++)
		confirm_row(fresh, &r[i], tail[i], slower,
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
			judge_control(fresh, e, s);
		e->out = NULL;
	}
	judge_quiet_level(fresh, s);
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
	summary_count(verdicts, summary);
}
