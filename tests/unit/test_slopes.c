// SPDX-License-Identifier: MIT
/* Least squares with a few slopes: known ones, bounds, and what tells nothing. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/slopes.h"

static double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + 0.5) / 9007199254740992.0;
}

static const struct slopes_model both = { .k = 2, .in = { true, true }, .most = 1.5 };

/* y = a + b x of n windows of equal weight; the x are correlated. */
static struct slopes_sums line(double a, const double *b, unsigned int k, double noise,
			       int n, uint64_t seed)
{
	struct slopes_sums s = { 0 };

	for (int i = 0; i < n; i++) {
		double x[SLOPES_MAX], y = a, shared = uniform(&seed);

		for (unsigned int j = 0; j < k; j++) {
			x[j] = shared + (j + 1) * uniform(&seed);
			y += b[j] * x[j];
		}
		slopes_add(&s, 1, y + noise * (uniform(&seed) - 0.5), x, k);
	}
	return s;
}

static bool close_to(double x, double y)
{
	return fabs(x - y) < 1e-9;
}

static void test_exact(void **state)
{
	const double b[SLOPES_MAX] = { 0.9, 0.4, -2, 7 };
	struct slopes_model m = { .k = 4, .in = { true, true, true, true }, .most = 1.5 };
	struct slopes_sums s = line(435.6, b, 4, 0, 30, 1);
	double slope[SLOPES_MAX];

	(void)state;
	assert_true(close_to(slopes_free(&m, &s, slope), 435.6));
	for (int j = 0; j < 4; j++)
		assert_true(close_to(slope[j], b[j]));
	/* By hand: (0, 1), (1, 3), (2, 3) with weights 1, 2, 1. */
	s = (struct slopes_sums){ 0 };
	slopes_add(&s, 1, 1, (double[]){ 0 }, 1);
	slopes_add(&s, 2, 3, (double[]){ 1 }, 1);
	slopes_add(&s, 1, 3, (double[]){ 2 }, 1);
	m.k = 1;
	assert_true(close_to(slopes_free(&m, &s, slope), 1.5));
	assert_true(close_to(slope[0], 1));
}

/* What was added can be taken away again. */
static void test_parts(void **state)
{
	const double b[] = { 0.9, 0.4 }, other[] = { 3, -3 };
	struct slopes_sums s = line(10, b, 2, 0, 30, 1), t = line(7, other, 2, 9, 9, 2);
	double slope[SLOPES_MAX];

	(void)state;
	slopes_add_sums(&s, &t, 2);
	slopes_free(&both, &s, slope);
	assert_false(fabs(slope[0] - 0.9) < 0.05);
	slopes_add_sums(&s, &t, -2);
	assert_true(close_to(slopes_free(&both, &s, slope), 10));
	assert_true(close_to(slope[0], 0.9) && close_to(slope[1], 0.4));
}

/* The sum of squares, but for the part that y alone makes. */
static double loss(const struct slopes_sums *s, double a, const double *b)
{
	return s->w * a * a - 2 * a * s->y +
	       2 * (a * (b[0] * s->x[0] + b[1] * s->x[1]) + b[0] * b[1] * s->xx[1][0] -
		    b[0] * s->xy[0] - b[1] * s->xy[1]) +
	       b[0] * b[0] * s->xx[0][0] + b[1] * b[1] * s->xx[1][1];
}

/* Nothing within the bounds is better, and the constant fits to the slopes. */
static void test_bounds(void **state)
{
	const double b[][2] = { { -0.5, 0.7 }, { 0.7, 3 },  { -1, -1 },
				{ 2, 2 },      { -0.3, 2 }, { 0.7, 0.8 } };
	double slope[SLOPES_MAX], at[2];

	(void)state;
	for (int i = 0; i < 6; i++) {
		struct slopes_sums s = line(10, b[i], 2, 0.5, 50, i + 1);
		double a = slopes_bounded(&both, &s, slope), best;

		for (int j = 0; j < 2; j++)
			assert_true(slope[j] >= 0 && slope[j] <= both.most);
		best = loss(&s, a, slope);
		for (at[0] = 0; at[0] <= 1.5; at[0] += 0.05) {
			for (at[1] = 0; at[1] <= 1.5; at[1] += 0.05) {
				double c = (s.y - at[0] * s.x[0] - at[1] * s.x[1]) / s.w;

				assert_true(loss(&s, c, at) >= best - 1e-9);
			}
		}
	}
}

static void test_nothing(void **state)
{
	const double b[] = { 0.9, 0.4 };
	struct slopes_model m = both;
	struct slopes_sums s = line(10, b, 2, 0, 30, 1), twice = { 0 };
	double slope[SLOPES_MAX];

	(void)state;
	m.in[0] = false;
	slopes_free(&m, &s, slope);
	assert_true(slope[0] == 0 && slope[1] > 0.4);
	/* Neither varies by as much as is asked for: the mean is all there is. */
	m = both;
	m.least[0] = m.least[1] = 10;
	assert_true(close_to(slopes_free(&m, &s, slope), s.y / s.w));
	assert_true(slope[0] == 0 && slope[1] == 0);
	/* The second is the first and next to nothing of its own. */
	for (int i = 0; i < 100; i++) {
		double x[] = { i % 10, i % 10 + 0.05 * (i / 10) };

		slopes_add(&twice, 1, 5 + 0.8 * x[0], x, 2);
	}
	assert_true(close_to(slopes_free(&both, &twice, slope), 5));
	assert_true(close_to(slope[0], 0.8) && slope[1] == 0);
	twice = (struct slopes_sums){ 0 };
	assert_true(isnan(slopes_bounded(&both, &twice, slope)));
	assert_true(slope[0] == 0 && slope[1] == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_bounds),
		cmocka_unit_test(test_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
