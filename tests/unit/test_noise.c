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
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "row/noise.h"

#define CLASS "0123456789abcdef"

static char dir[64], path[128];

static void lock_path(char *buf, size_t len)
{
	snprintf(buf, len, "%s/deep/er/.noise.json.lock", dir);
}

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
	lock_path(sub, sizeof(sub));
	unlink(sub);
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
	row_set(&v->metric, "cycles");
	return v;
}

/* One A/A comparison: two rows that teach something, and five that do not. */
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
	row_set(&add(&t, "a/counted", VERDICT_SAME, 1)->metric, "instructions");
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

/* What is known in another metric says nothing. */
static void test_metric_changes(void **state)
{
	const struct noise_row *row;
	struct noise noise;
	struct table t;

	(void)state;
	noise_init(&noise, CLASS);
	learn(&noise, 1.01);
	learn(&noise, 1.01);
	noise_add_apart(&noise, "a/first", "cycles", 450);
	row = noise_find(&noise, "a/first");
	assert_string_equal(row->metric, "cycles");
	assert_true(row->comparisons == 2 && row->n == 2 && row->n_apart == 1);
	table_init(&t, &verdict_schema);
	add(&t, "a/first", VERDICT_REGRESSED, 1.2);
	add(&t, "a/first", VERDICT_IMPROVED, 0.9);
	noise_add(&noise, &t, false);
	noise.rows[0].reference.known = true;
	noise_add_apart(&noise, "a/first", "time", 100);
	row = noise_find(&noise, "a/first");
	assert_string_equal(row->metric, "time");
	assert_true(row->n == 0 && row->n_apart == 1 && !row->reference.known);
	assert_true(fabs(row->apart[0] - log(100)) < 1e-12);
	/* False alarms do not disappear. */
	assert_true(row->comparisons == 4 && row->regressed == 1 && row->improved == 1);
	noise_add(&noise, &t, false);
	table_free(&t);
	row = noise_find(&noise, "a/first");
	assert_string_equal(row->metric, "cycles");
	assert_true(row->n == 2 && row->n_apart == 0);
	assert_true(row->comparisons == 6 && row->regressed == 2 && row->improved == 2);
	/* The other row stays. */
	assert_int_equal(noise_find(&noise, "b/second")->comparisons, 2);
	/* No metric of ours, no median. */
	noise_add_apart(&noise, "a/x", "instructions", 7);
	noise_add_apart(&noise, "a/x", "cycles", NAN);
	noise_add_apart(&noise, "a/x", "cycles", 0);
	assert_null(noise_find(&noise, "a/x"));
	noise_free(&noise);
}

static void add_medians(struct noise *noise, const char *id, const double *x, size_t n)
{
	for (size_t i = 0; i < n; i++)
		noise_add_apart(noise, id, "cycles", x[i]);
}

/* Separate runs are of one system: one of another starts them anew. */
static void test_system_changes(void **state)
{
	const double x[] = { 100, 101, 102, 103 };
	const struct noise_row *row;
	struct noise noise;

	(void)state;
	noise_init(&noise, CLASS);
	strcpy(noise.own, CLASS);
	learn(&noise, 1.01);
	assert_string_equal(noise.system, "");
	assert_false(noise_is_foreign(&noise));
	add_medians(&noise, "a/first", x, 4);
	assert_string_equal(noise.system, CLASS);
	noise.state[0] = noise.state[1] = 300;
	noise.rows[0].reference.known = true;
	/* The same one again changes nothing. */
	noise_renew(&noise);
	add_medians(&noise, "a/first", x, 1);
	assert_int_equal(noise_find(&noise, "a/first")->n_apart, 5);
	assert_true(noise_find(&noise, "a/first")->reference.known);
	assert_true(noise.state[0] == 300);
	strcpy(noise.own, "fedcba9876543210");
	assert_true(noise_is_foreign(&noise));
	add_medians(&noise, "b/second", x, 1);
	assert_false(noise_is_foreign(&noise));
	assert_string_equal(noise.system, noise.own);
	assert_true(isnan(noise.state[0]) && isnan(noise.state[1]));
	row = noise_find(&noise, "a/first");
	assert_true(row->n_apart == 0 && !row->reference.known);
	assert_true(isnan(noise_apart_delta(&noise, "a/first", 0.005)));
	assert_int_equal(noise_find(&noise, "b/second")->n_apart, 1);
	/* A/A stays. */
	assert_true(row->comparisons == 1 && row->n == 1 && noise.runs == 1);
	noise_free(&noise);
}

