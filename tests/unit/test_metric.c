// SPDX-License-Identifier: MIT
/*
 * What rows are compared in: cycles, and a metric of this test whose every difference is
 * real.
 */
#include <stdlib.h>

#include "render/verdicts.h"
#include "sides.h"

/* An emulator's count, which stands in `all_ticks` of the rounds written here. */
static double count_of_round(const struct round_row *round, bool contended,
			     double ticks_per_ns)
{
	(void)ticks_per_ns;
	return contended ? NAN : round->all_ticks;
}

static const struct metric instructions = {
	.name = "instructions",
	.unit = "instructions",
	.exact = true,
	.of_round = count_of_round,
};

static const struct gate_options exact = {
	.paired = true,
	.metric = &instructions,
	.delta = GATE_DELTA,
	.delta_unknown = GATE_DELTA,
	.family_error = GATE_FAMILY_ERROR,
	.control = GATE_CONTROL,
	.control_bound = GATE_CONTROL_BOUND,
};

static void add_counts(struct side *s, const char *id, int n, double count, double step)
{
	add_result(s, id, ROW_OK, "");
	for (int i = 0; i < n; i++)
		add_round(s, id, i, 1000)->all_ticks = count + step * i;
}

/* What a terminal shows; the caller frees it. */
static char *printed(const struct pair *p)
{
	struct verdicts_view view = { .all = true };
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	verdicts_print(f, &p->verdicts, &p->summary, &view);
	fclose(f);
	return text;
}

static void test_exact(void **state)
{
	static const struct {
		const char *id;
		double base, head, step; /* of head, from round to round */
		enum row_verdict verdict;
		enum row_cause cause;
		const char *reason;
	} rows[] = {
		{ "a/one-more", 1000, 1001, 0, VERDICT_REGRESSED, CAUSE_SLOWER,
		  "every round is above the base by more than 0 %" },
		{ "a/one-less", 1000, 999, 0, VERDICT_IMPROVED, CAUSE_FASTER,
		  "every round is below the base by more than 0 %" },
		{ "a/equal", 1000, 1000, 0, VERDICT_SAME, CAUSE_WITHIN,
		  "within 0 % of the base" },
		{ "a/unsteady", 1000, 998, 2, VERDICT_INCONCLUSIVE, CAUSE_WIDE,
		  "rounds reach from -0.2 % to +0.2 % of the base" },
		{ GATE_CONTROL, 500, 500, 0, VERDICT_SAME, CAUSE_CONTROL, "the control" },
	};
	const struct verdict_row *r;
	struct pair p;
	char *text;

	(void)state;
	pair_init(&p);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		add_counts(&p.base, rows[i].id, 3, rows[i].base, 0);
		add_counts(&p.head, rows[i].id, 3, rows[i].head, rows[i].step);
	}
	add_counts(&p.base, "a/none", 1, NAN, 0);
	add_counts(&p.head, "a/none", 1, 1000, 0);
	/* Neighbours change nothing in an emulator: their state is not looked at. */
	p.base.view.quiet_level = 2000;
	p.head.view.quiet_level = 4000;
	run(&p, &exact);
	assert_false(p.summary.disturbed);
	assert_true(p.summary.control_ratio == 1);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		r = row_of(&p, rows[i].id);
		assert_int_equal(r->verdict, rows[i].verdict);
		assert_int_equal(r->cause, rows[i].cause);
		assert_reason(&p, rows[i].id, rows[i].reason);
		/* A middle, and no interval, level or p-value that nobody asked for. */
		assert_true(r->base.mid == rows[i].base && isnan(r->base.lo));
		assert_true(fabs(r->ratio.mid -
				 (rows[i].head + rows[i].step) / rows[i].base) < 1e-12);
		assert_true(isnan(r->ratio.lo) && isnan(r->ratio.hi) && isnan(r->level));
		assert_true(isnan(r->p_slower) && isnan(r->p_differs) && isnan(r->sigma));
		assert_true(isnan(r->base_ns.mid) && r->rounds == 3);
		assert_string_equal(r->metric, "instructions");
		assert_int_equal(r->advice, ADVICE_NONE);
	}
	/* What was compared is what is printed, with its unit. */
	text = printed(&p);
	assert_non_null(strstr(text, "      1000      1001 instructions\n"));
	free(text);
	assert_verdict(&p, "a/none", VERDICT_INCONCLUSIVE);
	assert_int_equal(row_of(&p, "a/none")->cause, CAUSE_NO_MATCH);
	assert_int_equal(p.summary.regressed, 1);
	pair_free(&p);
}

