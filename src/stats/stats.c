// SPDX-License-Identifier: MIT
/*
 * Quantiles and the distribution-free interval of a median.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/binomial.h"
#include "stats/stats.h"

#define FEW 48 /* values: inserting each where it belongs is faster than qsort() */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

void stats_sort(double *x, size_t n)
{
	size_t i = 1;

	while (i < n && x[i - 1] <= x[i])
		i++;
	if (i == n || !n)
		return; /* many are sorted already */
	if (n > FEW) {
		qsort(x, n, sizeof(*x), ascending);
		return;
	}
	for (; i < n; i++) {
		double value = x[i];
		size_t at = i;

		for (; at && x[at - 1] > value; at--)
			x[at] = x[at - 1];
		x[at] = value;
	}
}

/* Hoare's selection: x[k] as if sorted, nothing larger before or smaller behind it. */
static void select_at(double *x, size_t n, size_t k)
{
	size_t low = 0, high = n - 1;

	while (low < high) {
		double pivot = x[low + (high - low) / 2];
		size_t i = low, j = high;

		for (;;) {
			double t;

			while (x[i] < pivot)
				i++;
			while (x[j] > pivot)
				j--;
			if (i >= j)
				break;
			t = x[i];
			x[i++] = x[j];
			x[j--] = t;
		}
		/* Everything up to j is at most the pivot, everything behind at least. */
		if (k <= j)
			high = j;
		else
			low = j + 1;
	}
}

double stats_quantile_any(double *x, size_t n, double p)
{
	size_t k = n ? (size_t)(p * (n - 1.0)) : 0;

	if (!n)
		return NAN;
	select_at(x, n, k);
	if (k + 1 < n)
		select_at(x + k + 1, n - k - 1, 0);
	return stats_quantile(x, n, p);
}

double stats_quantile(const double *sorted, size_t n, double p)
{
	double at = p * (n - 1.0);
	size_t i = (size_t)at;

	if (!n)
		return NAN;
	if (i + 1 >= n)
		return sorted[n - 1];
	if (at == i || sorted[i] == sorted[i + 1])
		return sorted[i]; /* no arithmetic with an infinity */
	return sorted[i] + (at - i) * (sorted[i + 1] - sorted[i]);
}

size_t stats_median_rank(size_t n, double level)
{
	return stats_tail_rank(n, (1 - level) / 2);
}

struct figure stats_figure(double *x, size_t n, double level)
{
	size_t k = stats_median_rank(n, level);
	struct figure e = FIGURE_NONE;

	stats_sort(x, n);
	e.mid = stats_median(x, n);
	if (k) {
		e.lo = x[k - 1];
		e.hi = x[n - k];
	}
	return e;
}

double stats_precision(const struct figure *e)
{
	if (!(e->hi >= e->lo) || e->mid == 0)
		return INFINITY;
	return (e->hi - e->lo) / 2 / fabs(e->mid);
}

double stats_middle_mean(double *x, size_t n)
{
	double sum = 0;

	stats_sort(x, n);
	for (size_t i = n / 4; i < n - n / 4; i++)
		sum += x[i];
	return sum / (n - n / 4 * 2);
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
