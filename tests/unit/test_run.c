// SPDX-License-Identifier: MIT
/* A run against a scripted backend, with time made up, and the rows that it becomes. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drive/record.h"
#include "script.h"

#define ROWS 6

struct trip {
	struct script script;
	struct registry reg;
	struct run_options options;
	struct launch launch;
	struct run run;
	struct table results, rounds;
	struct err err;
};

static void prepare(struct trip *t)
{
	*t = (struct trip){ .script = script_make(), .reg = script_registry(ROWS) };
	table_init(&t->results, &result_schema);
	table_init(&t->rounds, &round_schema);
	t->options = (struct run_options){ .cpu = 5,
					   .seconds = 60,
					   .timeout = 10,
					   .precision = 0.01,
					   .round_us = 1500,
					   .seed = 1,
					   .checkpoint_seconds = 1 };
}

static int measure(struct trip *t)
{
	bool wanted[ROWS + 1];
	int ret;

	for (int i = 0; i <= ROWS; i++)
		wanted[i] = i > 0; /* not the control */
	t->options.stop = &t->script.stop;
	ret = run_all(&t->run, &t->script.backend, &t->reg, wanted, &t->launch,
		      &t->options, &t->err);
	assert_int_equal(t->script.opened, t->script.closed);
	if (!ret)
		record_rows(&t->run, &t->results, &t->rounds, NULL);
	return ret;
}

static void finish(struct trip *t)
{
	table_free(&t->results);
	table_free(&t->rounds);
	run_free(&t->run);
	script_registry_free(&t->reg);
}

static const struct result_row *row(const struct trip *t, size_t i)
{
	return table_row(&t->results, struct result_row, i);
}

static void test_precise(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.results.n, ROWS);
	/* Precise after the fewest rounds that may end a run. */
	assert_int_equal(t.run.rounds, 12);
	assert_int_equal(t.rounds.n, 12 * ROWS);
	assert_int_equal(t.script.requests, 1 + 12);
	for (size_t i = 0; i < ROWS; i++) {
		assert_int_equal(row(&t, i)->status, ROW_OK);
		assert_int_equal(row(&t, i)->n, SCRIPT_N);
		assert_true(fabs(row(&t, i)->ns.mid - 500 / SCRIPT_TICKS) < 2);
	}
	finish(&t);
}

static double second_is_wild(struct script *s, const struct launch *l,
			     const struct task *task)
{
	(void)l;
	return strcmp(task->variant->id, "made/0001") ? 500
						      : 500 + 100 * script_normal(s);
}

static void test_time_is_spent(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.options.seconds = 1;
	t.script.cost = second_is_wild;
	assert_int_equal(measure(&t), 0);
	assert_true(t.run.seconds >= 1 && t.run.seconds < 1.02);
	assert_int_equal(row(&t, 0)->status, ROW_OK);
	assert_int_equal(row(&t, 1)->status, ROW_NOISY);
	finish(&t);
}

static void test_one_round_at_least(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.options.seconds = 0.001;
	t.script.task_seconds = 1;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.run.rounds, 1);
	finish(&t);
}

static double second_fails_late(struct script *s, const struct launch *l,
				const struct task *task)
{
	(void)l;
	return !strcmp(task->variant->id, "made/0001") && s->requests > 5 ? -1 : 500;
}

static void test_failure_is_alone(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.script.cost = second_fails_late;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(row(&t, 0)->status, ROW_OK);
	assert_int_equal(row(&t, 1)->status, ROW_FAIL);
	assert_string_equal(row(&t, 1)->reason, "failed, says the script");
	assert_true(isnan(row(&t, 1)->ns.mid));
	/* It is not measured again; the others are. */
	assert_int_equal(t.run.trials[2].n_samples, 4);
	assert_int_equal(t.run.trials[3].n_samples, 12);
	finish(&t);
}

static uint32_t mostly_busy(struct script *s, const struct launch *l,
			    const struct task *task)
{
	(void)l;
	(void)task;
	return s->requests % 4 ? 1300 : SCRIPT_PROBE;
}

static void test_contended(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.options.seconds = 1;
	t.script.probe = mostly_busy;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(row(&t, 0)->status, ROW_NOISY);
	assert_true(row(&t, 0)->quiet_share > 0.2 && row(&t, 0)->quiet_share < 0.3);
	assert_non_null(strstr(row(&t, 0)->reason, "of the windows were quiet"));
	finish(&t);
}

static void count_checkpoints(void *arg, const struct run *run)
{
	unsigned int *calls = arg;

	assert_true(run->rounds > 0);
	++*calls;
}

static void test_checkpoints(void **state)
{
	unsigned int calls = 0;
	struct trip t;

	(void)state;
	prepare(&t);
	t.options.seconds = 10;
	t.script.cost = second_is_wild;
	t.options.checkpoint = count_checkpoints;
	t.options.checkpoint_arg = &calls;
	assert_int_equal(measure(&t), 0);
	assert_true(calls >= 8 && calls <= 10);
	finish(&t);
}

static void test_stopped(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.script.stop_after = 4;
	assert_int_equal(measure(&t), 0);
	assert_true(t.run.stopped);
	assert_int_equal(t.rounds.n, 3 * ROWS);
	finish(&t);
}

static void test_stopped_while_sizing(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.script.stop_after = 1;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.results.n, ROWS);
	assert_int_equal(row(&t, 0)->status, ROW_SKIP);
	assert_string_equal(row(&t, 0)->reason, "the run ended before its turn");
	finish(&t);
}

static void test_no_start(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	t.script.fail_at = 3;
	assert_int_equal(measure(&t), -ECHILD);
	assert_string_equal(t.err.text, "cannot be started, says the script");
	finish(&t);
}

static void test_refused_layer(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t);
	assert_int_equal(layer_stack_add(&t.launch.layers, "test-refused:1", &t.err), 0);
	assert_int_equal(measure(&t), -EPERM);
	assert_int_equal(t.script.requests, 0);
	finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_precise),
		cmocka_unit_test(test_time_is_spent),
		cmocka_unit_test(test_one_round_at_least),
		cmocka_unit_test(test_failure_is_alone),
		cmocka_unit_test(test_contended),
		cmocka_unit_test(test_checkpoints),
		cmocka_unit_test(test_stopped),
		cmocka_unit_test(test_stopped_while_sizing),
		cmocka_unit_test(test_no_start),
		cmocka_unit_test(test_refused_layer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
