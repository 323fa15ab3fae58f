/* SPDX-License-Identifier: MIT */
/* From which batch size on is a strategy cheaper? Medians and intervals over rounds. */
#ifndef SYSCOST_BREAKEVEN_H
#define SYSCOST_BREAKEVEN_H

#include <stdbool.h>
#include "stats/fit.h"

/* A strategy's cost an operation: y[round * sizes + i] at n[i], or NAN. */
struct curve {
	const double *n, *y;
	size_t sizes, rounds;
	const struct fit_line *line; /* of each round, where the model holds; or NULL */
};

enum pays {
	PAYS_UNKNOWN, /* no round measured both */
	PAYS_ALWAYS,  /* from a batch of one on */
	PAYS_FROM,    /* from n on, within the sizes that were measured */
	PAYS_BEYOND, /* by the fit, but beyond the largest size: nobody has measured it */
	PAYS_NEVER,  /* at no size, in at least half of the rounds */
};

struct breakeven {
	enum pays pays; /* of the median */
	/*
	 * The n from which on the strategy is cheaper, at least 1; INFINITY: never. Each
	 * of the numbers can be infinite; lo and hi are NAN with fewer than 6 rounds.
	 */
	struct figure n;
	bool fitted;	/* from both curves' a/n + b; else between measured sizes */
	bool at_most;	/* cheaper at the smallest size already, which is more than 1 */
	double largest; /* the largest size */
	/*
	 * The smallest measured size that is significantly cheaper, as are all larger
	 * ones with enough rounds for a test; NAN: none. Sizes are tested from the
	 * largest down, until one is not. In such a fixed sequence each test has the full
	 * level, and the chance of any false claim for this pair is 2.5 %. (Maurer,
	 * Hothorn and Lehmacher, "Multiple comparisons in drug clinical trials", 1995.)
	 * It says nothing about many pairs together.
	 */
	double cheaper_from;
};

/*
 * The cost of `base` beside size i of `s` in a round, at the same n. Between two sizes it
 * lies on a straight line over 1/n, beyond them it is as at the end. NAN: not measured.
 */
double breakeven_base_cost(const struct curve *s, const struct curve *base, size_t i,
			   size_t round);

/* Cost at size i over the base's: median over paired rounds. */
struct figure breakeven_ratio(const struct curve *s, const struct curve *base, size_t i);

/*
 * Both have the same rounds. Where both fit, a round's break-even is where its two curves
 * cross: (a - a0) / (b0 - b). Otherwise it lies on a straight line over 1/n between the
 * smallest size from which on all are cheaper, and the one below.
 */
struct breakeven breakeven(const struct curve *s, const struct curve *base);

#endif
