// SPDX-License-Identifier: MIT
/*
 * Intervals and p-values of a shift, from order statistics.
 */
#include <math.h>

#include "stats/binomial.h"
#include "stats/shift.h"
#include "stats/stats.h"
#include "stats/test.h"

double stats_shift_median(const struct stats_shift *s)
{
	double x = stats_median(s->x, s->n_x);

	return s->y ? x - stats_median(s->y, s->n_y) : x;
}

double stats_shift_low(const struct stats_shift *s, double tail)
{
	size_t k = stats_tail_rank(s->n_x, s->y ? tail / 2 : tail), l;

	if (!k)
		return NAN;
	if (!s->y)
		return s->x[k - 1];
	l = stats_tail_rank(s->n_y, tail / 2);
	return l ? s->x[k - 1] - s->y[s->n_y - l] : NAN;
}

double stats_shift_high(const struct stats_shift *s, double tail)
{
	const struct stats_shift mirror = { s->y, s->x, s->n_y, s->n_x };
	size_t k;

	if (s->y)
		return -stats_shift_low(&mirror, tail);
	k = stats_tail_rank(s->n_x, tail);
	return k ? s->x[s->n_x - k] : NAN;
}

/*
 * Walk through the tails at which one of the two ranks moves in, from the smallest on.
 * Stop when the end of the interval has passed `at`.
 */
static double unpaired_above(const struct stats_shift *s, double at)
{
	size_t k = 0, l = 0; /* ranks that the tail so far allows */
	double x_next = stats_binomial_below(s->n_x, 0, 0.5);
	double y_next = stats_binomial_below(s->n_y, 0, 0.5);
	size_t k_most = stats_tail_rank(s->n_x, 0.25) + 1;
	size_t l_most = stats_tail_rank(s->n_y, 0.25) + 1;

	/* Mostly no tail will do: not even ranks further in than any allows. */
	if (k_most > s->n_x || l_most > s->n_y ||
	    !(s->x[k_most - 1] - s->y[s->n_y - l_most] > at))
		return 1;
	while (k < s->n_x / 2 || l < s->n_y / 2) {
		double tail = k < s->n_x / 2 && (l == s->n_y / 2 || x_next <= y_next)
				      ? x_next
				      : y_next;

		if (tail > 0.25)
			break;
		if (k < s->n_x / 2 && x_next <= tail)
			x_next += stats_binomial(s->n_x, ++k, 0.5);
		if (l < s->n_y / 2 && y_next <= tail)
			y_next += stats_binomial(s->n_y, ++l, 0.5);
		if (k && l && s->x[k - 1] - s->y[s->n_y - l] > at)
			return 2 * tail;
	}
	return 1;
}

double stats_shift_above(const struct stats_shift *s, double at)
{
	return s->y ? unpaired_above(s, at) : stats_sign_above(s->x, s->n_x, at);
}

double stats_shift_below(const struct stats_shift *s, double at)
{
	const struct stats_shift mirror = { s->y, s->x, s->n_y, s->n_x };

	return s->y ? unpaired_above(&mirror, -at) : stats_sign_below(s->x, s->n_x, at);
}

size_t stats_shift_least(bool paired, double tail)
{
	return stats_tail_least(paired ? tail : tail / 2);
}
