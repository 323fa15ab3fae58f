// SPDX-License-Identifier: MIT
/*
 * The schemas, made from the lists in row.h, and tables of their rows.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "row/row.h"

#define COUNT_OF(x) (sizeof(x) / sizeof((x)[0]))

#define WORD_TEXT(name, word) word,
const char *const status_words[] = { STATUS_WORDS(WORD_TEXT) };
const char *const verdict_words[] = { VERDICT_WORDS(WORD_TEXT) };
const char *const cause_words[] = { CAUSE_WORDS(WORD_TEXT) };
const char *const contention_words[] = { CONTENTION_WORDS(WORD_TEXT) };
const char *const advice_words[] = { ADVICE_WORDS(WORD_TEXT) };
const char *const cycles_source_words[] = { CYCLES_SOURCE_WORDS(WORD_TEXT) };
const char *const median_at_words[] = { MEDIAN_AT_WORDS(WORD_TEXT) };

/* The columns that each kind makes, in the struct of a row. */
#define AT(row, c)	      offsetof(struct row, c), NULL, 0
#define TEXT_COLUMN(row, c)   { #c, COLUMN_TEXT, AT(row, c) },
#define REAL_COLUMN(row, c)   { #c, COLUMN_REAL, AT(row, c) },
#define COUNT_COLUMN(row, c)  { #c, COLUMN_COUNT, AT(row, c) },
#define MID_COLUMN(row, c)    { #c, COLUMN_REAL, AT(row, c.mid) },
#define LO_COLUMN(row, c)     { #c "_lo", COLUMN_REAL, AT(row, c.lo) },
#define HI_COLUMN(row, c)     { #c "_hi", COLUMN_REAL, AT(row, c.hi) },
#define ENDS_COLUMN(row, c)   LO_COLUMN(row, c) HI_COLUMN(row, c)
#define FIGURE_COLUMN(row, c) MID_COLUMN(row, c) ENDS_COLUMN(row, c)
#define RATIO_COLUMN(row, c) \
	{ #c "_ratio", COLUMN_REAL, AT(row, c.mid) }, ENDS_COLUMN(row, c)
#define WORD_COLUMN(row, c) \
	{ #c, COLUMN_WORD, offsetof(struct row, c), c##_words, COUNT_OF(c##_words) },

#define RESULT_COLUMN(kind, c, doc)  kind##_COLUMN(result_row, c)
#define ROUND_COLUMN(kind, c, doc)   kind##_COLUMN(round_row, c)
#define WINDOW_COLUMN(kind, c, doc)  kind##_COLUMN(window_row, c)
#define VERDICT_COLUMN(kind, c, doc) kind##_COLUMN(verdict_row, c)
#define BATCH_COLUMN(kind, c, doc)   kind##_COLUMN(batch_row, c)

static const struct column result_columns[] = { RESULT_COLUMNS(RESULT_COLUMN) };
static const struct column round_columns[] = { ROUND_COLUMNS(ROUND_COLUMN) };
static const struct column window_columns[] = { WINDOW_COLUMNS(WINDOW_COLUMN) };
static const struct column verdict_columns[] = { VERDICT_COLUMNS(VERDICT_COLUMN) };
static const struct column batch_columns[] = { BATCH_COLUMNS(BATCH_COLUMN) };

const struct schema result_schema = { "results.csv", result_columns,
				      COUNT_OF(result_columns), 43,
				      sizeof(struct result_row) };
const struct schema round_schema = { "rounds.csv", round_columns, COUNT_OF(round_columns),
				     12, sizeof(struct round_row) };
const struct schema window_schema = { "windows.csv", window_columns,
				      COUNT_OF(window_columns), COUNT_OF(window_columns),
				      sizeof(struct window_row) };
const struct schema verdict_schema = { "verdicts.csv", verdict_columns,
				       COUNT_OF(verdict_columns), 27,
				       sizeof(struct verdict_row) };
const struct schema batch_schema = { "batch.csv", batch_columns, COUNT_OF(batch_columns),
				     COUNT_OF(batch_columns), sizeof(struct batch_row) };

void table_init(struct table *t, const struct schema *schema)
{
	*t = (struct table){ .schema = schema };
}

/* What an empty TEXT field points to: most of them are. */
static const char nothing[] = "";

static void free_text(char *text)
{
	if (text != nothing)
		free(text);
}

void row_set_part(char **field, const char *text, size_t len)
{
	char *copy = len ? strndup(text, len) : (char *)nothing;

	if (!copy)
		abort();
	free_text(*field);
	*field = copy;
}

void row_set(char **field, const char *text)
{
	row_set_part(field, text, text ? strlen(text) : 0);
}

long row_param(const char *params, const char *key)
{
	size_t len = strlen(key);

	for (const char *p = params; *p; p += strcspn(p, " "), p += *p == ' ')
		if (!strncmp(p, key, len) && p[len] == '=')
			return strtol(p + len + 1, NULL, 10);
	return -1;
}

void table_truncate(struct table *t, size_t n)
{
	for (size_t i = n; i < t->n; i++)
		for (size_t c = 0; c < t->schema->n_columns; c++) {
			char *row = (char *)t->rows + i * t->schema->row_size;

			if (t->schema->columns[c].type == COLUMN_TEXT)
				free_text(*(char **)(row + t->schema->columns[c].offset));
		}
	t->n = n < t->n ? n : t->n;
}

void table_free(struct table *t)
{
	table_truncate(t, 0);
	free(t->rows);
	table_init(t, t->schema);
}

void *table_add(struct table *t)
{
	char *row;

	if (t->n == t->room) {
		t->room = t->room ? 2 * t->room : 64;
		t->rows = realloc(t->rows, t->room * t->schema->row_size);
		if (!t->rows)
			abort();
	}
	row = (char *)t->rows + t->n++ * t->schema->row_size;
	for (size_t c = 0; c < t->schema->n_columns; c++) {
		void *field = row + t->schema->columns[c].offset;

		switch (t->schema->columns[c].type) {
		case COLUMN_TEXT:
			*(char **)field = (char *)nothing;
			break;
		case COLUMN_REAL:
			*(double *)field = NAN;
			break;
		case COLUMN_COUNT:
			*(int64_t *)field = -1;
			break;
		case COLUMN_WORD:
			*(unsigned int *)field = 0;
			break;
		}
	}
	return row;
}
