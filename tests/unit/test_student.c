// SPDX-License-Identifier: MIT
/* Student's t against printed tables, and what two new values differ by. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/student.h"

static void assert_near(double x, double want, double by)
{
	if (!(fabs(x - want) <= by))
		fail_msg("%.12g, not %.12g", x, want);
}

/* NIST/SEMATECH e-Handbook of Statistical Methods, 1.3.6.7.2: upper critical values. */
static void test_table(void **state)
{
	static const struct {
		size_t freedom;
		double at_95, at_975, at_99, at_995;
	} table[] = {
		{ 1, 6.314, 12.706, 31.821, 63.657 }, { 2, 2.920, 4.303, 6.965, 9.925 },
		{ 3, 2.353, 3.182, 4.541, 5.841 },    { 4, 2.132, 2.776, 3.747, 4.604 },
		{ 5, 2.015, 2.571, 3.365, 4.032 },    { 6, 1.943, 2.447, 3.143, 3.707 },
		{ 9, 1.833, 2.262, 2.821, 3.250 },    { 10, 1.812, 2.228, 2.764, 3.169 },
		{ 29, 1.699, 2.045, 2.462, 2.756 },   { 30, 1.697, 2.042, 2.457, 2.750 },
		{ 100, 1.660, 1.984, 2.364, 2.626 },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		size_t n = table[i].freedom;

		assert_near(stats_student_quantile(0.95, n), table[i].at_95, 5.1e-4);
		assert_near(stats_student_quantile(0.975, n), table[i].at_975, 5.1e-4);
		assert_near(stats_student_quantile(0.99, n), table[i].at_99, 5.1e-4);
		assert_near(stats_student_quantile(0.995, n), table[i].at_995, 5.1e-4);
	}
	/* One degree is Cauchy's distribution: tan(pi (p - 1/2)). */
	assert_near(stats_student_quantile(0.75, 1), 1, 1e-12);
	assert_near(stats_student_quantile(0.5, 7), 0, 1e-12);
	/* Two: (2p - 1) / sqrt(2 p (1 - p)). */
	assert_near(stats_student_quantile(0.9, 2), 0.8 / sqrt(0.18), 1e-12);
	/* Very many are the normal distribution. */
	assert_near(stats_student_quantile(0.975, 1000000), 1.959964, 1e-5);
	assert_near(stats_student_within(0, 5), 0, 0);
	assert_near(stats_student_within(2.776445105, 4), 0.95, 1e-9);
}

static void test_difference(void **state)
{
	(void)state;
	assert_true(isnan(stats_student_difference((double[]){ 1 }, 1, 0.99)));
	/* A deviation of 1, and t(0.995, 2). */
	assert_near(stats_student_difference((double[]){ 6, 7, 8 }, 3, 0.99),
		    sqrt(2) * 9.924843, 1e-5);
	assert_near(stats_student_difference((double[]){ 6, 6, 6, 6 }, 4, 0.99), 0, 0);
}

static double normal(uint64_t *seed)
{
	double u = ((random_next(seed) >> 11) + 0.5) * 0x1p-53;
	double v = ((random_next(seed) >> 11) + 0.5) * 0x1p-53;

	return sqrt(-2 * log(u)) * cos(2 * M_PI * v);
}

/* From six values: two new ones differ by more once in a hundred. */
static void test_coverage(void **state)
{
	enum { TRIES = 20000 };
	uint64_t seed = 1;
	int beyond = 0;

	(void)state;
	for (int t = 0; t < TRIES; t++) {
		double x[6];

		for (int i = 0; i < 6; i++)
			x[i] = 5 + 0.01 * normal(&seed);
		beyond += fabs(0.01 * normal(&seed) - 0.01 * normal(&seed)) >
			  stats_student_difference(x, 6, 0.99);
	}
	/* 200 are expected, with a deviation of 14. */
	assert_in_range(beyond, 145, 255);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_table),
		cmocka_unit_test(test_difference),
		cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
