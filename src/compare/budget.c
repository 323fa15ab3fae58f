// SPDX-License-Identifier: MIT
/*
 * Filling up: everyone's share grows until the time is spent. It knows no statistics.
 */
#include <math.h>

#include "compare/budget.h"

#define HALVINGS 30 /* of the time: far below one round */

/* The time of all rounds behind the first `least` when no row takes more than `most`. */
static double fill(const unsigned int *needed, const double *cost, size_t n,
		   unsigned int least, double most, unsigned int *rounds)
{
	double sum = 0;

	for (size_t i = 0; i < n; i++) {
		rounds[i] = needed[i];
		if (needed[i] <= least)
			continue;
		if (cost[i] > 0)
			rounds[i] = least + fmin(needed[i] - least, most / cost[i]);
		sum += (rounds[i] - least) * cost[i];
	}
	return sum;
}

void budget_rounds(const unsigned int *needed, const double *cost, size_t n,
		   unsigned int least, double seconds, unsigned int *rounds)
{
	double low = 0, high = fmax(seconds, 0);

	if (fill(needed, cost, n, least, high, rounds) <= high)
		return;
	for (int i = 0; i < HALVINGS; i++) {
		double most = (low + high) / 2;

		if (fill(needed, cost, n, least, most, rounds) > seconds)
			high = most;
		else
			low = most;
	}
	fill(needed, cost, n, least, low, rounds);
}
