// SPDX-License-Identifier: MIT
/*
 * Quantiles and the distribution-free interval of a median.
 */
#include <math.h>
#include <stdlib.h>
#include <sys/param.h>

#include "stats/binomial.h"
#include "stats/stats.h"

#define FEW    40 /* values: inserting each where it belongs is faster than splitting */
#define SPLITS 64 /* of one array: more are needed only where somebody chose the values */

static int ascending(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Insertion, but without a branch that the processor could guess wrong. */
static void sort_few(double *x, size_t n)
{
	for (size_t i = 1; i < n; i++) {
		double most = x[i];

		for (size_t at = 0; at < i; at++) {
			double other = x[at];

			x[at] = MIN(other, most);
			most = MAX(other, most);
		}
		x[i] = most;
	}
}

/* Hoare's partition: nothing in front of the place it returns is above what follows. */
static size_t split(double *x, size_t n)
{
	double pivot = x[(n - 1) / 2];
	size_t i = 0, j = n - 1;

	for (;;) {
		double t;

		while (x[i] < pivot)
			i++;
		while (x[j] > pivot)
			j--;
		if (i >= j)
			return j + 1;
		t = x[i];
		x[i++] = x[j];
		x[j--] = t;
	}
}

/* Sorts as much of x as its places from `from` to before `to` need. */
static void sort(double *x, size_t n, size_t from, size_t to, int splits)
{
	size_t i = 1;

	while (i < n && x[i - 1] <= x[i])
		i++;
	if (i >= n)
		return; /* many are sorted already */
	while (n > FEW && splits-- > 0) {
		size_t at = split(x, n);

		if (to > at)
			sort(x + at, n - at, from > at ? from - at : 0, to - at, splits);
		if (from >= at)
			return;
		n = at;
	}
	if (n > FEW)
		qsort(x, n, sizeof(*x), ascending);
	else
		sort_few(x, n);
}

void stats_sort(double *x, size_t n)
{
	sort(x, n, 0, n, SPLITS);
}

double stats_quantile_any(double *x, size_t n, double p)
{
	size_t k = n ? (size_t)(p * (n - 1.0)) : 0;

	sort(x, n, k, k + 2, SPLITS);
	return stats_quantile(x, n, p);
}

double stats_quantile(const double *sorted, size_t n, double p)
{
	double at = p * (n - 1.0);
	size_t i;

	if (!n)
		return NAN;
	i = (size_t)at;
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
	return 1.4826 * stats_median_any(x, n);
}
