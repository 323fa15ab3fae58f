// SPDX-License-Identifier: MIT
/* Exit status and headline of comparisons written by hand: green must be right. */
#include <stdio.h>

#include "cli/verdict.h"
#include "render/verdicts.h"
#include "sides.h"

/* n rows of so many rounds, head over base. */
static void add_rows(struct pair *p, const char *name, int n, int rounds, double ratio)
{
	for (int i = 0; i < n; i++) {
		char id[32];

		snprintf(id, sizeof(id), "%s/%d", name, i);
		add_row(&p->base, id, rounds, 1000, 0.01);
		add_row(&p->head, id, rounds, 1000 * ratio, 0.01);
	}
}

static void begin(struct pair *p)
{
	pair_init(p);
	add_row(&p->base, GATE_CONTROL, 20, 500, 0);
	add_row(&p->head, GATE_CONTROL, 20, 500, 0);
}

#define assert_exit(p, want) \
	assert_int_equal(verdict_exit(&(p)->summary, false, false), want)
#define assert_strict(p, want) \
	assert_int_equal(verdict_exit(&(p)->summary, true, false), want)
#define assert_says(p, want) \
	assert_string_equal(verdicts_say(&(p)->verdicts, &(p)->summary).s, want)

/* 130 times as dear, and too few rounds to say so: the control alone is fine. */
static void test_nearly_all_undecided(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	add_rows(&p, "a", 30, 5, 130);
	run(&p, &paired);
	assert_int_equal(p.summary.inconclusive, 30);
	assert_int_equal(p.summary.same, 1);
	assert_exit(&p, EXIT_UNDECIDED);
	assert_strict(&p, EXIT_UNDECIDED);
	assert_int_equal(verdict_exit(&p.summary, false, true), EXIT_UNDECIDED);
	assert_says(&p, "undecided: 30 of 31 benchmarks");
	pair_free(&p);
}

/* The control decides nothing: one row that is undecided is all of them. */
static void test_one_row_and_the_control(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	add_rows(&p, "a", 1, 5, 130);
	run(&p, &paired);
	assert_int_equal(p.summary.decided, 0);
	assert_exit(&p, EXIT_UNDECIDED);
	assert_says(&p, "undecided: 1 of 2 benchmarks");
	pair_free(&p);
}

static void test_a_minority_is_neutral(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	add_rows(&p, "a", 4, 5, 1);
	add_rows(&p, "b", 6, 20, 1);
	run(&p, &paired);
	assert_int_equal(p.summary.undecided, 4);
	assert_int_equal(p.summary.decided, 6);
	assert_exit(&p, EXIT_FINE);
	assert_strict(&p, EXIT_UNDECIDED);
	assert_says(&p, "no regression in 7 of 11 benchmarks, 4 undecided");
	add_rows(&p, "c", 3, 5, 1);
	run(&p, &paired);
	assert_exit(&p, EXIT_UNDECIDED);
	assert_says(&p, "undecided: 7 of 14 benchmarks");
	pair_free(&p);
}

/* One row that was flagged is enough, however many are fine. */
static void test_flagged_and_not_judged(void **state)
{
	struct pair p, fresh;

	(void)state;
	begin(&p);
	begin(&fresh);
	add_rows(&p, "a", 1, 20, 130);
	add_rows(&fresh, "a", 1, 3, 130);
	add_rows(&p, "b", 20, 20, 1);
	run(&p, &paired);
	assert_exit(&p, EXIT_REGRESSED);
	confirm(&p, &fresh);
	assert_int_equal(p.summary.regressed, 0);
	assert_exit(&p, EXIT_UNDECIDED);
	assert_says(&p,
		    "undecided: 1 of 22 benchmarks; suspected, most of all a/0 by x130");
	pair_free(&p);
	pair_free(&fresh);
}

static void test_regressed_comes_first_and_trouble_second(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	add_rows(&p, "a", 30, 5, 130);
	add_rows(&p, "b", 1, 20, 1.5);
	add_result(&p.base, "c/0", ROW_OK, "");
	add_result(&p.head, "c/0", ROW_FAIL, "why");
	run(&p, &paired);
	assert_exit(&p, EXIT_REGRESSED);
	assert_int_equal(verdict_exit(&p.summary, false, true), EXIT_TROUBLE);
	assert_says(&p, "regressed: 1 of 32 benchmarks, most of all b/0 by +50.0 %");
	pair_free(&p);
	begin(&p);
	add_rows(&p, "a", 30, 5, 130);
	add_result(&p.base, "c/0", ROW_OK, "");
	add_result(&p.head, "c/0", ROW_FAIL, "why");
	run(&p, &paired);
	assert_exit(&p, EXIT_TROUBLE);
	pair_free(&p);
}

/* Where the control alone has figures, nothing was compared. */
static void test_nothing_but_the_control(void **state)
{
	struct pair p;

	(void)state;
	begin(&p);
	add_result(&p.base, "a/x", ROW_SKIP, "why");
	add_result(&p.head, "a/x", ROW_SKIP, "why");
	run(&p, &paired);
	assert_exit(&p, EXIT_NOTHING);
	assert_says(&p, "nothing to compare: no benchmark has a figure on both sides");
	pair_free(&p);
}

/* A/A, whatever the neighbours do: never a regression. */
static void test_the_same_is_never_red(void **state)
{
	(void)state;
	for (int busy = 0; busy <= 20; busy += 4) {
		struct pair p, fresh;

		begin(&p);
		begin(&fresh);
		add_rows(&p, "a", 10, 20, 1);
		add_rows(&fresh, "a", 10, 20, 1);
		for (int i = 0; i < 10; i++) {
			char id[32];

			snprintf(id, sizeof(id), "a/%d", i);
			contend(&p.head, id, busy, 1.4, 1.3);
		}
		run(&p, &paired);
		confirm(&p, &fresh);
		assert_int_equal(p.summary.regressed, 0);
		assert_int_not_equal(verdict_exit(&p.summary, false, false),
				     EXIT_REGRESSED);
		pair_free(&p);
		pair_free(&fresh);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nearly_all_undecided),
		cmocka_unit_test(test_one_row_and_the_control),
		cmocka_unit_test(test_a_minority_is_neutral),
		cmocka_unit_test(test_flagged_and_not_judged),
		cmocka_unit_test(test_regressed_comes_first_and_trouble_second),
		cmocka_unit_test(test_nothing_but_the_control),
		cmocka_unit_test(test_the_same_is_never_red),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
