// SPDX-License-Identifier: MIT
/* The noise file: what it remembers, and which files it refuses. */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "row/noise.h"

#define CLASS "0123456789abcdef"

static char dir[64], path[128];

static int make_dir(void **state)
{
	(void)state;
	strcpy(dir, "/tmp/syscost-test-XXXXXX");
	if (!mkdtemp(dir))
		return -1;
	snprintf(path, sizeof(path), "%s/deep/er/noise.json", dir);
	return 0;
}

static int drop_dir(void **state)
{
	char sub[128];

	(void)state;
	unlink(path);
	snprintf(sub, sizeof(sub), "%s/deep/er", dir);
	rmdir(sub);
	snprintf(sub, sizeof(sub), "%s/deep", dir);
	rmdir(sub);
	return rmdir(dir);
}

static struct verdict_row *add(struct table *t, const char *id, enum row_verdict verdict,
			       double ratio)
{
	struct verdict_row *v = table_add(t);

	row_set(&v->id, id);
	v->verdict = verdict;
	v->ratio.mid = ratio;
	v->ratio.lo = ratio - 0.01;
	v->p_slower = 0.5;
	return v;
}

/* One A/A comparison: two rows that teach something, and four that do not. */
static void learn(struct noise *noise, double ratio)
{
	struct table t;

	table_init(&t, &verdict_schema);
	add(&t, "b/second", VERDICT_INCONCLUSIVE, 1 / ratio);
	add(&t, "a/first", VERDICT_SAME, ratio);
	add(&t, "a/skip", VERDICT_SKIP, NAN);
	add(&t, "a/dirty", VERDICT_CONTAMINATED, 2);
	add(&t, "a/few", VERDICT_INCONCLUSIVE, 2)->ratio.lo = NAN;
	add(&t, "control/chain", VERDICT_SAME, 1.01)->p_slower = NAN;
	noise_add(noise, &t, false);
	table_free(&t);
}

static void test_learn(void **state)
{
	struct noise_totals totals;
	struct noise noise;
	struct table t;

	(void)state;
	noise_init(&noise, CLASS);
	assert_true(isnan(noise_delta(&noise, "a/first")));
	learn(&noise, exp(0.01));
	learn(&noise, exp(-0.03));
	assert_true(isnan(noise_delta(&noise, "a/first"))); /* two say nothing */
	learn(&noise, exp(0.02));
	assert_int_equal(noise.n, 2);
	/* 99th percentile of 1, 2, 3 %: 2 + 0.98. */
	assert_true(fabs(noise_delta(&noise, "a/first") - expm1(0.0298)) < 1e-12);
	assert_true(fabs(noise_delta(&noise, "b/second") - expm1(0.0298)) < 1e-12);
	assert_true(isnan(noise_delta(&noise, "a/few")));
	assert_null(noise_find(&noise, "control/chain"));

	table_init(&t, &verdict_schema);
	add(&t, "a/first", VERDICT_REGRESSED, 1.05)->confirm_rounds = 15;
	add(&t, "b/second", VERDICT_IMPROVED, 0.9)->confirm_rounds = 15;
	noise_add(&noise, &t, false);
	noise_add(&noise, &t, true); /* only counted */
	table_free(&t);
	totals = noise_total(&noise);
	assert_int_equal(totals.comparisons, 8);
	assert_int_equal(totals.regressed, 1);
	assert_int_equal(totals.improved, 1);
	assert_int_equal(noise.runs, 5);
	assert_int_equal(noise.contaminated, 1);
	assert_int_equal(noise.flagged, 2);
	noise_free(&noise);
}

static void test_keeps_the_newest(void **state)
{
	struct noise noise;
	const struct noise_row *row;

	(void)state;
	noise_init(&noise, CLASS);
	for (int i = 0; i < NOISE_KEEP + 7; i++)
		learn(&noise, exp(i * 1e-4));
	row = noise_find(&noise, "a/first");
	assert_int_equal(row->n, NOISE_KEEP);
	assert_int_equal(row->comparisons, NOISE_KEEP + 7);
	assert_true(fabs(row->ln_ratio[0] - 7e-4) < 1e-9);
	assert_true(fabs(row->ln_ratio[NOISE_KEEP - 1] - (NOISE_KEEP + 6) * 1e-4) < 1e-9);
	noise_free(&noise);
}

