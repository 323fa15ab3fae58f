/* SPDX-License-Identifier: MIT */
/*
 * The sign test, how many values it needs, and corrections for many tests. Pure: no I/O,
 * no globals, no allocation. NAN is not allowed in any array.
 */
#ifndef SYSCOST_STATS_TEST_H
#define SYSCOST_STATS_TEST_H

#include <stddef.h>

/*
 * One-sided sign tests. p-value of "the median is `at` or less" (_above: many values lie
 * above) or "`at` or more" (_below). A value equal to `at` counts for the hypothesis, so
 * ties make the test more careful, never less.
 */
double stats_sign_above(const double *x, size_t n, double at);
double stats_sign_below(const double *x, size_t n, double at);

/*
 * Adjusted p-values of n tests: reject those <= alpha. `order` gets the indices from the
 * smallest p to the largest; equal ones keep their order.
 * Holm: step-down, holds the chance of one or more false rejections (Holm, "A simple
 * sequentially rejective multiple test procedure", 1979). BH: step-up, holds the share of
 * false ones among the rejected (Benjamini and Hochberg, "Controlling the false discovery
 * rate", 1995).
 */
void stats_holm(const double *p, size_t n, size_t *order, double *adjusted);
void stats_bh(const double *p, size_t n, size_t *order, double *adjusted);

/*
 * How many values a sign test at a one-sided `tail` needs to see, with probability
 * `power`, a median that lies `shift` beyond the hypothesis. Values are normal around it
 * with deviation sigma. That is the smallest n, exact, up to `max`; max + 1 if that is
 * not enough.
 */
size_t stats_sign_rounds(double sigma, double shift, double tail, double power,
			 size_t max);

#endif
