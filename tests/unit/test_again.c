// SPDX-License-Identifier: MIT
/* What is measured again where there is little time for it, on the scripted backend. */
#include "contest.h"

static double all_are_130_times_as_dear(struct script *s, const struct launch *l,
					const struct task *t)
{
	(void)s;
	return script_is_head(l) && strcmp(t->variant->id, "control/chain") ? 65000 : 500;
}

/* The time ends in the pilot: nothing can be said, and nothing is green. */
static void test_no_time_at_all(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, 30);
	c.script.cost = all_are_130_times_as_dear;
	c.script.task_seconds = 0.03;
	c.options.run.seconds = 8;
	measure(&c, 0);
	assert_int_equal(c.ab.summary.regressed, 0);
	assert_int_equal(c.ab.summary.undecided, 30);
	assert_false(gate_can_tell(&c.ab.summary));
	finish(&c);
}

/*
 * Ten seconds for a confirmation of 30 rows: not even what an interval takes. Some get
 * that, and are confirmed; of the others it is said that there was no time.
 */
static void test_a_confirmation_short_of_time(void **state)
{
	size_t left_out = 0;
	struct contest c;

	(void)state;
	prepare(&c, 30);
	c.script.cost = all_are_130_times_as_dear;
	c.script.task_seconds = 0.02;
	c.options.run.seconds = 15;
	measure(&c, 0);
	assert_int_equal(c.ab.flagged, 30);
	/* 16 pairs of rounds of k rows and the control, 20 ms each: k is 14. */
	assert_int_equal(c.ab.summary.regressed, 14);
	assert_int_equal(c.ab.summary.suspected, 16);
	for (size_t i = 0; i < c.ab.verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c.ab.verdicts,
							struct verdict_row, i);

		assert_true(v->verdict != VERDICT_REGRESSED || isfinite(v->confirm.lo));
		left_out += !!strstr(v->reason, "there was no time for fresh rounds");
	}
	assert_int_equal(left_out, 16);
	finish(&c);
}

/* All of them get what an interval takes, where there is time for no more. */
static void test_a_confirmation_with_just_enough_time(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, 30);
	c.script.cost = all_are_130_times_as_dear;
	c.script.task_seconds = 0.014;
	c.options.run.seconds = 13;
	measure(&c, 0);
	assert_int_equal(c.ab.flagged, 30);
	assert_int_equal(c.ab.summary.regressed, 30);
	/* 2^-9 is less than 10 % / 30; 16 rounds would take 14 seconds. */
	assert_in_range(verdict_of(&c, "made/0003")->confirm_rounds, 9, 15);
	finish(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_no_time_at_all),
		cmocka_unit_test(test_a_confirmation_short_of_time),
		cmocka_unit_test(test_a_confirmation_with_just_enough_time),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