static void test_apart_delta(void **state)
{
	/* Logarithms: 0, 1, 2 and 3 per cent, of a deviation of sqrt(5/3). */
	const double x[] = { 100, 100 * exp(0.01), 100 * exp(0.02), 100 * exp(0.03) };
	struct noise_spread spread;
	struct noise noise;

	(void)state;
	noise_init(&noise, CLASS);
	assert_true(isnan(noise_apart_delta(&noise, "a/x", 0.005)));
	assert_int_equal(noise_apart_spread(&noise).pairs, 0);
	assert_true(isnan(noise_apart_spread(&noise).median));
	add_medians(&noise, "a/x", x, 3);
	assert_true(isnan(noise_apart_delta(&noise, "a/x", 0.005)));
	add_medians(&noise, "a/x", x + 3, 1);
	/* t(0.995, 3) is 5.840909. */
	assert_true(fabs(noise_apart_delta(&noise, "a/x", 0.005) -
			 expm1(sqrt(2) * 5.840909 * 0.01 * sqrt(5.0 / 3))) < 1e-7);
	/* Of a hundred rows: t(0.9999, 3) is 22.203743. */
	assert_true(fabs(noise_apart_delta(&noise, "a/x", 0.01 / 100) -
			 expm1(sqrt(2) * 22.203743 * 0.01 * sqrt(5.0 / 3))) < 1e-6);
	assert_true(isnan(noise_delta(&noise, "a/x")));
	/* One of many is far away: what was seen is more than what is expected. */
	for (int i = 0; i < 150; i++)
		noise_add_apart(&noise, "a/y", "cycles", i == 75 ? 120 : 100);
	assert_true(fabs(noise_apart_delta(&noise, "a/y", 0.005) - 0.2) < 1e-9);
	add_medians(&noise, "a/z", x, 1);
	/* Of a/x six pairs; of a/y those of the newest twenty runs. */
	spread = noise_apart_spread(&noise);
	assert_true(spread.rows == 2 && spread.runs == 150 && spread.pairs == 6 + 190);
	assert_true(spread.median == 0 && spread.p90 == 0);
	assert_true(fabs(spread.most - expm1(0.03)) < 1e-9);
	assert_string_equal(spread.worst, "a/x");
	for (int i = 0; i < NOISE_KEEP; i++)
		noise_add_apart(&noise, "a/y", "cycles", 100 + i % 2);
	assert_int_equal(noise_find(&noise, "a/y")->n_apart, NOISE_KEEP);
	assert_true(noise_apart_delta(&noise, "a/y", 0.005) < 0.03);
	/* One pair of very many is not what 99 of 100 are. */
	for (int i = 0; i < 150; i++)
		noise_add_apart(&noise, "a/v", "cycles",
				i == 7	  ? 90
				: i == 75 ? 120
					  : 100 + i % 2);
	assert_true(noise_apart_delta(&noise, "a/v", 0.005) < 0.21);
	noise_free(&noise);
}

static void learn_one(struct noise *noise, void *ratio)
{
	learn(noise, *(double *)ratio);
}

static void learn_apart(struct noise *noise, void *median)
{
	noise_add_apart(noise, "a/first", "cycles", *(double *)median);
}

static void learn_slopes(struct noise *noise, void *arg)
{
	(void)arg;
	noise->state[0] = 267.25;
	noise->state[1] = 343.5;
	for (size_t i = 0; i < noise->n; i++)
		if (!strcmp(noise->rows[i].id, "a/first"))
			noise->rows[i].reference = (struct noise_reference){
				true, 7, { 0.75, 0.5 }, { 0.03125, -0.125, 0.25 }
			};
}

