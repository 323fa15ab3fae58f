/* SPDX-License-Identifier: MIT */
/*
 * How far one set of values lies above another: the median of paired differences, or the
 * difference of two medians. Nothing is assumed on how they are distributed. Pure;
 * allocates nothing.
 */
#ifndef SYSCOST_STATS_SHIFT_H
#define SYSCOST_STATS_SHIFT_H

#include <stdbool.h>
#include <stddef.h>

/* Sorted arrays. Paired: x holds the differences, and y is NULL. */
struct stats_shift {
	const double *x, *y;
	size_t n_x, n_y;
};

double stats_shift_median(const struct stats_shift *s);

/*
 * Ends of an interval, each of which is wrong with a probability of at most `tail`; NAN
 * where there are too few values. Paired: order statistics. Unpaired: an order statistic
 * of x against the opposite one of y, each at half the tail. Both of them right is
 * enough, and one or the other is wrong at most `tail` of the time (Boole's inequality).
 * That is conservative: if both have the same spread, the true error is a fraction of the
 * tail.
 */
double stats_shift_low(const struct stats_shift *s, double tail);
double stats_shift_high(const struct stats_shift *s, double tail);

/*
 * p-values of "the shift is `at` or less" (_above) and "`at` or more" (_below). That is
 * the smallest tail at which the interval's end lies beyond `at`, or 1 if there is none
 * below one half.
 */
double stats_shift_above(const struct stats_shift *s, double at);
double stats_shift_below(const struct stats_shift *s, double at);

/* Values that each side must have for an interval at this tail. */
size_t stats_shift_least(bool paired, double tail);

#endif
