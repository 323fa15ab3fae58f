// SPDX-License-Identifier: MIT
/*
 * The printed table, from rows written by hand: every figure has its interval beside it.
 */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "render/say.h"
#include "render/table.h"

static struct result_row *add(struct table *t, const char *group, const char *name,
			      enum row_status status, const char *reason)
{
	struct result_row *r = table_add(t);
	char id[300];

	snprintf(id, sizeof(id), "%s/%s", group, name);
	row_set(&r->id, id);
	row_set(&r->group, group);
	row_set(&r->name, name);
	row_set(&r->via, "inline");
	r->status = status;
	row_set(&r->reason, reason);
	return r;
}

static void set_ns(struct result_row *r, double mid, double lo, double hi)
{
	r->ns = (struct figure){ mid, lo, hi };
	r->ticks = (struct figure){ 2 * r->ns.mid, 2 * r->ns.lo, 2 * r->ns.hi };
}

/* What table_print makes of it; the caller frees it, the table is freed. */
static char *printed(struct table *t, bool color)
{
	size_t len;
	char *text;
	FILE *f = open_memstream(&text, &len);

	table_print(f, t, NULL, color);
	fclose(f);
	table_free(t);
	return text;
}

/* The line of `text` that has `word` in it, in a static buffer. */
static const char *line(const char *text, const char *word)
{
	static char buf[400];
	const char *at = strstr(text, word), *end;

	if (!at)
		fail_msg("no '%s' in:\n%s", word, text);
	while (at > text && at[-1] != '\n')
		at--;
	end = strchr(at, '\n');
	snprintf(buf, sizeof(buf), "%.*s", (int)(end - at), at);
	return buf;
}

static int columns(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += (*s & 0xc0) != 0x80;
	return n;
}

static int times(const char *text, const char *word)
{
	int n = 0;

	for (const char *p = text; (p = strstr(p, word)); p += strlen(word))
		n++;
	return n;
}

static void half_is(double mid, double lo, double hi, const char *wanted)
{
	assert_string_equal(say_half((struct figure){ mid, lo, hi }).s, wanted);
}

static void test_half(void **state)
{
	(void)state;
	half_is(100, 99.6, 100.4, "±0.40%");
	half_is(100, 100, 100, "±0.00%");
	/* The larger half: figure and half hold all of a lopsided interval. */
	half_is(100, 99.9, 103, "±3.0%");
	half_is(100, 95, 100.1, "±5.0%");
	/* Rounded up, never down. */
	half_is(100, 99.999, 100, "±0.01%");
	half_is(100, 98.89, 100, "±1.2%");
	half_is(100, 87.9, 100, "±13%");
	half_is(100, 100, 300, "±200%");
	half_is(-50, -51, -50, "±2.0%");
	/* Next to nothing, a percentage says nothing. */
	half_is(0, -0.011, 0.02, "±0.02");
	half_is(0.001, 0, 0.5, "±0.5");
	/* No interval is not an interval of zero. */
	half_is(100, NAN, NAN, "±?");
	half_is(100, NAN, 101, "±?");
	half_is(NAN, NAN, NAN, "±?");
}

static void test_every_figure_has_one(void **state)
{
	struct table t;
	struct result_row *r;
	const char *row;
	char *text;

	(void)state;
	table_init(&t, &result_schema);
	r = add(&t, "null", "getppid-libc", ROW_OK, "");
	set_ns(r, 118.2, 118.0, 118.6);
	r->cycles = (struct figure){ 427, 420, 428 };
	r->cycles_source = CYCLES_ESTIMATED;
	r->ratio = (struct figure){ 1.52, 1.515, 1.529 };
	r->quiet_share = 0.87;
	/* What has no interval is not printed. */
	r->min_ns = 99.99;
	r->p99_ns = 7777;
	r->faults.mid = 5555;
	r->switches.mid = 6666;
	text = printed(&t, false);
	row = line(text, "getppid-libc");
	assert_non_null(strstr(row, " 118.2 ±0.34% "));
	assert_non_null(strstr(row, " ~427.0 ±1.7% "));
	assert_non_null(strstr(row, " 1.520x ±0.60% "));
	assert_non_null(strstr(row, " 87"));
	assert_int_equal(times(row, "±"), 3);
	for (int i = 0; i < 4; i++) {
		static const char *const never[] = { "99.99", "7777", "5555", "6666" };

		assert_null(strstr(text, never[i]));
	}
	free(text);
}

