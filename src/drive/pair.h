/* SPDX-License-Identifier: MIT */
/*
 * Two arms measured side by side: same machine, same minutes, same n, same shuffles.
 *
 * A round is one fresh process for each arm and each handful of rows: the rows of a round
 * are shuffled, cut into handfuls, and each handful is measured by the one arm and then by
 * the other, so that the two figures of a pair are a fraction of a second apart. Which arm
 * is first changes within every block of two rounds, ABBA or BAAB at random. It compares
 * nothing: that is compare/gate.h's.
 */
#ifndef SYSCOST_PAIR_H
#define SYSCOST_PAIR_H

#include "base/err.h"
#include "drive/run.h"

struct pair {
	struct run arm[2]; /* base, head; rounds with the same number belong together */
	uint64_t random;   /* of the shuffles and the order of arms */
	bool head_first;   /* in this round */
};

/*
 * Make both arms ready and find n in the base arm. options.seconds bounds the sum of all
 * pair_rounds calls. 0, or -errno with one line in err; pair_free() in any case.
 */
int pair_begin(struct pair *p, const struct registry *reg, const bool *chosen,
	       const struct run_options *options, const struct arm *base,
	       const struct arm *head, struct err *err);

/*
 * The same n as another pair found, instead of finding it: for fresh rounds of some of its
 * rows. Otherwise as pair_begin.
 */
int pair_begin_like(struct pair *p, const struct pair *like, const bool *chosen,
		    const struct run_options *options, struct err *err);

/*
 * Slow a row of the head arm down by `share` (0.05 for 5 %) of its cost in the base: by a
 * dependent chain behind the last result of every window, as long as the base's latest round of
 * the row says (before there is one, its sizing). pair_injected() tells what it came to.
 */
void pair_inject(struct pair *p, size_t row, double share);
/* 1 + what was added, over the base's figure in the same round: the median; NAN: nothing was. */
double pair_injected(const struct pair *p, size_t row);

/*
 * Rounds, until every row has as many as `wanted` says for it, or the time is spent, or
 * options.stop. 0, or -errno with one line in err.
 */
int pair_rounds(struct pair *p, const unsigned int *wanted, struct err *err);

/* Estimates of both arms, with one quiet level. May be called between pair_rounds. */
void pair_estimate(struct pair *p);

void pair_free(struct pair *p);

#endif
