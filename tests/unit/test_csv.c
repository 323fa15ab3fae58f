// SPDX-License-Identifier: MIT
/*
 * Tables through CSV and back, and what the reader refuses, by its message. The values'
 * meaning is not tested here; inputs nobody thought of are tests/fuzz/fuzz_csv.c's.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "base/random.h"
#include "row/csv.h"

#define HEADER                                                                       \
	"id,round,position,n,windows,quiet,dropped,ticks,contended_ticks,all_ticks," \
	"probe,cycles_per_tick" /* all columns of the first version */

#define LATER ",cpu_ns,cycles,contended_cycles,ref_enosys,ref_getuid"

static void refuse_bytes(const char *text, size_t len, const char *message)
{
	struct err err = { 0 };
	struct table t;

	assert_int_equal(csv_read(&t, &round_schema, text, len, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_int_equal(t.n, 0);
	assert_null(t.rows);
}

static void refuse(const char *text, const char *message)
{
	refuse_bytes(text, strlen(text), message);
}

static void accept(struct table *t, const char *text)
{
	struct err err = { 0 };

	if (csv_read(t, &round_schema, text, strlen(text), &err))
		fail_msg("%s", err.text);
}

static void test_round_trip(void **state)
{
	static const char awkward[] = "a \"quoted\", comma\nand\r\nlines \xc3\xa9";
	struct table t, back;
	struct result_row *row;
	char *text;
	struct err err = { 0 };
	size_t len;
	FILE *f;

	(void)state;
	table_init(&t, &result_schema);
	row = table_add(&t);
	row_set(&row->id, "file/read");
	row_set(&row->reason, "first");
	row_set(&row->reason, awkward);
	row->status = ROW_NOISY;
	row->ns.mid = 123.456789012;
	row->ns.lo = -0.1;
	row->ns.hi = INFINITY;
	row->n = INT64_MAX;
	row->ops = 0;
	table_add(&t);

	f = open_memstream(&text, &len);
	assert_int_equal(csv_write(f, &t), 0);
	fclose(f);
	assert_int_equal(csv_read(&back, &result_schema, text, len, &err), 0);
	assert_int_equal(back.n, 2);
	row = table_row(&back, struct result_row, 0);
	assert_string_equal(row->id, "file/read");
	assert_string_equal(row->reason, awkward);
	assert_string_equal(row->base, "");
	assert_int_equal(row->status, ROW_NOISY);
	assert_true(row->ns.mid == 123.456789);
	assert_true(row->ns.lo == -0.1);
	assert_true(isnan(row->ns.hi) && isnan(row->ticks.mid));
	assert_true(row->n == INT64_MAX && row->ops == 0 && row->rounds == -1);
	row = table_row(&back, struct result_row, 1);
	assert_string_equal(row->id, "");
	assert_int_equal(row->status, ROW_NONE);
	assert_true(isnan(row->ns.mid) && row->n == -1);
	free(text);
	table_free(&back);
	table_free(&t);
}

static void test_unwritable(void **state)
{
	char *text, longer[4098];
	struct round_row *row;
	struct table t;
	size_t len;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	memset(longer, 'x', 4097);
	longer[4097] = '\0';
	table_init(&t, &round_schema);
	row = table_add(&t);
	row_set(&row->id, longer);
	assert_int_equal(csv_write(f, &t), -EINVAL);
	row_set(&row->id, "\xff");
	assert_int_equal(csv_write(f, &t), -EINVAL);
	fclose(f);
	assert_int_equal(len, 0);
	free(text);
	f = fopen("/dev/full", "we");
	row_set(&row->id, "x");
	assert_int_equal(csv_write(f, &t), -ENOSPC);
	fclose(f);
	table_free(&t);
}

static void test_accepted(void **state)
{
	struct round_row *row;
	struct table t;

	(void)state;
	accept(&t, HEADER "\n");
	assert_int_equal(t.n, 0);
	table_free(&t);
	accept(&t, HEADER LATER ",newer\r\n"
				"a,0,1,2,3,4,5,1.5,-2e-3,3E+2,4,,9,8,7,6,5,what\r\n");
	assert_int_equal(t.n, 1);
	row = table_row(&t, struct round_row, 0);
	assert_true(row->round == 0 && row->dropped == 5);
	assert_true(row->ticks == 1.5 && row->contended_ticks == -2e-3);
	assert_true(row->all_ticks == 300 && isnan(row->cycles_per_tick));
	assert_true(row->cpu_ns == 9);
	table_free(&t);
	accept(&t, HEADER "\n\"a\"\"\n,b\",\"7\",,,,,,,,,,\n");
	row = table_row(&t, struct round_row, 0);
	assert_string_equal(row->id, "a\"\n,b");
	assert_true(row->round == 7 && isnan(row->cpu_ns)); /* older than that column */
	table_free(&t);
}

static void test_header(void **state)
{
	(void)state;
	refuse("", "line 1, column id: the file is empty");
	refuse("id,round,x\n", "line 1, column position: the header has 'x' here");
	refuse("\xef\xbb\xbf" HEADER "\n",
	       "line 1, column id: the header has '???id' here");
	refuse("id,round\n",
	       "line 1, column round: the header ends here, 10 columns short");
	refuse(HEADER, "line 1, column cycles_per_tick: the file ends within a row");
}

static void test_shape(void **state)
{
	static const char nul[] = HEADER "\na\0b,,,,,,,,,,,\n";

	(void)state;
	refuse(HEADER "\na,1,2\n", "line 2, column position: the row ends here, "
				   "9 fields short");
	refuse(HEADER "\na,1,2", "line 2, column position: the file ends within a row");
	refuse(HEADER "\na,,,,,,,,,,,1", "line 2, column cycles_per_tick: "
					 "the file ends within a row");
	refuse(HEADER "\na,,,,,,,,,,,1,2\n",
	       "line 2, column cycles_per_tick: "
	       "more fields after this than the header has");
	refuse(HEADER LATER ",new\na,,,,,,,,,,,1,\n",
	       "line 2, column cpu_ns: "
	       "the row ends here, 5 fields short");
	refuse(HEADER "\n\n", "line 2, column id: the row ends here, 11 fields short");
	refuse(HEADER "\n\"a\nb", "line 2, column id: the file ends inside quotes");
	refuse(HEADER "\n\"a\nb\",1x",
	       "line 3, column round: the file ends within a row");
	refuse(HEADER "\n\"a\"b,", "line 2, column id: text after the closing quote");
	refuse(HEADER "\na\"b\",",
	       "line 2, column id: a quote in a field without quotes");
	refuse(HEADER "\na\rb,",
	       "line 2, column id: a carriage return that ends no line");
	refuse(HEADER "\n\xc0\x80,", "line 2, column id: not UTF-8: '?"
				     "?'");
	refuse_bytes(nul, sizeof(nul) - 1, "line 2, column id: a NUL byte");
}

static void test_numbers(void **state)
{
	static const char *const reals[] = { "nan", "-nan", "inf", "INFINITY", "0x1p3",
					     " 1",  "1 ",   "+1",  "1.",       ".5",
					     "1,5", "1e",   "1e+", "-",	       "--1" };
	static const char *const counts[] = {
		"-1", "+1", " 1", "1.0", "1e3", "0x1", "nan"
	};
	char text[512], message[256];

	(void)state;
	for (size_t i = 0; i < sizeof(reals) / sizeof(reals[0]); i++) {
		snprintf(text, sizeof(text), HEADER "\na,,,,,,,\"%s\",,,,\n", reals[i]);
		snprintf(message, sizeof(message),
			 "line 2, column ticks: not a number: '%s'", reals[i]);
		refuse(text, message);
	}
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		snprintf(text, sizeof(text), HEADER "\na,%s,,,,,,,,,,\n", counts[i]);
		snprintf(message, sizeof(message),
			 "line 2, column round: not a whole number: '%s'", counts[i]);
		refuse(text, message);
	}
	refuse(HEADER "\na,,,,,,,1e999,,,,\n",
	       "line 2, column ticks: too large: '1e999'");
	refuse(HEADER "\na,9223372036854775808,,,,,,,,,,\n",
	       "line 2, column round: too large: '9223372036854775808'");
}

/* Whatever digits there are: the double that strtod() makes of them. */
static void test_numbers_are_exact(void **state)
{
	static const char *const formats[] = { "%.9g", "%.17g", "%.3f", "%.6e", "%.25g" };
	uint64_t seed = 1;
	char text[512], number[400];
	struct table t;

	(void)state;
	for (int i = 0; i < 20000; i++) {
		uint64_t random = random_next(&seed);
		double x;

		x = ldexp((double)(int64_t)random, (int)(random >> 8 & 127) - 110);
		snprintf(number, sizeof(number), formats[i % 5], x);
		snprintf(text, sizeof(text), HEADER "\na,,,,,,,%s,,,,\n", number);
		accept(&t, text);
		x = strtod(number, NULL);
		assert_memory_equal(&table_row(&t, struct round_row, 0)->ticks, &x,
				    sizeof(x));
		table_free(&t);
	}
}

static void test_words(void **state)
{
	static const struct schema *const all[] = { &result_schema, &verdict_schema,
						    &batch_schema };
	static const char head[] = "id,verdict", row[] = "\na,slower,";
	struct err err = { 0 };
	struct table t;
	char *text;
	size_t len, words = 0;
	FILE *f = open_memstream(&text, &len);

	(void)state;
	/* Every word is there, and once. */
	for (size_t s = 0; s < 3; s++)
		for (size_t c = 0; c < all[s]->n_columns; c++) {
			const struct column *col = &all[s]->columns[c];

			words += col->n_words;
			assert_int_equal(col->n_words > 0, col->type == COLUMN_WORD);
			for (unsigned int i = 0; i < col->n_words; i++) {
				assert_non_null(col->words[i]);
				for (unsigned int k = 0; k < i; k++)
					assert_string_not_equal(col->words[i],
								col->words[k]);
			}
		}
	assert_true(words > 0);
	fputs(head, f);
	for (size_t c = 2; c < verdict_schema.n_columns; c++)
		fprintf(f, ",%s", verdict_schema.columns[c].name);
	fputs(row, f);
	fclose(f);
	assert_int_equal(csv_read(&t, &verdict_schema, text, len, &err), -EINVAL);
	assert_string_equal(
		err.text, "line 2, column verdict: not a word of this column: 'slower'");
	free(text);
}

static void test_limits(void **state)
{
	size_t head = strlen(HEADER "\n"), len = head + 12 * 2000001;
	char *text = malloc(len + 1);
	struct table t;

	(void)state;
	strcpy(text, HEADER "\n");
	memset(text + head, 'x', 5000);
	refuse_bytes(text, head + 5000, "line 2, column id: longer than 4096 bytes");
	memcpy(text + head + 4096, ",,,,,,,,,,,\n", 13);
	accept(&t, text);
	table_free(&t);
	for (size_t i = 0; i < 2000001; i++)
		memcpy(text + head + 12 * i, ",,,,,,,,,,,\n", 13);
	refuse_bytes(text, len, "line 2000002, column id: more than 2000000 rows");
	text[len - 12] = '\0';
	accept(&t, text);
	assert_int_equal(t.n, 2000000);
	table_free(&t);
	free(text);
}

static void test_file(void **state)
{
	struct err err = { 0 };
	char path[] = "/tmp/test_csv.XXXXXX", message[256];
	int fd = mkstemp(path);
	struct table t;
	FILE *f;

	(void)state;
	assert_int_equal(csv_read_file(&t, &round_schema, "/none", &err), -ENOENT);
	assert_string_equal(err.text, "/none: No such file or directory");
	assert_true(fd >= 0);
	f = fdopen(fd, "w");
	fputs(HEADER "\na,nan,,,,,,,,,,\n", f);
	fclose(f);
	assert_int_equal(csv_read_file(&t, &round_schema, path, &err), -EINVAL);
	snprintf(message, sizeof(message),
		 "%s: line 2, column round: not a whole number: 'nan'", path);
	assert_string_equal(err.text, message);
	remove(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_round_trip),
		cmocka_unit_test(test_unwritable),
		cmocka_unit_test(test_accepted),
		cmocka_unit_test(test_header),
		cmocka_unit_test(test_shape),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_words),
		cmocka_unit_test(test_numbers_are_exact),
		cmocka_unit_test(test_limits),
		cmocka_unit_test(test_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
