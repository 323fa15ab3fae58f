// SPDX-License-Identifier: MIT
/*
 * Tests and intervals against values computed elsewhere. "exact" below: Python 3,
 * fractions.Fraction and math.comb, no rounding before the last step.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/binomial.h"
#include "stats/stats.h"
#include "stats/test.h"

static void assert_near(double x, double want)
{
	if (!(fabs(x - want) <= 1e-9 * fabs(want) + 1e-15))
		fail_msg("%.15g, not %.15g", x, want);
}

static void test_binomial(void **state)
{
	(void)state;
	assert_near(stats_binomial_above(20, 15, 0.5), 0.020694732666015625); /* exact */
	assert_near(stats_binomial_above(10, 7, 0.3), 0.0105920784);
	assert_near(stats_binomial_above(200, 150, 0.5), 4.1965104378023807e-13);
	assert_near(stats_binomial_above(1200, 700, 0.5), 4.267683040517167e-09);
	assert_near(stats_binomial_below(12, 3, 0.25), 0.6487786173820496);
	assert_near(stats_binomial_above(15, 15, 0.5), 1.0 / 32768);
	assert_true(stats_binomial_above(7, 0, 0.5) == 1);
	assert_true(stats_binomial_above(7, 8, 0.5) == 0);
	assert_true(stats_binomial_below(7, 7, 0.5) == 1);
	assert_true(stats_binomial_above(7, 1, 0) == 0);
	assert_true(stats_binomial_above(7, 7, 1) == 1);
}

static void test_sign(void **state)
{
	const double x[] = { 1, 2, 3, 4, 5, 6, 7, 8, -1, 0 };

	(void)state;
	/* R: binom.test(8, 10, alternative = "greater"): p-value = 0.05469 = 56/1024 */
	assert_near(stats_sign_above(x, 10, 0), 56.0 / 1024);
	assert_near(stats_sign_below(x, 10, 0), 1023.0 / 1024);
	assert_near(stats_sign_below(x, 10, 8.5), 1.0 / 1024);
	assert_true(stats_sign_above(x, 0, 0) == 1);
}

static void test_rank(void **state)
{
	(void)state;
	/* 2^-14 is above 1 % over 200, 2^-15 below it. */
	assert_int_equal(stats_tail_rank(14, 5e-5), 0);
	assert_int_equal(stats_tail_rank(15, 5e-5), 1);
	assert_int_equal(stats_tail_least(5e-5), 15);
	assert_int_equal(stats_tail_least(0.01), 7);
	/* Conover, table A3: n = 20, one-sided 0.0207: 5 values at most below. */
	assert_int_equal(stats_tail_rank(20, 0.025), 6);
}

/* The interval ends beyond a value exactly where the test rejects that value. */
static void test_rank_is_inverse(void **state)
{
	(void)state;
	for (size_t n = 1; n <= 70; n++)
		for (double tail = 0.3; tail > 1e-6; tail /= 3) {
			size_t k = stats_tail_rank(n, tail);

			assert_true(!k ||
				    stats_binomial_above(n, n - k + 1, 0.5) <= tail);
			assert_true(k + 1 > n / 2 ||
				    stats_binomial_above(n, n - k, 0.5) > tail);
		}
}

static void test_mad(void **state)
{
	/* R: mad(c(1, 2, 3, 4, 100)) is 1.4826 */
	double x[] = { 100, 1, 2, 3, 4 };

	(void)state;
	assert_near(stats_mad_sigma(x, 5), 1.4826);
	assert_true(isnan(stats_mad_sigma(x, 0)));
}

/* By hand, as R's p.adjust(p, "holm") and "BH" define them. */
static void test_adjust(void **state)
{
	const double p[] = { 0.04, 0.01, 0.03, 0.005, 0.5 };
	const double holm[] = { 0.09, 0.04, 0.09, 0.025, 0.5 };
	const double bh[] = { 0.05, 0.025, 0.05, 0.025, 0.5 };
	const size_t sorted[] = { 3, 1, 2, 0, 4 };
	double adjusted[5];
	size_t order[5];

	(void)state;
	stats_holm(p, 5, order, adjusted);
	for (int i = 0; i < 5; i++) {
		assert_near(adjusted[i], holm[i]);
		assert_int_equal(order[i], sorted[i]);
	}
	stats_bh(p, 5, order, adjusted);
	for (int i = 0; i < 5; i++)
		assert_near(adjusted[i], bh[i]);
	stats_holm(p, 0, order, adjusted);
}

static void test_rate(void **state)
{
	(void)state;
	/* None of n: 1 - tail^(1/n), in closed form; "rule of three": about 3/n. */
	assert_near(stats_rate_upper(0, 10000, 0.05), 1 - pow(0.05, 1e-4));
	/* Exact sums solved by bisection in Python; R: binom.test(2, 20)$conf.int ends at
	 * 0.31698271. */
	assert_near(stats_rate_upper(2, 20, 0.025), 0.3169827140190823);
	assert_near(stats_rate_upper(5, 100, 0.05), 0.10225337764327451);
	assert_true(stats_rate_upper(20, 20, 0.05) == 1);
}

/*
 * Rounds for 99 % power at 1 % over 200 rows, with a log-ratio 0.03 beyond the gate. They
 * are exact sums in Python for a spread of 0.5, 1, 2 and 3 %.
 */
