/* SPDX-License-Identifier: MIT */
/*
 * One benchmark of a comparison: what both sides have of it, and the verdict on that. It
 * is private to compare/, where gate.c puts the benchmarks together.
 */
#ifndef SYSCOST_ENTRY_H
#define SYSCOST_ENTRY_H

#include "compare/pairs.h"
#include "compare/reason.h"
#include "stats/shift.h"

/* A comparison. */
struct gate {
	const struct gate_side *base, *head;
	size_t n_base, n_head;
	struct gate_options o;
	bool exact;	    /* the metric of all is */
	double clock_moved; /* log-ratio of the control's time; 0: no control, or exact */
	struct pairing how;
	bool apart;  /* rounds of separate runs are compared: see gate.h, delta */
	size_t rows; /* that are judged together: they share the family's error */
	struct side base_rounds, head_rounds;
	struct entry *entries; /* by id */
	size_t n;
};

struct entry {
	const char *id;
	const struct result_row *base, *head; /* the worst of the folders', or NULL */
	size_t place; /* where the id comes first in the results */
	const struct metric *metric;
	struct verdict_row *out;

	struct values values; /* made by entry_measure(), and what follows */
	struct round_counts counts;
	bool unequal;		  /* neighbours of the two sides were not equally busy */
	struct stats_shift shift; /* of log-ratios, sorted */
	double *logs;		  /* what shift points to */
	double delta;		  /* as a log-ratio, by entry_write_figures() */
};

/* One entry for each id of either side, by id. The caller frees *entries. */
size_t entries_gather(struct entry **entries, const struct gate *g);
/* NULL: no side has it. */
struct entry *entry_find(struct gate *g, const char *id);
void entry_free(struct entry *e);

/* Whether both sides have figures; if not, `out` becomes a skip. */
bool entry_comparable(struct entry *e);

/*
 * Choose the values and make their shift. Paired: quiet pairs, if there are `need` of
 * them and they are at least half of all; else the contended ones too. The two rounds of
 * a pair are always of one state. Unpaired: quiet values if there are `need` of them,
 * contended ones if there are of these, else whichever are more.
 */
void entry_measure(struct gate *g, struct entry *e, size_t need);

/* Whether there are `need` values of which a comparison can be made. */
bool entry_has_enough(const struct gate *g, const struct entry *e, size_t need);

/* The spread of one value's log-ratio. The values are gone then. */
double entry_spread(struct entry *e);

/*
 * What `out` has whatever the level: figures, delta, and the spread unless they are
 * exact.
 */
void entry_write_figures(struct gate *g, struct entry *e);

/* Why there is no interval: too few rounds, or rounds in the wrong states. */
struct reason entry_lacks(const struct gate *g, const struct entry *e, double tail);

/* The p-values of `out`. Nothing that is exact has any. */
void entry_test(struct entry *e);

/* Whether it is compared in time while the clock moved: then no change is its own. */
bool entry_clock_moved(const struct gate *g, const struct entry *e);

/*
 * Verdict and reason of `out`. Its interval errs by `tail` at each end; an exact one has
 * none.
 */
void entry_decide(const struct gate *g, struct entry *e, double tail, bool disturbed);

#endif
