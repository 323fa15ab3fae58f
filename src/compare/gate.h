/* SPDX-License-Identifier: MIT */
/*
 * Two sides, benchmark by benchmark: did it get slower? Rows come in and verdicts go out.
 *
 * A figure is compared only with one of the same contention state: quiet with quiet.
 * Where quiet ones are too few or less than half, contended ones are compared, if the
 * probes agree. The rule, for every benchmark:
 *
 * value     Paired: ln(head) - ln(base) of one round; the ratio is exp(median).
 *           Unpaired: ln of a round (or of a folder) on each side; the ratio is that of
 *           the medians.
 * interval  Paired: order statistics, the inverse of the sign test. Unpaired: the lower
 *           end of the head's over the upper end of the base's, each at half of the tail.
 *           So it errs at most as often as the tail says, whatever the distributions are.
 * tail      Of each end, chosen by Holm's step-down over all benchmarks. The chance of
 *           one or more false `regressed` in a comparison is at most family_error; the
 *           same, separately, for `improved`. That holds where arms are interleaved or
 *           folders are the unit; rounds of single runs: see apart. What a second
 *           comparison has to confirm is flagged at GATE_STAGE_ERROR in each of them.
 * delta     The smallest change that counts. It is the largest of options.delta, of what
 *           A/A comparisons of this benchmark showed, and of the metric's floor over one
 *           iteration of the base. Where rounds of separate runs are compared, what
 *           separate runs showed takes the place of A/A comparisons. If the noise file
 *           does not know that, options.delta_unknown takes the place of options.delta.
 *           What it knows in another metric does not count.
 * apart     Rounds of one run say nothing about how far runs lie apart. So for rounds of
 *           separate runs it is delta, not the tail, that has to hold the family's error:
 *           each row's is what chance exceeds with family_error / rows, one way
 *           (noise_apart_delta). That takes medians of runs to be normal, and the two
 *           runs to be minutes apart on one system. Boots or days apart may differ by
 *           more: then compare folders of several boots.
 * verdict   regressed: low > 1 + delta; improved: high < 1 / (1 + delta); same: between;
 *           inconclusive: anything else; skip: no figure on one side.
 *           suspected: was regressed or improved, see gate_confirm().
 *
 * An exact metric needs no statistics. A benchmark regressed (or improved) if all rounds
 * of the head lie above (or below) all of the base by more than options.allow. It is the
 * same if all of them lie within that, and else inconclusive.
 *
 * The control is a row that no kernel can change. Where it moves beyond its bound, the
 * machine changed; likewise where the quiet level of the contention probe differs. What
 * would be regressed or improved is then contaminated. Nothing is ever divided by it.
 * In core cycles the control moves only where the core's clock was measured wrongly: the
 * same kind of chain tells the clock. Its time still tells whether the clock moved, and
 * then what is compared in time is contaminated. What waits for memory takes other
 * cycles at another clock; no check sees that.
 */
#ifndef SYSCOST_GATE_H
#define SYSCOST_GATE_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/sides.h"
#include "compare/summary.h"

/* A comparison of two sides, whose rounds are gathered once and found by id. */
struct gate;

/*
 * Gather n_base folders of the base and n_head of the head; with options.paired as many
 * of both. The tables have to stay, and so has what options points to. 0, and
 * gate_close() frees it; or -EINVAL for a side without folders or without a rate of its
 * counter.
 */
int gate_open(struct gate **g, const struct gate_side *base, size_t n_base,
	      const struct gate_side *head, size_t n_head,
	      const struct gate_options *options);
void gate_close(struct gate *g);

/*
 * Open, judge and close. `verdicts` is initialised here: a row for every id of either
 * side, in the order of the results of base; on failure it is empty. As gate_open.
 */
int gate(const struct gate_side *base, size_t n_base, const struct gate_side *head,
	 size_t n_head, const struct gate_options *options, struct table *verdicts,
	 struct gate_summary *summary);

/*
 * Judge what is flagged in `verdicts` again, by `fresh`: pairs of rounds with other
 * seeds, none of the first time. Delta stays the same. The error, that of the fresh
 * comparison's options, is for the rows flagged in one direction alone. So the chance of
 * one or more false `regressed` is at most the product of the two comparisons' errors,
 * and likewise of `improved`. That covers what errs by chance. What shifts both of them
 * alike, such as where a build has its code, only delta covers.
 *
 * A row stays flagged only if both say so. Otherwise it is "not confirmed: …":
 *
 * contaminated  The second comparison is disturbed.
 * inconclusive  Fresh rounds contradict: their median is in the other direction, or
 *               their interval excludes a change beyond delta in this one.
 * suspected     Anything else. That includes too few fresh rounds for an interval, or
 *               none at all.
 *
 * What an exact metric says needs no confirmation, and stays. Updates *summary.
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
 * How many rounds a row needs after a pilot, so that an `effect` beyond its delta is
 * found with GATE_POWER when `rows` benchmarks are compared. That is exact for normal
 * values with the pilot's spread; it is more where not all of the pilot's pairs were
 * usable. It is at least what the level needs at all, and at most GATE_ROUNDS_MAX. 0: no
 * figure on one side.
 */
size_t gate_rounds_needed(const struct gate_spread *spread, size_t rows, double effect,
			  const struct gate_options *options);

#endif
