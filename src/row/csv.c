// SPDX-License-Identifier: MIT
/*
 * Writer and strict reader of the tables; the reader refuses what it does not know. Both
 * rely on LC_NUMERIC being "C", which it is unless a program calls setlocale.
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/utf8.h"
#include "row/csv.h"

#define MAX_ROWS  2000000
#define MAX_FIELD 4096
#define MAX_FILE  ((size_t)256 << 20)

static const void *field_of(const struct table *t, size_t row, size_t column)
{
	return (const char *)t->rows + row * t->schema->row_size +
	       t->schema->columns[column].offset;
}

void csv_write_text(FILE *out, const char *text)
{
	if (!strpbrk(text, ",\"\r\n")) {
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

static void write_field(FILE *out, const struct column *c, const void *field)
{
	switch (c->type) {
	case COLUMN_TEXT:
		csv_write_text(out, *(char *const *)field);
		break;
	case COLUMN_REAL:
		if (isfinite(*(const double *)field))
			fprintf(out, "%.9g", *(const double *)field);
		break;
	case COLUMN_COUNT:
		if (*(const int64_t *)field >= 0)
			fprintf(out, "%" PRId64, *(const int64_t *)field);
		break;
	case COLUMN_WORD:
		fputs(c->words[*(const unsigned int *)field], out);
		break;
	}
}

/* Whether csv_read() accepts what csv_write() makes of the table. */
static bool writable(const struct table *t)
{
	for (size_t i = 0; i < t->n; i++)
		for (size_t c = 0; c < t->schema->n_columns; c++) {
			const char *text;

			if (t->schema->columns[c].type != COLUMN_TEXT)
				continue;
			text = *(char *const *)field_of(t, i, c);
			if (strlen(text) > MAX_FIELD || !utf8_valid(text, strlen(text)))
				return false;
		}
	return t->n <= MAX_ROWS;
}

int csv_write(FILE *out, const struct table *t)
{
	const struct schema *s = t->schema;

	if (!writable(t))
		return -EINVAL;
	errno = 0;
	for (size_t c = 0; c < s->n_columns; c++)
		fprintf(out, "%s%s", c ? "," : "", s->columns[c].name);
	putc('\n', out);
	for (size_t i = 0; i < t->n && !ferror(out); i++) {
		for (size_t c = 0; c < s->n_columns; c++) {
			if (c)
				putc(',', out);
			write_field(out, &s->columns[c], field_of(t, i, c));
		}
		putc('\n', out);
	}
	if (fflush(out) || ferror(out))
		return errno ? -errno : -EIO;
	return 0;
}

int csv_fill(FILE *out, const void *table)
{
	return csv_write(out, table);
}

struct reader {
	const char *p, *end;
	const struct schema *schema;
	size_t line, newlines; /* where the field starts; newlines since */
	size_t column;
	struct err *err;
	const char *field; /* the last one, not ended by a NUL */
	size_t len;
	char copy[MAX_FIELD + 1]; /* where it is, if it had quotes */
};

static int __attribute__((format(printf, 2, 3)))
fail(struct reader *r, const char *fmt, ...)
{
	char number[24], what[160];
	const char *name = number;
	va_list ap;

	snprintf(number, sizeof(number), "%zu", r->column + 1);
	if (r->column < r->schema->n_columns)
		name = r->schema->columns[r->column].name;
	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	return err_set(r->err, -EINVAL, "line %zu, column %s: %s", r->line, name, what);
}

/* The start of the field for a message: one line of printable ASCII. */
static const char *field_for_message(const struct reader *r, char buf[36])
{
	size_t n = r->len < 32 ? r->len : 32;

	for (size_t i = 0; i < n; i++)
		buf[i] = r->field[i] >= ' ' && r->field[i] <= '~' ? r->field[i] : '?';
	strcpy(buf + n, r->len > n ? "..." : "");
	return buf;
}

static int refuse(struct reader *r, const char *why)
{
	char buf[36];

	return fail(r, "%s: '%s'", why, field_for_message(r, buf));
}

