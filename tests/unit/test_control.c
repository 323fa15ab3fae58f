// SPDX-License-Identifier: MIT
/* Control variates: known slopes, bounds, and references that are of no use. */
#include <errno.h>

#include "made.h"

static bool close_to(double x, double y)
{
	return fabs(x - y) < 1e-6;
}

static void test_exact(void **state)
{
	static struct made m;
	const double b[] = { 0.9, 0.4, 0, 1.2 }, x0[] = { 300, 310, 250, 301 };
	struct control_fit f;
	uint64_t seed = 1;
	double x[] = { 303, 300, 300, 300 };

	(void)state;
	make_line(&m, ROUNDS, 4, b, 0, &seed);
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(f.corrects && f.k == 4 && f.used > N * 9 / 10);
	for (int j = 0; j < 4; j++) {
		assert_true(close_to(f.slope[j], b[j]));
		assert_true(f.error[j] < 1e-6);
	}
	assert_true(fabs(f.centre[0] - 300) < 5);
	assert_true(close_to(f.a, 450 + 0.9 * (f.centre[0] - 300) +
					  0.4 * (f.centre[1] - 300) +
					  1.2 * (f.centre[3] - 300)));
	assert_true(close_to(control_apply(&f, x0, 450, x), 450 - 2.7 + 4 + 1.2));
}

/* A window whose reference was hit has no value; a reference without a slope may be. */
static void test_apply(void **state)
{
	struct control_fit f = { .k = 2, .centre = { 100, 200 }, .slope = { 1, 0 } };
	const double x0[] = { 90, NAN };

	(void)state;
	assert_true(control_apply(&f, x0, 450, (double[]){ 101, NAN }) == 439);
	assert_true(control_apply(&f, x0, 450, (double[]){ 112, 900 }) == 428);
	assert_true(isnan(control_apply(&f, x0, 450, (double[]){ 113, 200 })));
	assert_true(isnan(control_apply(&f, x0, 450, (double[]){ 87, 200 })));
	assert_true(isnan(control_apply(&f, x0, 450, (double[]){ NAN, 200 })));
	f.slope[0] = 0;
	assert_true(control_apply(&f, x0, 450, (double[]){ 113, 200 }) == 450);
}

static void test_bounds(void **state)
{
	static struct made m;
	const double b[] = { -0.5, 2 };
	struct control_fit f;
	uint64_t seed = 3;

	(void)state;
	make_line(&m, ROUNDS, 2, b, 0.1, &seed);
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(f.corrects);
	assert_true(f.slope[0] == 0 && f.slope[1] == CONTROL_SLOPE && f.bound);
	/* An operation of two calls. */
	m.w.most = 2 * CONTROL_SLOPE;
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(f.corrects && !f.bound && fabs(f.slope[1] - 2) < 0.2);
	/* What is on the lower bound has the error that it has without bounds. */
	assert_true(f.slope[0] == 0 && f.error[0] > 0);
	m.w.most = 0;
	assert_int_equal(control_fit(&m.w, &f), -EINVAL);
	/* A slope that is negative alone is none. */
	make_line(&m, ROUNDS, 1, b, 0.1, &seed);
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(!f.corrects && f.slope[0] == 0 && f.error[0] == 0 && !f.bound);
}

/* References that stand still, or say the same. */
static void test_useless(void **state)
{
	static struct made m;
	const double b[] = { 0.8, 0, 0 };
	struct control_fit f;
	uint64_t seed = 4;

	(void)state;
	make_line(&m, ROUNDS, 3, b, 0.5, &seed);
	for (int i = 0; i < N; i++) {
		m.x[3 * i + 1] = 200 + 0.01 * (i % 2);
		m.x[3 * i + 2] = m.x[3 * i] + 40 + 0.3 * normal(&seed);
	}
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(f.corrects && fabs(f.slope[0] - 0.8) < 0.05);
	assert_true(f.slope[1] == 0 && f.slope[2] == 0);
}

static void test_missing(void **state)
{
	static struct made m;
	const double b[] = { 0.8, 0.3 };
	struct control_fit f;
	uint64_t seed = 5;

	(void)state;
	make_line(&m, ROUNDS, 2, b, 0, &seed);
	/* Holes, a round without references, one without anything. */
	for (int i = 0; i < N; i++) {
		if (i % 7 == 0 || i / EACH == 4)
			m.y[i] = NAN;
		if (i % 11 == 0 || i / EACH == 5)
			m.x[2 * i] = NAN;
	}
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(f.corrects);
	assert_true(close_to(f.slope[0], 0.8) && close_to(f.slope[1], 0.3));
	/* Too few rounds have no slopes. */
	m.w.n = (CONTROL_ROUNDS - 1) * EACH;
	assert_int_equal(control_fit(&m.w, &f), 0);
	assert_true(!f.corrects && f.slope[0] == 0);
	/* Nothing to fit. */
	m.w.k = 0;
	assert_int_equal(control_fit(&m.w, &f), -EINVAL);
	m.w.k = CONTROL_MAX + 1;
	assert_int_equal(control_fit(&m.w, &f), -EINVAL);
	m.w.k = 2;
	m.w.n = 0;
	assert_int_equal(control_fit(&m.w, &f), -EINVAL);
	m.w.n = N;
	for (int i = 0; i < N; i++)
		m.y[i] = NAN;
	assert_int_equal(control_fit(&m.w, &f), -EINVAL);
}

