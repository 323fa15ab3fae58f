/* SPDX-License-Identifier: MIT */
/*
 * Exact binomial probabilities, and their inverse: ranks of an interval, and the
 * bound of a rate. Pure: no I/O, no globals, no allocation.
 */
#ifndef SYSCOST_STATS_BINOMIAL_H
#define SYSCOST_STATS_BINOMIAL_H

#include <stddef.h>

/* P(X = k), and P(X >= k) and P(X <= k) summed term by term, of X ~ Bin(n, p). */
double stats_binomial(size_t n, size_t k, double p);
double stats_binomial_above(size_t n, size_t k, double p);
double stats_binomial_below(size_t n, size_t k, double p);

/*
 * The largest k with P(Bin(n, 1/2) < k) <= tail. The k-th smallest value is above the
 * median with a probability of at most `tail`, and so is the k-th largest below it. 0: n
 * is too small for that tail. x(k) > at exactly when stats_sign_above(x, n, at) <= tail.
 */
size_t stats_tail_rank(size_t n, double tail);

/* The smallest n for which stats_tail_rank is not 0: 2^-n <= tail. */
size_t stats_tail_least(double tail);

/*
 * Exact upper bound of a rate, k of n seen (Clopper and Pearson, "The use of confidence
 * or fiducial limits", 1934). The rate lies above it with a chance of at most `tail`.
 */
double stats_rate_upper(size_t k, size_t n, double tail);

#endif
