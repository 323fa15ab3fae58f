// SPDX-License-Identifier: MIT
/*
 * The A/B protocol against a scripted backend, with time made up: pilot, choice of
 * rounds, deadline, confirmation, interruption, contamination.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>
#include <cmocka.h>

#include "contest.h"

static void test_same(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	measure(&c, 0);
	assert_int_equal(c.ab.summary.same, ROWS + 1); /* the control goes along */
	assert_int_equal(c.ab.flagged, 0);
	assert_false(c.ab.stopped);
	assert_true(isfinite(c.ab.summary.control_ratio));
	assert_int_equal(verdict_of(&c, "made/0003")->pilot_rounds, AB_PILOT);
	/* Quiet benchmarks and time enough: each has its fair rounds, and no more. */
	assert_int_equal(verdict_of(&c, "made/0003")->rounds, 300);
	finish(&c);
}

static double third_is_slower(struct script *s, const struct launch *l,
			      const struct task *t)
{
	(void)s;
	return !strcmp(t->variant->id, "made/0003") && script_is_head(l) ? 550 : 500;
}

static void test_slower(void **state)
{
	const struct verdict_row *v;
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = third_is_slower;
	measure(&c, 0);
	assert_int_equal(c.ab.flagged, 1);
	assert_int_equal(c.ab.summary.regressed, 1);
	v = verdict_of(&c, "made/0003");
	assert_int_equal(v->verdict, VERDICT_REGRESSED);
	assert_true(v->ratio.mid > 1.09 && v->ratio.mid < 1.11);
	assert_true(v->confirm.lo > 1.08 && v->confirm.hi < 1.12);
	assert_true(v->confirm_rounds >= AB_PILOT);
	finish(&c);
}

/* Slower while the first comparison goes on, and not when it is measured again. */
static double slower_at_first(struct script *s, const struct launch *l,
			      const struct task *t)
{
	unsigned int *calm = s->more;

	return s->requests < *calm ? third_is_slower(s, l, t) : 500;
}

static void test_not_confirmed(void **state)
{
	unsigned int calm = 600; /* requests: 300 rounds of two arms */
	const struct verdict_row *v;
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = slower_at_first;
	c.script.more = &calm;
	measure(&c, 0);
	assert_int_equal(c.ab.flagged, 1);
	assert_int_equal(c.ab.summary.regressed, 0);
	v = verdict_of(&c, "made/0003");
	assert_int_equal(v->verdict, VERDICT_INCONCLUSIVE);
	assert_true(v->confirm.mid < 1.02);
	finish(&c);
}

static double fourth_is_wild(struct script *s, const struct launch *l,
			     const struct task *t)
{
	(void)l;
	return !strcmp(t->variant->id, "made/0004") ? 500 * (1 + 0.1 * script_normal(s))
						    : 500;
}

static void test_wild_benchmarks_get_more_rounds(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = fourth_is_wild;
	c.options.run.seconds = 60;
	measure(&c, 0);
	assert_true(verdict_of(&c, "made/0004")->rounds >
		    2 * verdict_of(&c, "made/0003")->rounds);
	assert_true(verdict_of(&c, "made/0004")->rounds <= GATE_ROUNDS_MAX);
	/* The control is measured as long as anything is. */
	assert_int_equal(verdict_of(&c, "control/chain")->rounds,
			 verdict_of(&c, "made/0004")->rounds);
	finish(&c);
}

static void test_deadline(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = third_is_slower;
	c.script.task_seconds = 0.05;
	c.options.run.seconds = 60;
	measure(&c, 0);
	/* Beyond its time by less than one round of both arms. */
	assert_true(c.ab.seconds < 60 + 2 * (ROWS + 1) * 0.06);
	assert_true(c.ab.seconds > 40);
	/* A quarter was kept for the confirmation. */
	assert_true(verdict_of(&c, "made/0003")->confirm_rounds >= AB_PILOT);
	assert_true(verdict_of(&c, "made/0002")->rounds * 2 * (ROWS + 1) * 0.05 < 46);
	finish(&c);
}