static void test_round_trip(void **state)
{
	double up = 1.01, down = 0.99, median = 435.678901;
	const struct noise_row *row;
	struct noise noise, other, again;
	struct err err = { 0 };

	(void)state;
	noise_init(&noise, CLASS);
	noise_init(&other, CLASS);
	strcpy(noise.own, "0000000000000001");
	strcpy(other.own, "0000000000000001");
	assert_int_equal(noise_update(&noise, path, learn_one, &up, &err), 0);
	/* Another one adds meanwhile, and nothing is lost. */
	assert_int_equal(noise_update(&other, path, learn_apart, &median, &err), 0);
	assert_int_equal(noise.runs, 1);
	assert_int_equal(noise_update(&noise, path, learn_one, &down, &err), 0);
	assert_int_equal(noise.runs, 2);
	assert_int_equal(noise_find(&noise, "a/first")->n_apart, 1);
	assert_int_equal(noise_read(&again, path, &err), 0);
	assert_string_equal(again.machine, CLASS);
	assert_string_equal(again.system, "0000000000000001");
	assert_string_equal(again.own, "");
	assert_string_equal(noise.own, "0000000000000001");
	assert_int_equal(again.runs, 2);
	assert_int_equal(again.n, 2);
	assert_true(isnan(again.state[0]) && isnan(again.state[1]));
	assert_string_equal(again.rows[0].id, "a/first");
	assert_string_equal(again.rows[0].metric, "cycles");
	assert_true(fabs(again.rows[0].ln_ratio[1] - log(0.99)) < 1e-8);
	assert_true(fabs(again.rows[0].apart[0] - log(median)) < 1e-8);
	assert_false(again.rows[0].reference.known);
	assert_int_equal(noise_find(&again, "b/second")->n, 2);
	noise_free(&again);
	/* Of another system, the runs in the file go. */
	strcpy(other.own, "0000000000000002");
	assert_int_equal(noise_update(&other, path, learn_apart, &median, &err), 0);
	assert_string_equal(other.system, "0000000000000002");
	assert_int_equal(noise_find(&other, "a/first")->n_apart, 1);
	assert_int_equal(noise_find(&other, "a/first")->comparisons, 2);
	assert_int_equal(noise_update(&noise, path, learn_slopes, NULL, &err), 0);
	assert_int_equal(noise_read(&again, path, &err), 0);
	assert_true(again.state[0] == 267.25 && again.state[1] == 343.5);
	row = noise_find(&again, "a/first");
	assert_true(row->reference.known && row->reference.runs == 7 &&
		    row->reference.slope[0] == 0.75 && row->reference.slope[1] == 0.5 &&
		    row->reference.covariance[0] == 0.03125 &&
		    row->reference.covariance[1] == -0.125 &&
		    row->reference.covariance[2] == 0.25);
	assert_false(noise_find(&again, "b/second")->reference.known);
	/* Of another class, and what is known stays as it was. */
	snprintf(again.machine, sizeof(again.machine), "fedcba9876543210");
	assert_int_equal(noise_update(&again, path, learn_one, &up, &err), -EXDEV);
	assert_int_equal(again.runs, 2);
	noise_free(&noise);
	noise_free(&other);
	noise_free(&again);
}

/* Processes that add at the same time lose nothing. */
static void test_two_at_once(void **state)
{
	enum { PROCESSES = 4, EACH = 25 };
	double median = 100;
	struct noise noise;
	struct err err = { 0 };

	(void)state;
	unlink(path);
	for (int p = 0; p < PROCESSES; p++) {
		if (fork())
			continue;
		noise_init(&noise, CLASS);
		for (int i = 0; i < EACH; i++)
			if (noise_update(&noise, path, learn_apart, &median, &err))
				_exit(1);
		_exit(0);
	}
	for (int p = 0; p < PROCESSES; p++) {
		int status = -1;

		wait(&status);
		assert_int_equal(status, 0);
	}
	assert_int_equal(noise_read(&noise, path, &err), 0);
	assert_int_equal(noise_find(&noise, "a/first")->n_apart, PROCESSES * EACH);
	noise_free(&noise);
}

