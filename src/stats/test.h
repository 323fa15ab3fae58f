/* SPDX-License-Identifier: MIT */
/*
 * Tests and what belongs to them: exact binomial probabilities, the sign test and the
 * interval that is its inverse, corrections for many tests, and how many values a sign
 * test needs. Pure: no I/O, no globals, no allocation. NAN is not allowed in any array.
 */
#ifndef SYSCOST_STATS_TEST_H
#define SYSCOST_STATS_TEST_H

#include <stddef.h>

/* P(X = k), and P(X >= k) and P(X <= k) summed term by term, of X ~ Bin(n, p). */
double stats_binomial(size_t n, size_t k, double p);
double stats_binomial_above(size_t n, size_t k, double p);
double stats_binomial_below(size_t n, size_t k, double p);

/*
 * One-sided sign tests. p-value of "the median is `at` or less" (_above: many values lie
 * above) or "`at` or more" (_below). A value equal to `at` counts for the hypothesis, so
 * ties make the test more careful, never less.
 */
double stats_sign_above(const double *x, size_t n, double at);
double stats_sign_below(const double *x, size_t n, double at);

/*
 * The largest k with P(Bin(n, 1/2) < k) <= tail: the k-th smallest value is above the
 * median with a probability of at most `tail`, and so is the k-th largest below it. 0: n
 * is too small for that tail. x(k) > at exactly when stats_sign_above(x, n, at) <= tail.
 */
size_t stats_tail_rank(size_t n, double tail);

/* The smallest n for which stats_tail_rank is not 0: 2^-n <= tail. */
size_t stats_tail_least(double tail);

/*
 * Robust standard deviation: 1.4826 times the median absolute deviation from the median,
 * which is sigma for a normal distribution. Replaces x by the sorted deviations. NAN
 * where n is 0.
 */
double stats_mad_sigma(double *x, size_t n);

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
 * Exact bounds of a rate, k of n seen (Clopper and Pearson, "The use of confidence or
 * fiducial limits", 1934): the rate lies above _upper with a chance of at most `tail`,
 * below _lower likewise. One-sided 95 %: tail 0.05; two-sided 95 %: both, tail 0.025
 * each.
 */
double stats_rate_upper(size_t k, size_t n, double tail);
double stats_rate_lower(size_t k, size_t n, double tail);

/*
 * How many values a sign test at a one-sided `tail` needs to see, with probability
 * `power`, a median that lies `shift` beyond the hypothesis, where values are normal
 * around it with deviation sigma: the smallest n, exact, up to `max`; max + 1 if that is
 * not enough.
 */
size_t stats_sign_rounds(double sigma, double shift, double tail, double power,
			 size_t max);

#endif
