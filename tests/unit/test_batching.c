// SPDX-License-Identifier: MIT
/* From rows to workloads and an advice, with rows written by hand. */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "compare/batching.h"

#define ROUNDS 8

struct rows {
	struct table results, rounds;
};

static int begin(void **state)
{
	static struct rows r;

	table_init(&r.results, &result_schema);
	table_init(&r.rounds, &round_schema);
	*state = &r;
	return 0;
}

static int end(void **state)
{
	struct rows *r = *state;

	table_free(&r->results);
	table_free(&r->rounds);
	return 0;
}

/*
 * One row of cost `ns`; in odd rounds it is dearer by `wobble`. Two ticks a nanosecond.
 */
static struct result_row *put(struct rows *r, const char *workload, const char *strategy,
			      long n, long bytes, double ns, double wobble)
{
	struct result_row *row = table_add(&r->results);
	char text[100];

	snprintf(text, sizeof(text), "%s-%s:batch=%ld:bytes=%ld", workload, strategy, n,
		 bytes);
	row_set(&row->id, text);
	row_set(&row->workload, workload);
	row_set(&row->strategy, strategy);
	snprintf(text, sizeof(text), "batch=%ld bytes=%ld", n, bytes);
	row_set(&row->params, text);
	if (isnan(ns)) {
		row->status = ROW_SKIP;
		row_set(&row->reason, "refused");
		return row;
	}
	row->status = ROW_OK;
	row->ns.mid = ns;
	row->ticks.mid = 2 * ns;
	row->batch_ns.mid = ns * n;
	row->cpu_ns.mid = 2 * ns;
	for (int k = 0; k < ROUNDS; k++) {
		struct round_row *round = table_add(&r->rounds);

		row_set(&round->id, row->id);
		round->round = 10 + k;
		round->ticks = 2 * ns * (1 + k % 2 * wobble);
	}
	return row;
}

static struct batching make(struct rows *r)
{
	struct batching b;
	struct err err = { 0 };

	assert_int_equal(batching_make(&b, &r->results, &r->rounds, &err), 0);
	return b;
}

static void put_sweep(struct rows *r, const char *workload, long bytes)
{
	const long sizes[] = { 128, 1, 4, 16, 64 }; /* in no order */

	put(r, workload, "call", 1, bytes, 100, 0);
	put(r, workload, "other-call", 1, bytes, 90, 0);
	for (int i = 0; i < 5; i++) {
		double n = sizes[i];

		put(r, workload, "good", n, bytes, 200 / n + 10, 0);
		put(r, workload, "twin", n, bytes, 200 / n + 10.02, 0.01);
		put(r, workload, "bad", n, bytes, 200 / n + 95, 0);
		put(r, workload, "absent", n, bytes, NAN, 0);
	}
}

static void test_advice(void **state)
{
	struct batch_workload *w;
	struct batching b;

	put_sweep(*state, "w", 64);
	b = make(*state);
	assert_int_equal(b.n, 1);
	w = b.workload;
	assert_string_equal(w->name, "w");
	assert_int_equal(w->bytes, 64);
	assert_int_equal(w->rounds, ROUNDS);
	assert_int_equal(w->n_strategies, 6);
	assert_int_equal(w->n_baselines, 2);
	assert_string_equal(w->baseline[0]->name, "other-call");
	assert_ptr_equal(w->advice.base, w->baseline[0]);
	assert_string_equal(w->advice.best->name, "good");
	assert_true(w->advice.n == 64 && w->advice.from == 4);
	assert_true(fabs(w->advice.ratio.mid - 13.125 / 90) < 1e-9);
	assert_true(fabs(w->advice.from_ratio.mid - 60. / 90) < 1e-9);
	assert_string_equal(w->advice.row->id, "w-good:batch=64:bytes=64");
	/* In half of the rounds within 0.2 %, but always dearer: told apart. */
	assert_int_equal(w->advice.n_equal, 0);
	/* Sizes are sorted whatever the order of the rows; 200/80 and 200/90. */
	assert_true(w->strategy[2].curve.n[0] == 1 && w->strategy[2].curve.n[4] == 128);
	assert_int_equal(w->strategy[2].fit.verdict, FIT_HOLDS);
	assert_true(fabs(w->strategy[2].fit.part[0].a.mid - 200) < 1e-6);
	assert_true(fabs(w->strategy[2].against[0].n.mid - 2.5) < 1e-6);
	assert_true(fabs(w->strategy[2].against[1].n.mid - 200 / 90.) < 1e-6);
	assert_int_equal(w->strategy[4].against[0].pays, PAYS_NEVER);
	assert_int_equal(w->strategy[4].against[1].pays, PAYS_FROM);
	assert_int_equal(w->strategy[5].status, ROW_SKIP);
	assert_string_equal(w->strategy[5].reason, "refused");
	assert_int_equal(w->strategy[5].curve.sizes, 0);
	assert_int_equal(w->strategy[5].against[0].pays, PAYS_UNKNOWN);
	assert_string_equal(batching_cheapest(w, 1)->name, "other-call");
	assert_string_equal(batching_cheapest(w, 4)->name, "good");
	batching_free(&b);
}

