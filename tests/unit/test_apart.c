// SPDX-License-Identifier: MIT
/* Separate runs against a scripted backend, with time made up, and what they teach. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drive/apart.h"
#include "row/state.h"
#include "script.h"

#define ROWS  3
#define CLASS "0123456789abcdef"

struct trip {
	struct script script;
	struct registry reg;
	struct apart_options options;
	struct launch launch;
	struct apart apart;
	struct noise noise;
	struct err err;
	unsigned int done, waits;
	unsigned int fail_at;	   /* what `done` refuses; 0: nothing */
	unsigned int stop_in_wait; /* the wait in which a signal comes; 0: none */
	double slept;
};

static void wait_made_up(void *arg, double seconds)
{
	struct trip *t = arg;

	t->waits++;
	/* A signal ends it early. */
	if (t->waits == t->stop_in_wait) {
		t->script.stop = 1;
		seconds /= 2;
	}
	t->slept += seconds;
	t->script.now += seconds;
}

static int keep(void *arg, const struct apart_run *run, struct err *err)
{
	struct trip *t = arg;

	t->done++;
	assert_ptr_equal(run, &t->apart.run[t->done - 1]);
	if (t->done == t->fail_at)
		return err_set(err, -EIO, "the disk is full");
	apart_learn(&t->noise, run);
	return 0;
}

static void prepare(struct trip *t, unsigned int runs)
{
	*t = (struct trip){ .script = script_make(), .reg = script_registry(ROWS) };
	t->script.more = t;
	t->options = (struct apart_options){ .run = { .cpu = 5,
						      .seconds = 0.5,
						      .timeout = 10,
						      .precision = 0.01,
						      .round_us = 1500,
						      .seed = 1 },
					     .runs = runs,
					     .pause = 120,
					     .wait = wait_made_up,
					     .wait_arg = t,
					     .done = keep,
					     .done_arg = t };
	noise_init(&t->noise, CLASS);
}

static int measure(struct trip *t)
{
	const bool wanted[ROWS + 1] = { true, true, true, true };
	int ret;

	t->options.run.stop = &t->script.stop;
	ret = apart_measure(&t->apart, &t->script.backend, &t->reg, wanted, &t->launch,
			    &t->options, &t->err);
	assert_int_equal(t->script.opened, t->script.closed);
	return ret;
}

static void finish(struct trip *t)
{
	apart_free(&t->apart);
	noise_free(&t->noise);
	script_registry_free(&t->reg);
}

/* Each run of its own level; in cycles, whatever the clock says. */
static double run_by_run(struct script *s, const struct launch *l,
			 const struct task *task)
{
	(void)l;
	if (!strcmp(task->variant->id, "made/0001"))
		return -1;
	if (!strcmp(task->variant->id, "made/0002"))
		return 700 * (1 + 0.2 * script_normal(s));
	return 500 + 10 * s->opened;
}

static double clock_by_run(struct script *s)
{
	return 1 + 0.05 * s->opened;
}

static void test_runs(void **state)
{
	const struct noise_row *row;
	struct trip t;

	(void)state;
	prepare(&t, 4);
	t.script.cost = run_by_run;
	t.script.clock = clock_by_run;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.script.opened, 4);
	assert_int_equal(t.done, 4);
	assert_int_equal(t.apart.n, 4);
	/* Three pauses, between the runs alone. */
	assert_true(fabs(t.slept - 360) < 1e-6);
	row = noise_find(&t.noise, "made/0000");
	assert_non_null(row);
	assert_string_equal(row->metric, "cycles");
	assert_int_equal(row->n_apart, 4);
	for (int k = 0; k < 4; k++)
		assert_true(fabs(exp(row->apart[k]) - (510 + 10 * k)) < 1);
	/* What failed says nothing. What is noisy is kept: `compare` judges it, too. */
	assert_null(noise_find(&t.noise, "made/0001"));
	assert_int_equal(noise_find(&t.noise, "made/0002")->n_apart, 4);
	for (int k = 0; k < 4; k++)
		for_rows (result_row, r, &t.apart.run[k].results)
			assert_true(strcmp(r->id, "made/0002") || r->status == ROW_NOISY);
	assert_non_null(noise_find(&t.noise, "control/chain"));
	/* No reference calls: nothing is fitted. */
	apart_fit(&t.noise, &t.apart);
	assert_true(isnan(t.noise.state[0]));
	finish(&t);
}

/* A row that sleeps is kept in time. */
static void test_time(void **state)
{
	const struct noise_row *row;
	struct trip t;

	(void)state;
	prepare(&t, 1);
	((struct bench *)t.reg.rows[1].bench)->flags = BENCH_BLOCKS;
	assert_int_equal(measure(&t), 0);
	assert_true(t.slept == 0);
	row = noise_find(&t.noise, "made/0000");
	assert_string_equal(row->metric, "time");
	assert_true(fabs(exp(row->apart[0]) - 500 / SCRIPT_TICKS) < 2);
	finish(&t);
}

