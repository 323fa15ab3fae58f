/* SPDX-License-Identifier: MIT */
/* What the verdicts of a comparison say together. */
#ifndef SYSCOST_SUMMARY_H
#define SYSCOST_SUMMARY_H

#include <stdbool.h>
#include <stddef.h>

#include "row/row.h"

/* What a table of verdicts says as a whole. */
struct gate_summary {
	size_t compared; /* all rows but those of verdict skip */
	size_t regressed, suspected, improved, same, inconclusive, contaminated, skipped;
	size_t decided;	      /* regressed, improved or same; without the control */
	size_t undecided;     /* suspected, inconclusive or contaminated */
	size_t unjudged;      /* flagged, and fresh rounds were too few to say anything */
	size_t broken;	      /* failed in head and not in base: skipped, but not fine */
	double control_ratio; /* NAN: no control on both sides */
	bool disturbed;	      /* the comparison as a whole is contaminated, see why */
	char why[200];
};

/*
 * Whether the whole is more than "cannot tell". It is not where anything is contaminated
 * or suspected. Nor is it where fresh rounds could not judge what was flagged, or where
 * more rows are undecided than decided. A few undecided rows are neutral. A regression
 * that is confirmed counts even so.
 */
bool gate_can_tell(const struct gate_summary *summary);

/* Whether a row wants to be measured again: regressed or improved. */
bool gate_flagged(const struct verdict_row *row);
/* Whether it failed in head and not in base. */
bool gate_broken(const struct verdict_row *row);

/* Count the verdicts anew. Keeps control_ratio, disturbed and why. */
void summary_count(const struct table *verdicts, struct gate_summary *s);

#endif
