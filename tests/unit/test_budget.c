// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare/budget.h"

#define HAS 16

static void test_enough_time(void **state)
{
	const unsigned int needed[] = { 0, 10, 16, 50, 200 };
	const unsigned int after[] = { HAS, HAS, HAS, 50, 200 };
	const double cost[] = { 1, 1, 1, 0.1, 0.01 };
	unsigned int rounds[] = { HAS, HAS, HAS, HAS, HAS };
	double left;

	(void)state;
	/* 34 * 0.1 + 184 * 0.01 = 5.24 seconds; what is there already costs nothing. */
	left = budget_rounds(needed, cost, 5, 5.25, rounds);
	assert_memory_equal(rounds, after, sizeof(after));
	assert_float_equal(left, 0.01, 1e-9);
	/* Nothing more is wanted. */
	left = budget_rounds(needed, cost, 5, left, rounds);
	assert_memory_equal(rounds, after, sizeof(after));
	assert_float_equal(left, 0.01, 1e-9);
}

/* A dear row is cut to what the cheap ones leave. */
static void test_dear_rows_are_cut_first(void **state)
{
	const unsigned int needed[] = { 116, 116, 116 };
	const double cost[] = { 0.001, 0.001, 0.1 };
	unsigned int rounds[] = { HAS, HAS, HAS }, few[] = { HAS, HAS, HAS };
	double left;

	(void)state;
	/* All would take 0.1 + 0.1 + 10. Of 5.25 the third gets 5.05: 50 more rounds. */
	left = budget_rounds(needed, cost, 3, 5.25, rounds);
	assert_int_equal(rounds[0], 116);
	assert_int_equal(rounds[1], 116);
	assert_int_equal(rounds[2], HAS + 50);
	assert_float_equal(left, 0.05, 1e-9);
	/* Where all are cut: 0.075 seconds for each, which are no round of the third. */
	budget_rounds(needed, cost, 3, 0.15, few);
	assert_in_range(few[0], HAS + 74, HAS + 75);
	assert_int_equal(few[0], few[1]);
	assert_int_equal(few[2], HAS);
}

/* What comes first is kept, and what is left is shared out anew. */
static void test_one_need_after_another(void **state)
{
	const unsigned int first[] = { 26, 16 }, then[] = { 20, 216 };
	const double cost[] = { 0.1, 0.01 };
	unsigned int rounds[] = { HAS, HAS };
	double left;

	(void)state;
	left = budget_rounds(first, cost, 2, 2, rounds);
	assert_int_equal(rounds[0], 26);
	assert_float_equal(left, 1, 1e-9);
	budget_rounds(then, cost, 2, left, rounds);
	assert_int_equal(rounds[0], 26);
	assert_in_range(rounds[1], HAS + 99, HAS + 100);
}

static void test_no_time(void **state)
{
	const unsigned int needed[] = { 4, 200, 200 };
	const double cost[] = { 1, 0.5, 0 };
	unsigned int rounds[] = { HAS, HAS, HAS };

	(void)state;
	assert_true(budget_rounds(needed, cost, 3, -3, rounds) == -3);
	assert_int_equal(rounds[0], HAS);
	assert_int_equal(rounds[1], HAS);
	assert_int_equal(rounds[2], 200); /* it costs nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enough_time),
		cmocka_unit_test(test_dear_rows_are_cut_first),
		cmocka_unit_test(test_one_need_after_another),
		cmocka_unit_test(test_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