static void test_exact_within_what_is_allowed(void **state)
{
	struct gate_options o = exact;
	struct gate_spread spread;
	struct pair p;
	struct gate *g;

	(void)state;
	o.allow = 0.001;
	pair_init(&p);
	add_counts(&p.base, "a/allowed", 1, 10000, 0);
	add_counts(&p.head, "a/allowed", 1, 10010, 0);
	add_counts(&p.base, "a/more", 1, 10000, 0);
	add_counts(&p.head, "a/more", 1, 10011, 0);
	run(&p, &o);
	assert_verdict(&p, "a/allowed", VERDICT_SAME);
	assert_verdict(&p, "a/more", VERDICT_REGRESSED);
	assert_true(row_of(&p, "a/more")->delta == 0.001);

	/* One round says it all, and nothing needs to be confirmed. */
	assert_int_equal(gate_open(&g, &p.base.view, 1, &p.head.view, 1, &o), 0);
	spread = gate_spread(g, "a/more");
	assert_int_equal(gate_rounds_needed(&spread, 200, 0.01, &o), 1);
	gate_confirm(g, &p.verdicts, &p.summary);
	gate_close(g);
	assert_verdict(&p, "a/more", VERDICT_REGRESSED);
	assert_int_equal(row_of(&p, "a/more")->confirm_rounds, -1);
	pair_free(&p);
}

/* A control that moved says that this is another emulator, for exact counts too. */
static void test_exact_control(void **state)
{
	struct pair p;

	(void)state;
	pair_init(&p);
	add_counts(&p.base, "a/more", 1, 1000, 0);
	add_counts(&p.head, "a/more", 1, 1001, 0);
	add_counts(&p.base, GATE_CONTROL, 1, 1000, 0);
	add_counts(&p.head, GATE_CONTROL, 1, 1100, 0);
	run(&p, &exact);
	assert_true(p.summary.disturbed);
	assert_verdict(&p, "a/more", VERDICT_CONTAMINATED);
	assert_int_equal(row_of(&p, GATE_CONTROL)->cause, CAUSE_DISTURBED);
	pair_free(&p);
}

/* Twice the cycles a tick: as much time, and twice the cycles. */
static void test_cycles(void **state)
{
	struct gate_options o = paired;
	const struct verdict_row *r;
	struct pair p;
	char *text;

	(void)state;
	pair_init(&p);
	add_row(&p.base, "a/x", 20, 1000, 0.01);
	add_row(&p.head, "a/x", 20, 1000, 0.01);
	add_row(&p.base, "a/tiny", 20, 10, 0);
	add_row(&p.head, "a/tiny", 20, 10, 0);
	for (size_t i = 0; i < p.base.rounds.n; i++) {
		table_row(&p.base.rounds, struct round_row, i)->cycles_per_tick = 1;
		table_row(&p.head.rounds, struct round_row, i)->cycles_per_tick =
			i < 20 ? 2 : 1.1;
	}
	run(&p, &o);
	assert_verdict(&p, "a/x", VERDICT_SAME);
	r = row_of(&p, "a/x");
	assert_string_equal(r->metric, "time");
	assert_true(isnan(r->base.mid));

	o.metric = metric_find("cycles");
	assert_ptr_equal(o.metric, &metric_cycles);
	run(&p, &o);
	assert_verdict(&p, "a/x", VERDICT_REGRESSED);
	r = row_of(&p, "a/x");
	assert_string_equal(r->metric, "cycles");
	assert_true(fabs(r->base.mid - 1000 * TICKS_PER_NS) < 1e-9);
	assert_true(fabs(r->head.mid - 2000 * TICKS_PER_NS) < 1e-9);
	assert_true(r->head.lo < r->head.mid && fabs(r->head_ns.mid - 1000) < 5);
	assert_true(fabs(r->ratio.mid - 2) < 1e-9);
	/* The figures beside the change are those that it was made of. */
	text = printed(&p);
	assert_non_null(strstr(text, "      2500      5000 cycles\n"));
	free(text);
	/* A loop may move by some cycles: 4 of 25 are more than a tenth. */
	assert_verdict(&p, "a/tiny", VERDICT_SAME);
	assert_true(fabs(row_of(&p, "a/tiny")->delta - 4 / 25.0) < 1e-9);
	assert_null(metric_find("miles"));
	pair_free(&p);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_exact),
		cmocka_unit_test(test_exact_within_what_is_allowed),
		cmocka_unit_test(test_exact_control),
		cmocka_unit_test(test_cycles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
