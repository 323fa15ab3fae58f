// SPDX-License-Identifier: MIT
/* Counts verdicts. What each of them is was decided in entry.c and confirm.c. */
#include <math.h>

#include "compare/summary.h"

bool gate_flagged(const struct verdict_row *row)
{
	return row->verdict == VERDICT_REGRESSED || row->verdict == VERDICT_IMPROVED;
}

bool gate_broken(const struct verdict_row *row)
{
	return row->cause == CAUSE_FAILED_HEAD;
}

static void count_row(const struct verdict_row *row, struct gate_summary *s)
{
	size_t *const counts[VERDICTS] = {
		[VERDICT_REGRESSED] = &s->regressed,
		[VERDICT_SUSPECTED] = &s->suspected,
		[VERDICT_IMPROVED] = &s->improved,
		[VERDICT_SAME] = &s->same,
		[VERDICT_INCONCLUSIVE] = &s->inconclusive,
		[VERDICT_CONTAMINATED] = &s->contaminated,
		[VERDICT_SKIP] = &s->skipped,
	};

	if (counts[row->verdict])
		++*counts[row->verdict];
	s->unjudged += row->cause == CAUSE_UNCONFIRMED && isnan(row->confirm.lo);
	s->broken += gate_broken(row);
	s->compared += row->verdict != VERDICT_SKIP;
	/* A control that is fine says nothing of any benchmark. */
	s->decided -= row->cause == CAUSE_CONTROL;
}

void summary_count(const struct table *verdicts, struct gate_summary *s)
{
	s->regressed = s->suspected = s->improved = s->same = s->inconclusive = 0;
	s->contaminated = s->skipped = s->broken = s->compared = 0;
	s->decided = s->unjudged = 0;
	for (size_t i = 0; i < verdicts->n; i++)
		count_row(table_row(verdicts, struct verdict_row, i), s);
	s->decided += s->regressed + s->improved + s->same;
	s->undecided = s->suspected + s->inconclusive + s->contaminated;
}

bool gate_can_tell(const struct gate_summary *s)
{
	return !s->disturbed && !s->contaminated && !s->suspected && !s->unjudged &&
	       s->undecided <= s->decided;
}