static void test_rounds(void **state)
{
	(void)state;
	assert_int_equal(stats_sign_rounds(0.005, 0.03, 5e-5, 0.99, 100), 15);
	assert_int_equal(stats_sign_rounds(0.01, 0.03, 5e-5, 0.99, 100), 19);
	assert_int_equal(stats_sign_rounds(0.02, 0.03, 5e-5, 0.99, 100), 36);
	assert_int_equal(stats_sign_rounds(0.03, 0.03, 5e-5, 0.99, 100), 69);
	assert_int_equal(stats_sign_rounds(0.03, 0.03, 5e-5, 0.99, 60), 61);
	assert_int_equal(stats_sign_rounds(0, 0.03, 5e-5, 0.99, 60), 15);
}

/* The definition, one n after the other. */
static size_t rounds_by_definition(double sigma, double shift, double tail, double power,
				   size_t max)
{
	double p = 0.5 * erfc(-shift / sigma * M_SQRT1_2);

	for (size_t n = stats_tail_least(tail); n <= max; n++)
		if (stats_binomial_above(n, n - stats_tail_rank(n, tail) + 1, p) >= power)
			return n;
	return max + 1;
}

static void test_sign_rounds_as_defined(void **state)
{
	static const double tails[] = { 0.1, 0.01, 5e-4, 5e-5, 5e-6 };
	static const double powers[] = { 0.5, 0.8, 0.95 };

	(void)state;
	for (int t = 0; t < 5; t++)
		for (int k = 0; k < 3; k++)
			for (double sigma = 0.002; sigma < 0.2; sigma *= 1.17)
				assert_int_equal(stats_sign_rounds(sigma, 0.01, tails[t],
								   powers[k], 1000),
						 rounds_by_definition(sigma, 0.01,
								      tails[t], powers[k],
								      1000));
	assert_int_equal(stats_sign_rounds(0, 0, 0.01, 0.95, 1000), 1001);
}

static double uniform(uint64_t *seed)
{
	return ((random_next(seed) >> 11) + 0.5) * 0x1p-53;
}

/* Median 0 all of them: exponential, its square, Cauchy, two clumps, and a lattice. */
static double draw(int shape, uint64_t *seed)
{
	double u = uniform(seed), e = -log(u);

	switch (shape) {
	case 0:
		return e - M_LN2;
	case 1:
		return e * e - M_LN2 * M_LN2;
	case 2:
		return tan(M_PI * (u - 0.5));
	case 3:
		return u < 0.5 ? -1 - uniform(seed) : 20 + uniform(seed);
	default:
		return floor(u * 7) - 3;
	}
}

/* Neither end of an interval errs more often than its tail says, whatever the shape. */
static void test_tails(void **state)
{
	const int tries = 20000;

	(void)state;
	for (int shape = 0; shape < 5; shape++)
		for (size_t n = 7; n <= 31; n += 12) {
			uint64_t seed = 1 + shape * 100 + n;
			const double tail = 0.025;
			size_t k = stats_tail_rank(n, tail);
			int above = 0, below = 0;

			assert_true(k > 0);
			for (int t = 0; t < tries; t++) {
				double x[31];

				for (size_t i = 0; i < n; i++)
					x[i] = draw(shape, &seed);
				stats_sort(x, n);
				above += x[k - 1] > 0;
				below += x[n - k] < 0;
			}
			/* Nominal, and four standard errors of the simulation. */
			assert_true(above <= tries * tail + 4 * sqrt(tries * tail));
			assert_true(below <= tries * tail + 4 * sqrt(tries * tail));
			/* A check of the check: continuous shapes do err. */
			assert_true(shape == 4 || above + below > 0);
		}
}

/* All hypotheses true: Holm rejects one or more in at most 5 of 100 families. */
static void test_holm_family(void **state)
{
	enum { FAMILIES = 20000, ROWS = 40 };
	double p[ROWS], adjusted[ROWS];
	size_t order[ROWS];
	uint64_t seed = 7;
	int holm = 0, plain = 0;

	(void)state;
	for (int f = 0; f < FAMILIES; f++) {
		for (int i = 0; i < ROWS; i++)
			p[i] = uniform(&seed);
		stats_holm(p, ROWS, order, adjusted);
		holm += adjusted[order[0]] <= 0.05;
		plain += p[order[0]] <= 0.05;
	}
	/* Independent: 1 - (1 - 0.05/40)^40 = 4.88 %; uncorrected 87 %. */
	assert_true(holm <= FAMILIES * 0.05 + 4 * sqrt(FAMILIES * 0.05));
	assert_true(holm >= FAMILIES * 0.04);
	assert_true(plain > FAMILIES * 0.8);
}

/* Half of the hypotheses false: BH keeps the false ones among the rejected below 10 %. */
static void test_bh_share(void **state)
{
	enum { FAMILIES = 2000, ROWS = 40 };
	double p[ROWS], adjusted[ROWS], share = 0;
	size_t order[ROWS];
	uint64_t seed = 9;

	(void)state;
	for (int f = 0; f < FAMILIES; f++) {
		int wrong = 0, all = 0;

		for (int i = 0; i < ROWS; i++) {
			p[i] = uniform(&seed);
			if (i % 2)
				p[i] *= 1e-3;
		}
		stats_bh(p, ROWS, order, adjusted);
		for (int i = 0; i < ROWS; i++)
			if (adjusted[i] <= 0.1) {
				all++;
				wrong += i % 2 == 0;
			}
		share += all ? (double)wrong / all : 0;
	}
	assert_true(share / FAMILIES <= 0.06); /* 10 % times the share of true ones */
	assert_true(share > 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sign_rounds_as_defined),
		cmocka_unit_test(test_binomial),
		cmocka_unit_test(test_sign),
		cmocka_unit_test(test_rank),
		cmocka_unit_test(test_rank_is_inverse),
		cmocka_unit_test(test_mad),
		cmocka_unit_test(test_adjust),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_tails),
		cmocka_unit_test(test_holm_family),
		cmocka_unit_test(test_bh_share),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
