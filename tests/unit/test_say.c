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

#include "base/utf8.h"
#include "compare/metric.h"
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
	r->ns = figure_scaled(r->cycles, 0.25);
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
	assert_string_equal(cost_say(r, 1).s, "~400 cycles ±1.0 % (100 ns)");
	r->status = ROW_NOISY;
	assert_string_equal(cost_say(r, 1).s, "~400 cycles ±1.0 % (100 ns)");
	r->cycles_source = CYCLES_COUNTED;
	assert_string_equal(cost_say(r, 1).s, "about 400 cycles ±1.0 % (100 ns)");
	r->status = ROW_OK;
	assert_string_equal(cost_say(r, 0.5).s, "200 cycles ±1.0 % (50.0 ns)");
	r->cycles.lo = r->cycles.hi = NAN;
	assert_string_equal(cost_say(r, 1).s, "400 cycles ±? (100 ns)");
	row_set(&r->metric, "time");
	assert_string_equal(cost_say(r, 1).s, "100 ns ±1.0 %");
	r->status = ROW_NOISY;
	assert_string_equal(cost_say(r, 1).s, "about 100 ns ±1.0 %");
	r->status = ROW_OK;
	row_set(&r->metric, "cycles");
	assert_true(cost_in_cycles(r));
	r->cycles = FIGURE_NONE;
	assert_string_equal(cost_say(r, 1).s, "100 ns ±1.0 %");
	table_free(&t);
}

static void test_an_older_row_names_no_metric_and_leads_with_time(void **state)
{
	static const char *const names[] = { "", "instructions", "time" };
	struct table t = TABLE(result_schema);
	struct result_row *r = add(&t, "null/a", 400);

	(void)state;
	for (int i = 0; i < 3; i++) {
		row_set(&r->metric, names[i]);
		assert_false(cost_in_cycles(r));
		assert_ptr_equal(metric_of_row(r), &metric_time);
		assert_true(isnan(cost_clock(&t)));
	}
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
	/* What overflows, or comes to nothing, is no clock. */
	for (int i = 0; i < 20; i++) {
		r = add(&t, "null/odd", i % 2 ? 1e300 : 1e-300);
		r->ns.mid = i % 2 ? 1e-300 : 1e300;
	}
	assert_true(fabs(cost_clock(&t) - 4) < 1e-12);
	table_free(&t);
}

static void test_a_difference_is_a_stored_ratio(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;

	(void)state;
	add(&t, "null/getppid-inline", 400);
	assert_string_equal(say_null(&t).s,
			    "An inline getppid costs ~400 cycles ±1.0 % (100 ns)");
	r = add(&t, "null/getppid-libc", 480);
	row_set(&r->via, "libc");
	/* Of two figures no difference is made, however far they are apart. */
	assert_string_equal(say_null(&t).s,
			    "An inline getppid costs ~400 cycles ±1.0 % (100 ns), one by "
			    "glibc's wrapper ~480 cycles ±1.0 % (120 ns)");
	row_set(&r->base, "null/getppid-inline");
	r->ratio = (struct figure){ 1.056, 1.055, 1.057 };
	assert_string_equal(say_null(&t).s,
			    "An inline getppid costs ~400 cycles ±1.0 % (100 ns); "
			    "glibc's wrapper costs 5.6 % (5.5 to 5.7) more");
	r->ratio = (struct figure){ 0.98, 0.97, 0.99 };
	assert_non_null(strstr(say_null(&t).s, "costs 2.0 % (1.0 to 3.0) less"));
	r->ratio.hi = 1.01;
	assert_non_null(strstr(say_null(&t).s, "costs no more that this run could tell"));
	r->ratio = (struct figure){ 1.06, 1.05, INFINITY };
	assert_non_null(strstr(say_null(&t).s, "costs no more that this run could tell"));
	table_free(&t);
}