static void test_interrupted(void **state)
{
	unsigned int requests;
	struct trip t;

	(void)state;
	/* In the second pause, half-way through its third step. */
	prepare(&t, 4);
	t.stop_in_wait = 603;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.done, 2);
	assert_int_equal(t.apart.n, 2);
	assert_int_equal(t.waits, 603);
	assert_true(t.slept < 120.6);
	finish(&t);
	/* In the second run, which takes as many requests as the first. */
	prepare(&t, 1);
	assert_int_equal(measure(&t), 0);
	requests = t.script.requests;
	finish(&t);
	prepare(&t, 4);
	t.script.stop_after = requests + 3;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.done, 1);
	assert_int_equal(t.apart.n, 1);
	assert_int_equal(t.script.opened, 2);
	assert_int_equal(noise_find(&t.noise, "made/0000")->n_apart, 1);
	finish(&t);
	/* Before the first. */
	prepare(&t, 4);
	t.script.stop = 1;
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.apart.n, 0);
	assert_int_equal(t.script.opened, 0);
	finish(&t);
	prepare(&t, 0);
	assert_int_equal(measure(&t), 0);
	assert_int_equal(t.apart.n, 0);
	finish(&t);
}

static void test_errors(void **state)
{
	struct trip t;

	(void)state;
	prepare(&t, 4);
	t.fail_at = 2;
	assert_int_equal(measure(&t), -EIO);
	assert_string_equal(t.err.text, "the disk is full");
	assert_int_equal(t.script.opened, 2);
	finish(&t);
	prepare(&t, 4);
	t.script.fail_at = 2;
	assert_int_equal(measure(&t), -ECHILD);
	assert_int_equal(t.done, 0);
	finish(&t);
}

/* Two follow the first reference call, made/0001 as an operation of two calls may. */
static double level_of_run(const struct script *s)
{
	return s->opened * 7 % 5 * 4;
}

static double with_references(struct script *s, const struct launch *l,
			      const struct task *task)
{
	(void)l;
	if (!strcmp(task->variant->id, "made/0001"))
		return 440 + 2 * level_of_run(s);
	return strcmp(task->variant->id, "made/0000") &&
			       strcmp(task->variant->id, "null/getuid-inline")
		       ? 500
		       : 440 + 0.8 * level_of_run(s);
}

static double reference(struct script *s, int k)
{
	return k ? 343 + 0.5 * script_normal(s) : 267 + level_of_run(s);
}

static void test_references(void **state)
{
	const struct noise_reference *known;
	struct trip t;

	(void)state;
	prepare(&t, 7);
	snprintf(t.reg.rows[ROWS].id, sizeof(t.reg.rows[ROWS].id), "null/getuid-inline");
	((struct bench *)t.reg.rows[2].bench)->calls = "openat close";
	t.script.cost = with_references;
	t.script.reference = reference;
	assert_int_equal(measure(&t), 0);
	apart_fit(&t.noise, &t.apart);
	/* Runs 1 to 7: 8, 16, 4, 12, 0, 8, 16. */
	assert_true(fabs(t.noise.state[0] - (267 + 64 / 7.0)) < 0.1);
	assert_true(fabs(t.noise.state[1] - 343) < 0.1);
	known = &noise_find(&t.noise, "made/0000")->reference;
	assert_true(known->known);
	assert_true(fabs(known->slope[0] - 0.8) < 0.1);
	known = &noise_find(&t.noise, "made/0001")->reference;
	assert_true(known->known && known->runs == 7);
	assert_true(fabs(known->slope[0] - 2) < 0.1);
	assert_false(noise_find(&t.noise, "control/chain")->reference.known);
	/* One of the reference calls does not correct itself. */
	assert_non_null(noise_find(&t.noise, "null/getuid-inline"));
	assert_false(noise_find(&t.noise, "null/getuid-inline")->reference.known);
	/* Five runs are too few to say anything else. */
	noise_free(&t.noise);
	noise_init(&t.noise, CLASS);
	for (size_t k = 0; k < t.apart.n; k++)
		apart_learn(&t.noise, &t.apart.run[k]);
	t.apart.n = 5;
	apart_fit(&t.noise, &t.apart);
	assert_true(isnan(t.noise.state[0]));
	t.apart.n = 7;
	finish(&t);
}

/* Every other run is 7 % slower in one row. */
static double moves_by_run(struct script *s, const struct launch *l,
			   const struct task *task)
{
	(void)l;
	if (!strcmp(task->variant->id, "made/0002"))
		return -1;
	return strcmp(task->variant->id, "made/0000")
		       ? 500
		       : 500 * (1 + 0.07 * (s->opened % 2));
}

static void test_alarms(void **state)
{
	struct apart_alarms a;
	struct trip t;

	(void)state;
	prepare(&t, 6);
	t.script.cost = moves_by_run;
	assert_int_equal(measure(&t), 0);
	a = apart_alarms(&t.apart, false);
	assert_int_equal(a.pairs, 15);
	/* Without the control, and without what has no figure. */
	assert_int_equal(a.comparisons, 15 * (ROWS - 1));
	/* Of six runs, nine pairs differ. */
	assert_int_equal(a.regressed + a.improved, 9);
	assert_int_equal(a.contaminated, 0);
	/* What the four others say is beyond that. */
	a = apart_alarms(&t.apart, true);
	assert_int_equal(a.pairs, 15);
	assert_int_equal(a.regressed + a.improved, 0);
	t.apart.n = 5;
	assert_int_equal(apart_alarms(&t.apart, true).pairs, 0);
	assert_int_equal(apart_alarms(&t.apart, false).pairs, 10);
	t.apart.n = 1;
	assert_int_equal(apart_alarms(&t.apart, false).pairs, 0);
	t.apart.n = 6;
	finish(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_runs),	    cmocka_unit_test(test_time),
		cmocka_unit_test(test_interrupted), cmocka_unit_test(test_errors),
		cmocka_unit_test(test_references),  cmocka_unit_test(test_alarms),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