static void test_equal(void **state)
{
	struct batching b;

	put_sweep(*state, "w", 64);
	put(*state, "w", "wobbles", 64, 64, 13.1, 0.1);
	b = make(*state);
	/* Cheaper by the median row, dearer in half of the rounds. */
	assert_string_equal(b.workload->advice.best->name, "wobbles");
	assert_int_equal(b.workload->advice.n_equal, 2);
	assert_string_equal(b.workload->advice.equal[0]->name, "good");
	batching_free(&b);
}

static void test_nothing_pays(void **state)
{
	struct batching b;

	put(*state, "w", "call", 1, 64, 100, 0);
	for (long n = 1; n <= 64; n *= 2)
		put(*state, "w", "bad", n, 64, 99.9, 0.01);
	b = make(*state);
	assert_ptr_equal(b.workload->advice.best, b.workload->advice.base);
	assert_string_equal(b.workload->advice.best->name, "call");
	assert_true(isnan(b.workload->advice.from));
	assert_string_equal(b.workload->advice.row->id, "w-call:batch=1:bytes=64");
	batching_free(&b);
}

/*
 * Five rounds: the cheapest by its median, said to be untested, and never "nothing pays".
 */
static void test_untested(void **state)
{
	struct rows *r = *state;
	struct batching b;

	put(r, "w", "call", 1, 64, 100, 0);
	put(r, "w", "good", 1, 64, 120, 0);
	put(r, "w", "good", 64, 64, 20, 0);
	for (size_t i = 0; i < r->rounds.n; i++)
		if (table_row(&r->rounds, struct round_row, i)->round >= 15)
			table_row(&r->rounds, struct round_row, i)->ticks = NAN;
	b = make(r);
	assert_string_equal(b.workload->advice.best->name, "good");
	assert_false(b.workload->advice.tested);
	assert_true(fabs(b.workload->advice.ratio.mid - 0.2) < 1e-9);
	assert_true(isnan(b.workload->advice.from));
	batching_free(&b);
}

/* Single calls that only a large batch measured stand for the small ones too. */
static void test_base_above(void **state)
{
	struct batching b;

	put(*state, "w", "call", 1, 64, NAN, 0);
	put(*state, "w", "call", 16, 64, 100, 0)->enters.mid = 1;
	for (long n = 1; n <= 64; n *= 4)
		put(*state, "w", "good", n, 64, 10 + 180. / n, 0);
	b = make(*state);
	assert_int_equal(b.workload->n_baselines, 1);
	assert_string_equal(batching_row(b.workload->baseline[0], 2)->id,
			    "w-call:batch=16:bytes=64");
	assert_true(fabs(b.workload->strategy[1].against[0].n.mid - 2) < 1e-6);
	batching_free(&b);
}

/* A base that a row names is a baseline though it has more sizes than one. */
static void test_named_base(void **state)
{
	struct batching b;

	for (long n = 1; n <= 64; n *= 4) {
		put(*state, "w", "loop", n, 0, 100 + 1. / n, 0);
		row_set(&put(*state, "w", "good", n, 0, 10 + 180. / n, 0)->base,
			"w-loop:batch=1:bytes=0");
	}
	b = make(*state);
	assert_int_equal(b.workload->n_baselines, 1);
	assert_string_equal(b.workload->baseline[0]->name, "loop");
	assert_true(fabs(b.workload->strategy[1].against[0].n.mid - 179. / 90) < 1e-6);
	batching_free(&b);
}

