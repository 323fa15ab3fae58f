// SPDX-License-Identifier: MIT
/*
 * Student's t distribution by its finite series, and its inverse by bisection.
 */
#include <math.h>

#include "stats/student.h"

double stats_student_within(double t, size_t freedom)
{
	double angle = atan(t / sqrt(freedom)), sine = sin(angle), cosine = cos(angle);
	/* Odd: cos + 2/3 cos^3 + 2/3 4/5 cos^5 …; even: 1 + 1/2 cos^2 + … */
	size_t odd = freedom % 2, k = odd ? 3 : 2;
	double term = odd ? cosine : 1, sum = freedom > 1 ? term : 0;

	for (; k < freedom; k += 2) {
		term *= cosine * cosine * (k - 1) / k;
		sum += term;
	}
	return odd ? (angle + sine * sum) * M_2_PI : sine * sum;
}

double stats_student_quantile(double p, size_t freedom)
{
	double lo = 0, hi = 1, within = 2 * p - 1;

	while (stats_student_within(hi, freedom) < within && isfinite(hi))
		hi *= 2;
	for (int i = 0; i < 200 && hi - lo > 1e-14 * hi; i++) {
		double mid = lo + (hi - lo) / 2;

		if (stats_student_within(mid, freedom) < within)
			lo = mid;
		else
			hi = mid;
	}
	return lo + (hi - lo) / 2;
}

double stats_student_difference(const double *x, size_t n, double level)
{
	double mean = 0, square = 0;

	if (n < 2)
		return NAN;
	for (size_t i = 0; i < n; i++)
		mean += x[i] / n;
	for (size_t i = 0; i < n; i++)
		square += (x[i] - mean) * (x[i] - mean);
	return M_SQRT2 * stats_student_quantile((1 + level) / 2, n - 1) *
	       sqrt(square / (n - 1));
}
