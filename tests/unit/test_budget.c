// SPDX-License-Identifier: MIT
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "compare/budget.h"

#define LEAST 16

static void test_enough_time(void **state)
{
	const unsigned int needed[] = { 0, 10, 16, 50, 200 };
	const double cost[] = { 1, 1, 1, 0.1, 0.01 };
	unsigned int rounds[5];

	(void)state;
	/* 34 * 0.1 + 184 * 0.01 = 5.24 seconds; what is there already costs nothing. */
	budget_rounds(needed, cost, 5, LEAST, 5.25, rounds);
	assert_memory_equal(rounds, needed, sizeof(needed));
}

/* A dear row is cut to what the cheap ones leave. */
static void test_dear_rows_are_cut_first(void **state)
{
	const unsigned int needed[] = { 116, 116, 116 };
	const double cost[] = { 0.001, 0.001, 0.1 };
	unsigned int rounds[3];

	(void)state;
	/* All would take 0.1 + 0.1 + 10. Of 5.25 the third gets 5.05: 50 more rounds. */
	budget_rounds(needed, cost, 3, LEAST, 5.25, rounds);
	assert_int_equal(rounds[0], 116);
	assert_int_equal(rounds[1], 116);
	assert_int_equal(rounds[2], LEAST + 50);
	/* Where all are cut: 0.075 seconds for each, which are no round of the third. */
	budget_rounds(needed, cost, 3, LEAST, 0.15, rounds);
	assert_in_range(rounds[0], LEAST + 74, LEAST + 75);
	assert_int_equal(rounds[0], rounds[1]);
	assert_int_equal(rounds[2], LEAST);
}

static void test_no_time(void **state)
{
	const unsigned int needed[] = { 4, 200, 200 };
	const double cost[] = { 1, 0.5, 0 };
	unsigned int rounds[3];

	(void)state;
	budget_rounds(needed, cost, 3, LEAST, -3, rounds);
	assert_int_equal(rounds[0], 4);
	assert_int_equal(rounds[1], LEAST);
	assert_int_equal(rounds[2], 200); /* it costs nothing */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_enough_time),
		cmocka_unit_test(test_dear_rows_are_cut_first),
		cmocka_unit_test(test_no_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
