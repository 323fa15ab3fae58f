// SPDX-License-Identifier: MIT
/* What fresh rounds make of what was flagged, and how many rounds a pilot asks for. */
#include <stdio.h>

#include "sides.h"

static void test_confirm(void **state)
{
	struct pair p, fresh;

	(void)state;
	pair_init(&p);
	pair_init(&fresh);
	for (int i = 0; i < 5; i++) {
		static const char *const ids[] = { "a/real", "a/fluke", "a/gone", "a/few",
						   "a/faster" };
		double factor = i == 4 ? 0.9 : 1.05;

		add_row(&p.base, ids[i], 20, 1000, 0);
		add_row(&p.head, ids[i], 20, 1000 * factor, 0);
		if (i == 2)
			continue;
		if (i == 1)
			factor = 1.01;
		add_row(&fresh.base, ids[i], i == 3 ? 5 : 20, 1000, 0);
		add_row(&fresh.head, ids[i], i == 3 ? 5 : 20, 1000 * factor, 0);
	}
	add_row(&p.base, "a/same", 20, 1000, 0);
	add_row(&p.head, "a/same", 20, 1000, 0);
	run(&p, &paired);
	assert_int_equal(p.summary.regressed, 4);
	assert_int_equal(p.summary.improved, 1);
	confirm(&p, &fresh);
	assert_verdict(&p, "a/real", VERDICT_REGRESSED);
	assert_reason(&p, "a/real", "fresh rounds agree");
	assert_true(fabs(row_of(&p, "a/real")->confirm.mid - 1.05) < 1e-9);
	assert_true(row_of(&p, "a/real")->confirm.lo > 1.049);
	assert_int_equal(row_of(&p, "a/real")->confirm_rounds, 20);
	/*
	 * Over the flagged rows of each direction alone: of four slower ones "a/real" is
	 * rejected first, and the step-down stops at the next.
	 */
	assert_true(fabs(row_of(&p, "a/real")->confirm_level - (1 - 2 * 0.01 / 4)) <
		    1e-12);
	assert_true(fabs(row_of(&p, "a/fluke")->confirm_level - (1 - 2 * 0.01 / 3)) <
		    1e-12);
	assert_true(fabs(row_of(&p, "a/faster")->confirm_level - (1 - 2 * 0.01)) < 1e-12);
	assert_true(isnan(row_of(&p, "a/same")->confirm_level));
	assert_verdict(&p, "a/fluke", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/fluke", "not confirmed: fresh rounds say +1.0 %");
	assert_verdict(&p, "a/gone", VERDICT_SUSPECTED);
	assert_reason(&p, "a/gone", "there was no time for fresh rounds");
	assert_true(isnan(row_of(&p, "a/gone")->confirm.mid));
	assert_verdict(&p, "a/few", VERDICT_SUSPECTED);
	assert_reason(&p, "a/few",
		      "fresh rounds say +5.0 %, and are too few pairs of "
		      "rounds: 5 quiet, 0 contended of 5; 9 are needed");
	assert_verdict(&p, "a/faster", VERDICT_IMPROVED);
	assert_verdict(&p, "a/same", VERDICT_SAME);
	assert_int_equal(row_of(&p, "a/same")->confirm_rounds, -1);
	assert_int_equal(p.summary.regressed, 1);
	assert_int_equal(p.summary.inconclusive, 1);
	assert_int_equal(p.summary.suspected, 2);
	assert_int_equal(p.summary.unjudged, 2);

	/* The other direction is no agreement. */
	run(&p, &paired);
	pair_free(&fresh);
	pair_init(&fresh);
	add_row(&fresh.base, "a/real", 20, 1050, 0);
	add_row(&fresh.head, "a/real", 20, 1000, 0);
	confirm(&p, &fresh);
	assert_verdict(&p, "a/real", VERDICT_INCONCLUSIVE);

	/* A disturbed second comparison neither confirms nor clears. */
	run(&p, &paired);
	add_row(&fresh.base, GATE_CONTROL, 20, 500, 0);
	add_row(&fresh.head, GATE_CONTROL, 20, 600, 0);
	confirm(&p, &fresh);
	assert_verdict(&p, "a/real", VERDICT_CONTAMINATED);
	assert_true(p.summary.disturbed);
	assert_non_null(strstr(p.summary.why, "fresh rounds"));
	pair_free(&p);
	pair_free(&fresh);
}

/* A row of 20 rounds, `first` times as dear, and then n rounds, `fresh` times as dear. */
static void measure_twice(struct pair *p, struct pair *again, double first, int n,
			  double fresh, double jitter)
{
	pair_init(p);
	pair_init(again);
	add_row(&p->base, "a/x", 20, 1000, 0);
	add_row(&p->head, "a/x", 20, 1000 * first, 0);
	for (int i = 0; i < 9; i++) {
		char id[16];

		snprintf(id, sizeof(id), "a/same%d", i);
		add_row(&p->base, id, 20, 1000, 0);
		add_row(&p->head, id, 20, 1000, 0);
	}
	add_row(&again->base, "a/x", n, 1000, 0);
	add_row(&again->head, "a/x", n, 1000 * fresh, jitter);
	run(p, &paired);
	assert_true(gate_flagged(row_of(p, "a/x")));
	confirm(p, again);
}

/* What fresh rounds do not contradict stays suspected, whatever they lack. */
static void test_suspected(void **state)
{
	static const struct {
		double first;
		int n;
		double fresh, jitter;
		enum row_verdict want;
		bool judged, can_tell;
		const char *reason;
	} cases[] = {
		{ 1.05, 20, 1.05, 0, VERDICT_REGRESSED, true, true, "agree" },
		/* Slower, and by how much is open. */
		{ 1.05, 20, 1.03, 0.04, VERDICT_SUSPECTED, true, false,
		  "regressed at first, not confirmed: fresh rounds say +3.0 %, interval "
		  "not beyond delta: " },
		/* Too few, none at all, and too few in the other direction. */
		{ 179, 3, 130, 0, VERDICT_SUSPECTED, false, false,
		  "say x130, and are too few pairs of rounds: 3 quiet, 0 contended" },
		{ 179, 0, 1, 0, VERDICT_SUSPECTED, false, false,
		  "no rounds of both sides" },
		{ 1.05, 3, 0.99, 0, VERDICT_INCONCLUSIVE, false, false, "say -1.0 %" },
		/* Contradicted: the other way, or by less than delta. */
		{ 1.05, 20, 0.99, 0.04, VERDICT_INCONCLUSIVE, true, true, "say -1.0 %" },
		{ 1.05, 20, 1.01, 0, VERDICT_INCONCLUSIVE, true, true, "say +1.0 %" },
		{ 0.9, 20, 0.97, 0.04, VERDICT_SUSPECTED, true, false,
		  "improved at first, not confirmed" },
		{ 0.9, 20, 0.99, 0, VERDICT_INCONCLUSIVE, true, true, "say -1.0 %" },
		{ 0.9, 3, 0.9, 0, VERDICT_SUSPECTED, false, false, "too few pairs" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct pair p, fresh;

		measure_twice(&p, &fresh, cases[i].first, cases[i].n, cases[i].fresh,
			      cases[i].jitter);
		assert_verdict(&p, "a/x", cases[i].want);
		assert_reason(&p, "a/x", cases[i].reason);
		assert_int_equal(p.summary.unjudged, !cases[i].judged);
		assert_int_equal(gate_can_tell(&p.summary), cases[i].can_tell);
		assert_int_equal(p.summary.suspected, cases[i].want == VERDICT_SUSPECTED);
		pair_free(&p);
		pair_free(&fresh);
	}
}

/* Fresh rounds enough, but of two states: the sentence says what was in the way. */
static void test_suspected_beside_a_neighbour(void **state)
{
	struct pair p, fresh;

	(void)state;
	measure_twice(&p, &fresh, 130, 20, 130, 0);
	run(&p, &paired);
	contend(&fresh.head, "a/x", 4, 1.2, 1.3);
	confirm(&p, &fresh);
	assert_verdict(&p, "a/x", VERDICT_SUSPECTED);
	assert_reason(&p, "a/x",
		      "too few pairs of rounds of one contention state: 4 "
		      "quiet, 0 contended of 20; 7 are needed");
	assert_false(gate_can_tell(&p.summary));
	pair_free(&p);
	pair_free(&fresh);
}

/* Of 200 rows, for an effect of 1 %. */
static size_t rounds_needed(const struct pair *p, const char *id, double *sigma)
{
	struct gate_spread spread;
	struct gate *g;

	assert_int_equal(gate_open(&g, &p->base.view, 1, &p->head.view, 1, &paired), 0);
	spread = gate_spread(g, id);
	gate_close(g);
	if (sigma)
		*sigma = spread.sigma;
	return gate_rounds_needed(&spread, 200, 0.01, &paired);
}

static void test_rounds(void **state)
{
	struct pair p;
	double sigma;
	size_t n;

	(void)state;
	pair_init(&p);
	/* Log-ratios -2d, -d, 0, d, 2d, …: MAD is 2d, and 1.4826 * 2d is 1 %. */
	add_result(&p.base, "a/x", ROW_OK, "");
	add_result(&p.head, "a/x", ROW_OK, "");
	for (int i = 0; i < 15; i++) {
		double d = 0.01 / 1.4826 / 4;

		add_round(&p.base, "a/x", i, 1000);
		add_round(&p.head, "a/x", i, 1000 * exp(d * (i - 7)));
	}
	n = rounds_needed(&p, "a/x", &sigma);
	assert_true(fabs(sigma - 0.01) < 1e-9);
	/* Here and below: what exact binomials in Python give. */
	assert_int_equal(n, 59);
	/* A third of the pilot was useless: as much more is needed. */
	contend(&p.head, "a/x", 10, 1.2, 1.3);
	n = rounds_needed(&p, "a/x", &sigma);
	/* Ten of them left: MAD is 2.5 d, which asks for 30. */
	assert_true(fabs(sigma - 0.00625) < 1e-9);
	assert_int_equal(n, 45); /* 30 * 15 / 10 */
	/* Of nothing usable, as many as there may be. */
	contend(&p.head, "a/x", 0, 1.2, 1.3);
	n = rounds_needed(&p, "a/x", &sigma);
	assert_int_equal(n, GATE_ROUNDS_MAX);
	assert_true(isnan(sigma));
	assert_int_equal(rounds_needed(&p, "no/such", NULL), 0);
	pair_free(&p);
}

/* Most pairs agree to the last digit and some are far away: the few ask for rounds. */
static void test_rounds_of_two_states(void **state)
{
	struct pair p;
	double sigma;

	(void)state;
	pair_init(&p);
	add_result(&p.base, "a/x", ROW_OK, "");
	add_result(&p.head, "a/x", ROW_OK, "");
	for (int i = 0; i < 21; i++) {
		add_round(&p.base, "a/x", i, 1000);
		add_round(&p.head, "a/x", i, i < 3 ? 1300 : i < 6 ? 1000 / 1.3 : 1000);
	}
	rounds_needed(&p, "a/x", &sigma);
	/* The third smallest and largest of 21 are the tenths: 2 ln 1.3 apart. */
	assert_true(fabs(sigma - log(1.3) / 1.2816) < 1e-9);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_suspected),
		cmocka_unit_test(test_suspected_beside_a_neighbour),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_rounds_of_two_states),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