static void test_not_available(void **state)
{
	struct table t;
	struct result_row *r;
	char *text;

	(void)state;
	table_init(&t, &result_schema);
	r = add(&t, "null", "few", ROW_NOISY,
		"3 quiet rounds are too few for an interval");
	set_ns(r, 100, NAN, NAN);
	r = add(&t, "null", "counted", ROW_OK, "");
	set_ns(r, 50, 49, 51);
	r->cycles = (struct figure){ 200, 199, 201 };
	r->cycles_source = CYCLES_COUNTED;
	add(&t, "null", "refused", ROW_SKIP, "io_uring_setup: Operation not permitted");
	text = printed(&t, false);
	assert_int_equal(times(line(text, "  few"), "±?"), 1);
	assert_non_null(strstr(line(text, "too few"), "noisy: 3 quiet rounds"));
	/*
	 * Counted cycles have no tilde; what is not available has a dash and no interval.
	 */
	assert_non_null(strstr(line(text, "counted"), " 200.0 ±0.50% "));
	assert_int_equal(times(line(text, "counted"), "±"), 2);
	assert_non_null(strstr(line(text, "refused"),
			       "skip: io_uring_setup: Operation not permitted"));
	assert_int_equal(times(line(text, "refused"), "±"), 0);
	free(text);
}

static void test_readable(void **state)
{
	static const char *const names[] = {
		"mmap-munmap", "a-name-of-twenty-six-bytes",
		"a-name-of-thirty-four-bytes-is-one",
		"longer-than-any-column-of-the-table:batch=128:bytes=65536"
	};
	struct table t;
	char *text, *p;

	(void)state;
	for (int i = 0; i < 4; i++) {
		table_init(&t, &result_schema);
		for (int k = 0; k < 2; k++) {
			struct result_row *r = add(&t, k ? "read" : "memory", names[i],
						   k ? ROW_OK : ROW_NOISY, "because");

			row_set(&r->via, "shielded");
			set_ns(r, 1234567, 1034567, 1934567);
			r->cycles = (struct figure){ 2469134, 2e6, 3e6 };
			r->cycles_source = CYCLES_ESTIMATED;
			r->ratio = (struct figure){ 12345, 12000, 13000 };
			r->quiet_share = 1;
		}
		text = printed(&t, false);
		for (p = strtok(text, "\n"); p; p = strtok(NULL, "\n"))
			if (columns(p) > (i < 2 ? 110 : 120))
				fail_msg("%d columns: %s", columns(p), p);
		free(text);
	}
}

static void test_hostile_and_colour(void **state)
{
	struct table t;
	struct result_row *r;
	char *text;

	(void)state;
	table_init(&t, &result_schema);
	r = add(&t, "null", "\033[2J\302\233red", ROW_FAIL, "a\nb\033]0;x\007");
	r->ns.mid = NAN;
	text = printed(&t, false);
	assert_null(strchr(text, '\033'));
	assert_null(strchr(text, '\007'));
	assert_null(strstr(text, "\302\233"));
	assert_non_null(strstr(text, "fail: a?b?]0;x?"));
	free(text);
	table_init(&t, &result_schema);
	add(&t, "null", "one", ROW_FAIL, "why");
	text = printed(&t, true);
	assert_non_null(strstr(text, "\033[31mfail: why\033[0m"));
	free(text);
	table_init(&t, &result_schema);
	text = printed(&t, false); /* nothing at all is no crash */
	free(text);
}

