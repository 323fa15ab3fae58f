// SPDX-License-Identifier: MIT
/* Verdicts from tables written by hand. */
#include <errno.h>
#include <stdio.h>

#include "sides.h"

static void test_verdicts(void **state)
{
	const struct verdict_row *r;
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/slower", 20, 1000, 0.01);
	add_row(&p.head, "a/slower", 20, 1050, 0.01);
	add_row(&p.base, "a/faster", 20, 1000, 0.01);
	add_row(&p.head, "a/faster", 20, 940, 0.01);
	add_row(&p.base, "a/same", 20, 1000, 0.01);
	add_row(&p.head, "a/same", 20, 1005, 0.01);
	add_row(&p.base, "a/wide", 20, 1000, 0);
	add_row(&p.head, "a/wide", 20, 1040, 0.05);
	add_row(&p.base, GATE_CONTROL, 20, 500, 0.01);
	add_row(&p.head, GATE_CONTROL, 20, 505, 0.01);
	run(&p, &paired);
	assert_verdict(&p, "a/slower", VERDICT_REGRESSED);
	assert_verdict(&p, "a/faster", VERDICT_IMPROVED);
	assert_verdict(&p, "a/same", VERDICT_SAME);
	assert_verdict(&p, "a/wide", VERDICT_INCONCLUSIVE);
	assert_verdict(&p, GATE_CONTROL, VERDICT_SAME);
	assert_int_equal(p.summary.regressed, 1);
	assert_int_equal(p.summary.improved, 1);
	assert_int_equal(p.summary.same, 2);
	assert_int_equal(p.summary.inconclusive, 1);
	assert_int_equal(p.summary.compared, 5);
	assert_false(p.summary.disturbed);
	assert_true(fabs(p.summary.control_ratio - 1.01) < 1e-9);

	/* The jitter is the same on both sides: every paired ratio is exactly 1.05. */
	r = row_of(&p, "a/slower");
	assert_true(fabs(r->ratio.mid - 1.05) < 1e-9);
	assert_true(r->ratio.lo > 1.0499 && r->ratio.hi < 1.0501);
	assert_true(r->sigma < 1e-9);
	assert_true(fabs(r->base_ns.mid - 1000) < 1e-6 &&
		    fabs(r->head_ns.mid - 1050) < 1e-6);
	assert_true(r->base_ns.lo < 1000 && r->base_ns.hi > 1000);
	assert_int_equal(r->rounds, 20);
	assert_true(r->delta == 0.02);
	assert_int_equal(r->advice, ADVICE_SLOWER);
	/* 2^-20: all twenty pairs lie above 1 + delta. */
	assert_true(fabs(r->p_slower * 1048576 - 1) < 1e-6);
	assert_true(r->p_faster == 1);
	/* Holm: four rows, of which one is rejected first. */
	assert_true(fabs(r->level - (1 - 2 * 0.01 / 4)) < 1e-12);
	assert_true(fabs(row_of(&p, "a/wide")->level - (1 - 2 * 0.01 / 3)) < 1e-12);
	pair_free(&p);
}

