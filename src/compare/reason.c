// SPDX-License-Identifier: MIT
/* The sentences. What caused a verdict is decided in entry.c and gate.c. */
#include <math.h>
#include <stdio.h>

#include "base/utf8.h"
#include "compare/reason.h"

static const char *const sentences[CAUSES] = {
	[CAUSE_NO_ROUNDS] = "no rounds of both sides",
	[CAUSE_NO_MATCH] = "no rounds of the same contention state, probe and window "
			   "length",
	[CAUSE_UNEQUAL] = "neighbours of the two sides were not equally busy",
	[CAUSE_CLOCK] = "it is compared in time, and the core's clock moved meanwhile",
	[CAUSE_CONTROL] = "the control, which nothing but the machine can change",
	[CAUSE_DISTURBED] = "",
	[CAUSE_FAILED_HEAD] = "failed in head: ",
	[CAUSE_FAILED_BASE] = "failed in base: ",
	[CAUSE_FAILED_BOTH] = "failed in both: ",
	[CAUSE_SKIPPED_HEAD] = "skipped in head: ",
	[CAUSE_SKIPPED_BASE] = "skipped in base: ",
	[CAUSE_SKIPPED_BOTH] = "skipped in both: ",
	[CAUSE_ABSENT_HEAD] = "not in head",
	[CAUSE_ABSENT_BASE] = "not in base",
};

static const char *const beside[CONTENTIONS] = {
	[CONTENTION_NONE] = "",
	[CONTENTION_QUIET] = "",
	[CONTENTION_MIXED] = "partly next to a busy neighbour",
	[CONTENTION_BUSY] = "next to a busy neighbour",
};

const char *reason_of_cause(enum row_cause cause)
{
	return sentences[cause];
}

/* All of an interval against delta; or, of an exact metric, all rounds. */
static void say_range(char *buf, size_t len, const struct verdict_row *row,
		      const struct reason *r)
{
	double delta = row->delta * 100, below = expm1(-log1p(row->delta)) * 100;

	if (r->cause == CAUSE_SLOWER)
		snprintf(buf, len,
			 r->exact ? "every round is above the base by more than %.4g %%"
				  : "the whole interval is slower than %+.1f %%",
			 delta);
	else if (r->cause == CAUSE_FASTER)
		snprintf(buf, len,
			 r->exact ? "every round is below the base by more than %.4g %%"
				  : "the whole interval is faster than %+.1f %%",
			 r->exact ? fabs(below) : below);
	else if (r->cause == CAUSE_WITHIN)
		snprintf(buf, len,
			 r->exact ? "every round is within %.4g %% of the base"
				  : "the whole interval is within %.1f %%",
			 delta);
	else
		snprintf(buf, len,
			 r->exact ? "rounds reach from %+.4g %% to %+.4g %% of the base"
				  : "the interval reaches from %+.1f %% to %+.1f %%",
			 r->low, r->high);
}

const char *reason_change(char *buf, size_t len, double ratio)
{
	if (!isfinite(ratio))
		snprintf(buf, len, "-");
	else if (ratio >= 10)
		snprintf(buf, len, ratio < 1000 || ratio >= 1e6 ? "x%.3g" : "x%.0f",
			 ratio);
	else
		snprintf(buf, len, "%+.1f %%", (ratio - 1) * 100);
	return buf;
}

/* Were there enough of them in all, their states parted them. */
void reason_few(char *buf, size_t len, const struct reason *r)
{
	const struct round_counts *n = &r->counts;

	snprintf(buf, len,
		 "too few %s%s: %zu quiet, %zu contended of %zu; %zu%s are needed",
		 r->unit, n->candidates < r->needed ? "" : " of one contention state",
		 n->quiet, n->contended, n->candidates, r->needed, r->detail);
}

void reason_write(struct verdict_row *row, const struct reason *r)
{
	const char *comma = *beside[row->contention] ? ", " : "";
	char text[600], range[120];

	switch (r->cause) {
	case CAUSE_SLOWER:
	case CAUSE_FASTER:
	case CAUSE_WITHIN:
	case CAUSE_WIDE:
		say_range(range, sizeof(range), row, r);
		snprintf(text, sizeof(text), "%s%s%s", range, comma,
			 beside[row->contention]);
		break;
	case CAUSE_FEW:
		reason_few(text, sizeof(text), r);
		break;
	case CAUSE_UNCONFIRMED:
		snprintf(text, sizeof(text), "%s at first, not confirmed: %s",
			 verdict_words[row->verdict], r->detail);
		break;
	default:
		snprintf(text, sizeof(text), "%s%s", sentences[r->cause],
			 r->detail ? r->detail : "");
	}
	row->cause = r->cause;
	utf8_trim(text);
	row_set(&row->reason, text);
}

void reason_confirm(struct verdict_row *row)
{
	char text[600];

	snprintf(text, sizeof(text), "%s; fresh rounds agree", row->reason);
	utf8_trim(text);
	row_set(&row->reason, text);
}

const char *reason_beside_interval(char *buf, size_t len, const struct verdict_row *row)
{
	const char *where = beside[row->contention];
	bool confirmed = row->confirm_rounds >= 0;

	if (row->cause != CAUSE_SLOWER && row->cause != CAUSE_FASTER &&
	    row->cause != CAUSE_WITHIN && row->cause != CAUSE_WIDE)
		return row->reason;
	snprintf(buf, len, "%s%s%s", where, *where && confirmed ? "; " : "",
		 confirmed ? "fresh rounds agree" : "");
	return buf;
}
