// SPDX-License-Identifier: MIT
/*
 * Findings in words, from rows written by hand: what is said leads with core cycles, and
 * nothing is said that the rows do not hold.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "render/cost.h"
#include "render/say.h"

static struct result_row *add(struct table *t, const char *id, double cycles)
{
	struct result_row *r = table_add(t);

	row_set(&r->id, id);
	row_set_part(&r->group, id, strcspn(id, "/"));
	row_set(&r->metric, "cycles");
	row_set(&r->via, "inline");
	r->status = ROW_OK;
	r->cycles = (struct figure){ cycles, cycles * 0.99, cycles * 1.01 };
	r->cycles_source = CYCLES_ESTIMATED;
	r->ns = cost_scaled(r->cycles, 0.25);
	return r;
}

static void set_levels(struct result_row *r, int64_t n, double low, double top)
{
	r->levels = n;
	r->level_low = (struct figure){ low, low, low };
	r->level_top = (struct figure){ top, top, top };
	r->level_share = 0.61;
}

static void test_a_cost_leads_with_cycles(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r = add(&t, "null/a", 400);

	(void)state;
	assert_string_equal(cost_say(r, 1).s, "~400 cycles (100 ns)");
	r->cycles_source = CYCLES_COUNTED;
	assert_string_equal(cost_say(r, 0.5).s, "200 cycles (50.0 ns)");
	row_set(&r->metric, "time");
	assert_string_equal(cost_say(r, 1).s, "100 ns");
	row_set(&r->metric, "");
	assert_true(cost_in_cycles(r)); /* an older folder */
	r->cycles = FIGURE_NONE;
	assert_string_equal(cost_say(r, 1).s, "100 ns");
	table_free(&t);
}

static void test_the_median_clock_is_of_rows_that_lead_with_cycles(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;

	(void)state;
	assert_true(isnan(cost_clock(&t)));
	add(&t, "null/a", 400)->ns.mid = 101;
	add(&t, "null/b", 400);
	add(&t, "null/c", 400)->ns.mid = 99;
	r = add(&t, "switch/d", 4000);
	row_set(&r->metric, "time");
	r->ns.mid = 9000;
	assert_true(fabs(cost_clock(&t) - 4) < 1e-12);
	assert_true(cost_on_axis(r, 4).mid == 36000);
	assert_true(cost_on_axis(r, NAN).mid == 9000);
	table_free(&t);
}

static void test_a_difference_needs_intervals_apart(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;

	(void)state;
	add(&t, "null/getppid-inline", 400);
	r = add(&t, "null/getppid-libc", 480);
	row_set(&r->via, "libc");
	r->ns.mid = 120;
	assert_string_equal(say_null(&t).s,
			    "An inline getppid costs ~400 cycles (100 ns); "
			    "glibc's wrapper adds ~80.0 cycles (20.0 ns)");
	r->cycles.lo = 400;
	assert_non_null(strstr(say_null(&t).s, "costs no more that this run could tell"));
	table_free(&t);
}

static void test_the_clock_of_a_run(void **state)
{
	static const struct {
		double lo, hi;
		const char *want;
	} cases[] = {
		{ 4.2, 4.604, "The core's clock moved from 4.20 to 4.60 GHz" },
		{ 4.201, 4.204, "The core's clock stayed at 4.20 GHz" },
		{ 4.6, 4.2, "" },
		{ 0, 4.2, "" },
		{ -1, 4.2, "" },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		json_t *run = json_pack("{s:{s:f, s:f}}", "calibration", "clock_ghz_lo",
					cases[i].lo, "clock_ghz_hi", cases[i].hi);
		struct text said = say_clock_range(run);

		assert_memory_equal(said.s, cases[i].want, strlen(cases[i].want));
		assert_int_equal(!*said.s, !*cases[i].want);
		json_decref(run);
	}
	assert_string_equal(say_clock_range(NULL).s, "");
}

