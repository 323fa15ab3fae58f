// SPDX-License-Identifier: MIT
/*
 * Quantiles and the distribution-free interval of a median.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/binomial.h"
#include "stats/stats.h"

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
	if (i < n) /* many are sorted already */
		qsort(x, n, sizeof(*x), ascending);
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
