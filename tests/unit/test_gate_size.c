// SPDX-License-Identifier: MIT
/*
 * Comparisons of 500 and of 2,000 rows: from a pilot of 16 rounds to verdicts of 300.
 * What each step takes is printed. Four times the rows may take ten times as long: only
 * work that grows with their square takes longer.
 */
#include <stdio.h>
#include <time.h>

#include "sides.h"

#define HICCUP 0.05 /* seconds: what something else may add to a short step */

enum { FEW = 500, MANY = 2000, TIMES_MAX = 10, PILOT = 16, ROUNDS = 300 };

/* CPU seconds of each step. */
struct steps {
	double choose, judge, confirm;
};

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* Head is slower by 5 % in one row of a hundred. */
static void add_rows(struct pair *p, int rows, int rounds)
{
	uint64_t seed = 1;

	for (int i = 0; i < rows; i++) {
		char id[64];

		snprintf(id, sizeof(id), "family-%d/row-%d:bytes=64", i % 40, i);
		add_result(&p->base, id, ROW_OK, "");
		add_result(&p->head, id, ROW_OK, "");
		for (int r = 0; r < rounds; r++) {
			double ns = 1000 + i + 10 * normal(&seed);

			add_round(&p->base, id, r, ns);
			add_round(&p->head, id, r,
				  ns * (i % 100 ? 1 : 1.05) * exp(0.01 * normal(&seed)));
		}
	}
}

static struct steps from_pilot_to_verdict(int rows)
{
	struct pair pilot, whole;
	size_t coarse = 0, fine = 0;
	struct steps took;
	struct gate *g;
	double began;

	pair_init(&pilot);
	pair_init(&whole);
	add_rows(&pilot, rows, PILOT);
	add_rows(&whole, rows, ROUNDS);

	began = cpu_seconds();
	assert_int_equal(gate_open(&g, &pilot.base.view, 1, &pilot.head.view, 1, &paired),
			 0);
	for (int i = 0; i < rows; i++) {
		const char *id = table_row(&pilot.base.results, struct result_row, i)->id;
		struct gate_spread s = gate_spread(g, id);

		assert_int_equal(s.usable, PILOT);
		coarse += gate_rounds_needed(&s, rows, 0.03, &paired);
		fine += gate_rounds_needed(&s, rows, 0.01, &paired);
	}
	gate_close(g);
	took.choose = cpu_seconds() - began;
	assert_true(fine > coarse && coarse > (size_t)rows * PILOT);

	began = cpu_seconds();
	run(&whole, &paired);
	took.judge = cpu_seconds() - began;
	assert_int_equal(whole.summary.regressed, rows / 100);
	assert_int_equal(whole.summary.same, rows - rows / 100);

	began = cpu_seconds();
	assert_int_equal(gate_open(&g, &whole.base.view, 1, &whole.head.view, 1, &paired),
			 0);
	gate_confirm(g, &whole.verdicts, &whole.summary);
	gate_close(g);
	took.confirm = cpu_seconds() - began;
	assert_int_equal(whole.summary.regressed, rows / 100);
	print_message(
		"%d rows: rounds chosen in %.3f s, judged with %d rounds in %.3f s, "
		"confirmed in %.3f s\n",
		rows, took.choose, ROUNDS, took.judge, took.confirm);
	pair_free(&pilot);
	pair_free(&whole);
	return took;
}

static void assert_not_square(double many, double few)
{
	assert_true(many < TIMES_MAX * few + HICCUP);
}

static void test_from_pilot_to_verdict(void **state)
{
	struct steps few = from_pilot_to_verdict(FEW);
	struct steps many = from_pilot_to_verdict(MANY);

	(void)state;
	assert_not_square(many.choose, few.choose);
	assert_not_square(many.judge, few.judge);
	assert_not_square(many.confirm, few.confirm);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_pilot_to_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
