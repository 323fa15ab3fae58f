// SPDX-License-Identifier: MIT
/* How often the gate errs, on simulated families of rows at the edge of what counts. */
#include <stdio.h>

#include "sides.h"
#include "stats/shift.h"

enum { FAMILIES = 150, ROWS = 200 };

/* A family whose rows all have `rounds` rounds and a head over base of `ratio`. */
static void add_family(struct pair *p, int rounds, double ratio, uint64_t *seed)
{
	char id[16];

	for (int i = 0; i < ROWS; i++) {
		snprintf(id, sizeof(id), "a/%d", i);
		add_result(&p->base, id, ROW_OK, "");
		add_result(&p->head, id, ROW_OK, "");
		for (int r = 0; r < rounds; r++) {
			/* A twentieth of the rounds lies far out. */
			double wild = uniform(seed) < 0.05 ? 8 : 1;
			double shared = 1000 * exp(0.05 * normal(seed));

			add_round(&p->base, id, r, shared);
			add_round(&p->head, id, r,
				  shared * ratio * exp(0.01 * wild * normal(seed)));
		}
	}
}

static size_t rows_of(const struct pair *p, enum row_verdict verdict)
{
	return verdict == VERDICT_REGRESSED ? p->summary.regressed : p->summary.improved;
}

/* Families with at least one row of that verdict. */
static int families_with(enum row_verdict verdict, int families, double ratio,
			 uint64_t seed)
{
	int found = 0;

	for (int f = 0; f < families; f++) {
		struct pair p;

		pair_init(&p);
		add_family(&p, 20, ratio, &seed);
		run(&p, &paired);
		found += rows_of(&p, verdict) > 0;
		pair_free(&p);
	}
	return found;
}

/* Of two stages: families with a flagged row, and with one that fresh rounds confirm. */
static void two_stages(enum row_verdict verdict, double ratio, uint64_t seed,
		       int found[2])
{
	struct gate_options o = paired;
	struct gate *g;

	o.family_error = GATE_STAGE_ERROR;
	found[0] = found[1] = 0;
	for (int f = 0; f < FAMILIES; f++) {
		struct pair p, fresh;

		pair_init(&p);
		pair_init(&fresh);
		add_family(&p, 22, ratio, &seed);
		add_family(&fresh, 22, ratio, &seed);
		run(&p, &o);
		found[0] += rows_of(&p, verdict) > 0;
		assert_int_equal(
			gate_open(&g, &fresh.base.view, 1, &fresh.head.view, 1, &o), 0);
		gate_confirm(g, &p.verdicts, &p.summary);
		gate_close(g);
		found[1] += rows_of(&p, verdict) > 0;
		pair_free(&p);
		pair_free(&fresh);
	}
}

/*
 * Two hundred rows that all lie exactly at the edge, the worst case there is. One or more
 * is called regressed in at most 1 of 100 families; likewise improved. Nominal is 1.5 of
 * 150; 6 or more have a chance of 0.4 %. (The seed is fixed: it cannot come up by
 * chance.)
 */
static void test_family_error(void **state)
{
	(void)state;
	assert_in_range(families_with(VERDICT_REGRESSED, FAMILIES, 1.02, 1), 0, 5);
	assert_in_range(families_with(VERDICT_IMPROVED, FAMILIES, 1 / 1.02, 2), 0, 5);
	/* A check of the check: well beyond the edge every family is flagged. */
	assert_int_equal(families_with(VERDICT_REGRESSED, 5, 1.05, 3), 5);
}

/*
 * The same edge in two stages of 10 % each. Of these, 22 rounds attain 8.6 % (19 of them
 * have a chance of 4.28e-4, times 200 rows). For a single flagged row it is 6.7 %. So
 * 12.8 of 150 are to be expected, and 0.9 confirmed. More than 22 have a chance of 0.6 %,
 * and less than 4 one of 0.1 %. Five or more confirmed ones have a chance of 0.2 %.
 */
static void test_two_stages(void **state)
{
	int found[2];

	(void)state;
	two_stages(VERDICT_REGRESSED, 1.02, 4, found);
	assert_in_range(found[0], 4, 22);
	assert_in_range(found[1], 0, 4);
	two_stages(VERDICT_IMPROVED, 1 / 1.02, 5, found);
	assert_in_range(found[0], 4, 22);
	assert_in_range(found[1], 0, 4);
	two_stages(VERDICT_REGRESSED, 1.05, 6, found);
	assert_int_equal(found[1], FAMILIES);
}

/* The unpaired interval, on skewed values: neither end errs more often than its tail. */
static void test_unpaired_coverage(void **state)
{
	enum { TRIES = 20000, N = 24, M = 33 };
	const double tail = 0.05;
	uint64_t seed = 5;
	int low = 0, high = 0, agree = 0;

	(void)state;
	for (int t = 0; t < TRIES; t++) {
		double x[N], y[M];
		struct stats_shift s = { x, y, N, M };

		for (int i = 0; i < N; i++)
			x[i] = -log(uniform(&seed));
		for (int i = 0; i < M; i++)
			y[i] = -log(uniform(&seed)) / 20;
		stats_sort(x, N);
		stats_sort(y, M);
		low += stats_shift_low(&s, tail) > M_LN2 - M_LN2 / 20;
		high += stats_shift_high(&s, tail) < M_LN2 - M_LN2 / 20;
		agree += (stats_shift_low(&s, tail) > 0.4) ==
			 (stats_shift_above(&s, 0.4) <= tail);
		agree += (stats_shift_high(&s, tail) < 0.9) ==
			 (stats_shift_below(&s, 0.9) <= tail);
	}
	assert_in_range(low, 1, TRIES * tail);
	assert_in_range(high, 1, TRIES * tail);
	/* The p-value is the interval turned round. */
	assert_int_equal(agree, 2 * TRIES);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_family_error),
		cmocka_unit_test(test_two_stages),
		cmocka_unit_test(test_unpaired_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
