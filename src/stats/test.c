// SPDX-License-Identifier: MIT
/*
 * The sign test, its interval, corrections for many tests, exact bounds of a rate. It
 * decides nothing: what a p-value means for a benchmark is in compare/gate.c.
 */
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "stats/stats.h"
#include "stats/test.h"

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

double stats_sign_above(const double *x, size_t n, double at)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += x[i] > at;
	return stats_binomial_above(n, k, 0.5);
}

double stats_sign_below(const double *x, size_t n, double at)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += x[i] < at;
	return stats_binomial_above(n, k, 0.5);
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

double stats_mad_sigma(double *x, size_t n)
{
	double median;

	stats_sort(x, n);
	median = stats_median(x, n);
	for (size_t i = 0; i < n; i++)
		x[i] = fabs(x[i] - median);
	stats_sort(x, n);
	return 1.4826 * stats_median(x, n);
}

static int by_p(const void *a, const void *b, void *arg)
{
	const size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const double *p = arg;

	return p[i] != p[j] ? (p[i] > p[j]) - (p[i] < p[j]) : (i > j) - (i < j);
}

static void sort_order(const double *p, size_t n, size_t *order)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_p, (void *)p);
}

void stats_holm(const double *p, size_t n, size_t *order, double *adjusted)
{
	double most = 0;

	sort_order(p, n, order);
	for (size_t i = 0; i < n; i++) {
		most = fmax(most, fmin(1, p[order[i]] * (n - i)));
		adjusted[order[i]] = most;
	}
}

void stats_bh(const double *p, size_t n, size_t *order, double *adjusted)
{
	double least = 1;

	sort_order(p, n, order);
	for (size_t i = n; i-- > 0;) {
		least = fmin(least, p[order[i]] * n / (i + 1));
		adjusted[order[i]] = least;
	}
}

/* The p at which `tail_at` passes `tail`; it grows with p if `up`. */
static double solve(double (*tail_at)(size_t, size_t, double), size_t n, size_t k,
		    double tail, bool up)
{
	double lo = 0, hi = 1;

	for (int i = 0; i < 200 && hi - lo > 1e-15 * hi; i++) {
		double mid = (lo + hi) / 2;

		if ((tail_at(n, k, mid) > tail) == up)
			hi = mid;
		else
			lo = mid;
	}
	return (lo + hi) / 2;
}

double stats_rate_upper(size_t k, size_t n, double tail)
{
	return k >= n ? 1 : solve(stats_binomial_below, n, k, tail, false);
}

double stats_rate_lower(size_t k, size_t n, double tail)
{
	return k == 0 ? 0 : solve(stats_binomial_above, n, k, tail, true);
}

size_t stats_sign_rounds(double sigma, double shift, double tail, double power,
			 size_t max)
{
	/* Chance of one value beyond the hypothesis; no spread at all: every one. */
	double p = sigma > 0 ? 0.5 * erfc(-shift / sigma * M_SQRT1_2) : shift > 0;

	for (size_t n = stats_tail_least(tail); n <= max; n++) {
		size_t k = stats_tail_rank(n, tail);

		if (stats_binomial_above(n, n - k + 1, p) >= power)
			return n;
	}
	return max + 1;
}