/* Slopes come out again, with the errors that are stated. */
static void test_recovered(void **state)
{
	enum { TRIES = 100 };
	static struct made m;
	const double b[] = { 0.7, 0.4 };
	double sum[2] = { 0 }, square[2] = { 0 }, error[2] = { 0 };
	double product = 0, covariance = 0, shared = 0;
	uint64_t seed = 2;

	(void)state;
	for (int t = 0; t < TRIES; t++) {
		struct control_fit f;

		make_line(&m, ROUNDS, 2, b, 1.5, &seed);
		/* They share a part of what they say, so their slopes err against it. */
		for (int i = 0; i < N; i++) {
			m.x[2 * i + 1] += m.x[2 * i] - 300;
			m.y[i] += b[1] * (m.x[2 * i] - 300);
		}
		assert_int_equal(control_fit(&m.w, &f), 0);
		assert_true(f.corrects && f.rounds == ROUNDS);
		assert_true(f.covariance[0][1] == f.covariance[1][0]);
		product += (f.slope[0] - b[0]) * (f.slope[1] - b[1]);
		covariance += f.covariance[0][1];
		shared += f.error[0] * f.error[1];
		for (int j = 0; j < 2; j++) {
			assert_true(fabs(f.error[j] * f.error[j] - f.covariance[j][j]) <
				    1e-12);
			sum[j] += f.slope[j];
			square[j] += (f.slope[j] - b[j]) * (f.slope[j] - b[j]);
			error[j] += f.error[j];
		}
	}
	for (int j = 0; j < 2; j++) {
		double sd = sqrt(square[j] / TRIES);

		assert_true(fabs(sum[j] / TRIES - b[j]) < 0.02);
		assert_true(sd < 0.08);
		/* The stated error is what the tries show, but for a fifth. */
		assert_true(error[j] / TRIES > 0.8 * sd && error[j] / TRIES < 1.25 * sd);
	}
	assert_true(covariance < -0.3 * shared);
	assert_true(covariance / product > 0.7 && covariance / product < 1.4);
}

/* References that move, and tell nothing, are rarely taken to correct. */
static void test_no_harm(void **state)
{
	enum { TRIES = 400 };
	static const double none[CONTROL_MAX] = { 0 };
	static const int rounds[] = { 6, 10, 20, 40 }, most[] = { 20, 12, 7, 3 };
	static struct made m;
	uint64_t seed = 8;

	(void)state;
	for (int i = 0; i < 12; i++) {
		static const int k[] = { 1, 2, 4 };
		int corrects = 0;

		for (int t = 0; t < TRIES; t++) {
			struct control_fit f;

			make_line(&m, rounds[i % 4], k[i / 4], none, 3, &seed);
			assert_int_equal(control_fit(&m.w, &f), 0);
			corrects += f.corrects;
		}
		assert_in_range(corrects, 0, TRIES * most[i % 4] / 100);
	}
}

/* The same numbers with and without windows of which a twentieth was hit. */
static void test_outliers(void **state)
{
	static struct made m;

	(void)state;
	for (uint64_t t = 1; t <= 50; t++) {
		struct control_fit clean, hit;
		uint64_t seed = t;

		make_core(&m, ROUNDS, 0, &seed);
		assert_int_equal(control_fit(&m.w, &clean), 0);
		seed = t;
		make_core(&m, ROUNDS, 0.03, &seed);
		assert_int_equal(control_fit(&m.w, &hit), 0);
		assert_true(clean.corrects && hit.corrects);
		assert_true(hit.used < clean.used - N / 20);
		for (int j = 0; j < 2; j++)
			assert_true(fabs(hit.slope[j] - clean.slope[j]) < 0.03);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),	cmocka_unit_test(test_apply),
		cmocka_unit_test(test_bounds),	cmocka_unit_test(test_useless),
		cmocka_unit_test(test_missing), cmocka_unit_test(test_recovered),
		cmocka_unit_test(test_no_harm), cmocka_unit_test(test_outliers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
