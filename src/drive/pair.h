/* SPDX-License-Identifier: MIT */
/*
 * Two arms measured side by side: same machine, same minutes, same n, same shuffles.
 *
 * A round is one fresh process for each arm and each group of benchmarks. The benchmarks
 * of a round are shuffled and cut into groups. One arm measures a group and then the
 * other does, so that the two figures of a pair are a fraction of a second apart. Which
 * arm is first changes within every block of two rounds, ABBA or BAAB at random. It
 * compares nothing: that is compare/gate.h's.
 */
#ifndef SYSCOST_PAIR_H
#define SYSCOST_PAIR_H

#include "drive/run.h"

#define PAIR_GROUP 36 /* benchmarks a process: enough to pay for starting it */

enum { ARM_BASE, ARM_HEAD };

struct pair {
	struct run arm[2]; /* ARM_BASE, ARM_HEAD; rounds with the same number belong
			      together */
	bool head_first;   /* in this round */
	size_t control;	   /* a variant measured as long as any is; reg->n: none */
	double *slowdown;  /* of head: share of the base's cost to be slowed down by */
	uint64_t *chain;   /* of head: passes of the chain for that, in the next round */
};

/*
 * Make both arms ready on a backend that is open, and find n in the base arm.
 * options.seconds bounds the sum of all pair_rounds calls. 0, or -errno with one line in
 * err; pair_free() in any case.
 */
int pair_begin(struct pair *p, struct backend *backend, const struct registry *reg,
	       const bool *wanted, const struct run_options *options,
	       const struct launch *base, const struct launch *head, struct err *err);

/*
 * The same n as another pair found, instead of finding it: for fresh rounds of some of
 * its variants. Otherwise as pair_begin.
 */
int pair_begin_like(struct pair *p, const struct pair *like, const bool *wanted,
		    const struct run_options *options, struct err *err);

/*
 * Slow a variant of the head arm down by `share` (0.05 for 5 %) of its cost in the base.
 * A dependent chain behind the last result of every window does it. The base's latest
 * round says how long it is; before there is one, its sizing does. pair_injected() tells
 * what it came to.
 */
void pair_inject(struct pair *p, size_t variant, double share);
/*
 * 1 + what was added, over the base's figure in the same round: the median; NAN: nothing.
 */
double pair_injected(const struct pair *p, size_t variant);

/*
 * Rounds, until every variant has as many as `wanted` says for it, or `seconds` since
 * pair_begin are over, or options.stop. 0, or -errno with one line in err.
 */
int pair_rounds(struct pair *p, const unsigned int *wanted, double seconds,
		struct err *err);

/* Estimates of both arms, with one quiet level. May be called between pair_rounds. */
void pair_estimate(struct pair *p);

void pair_free(struct pair *p);

#endif