/* A text is cut between two characters, and one that is whole stays whole. */
static void test_texts_are_cut_between_characters(void **state)
{
	static const char *const characters[] = { "e", "é", "€", "🙂" };

	(void)state;
	for (int i = 0; i < 4; i++)
		for (int room = 0; room <= 3 * (int)strlen(characters[i]); room++) {
			const char *c = characters[i];
			int len = strlen(c);
			struct text t = text("%.*s", room, text("%s%s%s", c, c, c).s);

			assert_int_equal(strlen(t.s), room / len * len);
			assert_memory_equal(t.s, text("%s%s%s", c, c, c).s, strlen(t.s));
		}
	assert_string_equal(text("%s", "").s, "");
}

static void test_sentences_below_the_rows_are_wrapped_and_clean(void **state)
{
	struct table t = TABLE(result_schema);
	struct result_row *r = add(&t, "null", "a\033[31m\n\302\233b", ROW_OK, "");
	char *text;

	(void)state;
	set_ns(r, 100, 99, 101);
	r->levels = 2;
	r->level_low = (struct figure){ 437.5, 437, 438 };
	r->level_top = (struct figure){ 450.3, 450, 451 };
	r->level_share = 0.61;
	r->median_at = MEDIAN_AT_BETWEEN;
	text = printed(&t, false);
	assert_non_null(
		strstr(text, "Some of the windows of 1 of 1 null calls stand on"));
	assert_non_null(strstr(text, "null/a?[31m??b"));
	assert_null(strchr(text, 033));
	assert_null(strstr(text, "\302\233"));
	for (size_t at = strcspn(text, "T"); text[at]; at++) {
		size_t len = strcspn(text + at, "\n");

		assert_in_range(len, 0, 97);
		at += len;
	}
	free(text);
}

/* A row that names time is marked; the others, and those of an older folder, are not. */
static void test_rows_in_time_are_marked(void **state)
{
	static const char *const names[] = { "", "cycles", "time" };

	(void)state;
	for (int i = 0; i < 3; i++) {
		struct table t = TABLE(result_schema);
		struct result_row *r = add(&t, "switch", "one", ROW_OK, "");
		char *text;

		set_ns(r, 2030, 2020, 2040);
		row_set(&r->metric, names[i]);
		text = printed(&t, false);
		assert_int_equal(times(line(text, "  one"), " *2030 "), i == 2);
		assert_int_equal(times(text, "* marks rows that are compared in time"),
				 i == 2);
		free(text);
	}
}

static void test_lines_are_wrapped_by_columns(void **state)
{
	char *text;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	table_wrap(f, "é €€ 🙂🙂 abc d", 2, 12);
	fclose(f);
	assert_string_equal(text, "é €€ 🙂🙂\n  abc d\n");
	free(text);
	f = open_memstream(&text, &len);
	table_wrap(f, "±±±± ±±±± ±", 0, 11);
	fclose(f);
	assert_string_equal(text, "±±±± ±±±± ±\n");
	free(text);
}

/* Significant digits, as they were before there was one place for them. */
static void test_decimals(void **state)
{
	(void)state;
	assert_int_equal(decimals(0.1, 3), 3);
	assert_int_equal(decimals(-9.994, 3), 2);
	assert_int_equal(decimals(9.996, 3), 1);
	assert_int_equal(decimals(99.96, 4), 1);
	assert_int_equal(decimals(999.6, 4), 0);
	assert_int_equal(decimals(1e300, 4), 0);
	assert_int_equal(decimals(0, 4), 4);
	assert_int_equal(decimals(NAN, 4), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_half),
		cmocka_unit_test(test_every_figure_has_one),
		cmocka_unit_test(test_not_available),
		cmocka_unit_test(test_readable),
		cmocka_unit_test(test_hostile_and_colour),
		cmocka_unit_test(test_texts_are_cut_between_characters),
		cmocka_unit_test(test_rows_in_time_are_marked),
		cmocka_unit_test(test_lines_are_wrapped_by_columns),
		cmocka_unit_test(test_decimals),
		cmocka_unit_test(test_sentences_below_the_rows_are_wrapped_and_clean),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
