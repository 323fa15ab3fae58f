/* SPDX-License-Identifier: MIT */
/*
 * Functions over arrays of doubles, and the type of a value with its interval. Pure: no
 * I/O, no globals, no allocation.
 */
#ifndef SYSCOST_STATS_H
#define SYSCOST_STATS_H

#include <math.h>
#include <stddef.h>

/* Sort ascending, in place. NAN is not allowed in any array here; infinities are. */
void stats_sort(double *x, size_t n);

/*
 * The p-quantile (0..1) of a sorted array, linear between order statistics. It is type 7
 * of Hyndman and Fan, "Sample quantiles in statistical packages", 1996. n = 0: NAN.
 */
double stats_quantile(const double *sorted, size_t n, double p);
/* The same of values in any order, which it moves about; none may be NAN. */
double stats_quantile_any(double *x, size_t n, double p);

static inline double stats_median(const double *sorted, size_t n)
{
	return stats_quantile(sorted, n, 0.5);
}

static inline double stats_median_any(double *x, size_t n)
{
	return stats_quantile_any(x, n, 0.5);
}

/*
 * How many order statistics to leave out at each end so that the rest holds the median
 * with a confidence of at least `level`. It is the largest k with 2 P(Bin(n, 1/2) < k) <=
 * 1 - level, for the interval [x(k), x(n+1-k)] counted from 1. 0: n is too small (below 6
 * at 95 %). This is the sign test turned round, and needs no assumption on the
 * distribution (David and Nagaraja, "Order Statistics", 3rd ed., 7.1).
 */
size_t stats_median_rank(size_t n, double level);

/* A value with its interval. NAN: not available. */
struct figure {
	double mid, lo, hi;
};

#define FIGURE_NONE ((struct figure){ NAN, NAN, NAN })

/* An end of the interval, or the value where it has none. */
static inline double figure_low(struct figure f)
{
	return isfinite(f.lo) ? f.lo : f.mid;
}

static inline double figure_high(struct figure f)
{
	return isfinite(f.hi) ? f.hi : f.mid;
}

/* The same in another unit. */
static inline struct figure figure_scaled(struct figure f, double by)
{
	return (struct figure){ f.mid * by, f.lo * by, f.hi * by };
}

/* The median and its interval, which is NAN where n is too small for one. Sorts x. */
struct figure stats_figure(double *x, size_t n, double level);

/* Mean of the middle half: finer than a step, and as deaf to outliers. Sorts x. */
double stats_middle_mean(double *x, size_t n);

/*
 * Robust standard deviation: 1.4826 times the median absolute deviation from the median,
 * which is sigma for a normal distribution. Replaces x by the deviations. n = 0: NAN.
 */
double stats_mad_sigma(double *x, size_t n);

/* Half the interval's width over the median; INFINITY where there is no interval. */
double stats_precision(const struct figure *e);

#endif