static void test_the_vdso_is_held_against_the_call(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r = add(&t, "clock/monotonic-vdso", 80);

	(void)state;
	row_set(&r->name, "monotonic-vdso");
	assert_string_equal(say_clocks(&t).s, "");
	add(&t, "clock/monotonic-inline", 640);
	assert_string_equal(say_clocks(&t).s,
			    "The monotonic clock costs ~80.0 cycles ±1.0 % (20.0 ns) in "
			    "the vDSO, ~640 cycles ±1.0 % (160 ns) as a call");
	r = table_row(&t, struct result_row, 0);
	row_set(&r->base, "clock/monotonic-inline");
	r->ratio = (struct figure){ 0.125, 0.124, 0.126 };
	assert_non_null(
		strstr(say_clocks(&t).s,
		       " in the vDSO, and as a call 8.00 (7.94 to 8.06) times that"));
	r->ratio = (struct figure){ 0.99, 0.98, 1.01 };
	assert_non_null(strstr(say_clocks(&t).s,
			       ", and as a call no more that this run could tell"));
	r->ratio = (struct figure){ 0.125, NAN, NAN };
	assert_non_null(strstr(say_clocks(&t).s, "in the vDSO, ~640 cycles"));
	r->ratio = (struct figure){ 0, 0, 0 };
	assert_non_null(strstr(say_clocks(&t).s, "in the vDSO, ~640 cycles"));
	table_free(&t);
}

static void test_the_clock_of_a_run(void **state)
{
	static const struct {
		double lo, hi;
		const char *want;
	} cases[] = {
		{ 4.2, 4.604,
		  "The core's clock moved from 4.20 to 4.60 GHz in 98 of 100 readings: "
		  "nanoseconds move with it, cycles do not" },
		{ 4.2, 4.25, "The core's clock moved from 4.20 to 4.25 GHz in 98" },
		{ 4.201, 4.24,
		  "The core's clock stood at 4.20 GHz in 98 of 100 readings" },
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
			    "A loop of one inline call a pass costs ~473 cycles ±1.0 % "
			    "(118 ns): 6.0 % (5.8 to 6.3) more than the call. lmbench, "
			    "perf bench and will-it-scale loop like that around the C "
			    "library's call");
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
			    "Some of the windows of 2 of 4 null calls stand on several "
			    "sharp levels. null/a stands most often (61 % of its quiet "
			    "windows in this run) at 450.3 cycles; the lowest level is "
			    "437.5");
	/* What a folder may hold: levels without values. */
	r = add(&t, "file/odd", 100);
	r->levels = 9;
	assert_non_null(strstr(say_levels(&t).s, "of 2 of 5 rows stand"));
	/* The most frequent one may be the lowest. */
	table_row(&t, struct result_row, 3)->level_top.mid = 437.5;
	table_row(&t, struct result_row, 4)->levels = 1;
	assert_non_null(strstr(say_levels(&t).s, " at 437.5 cycles, the lowest level"));
	table_free(&t);
}

/* Names are cut between two characters, also those of more than one byte. */
static void test_long_names_stay_text(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r;
	char id[200] = "null/";

	(void)state;
	for (size_t at = 5; at < 100; at += 2)
		memcpy(id + at, "é", 3);
	r = add(&t, id, 400);
	set_levels(r, 2, 390, 400);
	r->median_at = MEDIAN_AT_BETWEEN;
	add(&t, "null/b", 500);
	assert_true(utf8_valid(say_levels(&t).s, strlen(say_levels(&t).s)));
	assert_true(utf8_valid(say_between(&t).s, strlen(say_between(&t).s)));
	assert_true(utf8_valid(say_all(&t).s, strlen(say_all(&t).s)));
	assert_non_null(strstr(say_levels(&t).s, "éé stands most often"));
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
					    "The figure of null/c lies between two "
					    "levels of its windows");
	}
	assert_non_null(strstr(say_between(&t).s, ", null/c and 2 more lie between two"));
	assert_true(strlen(say_between(&t).s) < 220);
	table_free(&t);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_cost_leads_with_cycles),
		cmocka_unit_test(test_the_median_clock_is_of_rows_that_lead_with_cycles),
		cmocka_unit_test(test_an_older_row_names_no_metric_and_leads_with_time),
		cmocka_unit_test(test_a_difference_is_a_stored_ratio),
		cmocka_unit_test(test_the_vdso_is_held_against_the_call),
		cmocka_unit_test(test_the_clock_of_a_run),
		cmocka_unit_test(test_the_loop_is_held_against_the_call),
		cmocka_unit_test(test_levels_name_the_row_that_they_move_most),
		cmocka_unit_test(test_long_names_stay_text),
		cmocka_unit_test(test_medians_between_levels_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
