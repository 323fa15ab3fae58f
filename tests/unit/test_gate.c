// SPDX-License-Identifier: MIT
/* Verdicts from tables written by hand, and the gate's error rates on simulated ones. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "compare/gate.h"
#include "stats/shift.h"
#include "stats/stats.h"

#define TICKS_PER_NS 2.5

/* A side with its tables. */
struct side {
	struct table results, rounds;
	struct gate_side view;
};

static void side_init(struct side *s)
{
	table_init(&s->results, &result_schema);
	table_init(&s->rounds, &round_schema);
	s->view = (struct gate_side){ &s->results, &s->rounds, TICKS_PER_NS, NAN };
}

static void side_free(struct side *s)
{
	table_free(&s->results);
	table_free(&s->rounds);
}

static struct result_row *add_result(struct side *s, const char *id,
				     enum row_status status, const char *reason)
{
	struct result_row *r = table_add(&s->results);

	row_set(&r->id, id);
	r->status = status;
	row_set(&r->reason, reason);
	return r;
}

static struct round_row *add_round(struct side *s, const char *id, int round, double ns)
{
	struct round_row *r = table_add(&s->rounds);

	row_set(&r->id, id);
	r->round = round;
	r->n = 100;
	r->ticks = ns * TICKS_PER_NS;
	r->probe = 1;
	return r;
}

/* A row of n rounds around `ns`, up and down by `jitter` (a share) in a fixed pattern. */
static void add_row(struct side *s, const char *id, int n, double ns, double jitter)
{
	add_result(s, id, ROW_OK, "");
	for (int i = 0; i < n; i++)
		add_round(s, id, i, ns * (1 + jitter * ((i * 7 % 11) - 5) / 5));
}

static const struct gate_options paired = {
	.paired = true,
	.family_error = GATE_FAMILY_ERROR,
	.delta = GATE_DELTA,
	.control = GATE_CONTROL,
	.control_bound = GATE_CONTROL_BOUND,
};

struct pair {
	struct side base, head;
	struct table verdicts;
	struct gate_summary summary;
};

static void pair_init(struct pair *p)
{
	side_init(&p->base);
	side_init(&p->head);
	table_init(&p->verdicts, &verdict_schema);
}

static void pair_free(struct pair *p)
{
	side_free(&p->base);
	side_free(&p->head);
	table_free(&p->verdicts);
}

static void run(struct pair *p, const struct gate_options *o)
{
	table_free(&p->verdicts);
	assert_int_equal(
		gate(&p->base.view, 1, &p->head.view, 1, o, &p->verdicts, &p->summary),
		0);
}

static const struct verdict_row *row_of(const struct pair *p, const char *id)
{
	for (size_t i = 0; i < p->verdicts.n; i++) {
		const struct verdict_row *r = table_row(&p->verdicts, struct verdict_row,
							i);

		if (!strcmp(r->id, id))
			return r;
	}
	fail_msg("no row %s", id);
	return NULL;
}

#define assert_verdict(p, id, v) assert_int_equal(row_of(p, id)->verdict, v)
#define assert_reason(p, id, part)                                                    \
	do {                                                                          \
		if (!strstr(row_of(p, id)->reason, part))                             \
			fail_msg("'%s' is not in '%s'", part, row_of(p, id)->reason); \
	} while (0)

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

static void contend(struct side *s, const char *id, int from, double factor, double probe)
{
	for (size_t i = 0; i < s->rounds.n; i++) {
		struct round_row *r = table_row(&s->rounds, struct round_row, i);

		if (strcmp(r->id, id) || r->round < from)
			continue;
		r->contended_ticks = r->ticks * factor;
		r->ticks = NAN;
		r->probe = probe;
	}
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
	/* Enough to decide, but they are the lesser part: all that were equally busy count. */
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
	assert_int_equal(row_of(&p, "a/both-busy")->rounds, 20); /* two of them quiet */
	assert_verdict(&p, "a/unequal", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/unequal", "same contention state, probe");
	assert_verdict(&p, "a/quiet-enough", VERDICT_SAME);
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
	p.head.view.quiet_level = 4000;
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

static void confirm(struct pair *p, struct pair *fresh)
{
	struct gate *g;

	assert_int_equal(
		gate_open(&g, &fresh->base.view, 1, &fresh->head.view, 1, &paired), 0);
	gate_confirm(g, &p->verdicts, &p->summary);
	gate_close(g);
}

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
	assert_verdict(&p, "a/gone", VERDICT_INCONCLUSIVE);
	assert_reason(&p, "a/gone", "no fresh rounds");
	assert_true(isnan(row_of(&p, "a/gone")->confirm.mid));
	assert_verdict(&p, "a/few", VERDICT_INCONCLUSIVE);
	assert_verdict(&p, "a/faster", VERDICT_IMPROVED);
	assert_verdict(&p, "a/same", VERDICT_SAME);
	assert_int_equal(row_of(&p, "a/same")->confirm_rounds, -1);
	assert_int_equal(p.summary.regressed, 1);
	assert_int_equal(p.summary.inconclusive, 3);

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

static double uniform(uint64_t *seed)
{
	*seed = *seed * 6364136223846793005u + 1442695040888963407u;
	return ((*seed >> 11) + 0.5) / 9007199254740992.0;
}

static double normal(uint64_t *seed)
{
	double r = sqrt(-2 * log(uniform(seed)));

	return r * cos(2 * M_PI * uniform(seed));
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
 * Two hundred rows that all lie exactly at the edge, the worst case there is: one or more is
 * called regressed in at most 1 of 100 families; likewise improved. Nominal is 1.5 of 150;
 * 6 or more have a chance of 0.4 %. (The seed is fixed: it cannot come up by chance.)
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
 * The same edge in two stages of 10 % each, of which 22 rounds attain 8.6 % (19 of them have a
 * chance of 4.28e-4, times 200 rows) and, for a single flagged row, 6.7 %. So 12.8 of 150 are
 * to be expected, and 0.9 confirmed; more than 22 have a chance of 0.6 %, less than 4 one of
 * 0.1 %, and 5 or more confirmed ones one of 0.2 %.
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
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_few_rounds),
		cmocka_unit_test(test_no_pairs),
		cmocka_unit_test(test_missing_figures),
		cmocka_unit_test(test_contention),
		cmocka_unit_test(test_busy_machine),
		cmocka_unit_test(test_control),
		cmocka_unit_test(test_quiet_level),
		cmocka_unit_test(test_delta),
		cmocka_unit_test(test_skips),
		cmocka_unit_test(test_unpaired),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_bad_input),
		cmocka_unit_test(test_confirm),
		cmocka_unit_test(test_rounds),
		cmocka_unit_test(test_rounds_of_two_states),
		cmocka_unit_test(test_family_error),
		cmocka_unit_test(test_two_stages),
		cmocka_unit_test(test_unpaired_coverage),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
