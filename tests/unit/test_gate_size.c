// SPDX-License-Identifier: MIT
/*
 * A comparison of 2,000 rows: from a pilot of 16 rounds to verdicts of 300. What each step
 * takes is printed. Its bound is wide: only work which grows with the square of the rows
 * breaks it. (Every row against the rounds of all takes minutes.)
 */
#include <stdio.h>
#include <time.h>

#include "sides.h"

enum { SIZE = 2000, PILOT = 16, ROUNDS = 300, SECONDS_MAX = 30 };

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

static void took(const char *step, double began)
{
	double seconds = cpu_seconds() - began;

	print_message("%d rows %s in %.3f s\n", SIZE, step, seconds);
	assert_true(seconds < SECONDS_MAX);
}

/* Head is slower by 5 % in one row of a hundred. */
static void add_rows(struct pair *p, int rounds)
{
	uint64_t seed = 1;

	for (int i = 0; i < SIZE; i++) {
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

static void test_from_pilot_to_verdict(void **state)
{
	struct pair pilot, whole;
	size_t coarse = 0, fine = 0;
	struct gate *g;
	double began;

	(void)state;
	pair_init(&pilot);
	pair_init(&whole);
	add_rows(&pilot, PILOT);
	add_rows(&whole, ROUNDS);

	began = cpu_seconds();
	assert_int_equal(gate_open(&g, &pilot.base.view, 1, &pilot.head.view, 1, &paired),
			 0);
	for (int i = 0; i < SIZE; i++) {
		const char *id = table_row(&pilot.base.results, struct result_row, i)->id;
		struct gate_spread s = gate_spread(g, id);

		assert_int_equal(s.usable, PILOT);
		coarse += gate_rounds_needed(&s, SIZE, 0.03, &paired);
		fine += gate_rounds_needed(&s, SIZE, 0.01, &paired);
	}
	gate_close(g);
	assert_true(fine > coarse && coarse > SIZE * PILOT);
	took("given their rounds", began);

	began = cpu_seconds();
	run(&whole, &paired);
	assert_int_equal(whole.summary.regressed, SIZE / 100);
	assert_int_equal(whole.summary.same, SIZE - SIZE / 100);
	took("judged", began);

	began = cpu_seconds();
	assert_int_equal(gate_open(&g, &whole.base.view, 1, &whole.head.view, 1, &paired),
			 0);
	gate_confirm(g, &whole.verdicts, &whole.summary);
	gate_close(g);
	assert_int_equal(whole.summary.regressed, SIZE / 100);
	took("confirmed", began);
	pair_free(&pilot);
	pair_free(&whole);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_from_pilot_to_verdict),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
