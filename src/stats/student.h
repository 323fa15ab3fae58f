/* SPDX-License-Identifier: MIT */
/*
 * Student's t distribution, and what two new values differ by. Pure: no I/O, no globals,
 * no allocation.
 */
#ifndef SYSCOST_STATS_STUDENT_H
#define SYSCOST_STATS_STUDENT_H

#include <stddef.h>

/*
 * P(|T| <= t) for t >= 0 and a whole number of degrees of freedom, by the finite series
 * of Abramowitz and Stegun, "Handbook of Mathematical Functions", 26.7.3 and 26.7.4.
 */
double stats_student_within(double t, size_t freedom);

/* The t with P(T <= t) = p, for 0.5 <= p < 1 and 1 degree of freedom or more. */
double stats_student_quantile(double p, size_t freedom);

/*
 * What two new values of the distribution of x[0..n) differ by at most, with a chance of
 * `level` and if it is normal: sqrt(2) t s. Their difference has the variance 2 sigma^2
 * and does not depend on s, so it is sqrt(2) s times a T of n - 1 degrees of freedom: a
 * prediction interval (Hahn, Meeker and Escobar, "Statistical Intervals", 2nd ed., 2017,
 * chapter 4). n < 2: NAN.
 */
double stats_student_difference(const double *x, size_t n, double level);

#endif
