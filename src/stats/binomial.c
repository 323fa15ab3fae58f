// SPDX-License-Identifier: MIT
/*
 * Binomial probabilities, summed term by term, and what is their inverse.
 */
#include <math.h>

#include "stats/binomial.h"

/* Through logarithms: 2^-n leaves the doubles at n = 1075. */
static double log_binomial(size_t n, size_t k, double p)
{
	return lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0) + k * log(p) +
	       (n - k) * log1p(-p);
}

double stats_binomial(size_t n, size_t k, double p)
{
	if (p <= 0)
		return k == 0;
	if (p >= 1)
		return k == n;
	return exp(log_binomial(n, k, p));
}

double stats_binomial_above(size_t n, size_t k, double p)
{
	double sum = 0, odds = log(p) - log1p(-p), log_term;

	if (k == 0 || p >= 1)
		return k <= n;
	if (k > n || p <= 0)
		return 0;
	log_term = log_binomial(n, k, p);
	for (size_t i = k; i <= n; i++) {
		double term = exp(log_term);

		sum += term;
		log_term += log((n - i) / (i + 1.0)) + odds;
		/* Beyond the mode the terms fall at least geometrically. */
		if (i > n * p && term < sum * 1e-18)
			break;
	}
	return fmin(sum, 1);
}

double stats_binomial_below(size_t n, size_t k, double p)
{
	return k >= n ? 1 : stats_binomial_above(n, n - k, 1 - p);
}

size_t stats_tail_rank(size_t n, double tail)
{
	double sum = 0, log_term = n * log(0.5);
	size_t k = 0;

	while (k < n / 2) {
		sum += exp(log_term);
		if (sum > tail)
			break;
		log_term += log((n - k) / (k + 1.0));
		k++;
	}
	return k;
}

size_t stats_tail_least(double tail)
{
	size_t n = 2; /* below, the tail rank leaves nothing between the two ends */

	while (n < 1000 && !stats_tail_rank(n, tail))
		n++;
	return n;
}

double stats_rate_upper(size_t k, size_t n, double tail)
{
	double lo = 0, hi = 1;

	if (k >= n)
		return 1;
	for (int i = 0; i < 200 && hi - lo > 1e-15 * hi; i++) {
		double mid = (lo + hi) / 2;

		if (stats_binomial_below(n, k, mid) > tail)
			lo = mid;
		else
			hi = mid;
	}
	return (lo + hi) / 2;
}
