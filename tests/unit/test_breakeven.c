// SPDX-License-Identifier: MIT
/* Break-evens of curves whose crossing is known. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "compare/breakeven.h"

#define SIZES  8
#define ROUNDS 9

static const double sizes[SIZES] = { 1, 2, 4, 8, 16, 32, 64, 128 };
static const double one = 1;

struct sweep {
	double y[ROUNDS * SIZES];
	struct fit_line line[ROUNDS];
	struct curve curve;
};

/* a/n + b in every round, times 1 + round * drift. */
static void make(struct sweep *s, double a, double b, double drift)
{
	for (size_t r = 0; r < ROUNDS; r++) {
		s->line[r] = (struct fit_line){ a * (1 + r * drift),
						b * (1 + r * drift) };
		for (size_t i = 0; i < SIZES; i++)
			s->y[r * SIZES + i] = fit_at(&s->line[r], sizes[i]);
	}
	s->curve = (struct curve){ sizes, s->y, SIZES, ROUNDS, s->line };
}

/* Single calls of `cost`. */
static void make_single(struct sweep *s, double cost)
{
	for (size_t r = 0; r < ROUNDS; r++)
		s->y[r] = cost;
	s->curve = (struct curve){ &one, s->y, 1, ROUNDS, NULL };
}

static struct breakeven between(const struct sweep *s, const struct sweep *base)
{
	return breakeven(&s->curve, &base->curve);
}

static void test_from(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0);
	make_single(&base, 150);
	be = between(&s, &base); /* 1000 / 100 */
	assert_int_equal(be.pays, PAYS_FROM);
	assert_true(be.fitted && be.largest == 128);
	assert_true(fabs(be.n.mid - 10) < 1e-9 && fabs(be.n.lo - 10) < 1e-9);
	assert_true(be.cheaper_from == 16);
}

static void test_interval(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0.05); /* 1000 (1 + 0.05 r) / (150 - 50 (1 + 0.05 r)) */
	make_single(&base, 150);
	be = between(&s, &base);
	assert_true(fabs(be.n.mid - 1200 / 90.) < 1e-9);
	assert_true(fabs(be.n.lo - 1050 / 97.5) < 1e-9); /* of 9 rounds: ranks 2 and 8 */
	assert_true(fabs(be.n.hi - 1350 / 82.5) < 1e-9);
}

static void test_always(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 50, 50, 0);
	make_single(&base, 150);
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_ALWAYS);
	assert_true(be.n.mid == 1 && be.n.hi == 1 && be.cheaper_from == 1);
	s.curve.line = NULL;
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_ALWAYS);
	assert_false(be.fitted);
}

static void test_never(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 200, 0);
	make_single(&base, 150);
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_NEVER);
	assert_true(isinf(be.n.mid) && isinf(be.n.lo) && isinf(be.n.hi));
	assert_true(isnan(be.cheaper_from));
	s.curve.line = NULL;
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_NEVER);
	/* The same cost is not cheaper. */
	make(&s, 0, 150, 0);
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_NEVER);
}

/* Half of the rounds cross and half do not: the interval is open, from a lower bound. */
static void test_open_interval(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0);
	make_single(&base, 150);
	for (size_t r = 4; r < ROUNDS; r++)
		base.y[r] = 40;
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_NEVER);
	assert_true(be.n.lo == 10 && isinf(be.n.mid) && isinf(be.n.hi));
	base.y[4] = 150;
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_FROM);
	assert_true(be.n.mid == 10 && isinf(be.n.hi));
	assert_true(isnan(be.cheaper_from));
}

static void test_beyond(void **state)
{
	struct sweep s, base;

	(void)state;
	make(&s, 100000, 50, 0);
	make_single(&base, 150);
	assert_int_equal(between(&s, &base).pays, PAYS_BEYOND);
	assert_true(fabs(between(&s, &base).n.mid - 1000) < 1e-9);
}

static void test_two_curves(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0);
	make(&base, 200, 150, 0);
	be = between(&s, &base); /* 800 / 100 */
	assert_true(fabs(be.n.mid - 8) < 1e-9);
	assert_true(be.cheaper_from == 16); /* at 8 both cost the same */
	/* Cheaper in small batches only: from no n on. */
	be = between(&base, &s);
	assert_int_equal(be.pays, PAYS_NEVER);
}

/*
 * Without a curve, the crossing is looked for between 8 and 16, linear in 1/n: exact
 * here.
 */
