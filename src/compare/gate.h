/* SPDX-License-Identifier: MIT */
/*
 * Two sides, benchmark by benchmark: did it get slower? Pure: rows in, verdicts out.
 *
 * A figure is compared only with one of the same contention state: quiet with quiet, or,
 * where those are too few or less than half, contended with contended, if the probes agree.
 * The rule, for every benchmark:
 *
 *   value     paired: ln(head) - ln(base) of one round; the ratio is exp(median). Unpaired:
 *             ln of a round (or of a folder) on each side; the ratio is that of the medians
 *   interval  paired: order statistics, the inverse of the sign test. Unpaired: lower end of
 *             the head's over upper end of the base's, each at half of the tail, so that it
 *             errs at most as often as the tail says whatever the two distributions are
 *   tail      of each end, chosen by Holm's step-down over all benchmarks: the chance of one
 *             or more false `regressed` in a comparison is at most family_error; the same,
 *             separately, for `improved`. What a second comparison has to confirm is flagged
 *             at GATE_STAGE_ERROR in each of them
 *   delta     the smallest change that counts: the largest of options.delta, what A/A
 *             comparisons of this benchmark showed, and the metric's floor over one iteration
 *             of the base (a loop may move by some cycles when a program is linked anew)
 *   verdict   regressed: low > 1 + delta; improved: high < 1 / (1 + delta); same: between;
 *             inconclusive: anything else; skip: no figure on one side
 *
 * An exact metric needs none of that but the verdict: all rounds of the head lie beyond all of
 * the base by more than options.allow, or within it, or it is inconclusive.
 *
 * The control is a row that no kernel can change. Beyond its bound (or when the quiet level
 * of the contention probe differs) the machine changed: what would be regressed or improved
 * is then contaminated. Nothing is ever divided by it.
 */
#ifndef SYSCOST_GATE_H
#define SYSCOST_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/sides.h"

/* What a table of verdicts says as a whole. */
struct gate_summary {
	size_t compared; /* all rows but those of verdict skip */
	size_t regressed, improved, same, inconclusive, contaminated, skipped;
	size_t broken;	      /* failed in head and not in base: skipped, but not fine */
	double control_ratio; /* NAN: no control on both sides */
	bool disturbed;	      /* the comparison as a whole is contaminated, see why */
	char why[200];
};

/* A comparison of two sides, whose rounds are gathered once and found by id. */
struct gate;

/*
 * Gather n_base folders of the base and n_head of the head; with options.paired as many of
 * both. The tables and what options points to have to stay. gate_close() if that went well: 0,
 * or -EINVAL for a side without folders or without a rate of its counter.
 */
int gate_open(struct gate **g, const struct gate_side *base, size_t n_base,
	      const struct gate_side *head, size_t n_head,
	      const struct gate_options *options);
void gate_close(struct gate *g);

/*
 * Decide. `verdicts` is initialised here: a row for every id of either side, in the order of
 * the results of base.
 */
void gate_judge(struct gate *g, struct table *verdicts, struct gate_summary *summary);

/* Open, judge and close. On failure verdicts is empty. */
int gate(const struct gate_side *base, size_t n_base, const struct gate_side *head,
	 size_t n_head, const struct gate_options *options, struct table *verdicts,
	 struct gate_summary *summary);

/* Whether a row wants to be measured again: regressed or improved. */
bool gate_flagged(const struct verdict_row *row);
/* Whether it failed in head and not in base. */
bool gate_broken(const struct verdict_row *row);

/*
 * Judge what is flagged in `verdicts` again, by `fresh`: pairs of rounds with other seeds, none
 * of the first time. Delta stays the same; the error, that of the fresh comparison's options, is
 * for the rows flagged in one direction alone. So the chance of one or more false `regressed` is
 * at most the product of the two comparisons' errors, and likewise of `improved`, as far as
 * chance is what errs: what shifts both of them alike, such as where a build has its code, only
 * delta covers. A row stays flagged only if both say so; else it becomes inconclusive, "not
 * confirmed: …". A disturbed second comparison makes it contaminated. Flagged rows that have no
 * fresh rounds are not confirmed either. What an exact metric says needs no confirmation, and
 * stays. Updates *summary.
 */
void gate_confirm(struct gate *fresh, struct table *verdicts,
		  struct gate_summary *summary);

/* What a pilot's pairs say of a row. */
struct gate_spread {
	double sigma;	   /* of one log-ratio; NAN: fewer than 3 usable pairs */
	size_t usable;	   /* of one contention state */
	size_t candidates; /* pairs; 0: no figure on one side */
};

struct gate_spread gate_spread(struct gate *g, const char *id);

/*
 * How many rounds a row needs after a pilot: `effect` beyond its delta found with GATE_POWER
 * when `rows` benchmarks are compared, exact for normal values with the pilot's spread, more
 * where the pilot's pairs were not all usable. At least what the level needs at all, at most
 * GATE_ROUNDS_MAX. 0: no figure on one side.
 */
size_t gate_rounds_needed(const struct gate_spread *spread, size_t rows, double effect,
			  const struct gate_options *options);

/* Count anew. Keeps control_ratio, disturbed and why. */
void gate_count(const struct table *verdicts, struct gate_summary *summary);

#endif