/* The lock file follows no link, and is no pipe. */
static void test_lock(void **state)
{
	char lock[160], target[160];
	double median = 1;
	struct noise noise;
	struct err err = { 0 };

	(void)state;
	lock_path(lock, sizeof(lock));
	snprintf(target, sizeof(target), "%s/target", dir);
	unlink(lock);
	assert_int_equal(symlink(target, lock), 0);
	noise_init(&noise, CLASS);
	assert_int_equal(noise_update(&noise, path, learn_apart, &median, &err), -ELOOP);
	assert_int_equal(access(target, F_OK), -1);
	unlink(lock);
	assert_int_equal(mkfifo(lock, 0600), 0);
	assert_int_equal(noise_update(&noise, path, learn_apart, &median, &err), -EINVAL);
	unlink(lock);
	assert_int_equal(noise.n, 0);
	noise_free(&noise);
}

static void put(const char *text)
{
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(text, f);
	fclose(f);
}

#define KIND	    "{\"kind\": \"syscost noise\", \"schema\": 3, "
#define MACHINE	    KIND "\"machine\": \"" CLASS "\", "
#define HEAD	    MACHINE "\"system\": \"" CLASS "\", "
#define COUNTS	    "\"runs\": 2, \"contaminated\": 0, \"flagged\": 0, "
#define NO_STATE    "\"state\": null, "
#define STATE	    "\"state\": [267.5, 343], "
#define ROWS(text)  HEAD COUNTS NO_STATE "\"rows\": {" text "}}"
#define KNOWN(text) HEAD COUNTS STATE "\"rows\": {" text "}}"
#define FIELDS(metric, numbers, apart)                                        \
	"{\"metric\": \"" metric "\", \"comparisons\": 2, \"regressed\": 0, " \
	"\"improved\": 0, \"ln_ratio\": [" numbers "], \"apart\": [" apart "]"
#define ROW(numbers)   FIELDS("cycles", numbers, "6.1") "}"
#define APART(numbers) FIELDS("time", "", numbers) "}"
#define SLOPES_OF(runs, metric, slope, covariance)                       \
	FIELDS(metric, "", "")                                           \
	", \"reference\": {\"runs\": " runs ", \"slope\": [" slope "], " \
	"\"covariance\": [" covariance "]}}"
#define SLOPES(metric, slope, covariance) SLOPES_OF("6", metric, slope, covariance)