static int read_quoted(struct reader *r)
{
	r->field = r->copy;
	for (r->p++; r->p < r->end; r->copy[r->len++] = *r->p++) {
		if (*r->p == '"') {
			r->p++;
			if (r->p == r->end || *r->p != '"')
				return 0;
		}
		if (!*r->p)
			return fail(r, "a NUL byte");
		if (r->len == MAX_FIELD)
			return fail(r, "longer than %d bytes", MAX_FIELD);
		r->newlines += *r->p == '\n';
	}
	return fail(r, "the file ends inside quotes");
}

static int read_plain(struct reader *r)
{
	static const bool ends[256] = {
		['\0'] = true, [','] = true, ['\n'] = true, ['\r'] = true, ['"'] = true
	};
	const char *p = r->p;

	while (p < r->end && !ends[(unsigned char)*p])
		p++;
	r->field = r->p;
	r->len = p - r->p;
	r->p = p;
	if (r->len > MAX_FIELD)
		return fail(r, "longer than %d bytes", MAX_FIELD);
	if (p < r->end && !*p)
		return fail(r, "a NUL byte");
	if (p < r->end && *p == '"')
		return fail(r, "a quote in a field without quotes");
	return 0;
}

/* The next field and what ends it; `last` says that it ends its row. */
static int next_field(struct reader *r, bool *last)
{
	bool quoted = r->p < r->end && *r->p == '"';

	r->line += r->newlines;
	r->newlines = 0;
	r->len = 0;
	if (quoted ? read_quoted(r) : read_plain(r))
		return -EINVAL;
	if (r->p == r->end)
		return fail(r, "the file ends within a row");
	if (*r->p == '\r') {
		if (r->end - r->p < 2 || r->p[1] != '\n')
			return fail(r, "a carriage return that ends no line");
		r->p++;
	}
	if (*r->p != ',' && *r->p != '\n')
		return fail(r, "text after the closing quote");
	*last = *r->p++ == '\n';
	r->newlines += *last;
	return 0;
}

static bool field_is(const struct reader *r, const char *word)
{
	return !strncmp(r->field, word, r->len) && !word[r->len];
}

static bool is_digit(const char *p, const char *end)
{
	return p < end && *p >= '0' && *p <= '9';
}

/* A number as it is written: digits x 10^scale. */
struct decimal {
	uint64_t digits;
	int n_digits, scale;
};

/* Digits go to *d, as far as it holds them. Returns what follows; `p`: none. */
static const char *read_digits(const char *p, const char *end, struct decimal *d)
{
	for (; is_digit(p, end); p++, d->n_digits++)
		d->digits = d->digits * 10 + (*p - '0');
	return p;
}

/* -?digits[.digits][e[+-]digits] and nothing else. */
static bool read_decimal(const char *p, const char *end, struct decimal *d)
{
	const char *start = p += p < end && *p == '-';
	struct decimal exponent = { 0 };

	*d = (struct decimal){ 0 };
	p = read_digits(p, end, d);
	if (p == start)
		return false;
	if (p < end && *p == '.') {
		start = ++p;
		p = read_digits(p, end, d);
		d->scale = start - p;
		if (p == start)
			return false;
	}
	if (p < end && (*p == 'e' || *p == 'E')) {
		bool minus = ++p < end && *p == '-';

		start = p += p < end && (*p == '-' || *p == '+');
		p = read_digits(p, end, &exponent);
		if (p == start)
			return false;
		if (exponent.n_digits > 3) /* not one that store_real() computes itself */
			exponent.digits = 1000;
		d->scale += minus ? -(int)exponent.digits : (int)exponent.digits;
	}
	return p == end;
}

static int store_real(struct reader *r, double *to)
{
	/* All powers of ten that a double holds. */
	static const double ten[] = { 1e0,  1e1,  1e2,	1e3,  1e4,  1e5,  1e6,	1e7,
				      1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
				      1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22 };
	struct decimal d;
	double x;

	if (!read_decimal(r->field, r->field + r->len, &d))
		return refuse(r, "not a number");
	if (d.n_digits <= 19 && d.digits <= 1ull << 53 && d.scale >= -22 &&
	    d.scale <= 22) {
		/* Two exact numbers: the result is rounded once, as strtod() does it. */
		x = d.scale < 0 ? d.digits / ten[-d.scale] : d.digits * ten[d.scale];
		*to = *r->field == '-' ? -x : x;
		return 0;
	}
	if (r->field != r->copy)
		memcpy(r->copy, r->field, r->len);
	r->copy[r->len] = '\0';
	x = strtod(r->copy, NULL);
	if (!isfinite(x))
		return refuse(r, "too large");
	*to = x;
	return 0;
}