static void test_wanted_rounds(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.options.rounds = 25;
	measure(&c, 0);
	assert_int_equal(verdict_of(&c, "made/0003")->rounds, 25);
	assert_int_equal(verdict_of(&c, "made/0003")->pilot_rounds, -1);
	/* Sizing, and 25 rounds of two arms. */
	assert_int_equal(c.script.requests, 1 + 2 * 25);
	finish(&c);
}

static void test_interrupted(void **state)
{
	const struct verdict_row *v;
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = third_is_slower;
	c.script.stop_after = 100;
	measure(&c, 0);
	assert_true(c.ab.stopped);
	assert_int_equal(c.script.requests, 100);
	v = verdict_of(&c, "made/0003");
	/* Nothing will confirm it: it is judged at the level of both comparisons. */
	assert_int_equal(v->confirm_rounds, -1);
	assert_true(v->level > 1 - 2 * GATE_FAMILY_ERROR / ROWS - 1e-9);
	assert_int_equal(c.ab.flagged, 0);
	finish(&c);
}

static void test_interrupted_in_the_confirmation(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = third_is_slower;
	c.options.rounds = 50;
	c.script.stop_after = 1 + 2 * 50 + 4;
	measure(&c, 0);
	assert_true(c.ab.stopped);
	assert_int_equal(c.ab.flagged, 1);
	assert_int_equal(c.ab.summary.regressed, 0); /* two rounds confirm nothing */
	finish(&c);
}

static double control_moves(struct script *s, const struct launch *l,
			    const struct task *t)
{
	(void)s;
	return script_is_head(l) && (!strcmp(t->variant->id, "control/chain") ||
				     !strcmp(t->variant->id, "made/0003"))
		       ? 550
		       : 500;
}

static void test_contaminated(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = control_moves;
	measure(&c, 0);
	assert_true(c.ab.summary.disturbed);
	assert_int_equal(c.ab.summary.regressed, 0);
	assert_int_equal(verdict_of(&c, "made/0003")->verdict, VERDICT_CONTAMINATED);
	finish(&c);
}

/* Every other process of the head has a neighbour, and is dearer for it. */
static bool beside_neighbour(const struct script *s, const struct launch *l)
{
	return script_is_head(l) && s->requests / 2 % 2;
}

static double busy_cost(struct script *s, const struct launch *l, const struct task *t)
{
	(void)t;
	return beside_neighbour(s, l) ? 600 : 500;
}

static uint32_t busy_probe(struct script *s, const struct launch *l, const struct task *t)
{
	(void)t;
	return beside_neighbour(s, l) ? 1300 : SCRIPT_PROBE;
}

static void test_neighbour_is_no_change(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = busy_cost;
	c.script.probe = busy_probe;
	measure(&c, 0);
	assert_int_equal(c.ab.summary.regressed, 0);
	assert_int_equal(verdict_of(&c, "made/0003")->verdict, VERDICT_SAME);
	finish(&c);
}

/* The clock moves by 20 % and back, and stays slow for most of one arm. */
static double moving_clock(struct script *s)
{
	return s->requests % 7 < 3 ? 1.8 : 1.5;
}

static void test_a_moving_clock_is_no_change(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.clock = moving_clock;
	c.script.cost = third_is_slower;
	measure(&c, 0);
	assert_false(c.ab.summary.disturbed);
	assert_int_equal(c.ab.summary.regressed, 1);
	assert_int_equal(c.ab.summary.same, ROWS);
	assert_string_equal(verdict_of(&c, "made/0002")->metric, "cycles");
	assert_true(verdict_of(&c, "made/0002")->sigma < 0.01);
	finish(&c);
}

static double fails_in_head(struct script *s, const struct launch *l,
			    const struct task *t)
{
	(void)s;
	return !strcmp(t->variant->id, "made/0003") && script_is_head(l) ? -1 : 500;
}

