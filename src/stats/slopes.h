/* SPDX-License-Identifier: MIT */
/*
 * Weighted least squares y = a + b_1 x_1 + … with a few slopes that may have bounds, from
 * sums that can be added and taken apart, so that a part left out or drawn twice costs
 * nothing. Pure: no I/O, no globals, no allocation.
 *
 * x and y are of any unit, best counted from near their middles.
 */
#ifndef SYSCOST_STATS_SLOPES_H
#define SYSCOST_STATS_SLOPES_H

#include <stdbool.h>

#define SLOPES_MAX 4

/* Weighted sums; xx[i][j] is filled for j <= i. All zero: nothing yet. */
struct slopes_sums {
	double w, y;
	double x[SLOPES_MAX], xy[SLOPES_MAX], xx[SLOPES_MAX][SLOPES_MAX];
};

/* Which slopes are fitted: the others are 0. */
struct slopes_model {
	unsigned int k;
	bool in[SLOPES_MAX];
	/* An x whose standard deviation is not above this does not vary: slope 0. */
	double least[SLOPES_MAX];
	double most; /* slopes are in [0, most] where they are bounded */
};

/* What the x before it explain of a variance, but for this part, gives a slope of 0. */
#define SLOPES_UNKNOWN 0.01

void slopes_add(struct slopes_sums *to, double w, double y, const double *x,
		unsigned int k);
void slopes_add_sums(struct slopes_sums *to, const struct slopes_sums *from,
		     double times);

/* Least squares without bounds; returns the constant a, NAN where the weight is 0. */
double slopes_free(const struct slopes_model *m, const struct slopes_sums *s,
		   double *slope);
/*
 * Within bounds: the slope that is farthest beyond is put on its bound, and the others
 * are fitted anew, until all are within.
 */
double slopes_bounded(const struct slopes_model *m, const struct slopes_sums *s,
		      double *slope);

#endif
