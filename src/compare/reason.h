/* SPDX-License-Identifier: MIT */
/* The sentence that says why a verdict is what it is. Nothing reads it back. */
#ifndef SYSCOST_REASON_H
#define SYSCOST_REASON_H

#include <stdbool.h>
#include <stddef.h>

#include "row/row.h"

/* Rounds (or pairs, or folders) in a state, and those that could have been in it. */
struct round_counts {
	size_t quiet, contended, candidates;
};

/* What a sentence is made of beside the row: what its cause needs. */
struct reason {
	enum row_cause cause;
	const char *detail;	    /* of a skip, of a disturbance, of no confirmation */
	double low, high;	    /* CAUSE_WIDE: the interval, in per cent */
	struct round_counts counts; /* CAUSE_FEW */
	size_t needed;		    /* CAUSE_FEW */
	const char *unit; /* CAUSE_FEW: what the counts are of: "pairs of …" */
	bool exact;	  /* there is no interval: rounds are compared one by one */
};

/* Set cause and reason. What else the sentence says is in the row: delta, contention. */
void reason_write(struct verdict_row *row, const struct reason *r);

/* Fresh rounds agree: the sentence says so too. */
void reason_confirm(struct verdict_row *row);

/* The sentence without interval and delta, which have columns. Returns buf. */
const char *reason_beside_interval(char *buf, size_t len, const struct verdict_row *row);

/* "too few pairs of rounds: …", of a reason that is CAUSE_FEW. */
void reason_few(char *buf, size_t len, const struct reason *r);

/* "+5.1 %"; large ratios as "x12.3"; "-" for not available. Returns buf. */
const char *reason_change(char *buf, size_t len, double ratio);

/* "neighbours …": the sentence of a cause that needs nothing more. */
const char *reason_of_cause(enum row_cause cause);

#endif