static void test_the_loop_is_held_against_the_call(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;

	(void)state;
	add(&t, "null/getppid-inline", 446);
	assert_string_equal(say_loop(&t).s, "");
	r = add(&t, "null/getppid-loop", 473);
	assert_string_equal(say_loop(&t).s, "");
	row_set(&r->base, "null/getppid-inline");
	assert_string_equal(say_loop(&t).s, "");
	r->ratio = (struct figure){ 1.06, 1.058, 1.063 };
	assert_string_equal(say_loop(&t).s,
			    "A loop of one call a pass, as lmbench, perf bench and "
			    "will-it-scale have it, prints ~473 cycles (118 ns): 6.0 % "
			    "(5.8 to 6.3) more than the call");
	r->ratio = (struct figure){ 0.98, 0.97, 0.99 };
	assert_non_null(strstr(say_loop(&t).s, "2.0 % (1.0 to 3.0) less than the call"));
	r->ratio = (struct figure){ 1.01, 0.99, 1.03 };
	assert_non_null(strstr(say_loop(&t).s, "adds nothing here that this run could"));
	r->ratio = (struct figure){ 1.01, NAN, NAN };
	assert_non_null(strstr(say_loop(&t).s, "adds nothing here that this run could"));
	/* Another base makes another statement. */
	row_set(&r->base, "floor/enosys-inline");
	assert_string_equal(say_loop(&t).s, "");
	table_free(&t);
}

static void test_levels_name_the_row_that_they_move_most(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;

	(void)state;
	add(&t, "null/old", 400);
	assert_string_equal(say_levels(&t).s, "");
	set_levels(add(&t, "null/none", 400), 0, NAN, NAN);
	set_levels(add(&t, "null/one", 400), 1, 400, 400);
	assert_string_equal(say_levels(&t).s, "");
	set_levels(add(&t, "null/a", 450.3), 4, 437.5, 450.3);
	set_levels(add(&t, "null/b", 300), 2, 299, 300);
	assert_string_equal(say_levels(&t).s,
			    "The windows of 2 of 4 null calls stand on several sharp "
			    "levels; null/a mostly (61 %) at 450.3 cycles, at the least "
			    "at 437.5");
	/* What a folder may hold: levels without values. */
	r = add(&t, "file/odd", 100);
	r->levels = 9;
	assert_non_null(strstr(say_levels(&t).s, "of 2 of 5 rows stand"));
	table_free(&t);
}

static void test_medians_between_levels_are_named(void **state)
{
	struct table t = TABLE(result_schema);
	char long_id[400] = "null/";

	(void)state;
	add(&t, "null/a", 1)->median_at = MEDIAN_AT_LEVEL;
	add(&t, "null/b", 1)->median_at = MEDIAN_AT_ELSEWHERE;
	assert_string_equal(say_between(&t).s, "");
	memset(long_id + 5, 'x', sizeof(long_id) - 6);
	for (int i = 1; i <= 5; i++) {
		struct result_row *r = add(&t, i == 2 ? long_id : "null/c", 1);

		r->median_at = MEDIAN_AT_BETWEEN;
		if (i == 1)
			assert_string_equal(say_between(&t).s,
					    "The median of null/c lies between two "
					    "levels, where few windows are");
	}
	assert_non_null(strstr(say_between(&t).s, ", null/c and 2 more lie between two"));
	assert_true(strlen(say_between(&t).s) < 200);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_cost_leads_with_cycles),
		cmocka_unit_test(test_the_median_clock_is_of_rows_that_lead_with_cycles),
		cmocka_unit_test(test_a_difference_needs_intervals_apart),
		cmocka_unit_test(test_the_clock_of_a_run),
		cmocka_unit_test(test_the_loop_is_held_against_the_call),
		cmocka_unit_test(test_levels_name_the_row_that_they_move_most),
		cmocka_unit_test(test_medians_between_levels_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
