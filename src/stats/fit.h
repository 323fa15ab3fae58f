/* SPDX-License-Identifier: MIT */
/*
 * The cost of an operation in a batch of n: cost(n) = a/n + b. `a` is what a batch costs
 * once, `b` what each of its operations adds. Pure: no I/O, no globals.
 *
 * A sweep is a matrix y[round * sizes + i]: what round `round` measured at n[i]. It is
 * NAN where there is no figure; n ascends, from 1 up. Every round gives a curve of its
 * own, and the rounds give the intervals. So no distribution is assumed, and what moves
 * all sizes of a round together is in them.
 */
#ifndef SYSCOST_FIT_H
#define SYSCOST_FIT_H

#include "stats/stats.h"

#define FIT_SIZES_MAX 64
/*
 * A residual below this never refutes the model. Our choice: rows of one run are precise
 * to 1 or 2 %, and no batch is exactly linear.
 */
#define FIT_TOLERANCE 0.05
#define FIT_LEVEL     0.95 /* of all intervals, and of a verdict over all sizes */

struct fit_line {
	double a, b;
};

static inline double fit_at(const struct fit_line *f, double n)
{
	return f->a / n + f->b;
}

/*
 * Least squares of relative errors, that is, weighted by 1/y². Neither a nor b is
 * negative: where the free solution has a negative one, that is 0 and the other is fitted
 * alone. Points whose y is NAN or not positive are left out. 0, or -EINVAL with fewer
 * than two different n.
 */
int fit_line(const double *n, const double *y, size_t len, struct fit_line *f);

/* A stretch of sizes with one curve; n.. are sizes, a and b medians over the rounds. */
struct fit_part {
	double from, to;
	struct figure a, b;
};

enum fit_verdict {
	FIT_NONE,  /* no curve, nor two of them: no parameters */
	FIT_FEW,   /* two sizes: a curve goes through them, nothing tests it */
	FIT_HOLDS, /* one curve */
	FIT_KNEE,  /* two curves: the second one from part[1].from on */
};

struct fit {
	enum fit_verdict verdict;
	unsigned int parts; /* 0, 1 or 2 of them */
	struct fit_part part[2];
	/* Of the one curve, whatever the verdict: its largest median y / fit - 1. */
	double worst, worst_at;
};

/*
 * Fit a sweep. The model is refuted where, at any size, the residuals over the rounds are
 * beyond FIT_TOLERANCE with FIT_LEVEL confidence, shared out over the sizes (Bonferroni).
 * Where there are too few rounds for that, all of them must be beyond. Then two curves
 * are tried, with every size as the knee. A part of one or two sizes is taken as it is;
 * the other one has at least three and must hold.
 *
 * line[round] becomes the curve of the round over all sizes, NAN where it has less than
 * half of them. 0, or -EINVAL: no size, too many, not ascending, or fewer than two
 * different sizes with a figure.
 */
int fit_rounds(const double *n, size_t sizes, const double *y, size_t rounds,
	       struct fit_line *line, struct fit *fit);

#endif