static void test_round_trip(void **state)
{
	struct noise noise, again;
	struct err err = { 0 };

	(void)state;
	noise_init(&noise, CLASS);
	learn(&noise, 1.01);
	learn(&noise, 0.99);
	assert_int_equal(noise_write(&noise, path, &err), 0);
	assert_int_equal(noise_read(&again, path, &err), 0);
	assert_string_equal(again.machine, CLASS);
	assert_int_equal(again.runs, 2);
	assert_int_equal(again.n, 2);
	assert_string_equal(again.rows[0].id, "a/first");
	assert_true(fabs(again.rows[0].ln_ratio[1] - log(0.99)) < 1e-6);
	assert_int_equal(noise_find(&again, "b/second")->n, 2);
	noise_free(&noise);
	noise_free(&again);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#define KIND	   "{\"kind\": \"syscost noise\", \"schema\": 1, "
#define HEAD	   KIND "\"machine\": \"" CLASS "\", "
#define COUNTS	   "\"runs\": 2, \"contaminated\": 0, \"flagged\": 0, "
#define ROWS(text) HEAD COUNTS "\"rows\": {" text "}}"
#define ROW(numbers)                                                                      \
	"{\"comparisons\": 2, \"regressed\": 0, \"improved\": 0, \"ln_ratio\": [" numbers \
	"]}"

static void test_refuses(void **state)
{
	static const char *const bad[] = {
		"",
		"{",
		"[]",
		"{}",
		"nul\x01",
		"{\"kind\": \"other\", \"schema\": 1}",
		"{\"kind\": \"syscost noise\", \"schema\": 2}",
		HEAD COUNTS "\"rows\": []}",
		HEAD "\"runs\": -1, \"contaminated\": 0, \"flagged\": 0, \"rows\": {}}",
		HEAD "\"runs\": 1, \"contaminated\": 2, \"flagged\": 0, \"rows\": {}}",
		HEAD "\"runs\": 1.5, \"contaminated\": 0, \"flagged\": 0, \"rows\": {}}",
		HEAD COUNTS "\"rows\": {}, \"more\": 1}",
		ROWS("\"\": " ROW("0")),
		ROWS("\"a/x\": 1"),
		ROWS("\"a/x\": " ROW("0, 0, 0")), /* more values than comparisons */
		ROWS("\"a/x\": " ROW("\"0\"")),
		ROWS("\"a/x\": " ROW("1e9")),
		ROWS("\"a/x\": " ROW("1e999")),
		ROWS("\"a/x\": " ROW("0") ", \"a/x\": " ROW("0")),
		ROWS("\"a/x\": {\"comparisons\": 1, \"regressed\": 1, \"improved\": 1,"
		     " \"ln_ratio\": []}"),
		ROWS("\"a/x\": " ROW("0")) "trailing",
	};
	struct noise noise;
	struct err err = { 0 };

	(void)state;
	put(ROWS("\"a/x\": " ROW("0, 0.5")));
	assert_int_equal(noise_read(&noise, path, &err), 0);
	noise_free(&noise);
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		put(bad[i]);
		err.text[0] = '\0';
		if (noise_read(&noise, path, &err) != -EINVAL)
			fail_msg("read: %s", bad[i]);
		assert_int_equal(noise.n, 0);
		assert_non_null(strstr(err.text, path));
		assert_null(strchr(err.text, '\n'));
	}
	unlink(path);
	assert_int_equal(noise_read(&noise, path, &err), -ENOENT);
	assert_int_equal(noise_read(&noise, "/dev/zero", &err), -EINVAL);
	assert_int_equal(noise_read(&noise, dir, &err), -EINVAL);
	assert_int_equal(noise_write(&noise, "/proc/none/noise.json", &err), -ENOENT);
}

static void test_path(void **state)
{
	char buf[64];

	(void)state;
	setenv("HOME", "/h", 1);
	setenv("XDG_STATE_HOME", "/s", 1);
	assert_int_equal(noise_path("cl", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/s/syscost/noise-cl.json");
	setenv("XDG_STATE_HOME", "relative", 1);
	assert_int_equal(noise_path("cl", buf, sizeof(buf)), 0);
	assert_string_equal(buf, "/h/.local/state/syscost/noise-cl.json");
	assert_int_equal(noise_path("cl", buf, 10), -ENAMETOOLONG);
	unsetenv("HOME");
	assert_int_equal(noise_path("cl", buf, sizeof(buf)), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_learn),
		cmocka_unit_test(test_keeps_the_newest),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