static const char *const bad[] = {
	"",
	"{",
	"[]",
	"{}",
	"nul\x01",
	"{\"kind\": \"other\", \"schema\": 3}",
	"{\"kind\": \"syscost noise\", \"schema\": 4}",
	MACHINE COUNTS NO_STATE "\"rows\": {}}",
	MACHINE "\"system\": \"1\", " COUNTS NO_STATE "\"rows\": {}}",
	MACHINE "\"system\": null, " COUNTS NO_STATE "\"rows\": {}}",
	HEAD COUNTS NO_STATE "\"rows\": []}",
	HEAD COUNTS "\"rows\": {}}",
	HEAD "\"runs\": -1, \"contaminated\": 0, \"flagged\": 0, " NO_STATE
	     "\"rows\": {}}",
	HEAD "\"runs\": 1, \"contaminated\": 2, \"flagged\": 0, " NO_STATE
	     "\"rows\": {}}",
	HEAD "\"runs\": 1.5, \"contaminated\": 0, \"flagged\": 0, " NO_STATE
	     "\"rows\": {}}",
	HEAD COUNTS NO_STATE "\"rows\": {}, \"more\": 1}",
	HEAD COUNTS "\"state\": [], \"rows\": {}}",
	HEAD COUNTS "\"state\": [267], \"rows\": {}}",
	HEAD COUNTS "\"state\": [267, 343, 1], \"rows\": {}}",
	HEAD COUNTS "\"state\": [267, 0], \"rows\": {}}",
	HEAD COUNTS "\"state\": [267, null], \"rows\": {}}",
	HEAD COUNTS "\"state\": [-1, 343], \"rows\": {}}",
	ROWS("\"\": " ROW("0")),
	ROWS("\"a/x\": 1"),
	ROWS("\"a/x\": " ROW("0, 0, 0")), /* more values than comparisons */
	ROWS("\"a/x\": " ROW("\"0\"")),
	ROWS("\"a/x\": " ROW("1e9")),
	ROWS("\"a/x\": " ROW("1e999")),
	ROWS("\"a/x\": " ROW("0") ", \"a/x\": " ROW("0")),
	ROWS("\"a/x\": " FIELDS("ticks", "", "") "}"),
	ROWS("\"a/x\": " FIELDS("", "", "") "}"),
	ROWS("\"a/x\": " APART("1e3")),
	ROWS("\"a/x\": " APART("null")),
	ROWS("\"a/x\": " FIELDS("time", "", "") ", \"more\": 1}"),
	ROWS("\"a/x\": {\"comparisons\": 0, \"regressed\": 0, \"improved\": 0,"
	     " \"ln_ratio\": [], \"apart\": []}"),
	ROWS("\"a/x\": {\"metric\": \"time\", \"comparisons\": 1, \"regressed\": 1,"
	     " \"improved\": 1, \"ln_ratio\": [], \"apart\": []}"),
	ROWS("\"a/x\": " ROW("0")) "trailing",
	ROWS("\"a/x\": " SLOPES("cycles", "1, 0", "0, 0, 0")), /* without a state */
	KNOWN("\"a/x\": " SLOPES("time", "1, 0", "0, 0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "1", "0, 0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "1, 0", "0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "1, 2e9", "0, 0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "-1, 0", "0, 0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "1, 0", "-1, 0, 0")),
	KNOWN("\"a/x\": " SLOPES("cycles", "1, 0", "0, 0, -1")),
	KNOWN("\"a/x\": " SLOPES_OF("5", "cycles", "1, 0", "0, 0, 0")),
	KNOWN("\"a/x\": " FIELDS("cycles", "", "") ", \"reference\": null}"),
	KNOWN("\"a/x\": " FIELDS("cycles", "", "") ", \"reference\": {}}"),
};

static void test_refuses(void **state)
{
	struct noise noise;
	struct err err = { 0 };

	(void)state;
	put(ROWS("\"a/x\": " ROW("0, 0.5") ", \"a/w\": " APART("1, 50")));
	assert_int_equal(noise_read(&noise, path, &err), 0);
	assert_int_equal(noise_find(&noise, "a/w")->n_apart, 2);
	noise_free(&noise);
	put(KNOWN("\"a/x\": " SLOPES("cycles", "3, 0", "0, -1, 9")));
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
	put(MACHINE "\"system\": \"\", " COUNTS NO_STATE "\"rows\": {}}");
	assert_int_equal(noise_read(&noise, path, &err), 0);
	assert_string_equal(noise.system, "");
	noise_free(&noise);
	/* The first versions do not say what their values are of. */
	put("{\"kind\": \"syscost noise\", \"schema\": 2}");
	assert_int_equal(noise_read(&noise, path, &err), -EINVAL);
	assert_non_null(strstr(err.text, "written by another version of syscost; move it "
					 "away to start anew"));
	unlink(path);
	assert_int_equal(noise_read(&noise, path, &err), -ENOENT);
	assert_int_equal(noise_read(&noise, "/dev/zero", &err), -EINVAL);
	assert_int_equal(noise_read(&noise, dir, &err), -EINVAL);
	noise_init(&noise, CLASS);
	assert_int_equal(
		noise_update(&noise, "/proc/none/noise.json", learn_slopes, NULL, &err),
		-ENOENT);
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
		cmocka_unit_test(test_metric_changes),
		cmocka_unit_test(test_system_changes),
		cmocka_unit_test(test_apart_delta),
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_two_at_once),
		cmocka_unit_test(test_lock),
		cmocka_unit_test(test_refuses),
		cmocka_unit_test(test_path),
	};

	return cmocka_run_group_tests(tests, make_dir, drop_dir);
}