static int store_count(struct reader *r, int64_t *to)
{
	int64_t x = 0;

	for (size_t i = 0; i < r->len; i++)
		if (!is_digit(r->field + i, r->field + r->len))
			return refuse(r, "not a whole number");
	for (size_t i = 0; i < r->len; i++)
		if (__builtin_mul_overflow(x, 10, &x) ||
		    __builtin_add_overflow(x, r->field[i] - '0', &x))
			return refuse(r, "too large");
	*to = x;
	return 0;
}

static int store_word(struct reader *r, const struct column *c, unsigned int *to)
{
	for (*to = 0; *to < c->n_words; ++*to)
		if (field_is(r, c->words[*to]))
			return 0;
	return refuse(r, "not a word of this column");
}

/* The field into the row's, which is "not available" so far. */
static int store(struct reader *r, const struct column *c, void *to)
{
	if (!r->len)
		return 0;
	switch (c->type) {
	case COLUMN_TEXT:
		if (!utf8_valid(r->field, r->len))
			return refuse(r, "not UTF-8");
		row_set_part(to, r->field, r->len);
		break;
	case COLUMN_REAL:
		return store_real(r, to);
	case COLUMN_COUNT:
		return store_count(r, to);
	case COLUMN_WORD:
		return store_word(r, c, to);
	}
	return 0;
}

/* The header; how many fields each row has to have goes to `width`. */
static int read_header(struct reader *r, size_t *width)
{
	const struct schema *s = r->schema;
	bool last = false;
	char buf[36];

	for (r->column = 0; !last; r->column++) {
		if (next_field(r, &last))
			return -EINVAL;
		if (r->column < s->n_columns && !field_is(r, s->columns[r->column].name))
			return fail(r, "the header has '%s' here",
				    field_for_message(r, buf));
		if (last && r->column + 1 < s->n_oldest)
			return fail(r, "the header ends here, %zu columns short",
				    s->n_oldest - r->column - 1);
	}
	*width = r->column;
	return 0;
}

static int read_row(struct reader *r, size_t width, struct table *t)
{
	const struct schema *s = r->schema;
	bool last = false;
	char *row;

	r->column = 0;
	if (t->n == MAX_ROWS) {
		r->line += r->newlines;
		return fail(r, "more than %d rows", MAX_ROWS);
	}
	row = table_add(t);
	for (; r->column < width; r->column++) {
		const struct column *c = &s->columns[r->column];

		if (next_field(r, &last))
			return -EINVAL;
		if (last && r->column + 1 < width)
			return fail(r, "the row ends here, %zu fields short",
				    width - r->column - 1);
		if (r->column < s->n_columns && store(r, c, row + c->offset))
			return -EINVAL;
	}
	r->column--;
	return last ? 0 : fail(r, "more fields after this than the header has");
}

int csv_read(struct table *t, const struct schema *schema, const char *text, size_t len,
	     struct err *err)
{
	struct reader r = { .schema = schema, .line = 1, .err = err };
	size_t width = 0;
	int ret;

	table_init(t, schema);
	if (!len)
		return fail(&r, "the file is empty");
	r.p = text;
	r.end = text + len;
	ret = read_header(&r, &width);
	while (!ret && r.p < r.end)
		ret = read_row(&r, width, t);
	if (ret)
		table_free(t);
	return ret;
}

int csv_read_file(struct table *t, const struct schema *schema, const char *path,
		  struct err *err)
{
	struct err line = { 0 };
	char *text = NULL;
	size_t len = 0;
	int ret;

	table_init(t, schema);
	ret = file_read(path, MAX_FILE, &text, &len, err);
	if (ret)
		return ret;
	ret = csv_read(t, schema, text, len, &line);
	free(text);
	return ret ? err_set(err, ret, "%s: %s", path, line.text) : 0;
}
