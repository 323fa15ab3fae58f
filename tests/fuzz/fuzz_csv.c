// SPDX-License-Identifier: MIT
/*
 * libFuzzer target: any bytes into the CSV reader, as each of the three tables. What it
 * accepts must come back from the writer with equal texts and counts, reals within the
 * nine digits written, and be the same bytes when written again. It looks for no
 * particular message: that is tests/unit/test_csv.c's.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "row/csv.h"

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static char *written(const struct table *t, size_t *len)
{
	char *text;
	FILE *f = open_memstream(&text, len);

	MUST(f && !csv_write(f, t));
	fclose(f);
	return text;
}

static void must_equal(enum column_type type, const void *a, const void *b)
{
	double x, y;

	switch (type) {
	case COLUMN_TEXT:
		MUST(!strcmp(*(char *const *)a, *(char *const *)b));
		break;
	case COLUMN_REAL:
		x = *(const double *)a;
		y = *(const double *)b;
		MUST(isnan(x) ? isnan(y) : fabs(x - y) <= 6e-9 * fabs(x));
		break;
	case COLUMN_COUNT:
		MUST(*(const int64_t *)a == *(const int64_t *)b);
		break;
	case COLUMN_WORD:
		MUST(*(const unsigned int *)a == *(const unsigned int *)b);
		break;
	}
}

static void try_schema(const struct schema *s, const char *data, size_t size)
{
	struct err err = { 0 };
	char *first, *second;
	size_t first_len, second_len;
	struct table a, b;

	if (csv_read(&a, s, data, size, &err)) {
		MUST(*err.text && !strchr(err.text, '\n') && !a.n);
		return;
	}
	first = written(&a, &first_len);
	MUST(!csv_read(&b, s, first, first_len, &err));
	MUST(a.n == b.n);
	for (size_t i = 0; i < a.n; i++)
		for (size_t c = 0; c < s->n_columns; c++) {
			size_t at = i * s->row_size + s->columns[c].offset;

			must_equal(s->columns[c].type, (char *)a.rows + at,
				   (char *)b.rows + at);
		}
	second = written(&b, &second_len);
	MUST(first_len == second_len && !memcmp(first, second, first_len));
	free(first);
	free(second);
	table_free(&a);
	table_free(&b);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	try_schema(&result_schema, (const char *)data, size);
	try_schema(&round_schema, (const char *)data, size);
	try_schema(&verdict_schema, (const char *)data, size);
	return 0;
}