static void test_few_rounds(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/few", 6, 1000, 0.01);
	add_row(&p.head, "a/few", 6, 2000, 0.01);
	run(&p, &paired);
	/* 2^-6 is above 1 %, 2^-7 is below. */
	assert_verdict(&p, "a/few", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/few", "6 quiet, 0 contended of 6; 7 are needed");
	assert_true(isnan(row_of(&p, "a/few")->ratio.lo));
	assert_true(fabs(row_of(&p, "a/few")->ratio.mid - 2) < 1e-9);
	add_round(&p.base, "a/few", 6, 1000);
	add_round(&p.head, "a/few", 6, 2000);
	run(&p, &paired);
	assert_verdict(&p, "a/few", VERDICT_REGRESSED);
	pair_free(&p);
}

static void test_no_pairs(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_result(&p.base, "a/none", ROW_OK, "");
	add_result(&p.head, "a/none", ROW_OK, "");
	add_row(&p.base, "a/lengths", 20, 1000, 0);
	add_row(&p.head, "a/lengths", 20, 2000, 0);
	for (size_t i = 0; i < p.head.rounds.n; i++)
		table_row(&p.head.rounds, struct round_row, i)->n = 101;
	/* Rounds 0 to 19 against 20 to 39: none has a partner. */
	add_row(&p.base, "a/apart", 20, 1000, 0);
	add_result(&p.head, "a/apart", ROW_OK, "");
	for (int i = 20; i < 40; i++)
		add_round(&p.head, "a/apart", i, 2000);
	run(&p, &paired);
	assert_verdict(&p, "a/none", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/none", "no rounds of both sides");
	assert_verdict(&p, "a/lengths", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/lengths", "window length");
	assert_verdict(&p, "a/apart", VERDICT_INCONCLUSIVE);
	assert_int_equal(row_of(&p, "a/apart")->rounds, 0);
	assert_true(isnan(row_of(&p, "a/apart")->ratio.mid));
	assert_false(p.summary.disturbed);
	pair_free(&p);
}

/* A round without a quiet figure on one side is left out on both. */
static void test_missing_figures(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/x", 20, 1000, 0);
	add_row(&p.head, "a/x", 20, 1000, 0);
	table_row(&p.head.rounds, struct round_row, 3)->ticks = NAN;
	table_row(&p.base.rounds, struct round_row, 5)->ticks = NAN;
	table_row(&p.base.rounds, struct round_row, 6)->ticks = 0;
	table_row(&p.head.rounds, struct round_row, 7)->ticks = INFINITY;
	run(&p, &paired);
	assert_verdict(&p, "a/x", VERDICT_SAME);
	assert_int_equal(row_of(&p, "a/x")->rounds, 16);
	assert_true(row_of(&p, "a/x")->ratio.mid == 1);
	pair_free(&p);
}

/* Quiet never meets contended: one side busy all through gives no verdict at all. */
static void test_contention(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/both-busy", 20, 1000, 0);
	add_row(&p.head, "a/both-busy", 20, 1060, 0);
	contend(&p.base, "a/both-busy", 2, 1.2, 1.3);
	contend(&p.head, "a/both-busy", 2, 1.2, 1.31);
	add_row(&p.base, "a/unequal", 20, 1000, 0);
	add_row(&p.head, "a/unequal", 20, 1060, 0);
	contend(&p.base, "a/unequal", 0, 1.2, 1.3);
	contend(&p.head, "a/unequal", 0, 1.2, 1.5);
	add_row(&p.base, "a/quiet-enough", 20, 1000, 0);
	add_row(&p.head, "a/quiet-enough", 20, 1000, 0);
	contend(&p.base, "a/quiet-enough", 12, 1.2, 1.3);
	contend(&p.head, "a/quiet-enough", 12, 2.4, 1.3);
	/*
	 * Enough to decide, but they are the lesser part: all that were equally busy
	 * count.
	 */
	add_row(&p.base, "a/few-quiet", 20, 1000, 0);
	add_row(&p.head, "a/few-quiet", 20, 1000, 0);
	contend(&p.base, "a/few-quiet", 9, 1.2, 1.3);
	contend(&p.head, "a/few-quiet", 9, 1.2, 1.3);
	table_row(&p.head.rounds, struct round_row, p.head.rounds.n - 1)->probe = 1.5;
	add_row(&p.base, "a/one-busy", 20, 1000, 0);
	add_row(&p.head, "a/one-busy", 20, 1000, 0);
	contend(&p.head, "a/one-busy", 0, 1.2, 1.3);
	run(&p, &paired);
	assert_verdict(&p, "a/both-busy", VERDICT_REGRESSED);
	assert_reason(&p, "a/both-busy", "next to a busy neighbour");
	assert_int_equal(row_of(&p, "a/both-busy")->cause, CAUSE_SLOWER);
	assert_int_equal(row_of(&p, "a/both-busy")->contention, CONTENTION_MIXED);
	assert_int_equal(row_of(&p, "a/both-busy")->rounds, 20); /* two of them quiet */
	assert_verdict(&p, "a/unequal", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/unequal", "same contention state, probe");
	assert_verdict(&p, "a/quiet-enough", VERDICT_SAME);
	assert_int_equal(row_of(&p, "a/quiet-enough")->contention, CONTENTION_QUIET);
	assert_int_equal(row_of(&p, "a/quiet-enough")->rounds, 12);
	assert_verdict(&p, "a/few-quiet", VERDICT_SAME);
	assert_int_equal(row_of(&p, "a/few-quiet")->rounds, 19);
	assert_verdict(&p, "a/one-busy", VERDICT_INCONCLUSIVE);
	pair_free(&p);
}

/* A neighbour that comes and goes leaves most rows without enough rounds of one state. */
static void test_busy_machine(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/x", 16, 1000, 0);
	add_row(&p.head, "a/x", 16, 1300, 0);
	contend(&p.head, "a/x", 6, 1.2, 1.3);
	add_row(&p.base, "a/y", 16, 1000, 0);
	add_row(&p.head, "a/y", 16, 1300, 0);
	contend(&p.head, "a/y", 6, 1.2, 1.3);
	add_row(&p.base, "a/z", 16, 1000, 0);
	add_row(&p.head, "a/z", 16, 1300, 0);
	run(&p, &paired);
	assert_true(p.summary.disturbed);
	assert_non_null(strstr(p.summary.why, "2 of 3 rows"));
	assert_verdict(&p, "a/x", VERDICT_INCONCLUSIVE);
	assert_verdict(&p, "a/z", VERDICT_CONTAMINATED);
	assert_int_equal(p.summary.regressed, 0);
	pair_free(&p);
}

static void test_control(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/slower", 20, 1000, 0);
	add_row(&p.head, "a/slower", 20, 1100, 0);
	add_row(&p.base, "a/faster", 20, 1000, 0);
	add_row(&p.head, "a/faster", 20, 900, 0);
	add_row(&p.base, "a/same", 20, 1000, 0);
	add_row(&p.head, "a/same", 20, 1000, 0);
	add_row(&p.base, GATE_CONTROL, 20, 500, 0);
	add_row(&p.head, GATE_CONTROL, 20, 520, 0);
	run(&p, &paired);
	assert_true(p.summary.disturbed);
	assert_non_null(strstr(p.summary.why, "the control moved by +4.0 %"));
	assert_verdict(&p, "a/slower", VERDICT_CONTAMINATED);
	assert_verdict(&p, "a/faster", VERDICT_CONTAMINATED);
	assert_verdict(&p, "a/same", VERDICT_SAME);
	assert_verdict(&p, GATE_CONTROL, VERDICT_CONTAMINATED);
	assert_int_equal(p.summary.regressed + p.summary.improved, 0);
	assert_int_equal(row_of(&p, "a/slower")->advice, ADVICE_NONE);

	/* Within its bound it takes nothing away, and nothing is divided by it. */
	for (size_t i = 0; i < p.head.rounds.n; i++) {
		struct round_row *r = table_row(&p.head.rounds, struct round_row, i);

		if (!strcmp(r->id, GATE_CONTROL))
			r->ticks = 510 * TICKS_PER_NS;
	}
	run(&p, &paired);
	assert_false(p.summary.disturbed);
	assert_verdict(&p, "a/slower", VERDICT_REGRESSED);
	assert_true(fabs(row_of(&p, "a/slower")->ratio.mid - 1.1) < 1e-9);

	/* A control that nobody could measure is no all-clear. */
	contend(&p.head, GATE_CONTROL, 2, 1.2, 1.3);
	run(&p, &paired);
	assert_true(p.summary.disturbed);
	assert_verdict(&p, "a/slower", VERDICT_CONTAMINATED);
	pair_free(&p);
}

static void test_quiet_level(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/slower", 20, 1000, 0);
	add_row(&p.head, "a/slower", 20, 1200, 0);
	p.base.view.quiet_level = 2000;
	p.head.view.quiet_level = 2400;
	run(&p, &paired);
	assert_true(p.summary.disturbed);
	assert_verdict(&p, "a/slower", VERDICT_CONTAMINATED);
	/* Another tick rate, the same time. */
	p.head.view.quiet_level = 2000;
	p.head.view.ticks_per_ns = 5;
	run(&p, &paired);
	assert_false(p.summary.disturbed);
	assert_verdict(&p, "a/slower", VERDICT_IMPROVED);
	assert_true(fabs(row_of(&p, "a/slower")->ratio.mid - 0.6) < 1e-9);
	pair_free(&p);
}

static void test_delta(void **state)
{
	struct gate_options o = paired;
	struct noise noise;
	struct noise_row row = { .id = "a/noisy",
				 .metric = "time",
				 .n = 4,
				 .ln_ratio = { 0.01, -0.08, 0, 0.02 } };
	struct result_row *r;
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/noisy", 20, 1000, 0);
	add_row(&p.head, "a/noisy", 20, 1060, 0);
	add_row(&p.base, "a/tiny", 20, 10, 0);
	add_row(&p.head, "a/tiny", 20, 10.8, 0);
	r = add_result(&p.base, "a/batched", ROW_OK, "");
	r->ops = 64;
	add_result(&p.head, "a/batched", ROW_OK, "");
	for (int i = 0; i < 20; i++) {
		add_round(&p.base, "a/batched", i, 10);
		add_round(&p.head, "a/batched", i, 10.8);
	}
	run(&p, &o);
	assert_verdict(&p, "a/noisy", VERDICT_REGRESSED);
	noise_init(&noise, "0123456789abcdef");
	noise.rows = &row;
	noise.n = 1;
	o.noise = &noise;
	run(&p, &o);
	/* 99th percentile of 0, 1, 2, 8 %: 2 + 0.97 * 6 = 7.82 % in logarithms. */
	assert_verdict(&p, "a/noisy", VERDICT_SAME);
	assert_true(fabs(row_of(&p, "a/noisy")->delta - expm1(0.0782)) < 1e-9);
	/* 1 ns of 10 ns; of 64 operations of 10 ns it is less than 2 %. */
	assert_verdict(&p, "a/tiny", VERDICT_SAME);
	assert_true(fabs(row_of(&p, "a/tiny")->delta - 0.1) < 1e-9);
	assert_verdict(&p, "a/batched", VERDICT_REGRESSED);
	assert_true(row_of(&p, "a/batched")->delta == 0.02);
	pair_free(&p);
}

/* Separate runs are judged by what separate runs showed, in the same metric. */
static void test_delta_apart(void **state)
{
	struct gate_options o = paired;
	struct noise noise;
	struct pair p;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/known", 20, 1000, 0);
	add_row(&p.head, "a/known", 20, 1040, 0);
	add_row(&p.base, "a/new", 20, 1000, 0);
	add_row(&p.head, "a/new", 20, 1040, 0);
	add_row(&p.base, "a/other", 20, 1000, 0);
	add_row(&p.head, "a/other", 20, 1040, 0);
	noise_init(&noise, "0123456789abcdef");
	for (int i = 0; i < NOISE_APART; i++) {
		noise_add_apart(&noise, "a/known", "time", 1000 * exp(0.001 * i));
		noise_add_apart(&noise, "a/other", "cycles", 1000);
	}
	o.noise = &noise;
	o.delta_unknown = GATE_DELTA_UNKNOWN;
	/* Interleaved ones are not. */
	run(&p, &o);
	assert_verdict(&p, "a/new", VERDICT_REGRESSED);
	assert_true(row_of(&p, "a/known")->delta == 0.02);
	o.paired = false;
	run(&p, &o);
	assert_verdict(&p, "a/known", VERDICT_REGRESSED);
	assert_true(row_of(&p, "a/known")->delta == 0.02);
	assert_verdict(&p, "a/new", VERDICT_SAME);
	assert_true(row_of(&p, "a/new")->delta == 0.05);
	assert_true(row_of(&p, "a/other")->delta == 0.05);
	/* They lie further apart than that. */
	noise_add_apart(&noise, "a/known", "time", 1100);
	run(&p, &o);
	assert_verdict(&p, "a/known", VERDICT_SAME);
	/* Three rows share the error. */
	assert_true(row_of(&p, "a/known")->delta ==
		    noise_apart_delta(&noise, "a/known", o.family_error / 3));
	assert_true(row_of(&p, "a/known")->delta > 0.1);
	noise_free(&noise);
	pair_free(&p);
}

static void test_skips(void **state)
{
	static const enum row_status status[] = { ROW_OK, ROW_FAIL, ROW_SKIP, ROW_NONE };
	static const char *const want[4][4] = {
		{ NULL, "failed in head: why", "skipped in head: why", "not in head" },
		{ "failed in base: why", "failed in both: why", "failed in base: why",
		  "failed in base: why" },
		{ "skipped in base: why", "failed in head: why", "skipped in both: why",
		  "not in head" },
		{ "not in base", "failed in head: why", "not in base", NULL },
	};
	static const enum row_cause causes[4][4] = {
		{ CAUSE_NO_ROUNDS, CAUSE_FAILED_HEAD, CAUSE_SKIPPED_HEAD,
		  CAUSE_ABSENT_HEAD },
		{ CAUSE_FAILED_BASE, CAUSE_FAILED_BOTH, CAUSE_FAILED_BASE,
		  CAUSE_FAILED_BASE },
		{ CAUSE_SKIPPED_BASE, CAUSE_FAILED_HEAD, CAUSE_SKIPPED_BOTH,
		  CAUSE_ABSENT_HEAD },
		{ CAUSE_ABSENT_BASE, CAUSE_FAILED_HEAD, CAUSE_ABSENT_BASE, CAUSE_NONE },
	};
	char id[32];
	struct pair p;

	(void)state;
	pair_init(&p);
	for (int b = 0; b < 4; b++)
		for (int h = 0; h < 4; h++) {
			snprintf(id, sizeof(id), "a/%d%d", b, h);
			if (status[b])
				add_result(&p.base, id, status[b], b ? "why" : "");
			if (status[h])
				add_result(&p.head, id, status[h], h ? "why" : "");
		}
	run(&p, &paired);
	assert_int_equal(p.verdicts.n, 15);
	for (int b = 0; b < 4; b++)
		for (int h = 0; h < 4; h++) {
			if (!want[b][h])
				continue;
			snprintf(id, sizeof(id), "a/%d%d", b, h);
			assert_verdict(&p, id, VERDICT_SKIP);
			assert_string_equal(row_of(&p, id)->reason, want[b][h]);
			assert_int_equal(row_of(&p, id)->cause, causes[b][h]);
			assert_int_equal(gate_broken(row_of(&p, id)), h == 1 && b != 1);
		}
	assert_verdict(&p, "a/00", VERDICT_INCONCLUSIVE);
	assert_int_equal(p.summary.skipped, 14);
	assert_int_equal(p.summary.broken, 3);
	assert_int_equal(p.summary.compared, 1);
	pair_free(&p);
}

static void test_unpaired(void **state)
{
	struct gate_options o = paired;
	struct pair p;

	(void)state;
	o.paired = false;
	pair_init(&p);
	add_row(&p.base, "a/slower", 40, 1000, 0.02);
	add_row(&p.head, "a/slower", 60, 1100, 0.02);
	add_row(&p.base, "a/same", 60, 1000, 0.003);
	add_row(&p.head, "a/same", 60, 1001, 0.003);
	add_row(&p.base, "a/few", 8, 1000, 0);
	add_row(&p.head, "a/few", 60, 2000, 0);
	run(&p, &o);
	assert_verdict(&p, "a/slower", VERDICT_REGRESSED);
	assert_int_equal(row_of(&p, "a/slower")->rounds, 40);
	assert_true(fabs(row_of(&p, "a/slower")->ratio.mid - 1.1) < 1e-9);
	assert_true(row_of(&p, "a/slower")->ratio.lo < 1.1);
	assert_true(row_of(&p, "a/slower")->p_slower < 1e-6);
	assert_verdict(&p, "a/same", VERDICT_SAME);
	/* Holm's second step: 0.5 % for both ends, which is less than 2 * 2^-8. */
	assert_verdict(&p, "a/few", VERDICT_INCONCLUSIVE);
	assert_true(fabs(row_of(&p, "a/few")->p_slower - 2.0 / 256) < 1e-12);
	add_round(&p.base, "a/few", 8, 1000);
	run(&p, &o);
	assert_verdict(&p, "a/few", VERDICT_REGRESSED);
	pair_free(&p);
}

/* Six folders a side: each is one value, so that six values decide nothing at 1 %. */
static void test_folders(void **state)
{
	struct gate_options o = paired;
	struct side base[12], head[12];
	struct gate_side b[12], h[12];
	struct table verdicts;
	struct gate_summary s;
	const struct verdict_row *r;

	(void)state;
	o.paired = false;
	for (int i = 0; i < 12; i++) {
		side_init(&base[i]);
		side_init(&head[i]);
		add_row(&base[i], "a/x", 20, 1000 + i, 0.01);
		add_row(&head[i], "a/x", 20, 1100 + i, 0.01);
		b[i] = base[i].view;
		h[i] = head[i].view;
	}
	assert_int_equal(gate(b, 6, h, 6, &o, &verdicts, &s), 0);
	r = table_row(&verdicts, struct verdict_row, 0);
	assert_int_equal(r->verdict, VERDICT_INCONCLUSIVE);
	assert_int_equal(r->rounds, 6);
	assert_non_null(strstr(r->reason, "folders a side"));
	assert_false(s.disturbed);
	table_free(&verdicts);
	assert_int_equal(gate(b, 12, h, 12, &o, &verdicts, &s), 0);
	r = table_row(&verdicts, struct verdict_row, 0);
	assert_int_equal(r->verdict, VERDICT_REGRESSED);
	assert_int_equal(r->rounds, 12);
	table_free(&verdicts);
	/* Fewer: their rounds are the values. */
	assert_int_equal(gate(b, 2, h, 2, &o, &verdicts, &s), 0);
	r = table_row(&verdicts, struct verdict_row, 0);
	assert_int_equal(r->rounds, 40);
	table_free(&verdicts);
	for (int i = 0; i < 12; i++) {
		side_free(&base[i]);
		side_free(&head[i]);
	}
}

static void test_bad_input(void **state)
{
	struct table verdicts;
	struct gate_summary s;
	struct gate_side two[2];
	struct pair p;

	(void)state;
	pair_init(&p);
	two[0] = two[1] = p.base.view;
	assert_int_equal(gate(two, 2, two, 1, &paired, &verdicts, &s), -EINVAL);
	assert_int_equal(gate(two, 0, two, 0, &paired, &verdicts, &s), -EINVAL);
	two[0].ticks_per_ns = 0;
	assert_int_equal(gate(two, 1, two + 1, 1, &paired, &verdicts, &s), -EINVAL);
	two[0].ticks_per_ns = NAN;
	assert_int_equal(gate(two, 1, two + 1, 1, &paired, &verdicts, &s), -EINVAL);
	run(&p, &paired); /* no rows at all */
	assert_int_equal(p.verdicts.n, 0);
	assert_int_equal(p.summary.compared, 0);
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_verdicts),   cmocka_unit_test(test_few_rounds),
		cmocka_unit_test(test_no_pairs),   cmocka_unit_test(test_missing_figures),
		cmocka_unit_test(test_contention), cmocka_unit_test(test_busy_machine),
		cmocka_unit_test(test_control),	   cmocka_unit_test(test_quiet_level),
		cmocka_unit_test(test_delta),	   cmocka_unit_test(test_delta_apart),
		cmocka_unit_test(test_skips),	   cmocka_unit_test(test_unpaired),
		cmocka_unit_test(test_folders),	   cmocka_unit_test(test_bad_input),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