static void test_no_rows(void **state)
{
	struct batching b;

	row_set(&put(*state, "", "call", 1, 64, 100, 0)->workload, "");
	b = make(*state);
	assert_int_equal(b.n, 0);
	batching_free(&b);
}

static void test_no_baseline(void **state)
{
	struct batching b;

	for (long n = 1; n <= 256; n *= 4)
		put(*state, "w", "only", n, 8, 10 + 180. / n, 0);
	b = make(*state);
	assert_null(b.workload->advice.base);
	assert_string_equal(b.workload->advice.best->name, "only");
	batching_free(&b);
}

static void test_contradiction(void **state)
{
	struct batching b = { .n = 9 };
	struct rows *r = *state;
	struct err err = { 0 };

	put(*state, "w", "call", 1, 64, 100, 0);
	put(*state, "w", "call", 1, 64, 101, 0);
	assert_int_equal(batching_make(&b, &r->results, &r->rounds, &err), -EINVAL);
	assert_non_null(strstr(err.text, "same strategy"));
	row_set(&table_row(&r->results, struct result_row, 0)->strategy, "");
	assert_int_equal(batching_make(&b, &r->results, &r->rounds, &err), -EINVAL);
	assert_non_null(strstr(err.text, "no strategy"));
}

static void test_select(void **state)
{
	char *const one[] = { "w/64" }, *const not_x[] = { "!x" },
		    *const bad[] = { "w", "z*" };
	struct batching b;

	put_sweep(*state, "w", 64);
	put_sweep(*state, "x", 64);
	put_sweep(*state, "w", 1);
	b = make(*state);
	assert_int_equal(b.n, 3);
	assert_int_equal(b.workload[0].bytes, 1); /* by name and size */
	assert_string_equal(batching_select(&b, bad, 2), "z*");
	assert_int_equal(b.n, 3);
	assert_null(batching_select(&b, not_x, 1));
	assert_int_equal(b.n, 2);
	assert_null(batching_select(&b, one, 1));
	assert_int_equal(b.n, 1);
	assert_int_equal(b.workload[0].bytes, 64);
	batching_free(&b);
}

static void test_stored_rows(void **state)
{
	struct table rows;
	struct batch_row *row;
	struct batching b;

	put_sweep(*state, "w", 64);
	b = make(*state);
	batching_rows(&b, &rows);
	assert_int_equal(rows.n, 2 + 4 * 2);
	row = table_row(&rows, struct batch_row, 2); /* good against other-call */
	assert_string_equal(row->strategy, "good");
	assert_string_equal(row->baseline, "other-call");
	assert_string_equal(row->best, "yes");
	assert_string_equal(row->pays, "from");
	assert_true(fabs(row->breakeven_n.mid - 2.5) < 1e-6 && row->cheaper_from_n == 4);
	assert_true(row->at_n == 64 && row->batch_ns == 13.125 * 64);
	row = table_row(&rows, struct batch_row, 6); /* bad */
	assert_string_equal(row->pays, "never");
	assert_true(isinf(row->breakeven_n.mid) && row->breakeven_n.lo == 128);
	table_free(&rows);
	batching_free(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_advice, begin, end),
		cmocka_unit_test_setup_teardown(test_equal, begin, end),
		cmocka_unit_test_setup_teardown(test_nothing_pays, begin, end),
		cmocka_unit_test_setup_teardown(test_untested, begin, end),
		cmocka_unit_test_setup_teardown(test_base_above, begin, end),
		cmocka_unit_test_setup_teardown(test_named_base, begin, end),
		cmocka_unit_test_setup_teardown(test_no_rows, begin, end),
		cmocka_unit_test_setup_teardown(test_no_baseline, begin, end),
		cmocka_unit_test_setup_teardown(test_contradiction, begin, end),
		cmocka_unit_test_setup_teardown(test_select, begin, end),
		cmocka_unit_test_setup_teardown(test_stored_rows, begin, end),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
