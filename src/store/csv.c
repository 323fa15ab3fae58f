// SPDX-License-Identifier: MIT
/*
 * CSV out and strictly in. It knows columns, not what they mean.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "store/csv.h"

#define FIELD_MAX 4096
#define ROWS_MAX  100000
#define FILE_MAX  (256L << 20)

static void put_text(FILE *out, const char *text)
{
	if (!text[strcspn(text, ",\"\r\n")]) {
		fputs(text, out);
		return;
	}
	putc('"', out);
	for (; *text; text++) {
		if (*text == '"')
			putc('"', out);
		putc(*text, out);
	}
	putc('"', out);
}

static void put_field(FILE *out, const struct column *col, const char *row)
{
	const void *field = row + col->offset;

	if (col->type == COLUMN_TEXT)
		put_text(out, *(char *const *)field);
	else if (col->type == COLUMN_REAL && isfinite(*(const double *)field))
		fprintf(out, "%.9g", *(const double *)field);
	else if (col->type == COLUMN_COUNT && *(const int64_t *)field >= 0)
		fprintf(out, "%" PRId64, *(const int64_t *)field);
}

int csv_write(FILE *out, const struct table *t)
{
	const struct schema *s = t->schema;

	for (size_t c = 0; c < s->n_columns; c++)
		fprintf(out, "%s%s", c ? "," : "", s->columns[c].name);
	putc('\n', out);
	for (size_t i = 0; i < t->n; i++)
		for (size_t c = 0; c < s->n_columns; c++) {
			put_field(out, &s->columns[c],
				  (const char *)t->rows + i * s->row_size);
			putc(c + 1 < s->n_columns ? ',' : '\n', out);
		}
	return ferror(out) ? -EIO : 0;
}

struct reader {
	const char *at, *end;
	size_t line, column;
	char field[FIELD_MAX + 1];
	char *err;
	size_t err_len;
};

static int __attribute__((format(printf, 2, 3))) refuse(struct reader *r, const char *fmt, ...)
{
	int at = snprintf(r->err, r->err_len, "line %zu: ", r->line);
	va_list ap;

	va_start(ap, fmt);
	if (at >= 0 && (size_t)at < r->err_len)
		vsnprintf(r->err + at, r->err_len - at, fmt, ap);
	va_end(ap);
	return -EINVAL;
}

/* One field into r->field. 0: another follows in this row, 1: it was the last, -EINVAL. */
static int next_field(struct reader *r)
{
	bool quoted = r->at < r->end && *r->at == '"';
	size_t len = 0;

	if (quoted)
		r->at++;
	for (;; r->at++) {
		if (r->at == r->end)
			return refuse(r, "the row is cut off");
		if (quoted && *r->at == '"') {
			if (r->at + 1 == r->end || r->at[1] != '"')
				break;
			r->at++;
		} else if (!quoted && (*r->at == ',' || *r->at == '\n' || *r->at == '\r')) {
			break;
		} else if (!*r->at || (!quoted && *r->at == '"')) {
			return refuse(r, "column %zu has a stray quote or NUL", r->column + 1);
		}
		if (len == FIELD_MAX)
			return refuse(r, "column %zu is too long", r->column + 1);
		if (quoted && *r->at == '\n')
			r->line++;
		r->field[len++] = *r->at;
	}
	r->field[len] = '\0';
	if (quoted)
		r->at++;
	if (r->at < r->end && *r->at == '\r')
		r->at++;
	if (r->at == r->end)
		return refuse(r, "the row is cut off");
	if (*r->at != ',' && *r->at != '\n')
		return refuse(r, "column %zu has text behind its end", r->column + 1);
	return *r->at++ == '\n';
}

static int read_number(struct reader *r, const struct column *col, void *field)
{
	const char *text = r->field;
	char *end;

	if (!*text)
		return 0; /* not available, as the row was made */
	if (text[strspn(text, "0123456789+-.e")] || isspace((unsigned char)*text))
		return refuse(r, "%s is not a number", col->name);
	errno = 0;
	if (col->type == COLUMN_COUNT) {
		*(int64_t *)field = strtoll(text, &end, 10);
		if (errno || *end || *(int64_t *)field < 0)
			return refuse(r, "%s is not a whole number from 0 up", col->name);
		return 0;
	}
	*(double *)field = strtod(text, &end);
	if (*end || end == text || !isfinite(*(double *)field))
		return refuse(r, "%s is not a finite number", col->name);
	return 0;
}

/* The header: every column of the schema in order; more behind them are counted. */
static int read_header(struct reader *r, const struct schema *s, size_t *n_columns)
{
	int last = 0;

	for (r->column = 0; !last; r->column++) {
		last = next_field(r);
		if (last < 0)
			return last;
		if (r->column < s->n_columns && strcmp(r->field, s->columns[r->column].name))
			return refuse(r, "column %zu should be %s", r->column + 1,
				      s->columns[r->column].name);
	}
	*n_columns = r->column;
	if (r->column < s->n_columns)
		return refuse(r, "the column %s is missing", s->columns[r->column].name);
	r->line++;
	return 0;
}

static int read_row(struct reader *r, struct table *t, size_t n_columns)
{
	const struct schema *s = t->schema;
	char *row = table_add(t);
	int last = 0, ret = 0;

	for (r->column = 0; !last && !ret; r->column++) {
		const struct column *col = &s->columns[r->column];

		last = next_field(r);
		if (last < 0)
			return last;
		if (r->column >= n_columns || last != (r->column + 1 == n_columns))
			return refuse(r, "it has not %zu columns as the header", n_columns);
		if (r->column >= s->n_columns)
			continue;
		if (col->type == COLUMN_TEXT)
			row_set((char **)(row + col->offset), r->field);
		else
			ret = read_number(r, col, row + col->offset);
	}
	r->line++;
	return ret;
}

int csv_read(struct table *t, const struct schema *schema, const char *text, size_t len,
	     char *err, size_t err_len)
{
	struct reader *r = calloc(1, sizeof(*r));
	size_t n_columns = 0;
	int ret;

	table_init(t, schema);
	if (!r) {
		snprintf(err, err_len, "out of memory");
		return -ENOMEM;
	}
	r->at = text;
	r->end = text + len;
	r->line = 1;
	r->err = err;
	r->err_len = err_len;
	ret = read_header(r, schema, &n_columns);
	while (!ret && r->at < r->end) {
		if (t->n == ROWS_MAX)
			ret = refuse(r, "more than %d rows", ROWS_MAX);
		else
			ret = read_row(r, t, n_columns);
	}
	free(r);
	if (ret)
		table_free(t);
	return ret;
}

int csv_read_file(struct table *t, const struct schema *schema, const char *path, char *err,
		  size_t err_len)
{
	FILE *f = fopen(path, "re");
	char line[256], *text = NULL;
	long len = -1;
	int ret = 0;

	table_init(t, schema);
	if (!f || fseek(f, 0, SEEK_END) || (len = ftell(f)) < 0)
		ret = -errno;
	else if (len > FILE_MAX)
		ret = -EFBIG;
	if (f)
		rewind(f);
	if (!ret && !(text = malloc(len + 1)))
		ret = -ENOMEM;
	if (!ret && fread(text, 1, len, f) != (size_t)len)
		ret = -EIO;
	if (ret) {
		snprintf(err, err_len, "%s: %s", path, strerror(-ret));
	} else {
		ret = csv_read(t, schema, text, len, line, sizeof(line));
		if (ret)
			snprintf(err, err_len, "%s, %s", path, line);
	}
	free(text);
	if (f)
		fclose(f);
	return ret;
}
