// SPDX-License-Identifier: MIT
/*
 * Filling up: everyone's share grows until the time is spent. It knows no statistics.
 */
#include <math.h>

#include "compare/budget.h"

#define HALVINGS 30 /* of the time: far below one round */

/* The rounds that row i gets beyond those it has, if no row may take more than `most`. */
static unsigned int further_rounds(const unsigned int *needed, const double *cost,
				   size_t i, double most, unsigned int has)
{
	unsigned int wanted = needed[i] > has ? needed[i] - has : 0;

	return cost[i] > 0 ? fmin(wanted, most / cost[i]) : wanted;
}

/* The time of all these. */
static double seconds_of(const unsigned int *needed, const double *cost, size_t n,
			 double most, const unsigned int *rounds)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += further_rounds(needed, cost, i, most, rounds[i]) * cost[i];
	return sum;
}

double budget_rounds(const unsigned int *needed, const double *cost, size_t n,
		     double seconds, unsigned int *rounds)
{
	double low = 0, high = fmax(seconds, 0), left;

	if (seconds_of(needed, cost, n, high, rounds) <= high)
		low = high;
	for (int i = 0; i < HALVINGS && low < high; i++) {
		double most = (low + high) / 2;

		if (seconds_of(needed, cost, n, most, rounds) > seconds)
			high = most;
		else
			low = most;
	}
	left = seconds - seconds_of(needed, cost, n, low, rounds);
	for (size_t i = 0; i < n; i++)
		rounds[i] += further_rounds(needed, cost, i, low, rounds[i]);
	return left;
}