static void test_measured(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0);
	make_single(&base, 150);
	s.curve.line = NULL;
	be = between(&s, &base);
	assert_false(be.fitted);
	assert_true(fabs(be.n.mid - 10) < 1e-9);
	/* A round without the size below starts from the one before. */
	for (size_t r = 0; r < ROUNDS; r++)
		s.y[r * SIZES + 3] = NAN;
	be = between(&s, &base);
	assert_true(fabs(be.n.mid - 10) < 1e-9);
	/* Dear again at the largest size: from no n on. */
	for (size_t r = 0; r < ROUNDS; r++)
		s.y[r * SIZES + SIZES - 1] = 500;
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_NEVER);
	assert_true(isnan(be.cheaper_from));
}

/* Cheaper at the smallest size that was measured: the break-even is at most there. */
static void test_at_most(void **state)
{
	struct sweep s, base;
	struct breakeven be;

	(void)state;
	make(&s, 1000, 50, 0);
	make_single(&base, 150);
	for (size_t i = 0; i < ROUNDS * SIZES; i++)
		s.y[i] = i % SIZES ? s.y[i] / 10 : NAN;
	s.curve.n = sizes + 1;
	s.curve.y = s.y + 1;
	s.curve.sizes = 1;
	s.curve.rounds = base.curve.rounds = 1;
	s.curve.line = NULL;
	be = between(&s, &base);
	assert_true(be.at_most && be.n.mid == 2);
	make(&s, 1000, 50, 0);
	s.curve.line = NULL;
	assert_false(between(&s, &base).at_most);
}

/* The sequence of tests stops at the first size that is not significantly cheaper. */
static void test_cheaper_from(void **state)
{
	struct sweep s, base;

	(void)state;
	make(&s, 50, 50, 0);
	make_single(&base, 150);
	s.y[0 * SIZES + 4] =
		200; /* one of nine: the interval of ranks 2 to 8 stays below */
	assert_true(between(&s, &base).cheaper_from == 1);
	s.y[1 * SIZES + 4] = 200;
	assert_true(between(&s, &base).cheaper_from == 32);
	/* A size without figures is no reason to stop. */
	for (size_t r = 0; r < ROUNDS; r++)
		s.y[r * SIZES + 6] = NAN;
	assert_true(between(&s, &base).cheaper_from == 32);
	/* Five rounds show nothing at 95 %. */
	s.curve.rounds = base.curve.rounds = 5;
	assert_true(isnan(between(&s, &base).cheaper_from));
}

/* Between sizes on a line over 1/n, at them as measured, beyond them as at the end. */
static void test_base_cost(void **state)
{
	const double n[] = { 2, 3, 8 };
	const double y[] = { 60, NAN, 30 };
	const struct curve base = { n, y, 3, 1, NULL };
	struct sweep s;

	(void)state;
	make(&s, 1000, 50, 0);
	assert_true(breakeven_base_cost(&s.curve, &base, 0, 0) == 60);
	assert_true(breakeven_base_cost(&s.curve, &base, 1, 0) == 60);
	assert_true(fabs(breakeven_base_cost(&s.curve, &base, 2, 0) - 40) < 1e-9);
	assert_true(breakeven_base_cost(&s.curve, &base, 3, 0) == 30);
	assert_true(breakeven_base_cost(&s.curve, &base, 7, 0) == 30);
}

static void test_empty(void **state)
{
	struct sweep s, base;
	struct breakeven be;
	struct figure ratio;

	(void)state;
	make(&s, 1000, 50, 0);
	make_single(&base, NAN);
	be = between(&s, &base);
	assert_int_equal(be.pays, PAYS_UNKNOWN);
	assert_true(isnan(be.n.mid) && isnan(be.cheaper_from));
	s.curve.line = NULL;
	assert_int_equal(between(&s, &base).pays, PAYS_UNKNOWN);
	s.curve.rounds = 0;
	assert_int_equal(between(&s, &base).pays, PAYS_UNKNOWN);
	ratio = breakeven_ratio(&s.curve, &base.curve, 0);
	assert_true(isnan(ratio.mid));
	s.curve.sizes = 0;
	assert_int_equal(between(&s, &base).pays, PAYS_UNKNOWN);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from),	      cmocka_unit_test(test_interval),
		cmocka_unit_test(test_always),	      cmocka_unit_test(test_never),
		cmocka_unit_test(test_open_interval), cmocka_unit_test(test_beyond),
		cmocka_unit_test(test_two_curves),    cmocka_unit_test(test_measured),
		cmocka_unit_test(test_at_most),	      cmocka_unit_test(test_cheaper_from),
		cmocka_unit_test(test_base_cost),     cmocka_unit_test(test_empty),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
