// SPDX-License-Identifier: MIT
/* Statistics against published and hand-computed values. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/stats.h"

static void test_quantile(void **state)
{
	const double x[] = { 1, 2, 3, 4, 10 };

	(void)state;
	assert_true(stats_quantile(x, 5, 0.5) == 3);
	assert_true(stats_quantile(x, 5, 0) == 1);
	assert_true(stats_quantile(x, 5, 1) == 10);
	/* R: quantile(c(1,2,3,4,10), 0.9, type = 7) is 7.6 */
	assert_true(fabs(stats_quantile(x, 5, 0.9) - 7.6) < 1e-12);
	assert_true(stats_median(x, 4) == 2.5);
	assert_true(isnan(stats_median(x, 0)));
}

/* Ranks of the 95 % interval of a median: Conover, "Practical Nonparametric Statistics",
 * table A3 (binomial, p = 1/2): n = 6: 1, 10: 2, 20: 6, 50: 18, 100: 40. */
static void test_median_rank(void **state)
{
	(void)state;
	assert_int_equal(stats_median_rank(5, 0.95), 0);
	assert_int_equal(stats_median_rank(6, 0.95), 1);
	assert_int_equal(stats_median_rank(10, 0.95), 2);
	assert_int_equal(stats_median_rank(20, 0.95), 6);
	assert_int_equal(stats_median_rank(50, 0.95), 18);
	assert_int_equal(stats_median_rank(100, 0.95), 40);
	assert_in_range(stats_median_rank(3000, 0.95), 1440, 1450);
}

static void test_estimate(void **state)
{
	double x[] = { 9, 1, 8, 2, 7, 3, 6, 4, 5, 10 };
	struct figure e = stats_figure(x, 10, 0.95);

	(void)state;
	assert_true(e.mid == 5.5 && e.lo == 2 && e.hi == 9);
	assert_true(fabs(stats_precision(&e) - 3.5 / 5.5) < 1e-12);
	e = stats_figure(x, 3, 0.95);
	assert_true(isnan(e.lo) && isinf(stats_precision(&e)));
}

/* Sorting, and quantiles without it, of values with ties, in any order. */
static void test_any_order(void **state)
{
	uint64_t seed = 1;

	(void)state;
	for (size_t n = 0; n < 200; n++) {
		double x[200], sorted[200];

		for (size_t i = 0; i < n; i++)
			x[i] = sorted[i] = random_next(&seed) % (1 + n / 2);
		stats_sort(sorted, n);
		for (size_t i = 1; i < n; i++)
			assert_true(sorted[i - 1] <= sorted[i]);
		for (double p = 0; p <= 1; p += 0.09) {
			double a = stats_quantile_any(x, n, p);
			double b = stats_quantile(sorted, n, p);

			assert_true(n ? a == b : isnan(a) && isnan(b));
		}
	}
}

/* The interval holds the median of a skewed distribution in 95 of 100 tries or more. */
static void test_coverage(void **state)
{
	uint64_t seed = 1;
	int held = 0;

	(void)state;
	for (int t = 0; t < 4000; t++) {
		double x[25];
		struct figure e;

		for (int i = 0; i < 25; i++)
			x[i] = -log(((random_next(&seed) >> 11) + 0.5) * 0x1p-53);
		e = stats_figure(x, 25, 0.95);
		held += e.lo <= M_LN2 && M_LN2 <= e.hi;
	}
	/* 95.7 % exactly; three standard errors are 1 %. */
	assert_in_range(held, 3780, 3880);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_quantile),    cmocka_unit_test(test_any_order),
		cmocka_unit_test(test_median_rank), cmocka_unit_test(test_estimate),
		cmocka_unit_test(test_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