static void test_broken(void **state)
{
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.script.cost = fails_in_head;
	measure(&c, 0);
	assert_int_equal(c.ab.summary.broken, 1);
	assert_int_equal(verdict_of(&c, "made/0003")->verdict, VERDICT_SKIP);
	assert_int_equal(c.ab.summary.same, ROWS);
	finish(&c);
}

static void test_injected(void **state)
{
	const struct verdict_row *v;
	size_t slower = 0;
	struct contest c;

	(void)state;
	prepare(&c, ROWS);
	c.options.inject = 0.05;
	c.options.inject_rows = 4;
	measure(&c, 0);
	assert_int_equal(c.ab.injected, 4);
	for (size_t i = 0; i < c.ab.verdicts.n; i++) {
		v = table_row(&c.ab.verdicts, struct verdict_row, i);
		if (isnan(v->injected)) {
			assert_int_equal(v->verdict, VERDICT_SAME);
			continue;
		}
		slower++;
		assert_int_equal(v->verdict, VERDICT_REGRESSED);
		assert_true(fabs(v->injected - 1.05) < 0.005);
		assert_true(fabs(v->ratio.mid - v->injected) < 0.005);
	}
	assert_int_equal(slower, 4);
	finish(&c);
}

static void test_no_start(void **state)
{
	static const unsigned int at[] = { 1, 2, 40 }; /* sizing, pilot, later */

	(void)state;
	for (size_t i = 0; i < 3; i++) {
		struct contest c;

		prepare(&c, ROWS);
		c.script.fail_at = at[i];
		measure(&c, -ECHILD);
		assert_string_equal(c.err.text, "cannot be started, says the script");
		finish(&c);
	}
}

static double cpu_seconds(void)
{
	return (double)clock() / CLOCKS_PER_SEC;
}

/* What the script itself takes for so many tasks. */
static double script_seconds(struct contest *c, size_t tasks)
{
	struct request r = { .launch = &c->base };
	struct task task = { .variant = &c->reg.rows[1], .n = SCRIPT_N };
	double start = cpu_seconds();
	struct reading reading;

	for (size_t i = 0; i < tasks; i++)
		script_reading(&c->script, &r, &task, &reading);
	return cpu_seconds() - start;
}

/* CPU seconds that the driver itself takes for so many benchmarks of 300 rounds each. */
static double driver_seconds(size_t rows)
{
	double start, all, script;
	unsigned int rounds;
	struct contest c;

	prepare(&c, rows);
	c.script.cost = third_is_slower;
	c.script.task_seconds = 1e-6;
	c.script.request_seconds = 1e-6;
	start = cpu_seconds();
	measure(&c, 0);
	all = cpu_seconds() - start;
	rounds = c.ab.pair.arm[ARM_BASE].rounds;
	script = script_seconds(&c, 2 * (rows + 1) * rounds);
	print_message("%zu benchmarks, %u rounds: %.2f s of CPU time, and %.2f s of the "
		      "script's\n",
		      rows, rounds, all - script, script);
	assert_int_equal(c.ab.summary.regressed, 1);
	assert_int_equal(c.ab.summary.same, rows);
	assert_int_equal(rounds, 300);
	finish(&c);
	return all - script;
}

/* Four times as many take four times as long; sixteen times would be their square. */
static void test_many(void **state)
{
	double few = driver_seconds(500);

	(void)state;
	assert_true(driver_seconds(2000) < 12 * few);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same),
		cmocka_unit_test(test_slower),
		cmocka_unit_test(test_not_confirmed),
		cmocka_unit_test(test_wild_benchmarks_get_more_rounds),
		cmocka_unit_test(test_deadline),
		cmocka_unit_test(test_wanted_rounds),
		cmocka_unit_test(test_interrupted),
		cmocka_unit_test(test_interrupted_in_the_confirmation),
		cmocka_unit_test(test_contaminated),
		cmocka_unit_test(test_neighbour_is_no_change),
		cmocka_unit_test(test_a_moving_clock_is_no_change),
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_injected),
		cmocka_unit_test(test_no_start),
		cmocka_unit_test(test_many),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
