// SPDX-License-Identifier: MIT
/* The curve a/n + b: exact sweeps, known noise, knees, and what is no curve. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "stats/fit.h"

#define SIZES  15
#define ROUNDS 20

static const double sizes[SIZES] = { 1,	 2,  3,	 4,   6,   8,	12,  16,
				     24, 32, 64, 128, 256, 512, 1024 };

/* xorshift64*, and a normal variate of Box and Muller: the same on every machine. */
static double uniform(uint64_t *seed)
{
	*seed ^= *seed >> 12;
	*seed ^= *seed << 25;
	*seed ^= *seed >> 27;
	return ((*seed * 0x2545f4914f6cdd1dULL >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
	double u = uniform(seed);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * uniform(seed));
}

/* Every size noisy by itself, and every round as a whole. */
static void sweep(double *y, double a, double b, double noise, uint64_t *seed)
{
	for (size_t r = 0; r < ROUNDS; r++) {
		double launch = exp(noise / 2 * normal(seed));

		for (size_t i = 0; i < SIZES; i++)
			y[r * SIZES + i] = (a / sizes[i] + b) * launch *
					   exp(noise * normal(seed));
	}
}

static void test_line(void **state)
{
	const double n[] = { 1, 2, 4, 64 };
	const double y[] = { 810, 410, 210, 22.5 }; /* 800/n + 10 */
	const double falls[] = { 100, 40, 20, 1 };  /* b would be negative */
	const double rises[] = { 10, 11, 12, 13 };  /* a would be */
	const double gap[] = { NAN, 410, 0, 22.5 };
	struct fit_line f = { -7, -7 };

	(void)state;
	assert_int_equal(fit_line(n, y, 4, &f), 0);
	assert_true(fabs(f.a - 800) < 1e-9 && fabs(f.b - 10) < 1e-9);
	assert_true(fabs(fit_at(&f, 8) - 110) < 1e-9);
	assert_int_equal(fit_line(n, gap, 4, &f), 0);
	assert_true(fabs(f.a - 800) < 1e-9 && fabs(f.b - 10) < 1e-9);
	assert_int_equal(fit_line(n, falls, 4, &f), 0);
	assert_true(f.a > 0 && f.b == 0);
	assert_int_equal(fit_line(n, rises, 4, &f), 0);
	assert_true(f.a == 0);
	/* The constant of least relative squares: sum(1/y) / sum(1/y²). */
	assert_true(fabs(f.b - 11.2820390) < 1e-6);
	f.a = -7;
	assert_int_equal(fit_line(n, y, 1, &f), -EINVAL);
	assert_int_equal(fit_line(n, y, 0, &f), -EINVAL);
	assert_int_equal(fit_line((double[]){ 8, 8 }, y, 2, &f), -EINVAL);
	assert_true(f.a == -7);
}

/* An error of 10 % counts the same at 1000 ns and at 10: it moves b by its share. */
static void test_weights(void **state)
{
	const double n[] = { 1, 1000, 1000 };
	const double y[] = { 1000, 10, 12 };
	struct fit_line f;

	(void)state;
	assert_int_equal(fit_line(n, y, 3, &f), 0);
	/* At 1000 the best relative compromise of 10 and 12; at 1 exactly 1000. */
	assert_true(fabs(fit_at(&f, 1) - 1000) < 1e-6);
	assert_true(fabs(fit_at(&f, 1000) - 10.8196721) < 1e-6);
}

static void test_exact(void **state)
{
	double y[ROUNDS * SIZES];
	struct fit_line line[ROUNDS];
	struct fit fit;
	uint64_t seed = 1;

	(void)state;
	sweep(y, 801, 4.7, 0, &seed);
	assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
	assert_int_equal(fit.verdict, FIT_HOLDS);
	assert_int_equal(fit.parts, 1);
	assert_true(fabs(fit.part[0].a.mid - 801) < 1e-6);
	assert_true(fabs(fit.part[0].b.hi - 4.7) < 1e-6);
	assert_true(fit.part[0].from == 1 && fit.part[0].to == 1024);
	assert_true(fabs(fit.worst) < 1e-9);
	assert_true(fabs(line[ROUNDS - 1].a - 801) < 1e-6);
}

/*
 * 400 sweeps with 3 % of noise. The interval of order statistics leaves out the true
 * value in at most 4.2 % (20 rounds: ranks 6 and 15), besides any bias of the weights. Of
 * 400 that is 16.6, and more than 30 would have a chance of 1 in 1000.
 */
static void test_coverage(void **state)
{
	int missed_a = 0, missed_b = 0, refuted = 0;
	uint64_t seed = 20240229;

	(void)state;
	for (int k = 0; k < 400; k++) {
		double y[ROUNDS * SIZES];
		struct fit_line line[ROUNDS];
		struct fit fit;

		sweep(y, 1000, 50, 0.03, &seed);
		assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
		if (fit.verdict != FIT_HOLDS) {
			refuted++;
			continue;
		}
		missed_a += fit.part[0].a.lo > 1000 || fit.part[0].a.hi < 1000;
		missed_b += fit.part[0].b.lo > 50 || fit.part[0].b.hi < 50;
	}
	assert_in_range(missed_a, 1, 30);
	assert_in_range(missed_b, 1, 30);
	assert_int_equal(refuted, 0);
}

static void test_noise_is_no_misfit(void **state)
{
	int refuted = 0;
	uint64_t seed = 7;

	(void)state;
	for (int k = 0; k < 200; k++) {
		double y[ROUNDS * SIZES];
		struct fit_line line[ROUNDS];
		struct fit fit;

		sweep(y, 1000, 200, 0.2, &seed);
		assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
		refuted += fit.verdict != FIT_HOLDS;
	}
	assert_in_range(refuted, 0, 10);
}

/* From n = 24 on every operation costs half as much again. */
static void test_knee(void **state)
{
	uint64_t seed = 3;

	(void)state;
	for (int noisy = 0; noisy < 2; noisy++) {
		double y[ROUNDS * SIZES];
		struct fit_line line[ROUNDS];
		struct fit fit;

		sweep(y, 1000, 200, noisy * 0.02, &seed);
		for (size_t i = 0; i < ROUNDS * SIZES; i++)
			y[i] *= sizes[i % SIZES] >= 24 ? 1.5 : 1;
		assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
		assert_int_equal(fit.verdict, FIT_KNEE);
		assert_int_equal(fit.parts, 2);
		assert_true(fit.part[0].to == 16 && fit.part[1].from == 24);
		assert_true(fabs(fit.part[0].a.mid - 1000) < 40);
		assert_true(fabs(fit.part[1].b.mid - 300) < 10);
		assert_true(fabs(fit.worst) > FIT_TOLERANCE);
	}
}

/* A batch of one takes another way: the knee is at 2, and the rest is a curve. */
static void test_knee_at_the_ends(void **state)
{
	double y[ROUNDS * SIZES];
	struct fit_line line[ROUNDS];
	struct fit fit;
	uint64_t seed = 3;

	(void)state;
	sweep(y, 834, 165, 0, &seed);
	for (size_t r = 0; r < ROUNDS; r++)
		y[r * SIZES] = 1306;
	assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
	assert_int_equal(fit.verdict, FIT_KNEE);
	assert_true(fit.part[1].from == 2 && fabs(fit.part[1].a.mid - 834) < 1e-6);
	assert_true(fit.part[0].a.mid == 0 && fit.part[0].b.mid == 1306);

	sweep(y, 834, 165, 0, &seed);
	for (size_t r = 0; r < ROUNDS; r++)
		y[r * SIZES + SIZES - 1] = 400;
	assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
	assert_int_equal(fit.verdict, FIT_KNEE);
	assert_true(fit.part[1].from == 1024 && fit.part[1].b.mid == 400);
}

/* A zigzag is neither one curve nor two. */
static void test_no_curve(void **state)
{
	double y[ROUNDS * SIZES];
	struct fit_line line[ROUNDS];
	struct fit fit;
	uint64_t seed = 3;

	(void)state;
	sweep(y, 1000, 200, 0, &seed);
	for (size_t i = 0; i < ROUNDS * SIZES; i++)
		y[i] *= i % SIZES % 2 ? 1.5 : 1;
	assert_int_equal(fit_rounds(sizes, SIZES, y, ROUNDS, line, &fit), 0);
	assert_int_equal(fit.verdict, FIT_NONE);
	assert_int_equal(fit.parts, 0);
	assert_true(fabs(fit.worst) > 0.1 && fit.worst_at >= 1);
}

static void test_small(void **state)
{
	const double n[] = { 1, 8 }, y[] = { 100, 30, NAN, 30 };
	struct fit_line line[2];
	struct fit fit = { .parts = 9 };

	(void)state;
	assert_int_equal(fit_rounds(n, 1, y, 2, line, &fit), -EINVAL);
	assert_int_equal(fit_rounds(n, 0, y, 2, line, &fit), -EINVAL);
	assert_int_equal(fit_rounds(n, 2, y, 0, line, &fit), -EINVAL);
	assert_int_equal(fit_rounds((double[]){ 8, 1 }, 2, y, 2, line, &fit), -EINVAL);
	assert_int_equal(fit_rounds((double[]){ 0, 1 }, 2, y, 2, line, &fit), -EINVAL);
	assert_int_equal(fit.parts, 9);
	assert_int_equal(fit_rounds(n, 2, y, 2, line, &fit), 0);
	assert_int_equal(fit.verdict, FIT_FEW);
	assert_true(fabs(fit.part[0].a.mid - 80) < 1e-9);
	assert_true(isnan(fit.part[0].a.lo));
	assert_true(isnan(line[1].a)); /* one size makes no curve */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_line),
		cmocka_unit_test(test_weights),
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_coverage),
		cmocka_unit_test(test_noise_is_no_misfit),
		cmocka_unit_test(test_knee),
		cmocka_unit_test(test_knee_at_the_ends),
		cmocka_unit_test(test_no_curve),
		cmocka_unit_test(test_small),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
