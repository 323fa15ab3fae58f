// SPDX-License-Identifier: MIT
/*
 * The list of export formats, and what they share. Reads no file; writes none.
 */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "compare/metric.h"
#include "render/export.h"
#include "render/say.h"

/* The linker makes these from the section's name (GNU ld, "Orphan sections"). */
extern const struct export_format *const __start_export_formats[] __attribute__((weak));
extern const struct export_format *const __stop_export_formats[] __attribute__((weak));

const struct export_format *export_format(size_t i)
{
	const struct export_format *const *all = __start_export_formats;
	size_t n = __stop_export_formats - all;

	/* They lie in the order of linking: the i-th is the one with i others before it. */
	for (size_t k = 0; k < n; k++) {
		size_t before = 0;

		for (size_t j = 0; j < n; j++)
			before += strcmp(all[j]->name, all[k]->name) < 0;
		if (before == i)
			return all[k];
	}
	return NULL;
}

/* The head's figures, as rows of results. */
static void add_rows_of_verdicts(struct folder *f)
{
	for_rows (verdict_row, v, &f->verdicts) {
		struct result_row *r;

		if (!isfinite(v->head_ns.mid))
			continue;
		r = table_add(&f->results);
		row_set(&r->id, v->id);
		r->status = ROW_OK;
		r->ns = v->head_ns;
	}
}

void export_open(struct export_source *src)
{
	struct folder *f = src->folder;

	if (!f->run)
		add_rows_of_verdicts(f);
	index_make(&src->by_id, &f->results);
	index_make(&src->rounds_by_id, &f->rounds);
	index_make(&src->verdicts_by_id, &f->verdicts);
}

void export_close(struct export_source *src)
{
	index_free(&src->by_id);
	index_free(&src->rounds_by_id);
	index_free(&src->verdicts_by_id);
}

const char *export_env(const struct export_source *src, const char *key)
{
	return json_string_value(
		json_object_get(json_object_get(src->folder->run, "environment"), key));
}

static const json_t *summary(const struct export_source *src, const char *key)
{
	return json_object_get(json_object_get(src->folder->compare, "summary"), key);
}

const char *export_advisory(const struct export_source *src)
{
	return json_string_value(summary(src, "advisory"));
}

const char *export_disturbed(const struct export_source *src)
{
	const char *why = json_string_value(summary(src, "why"));

	return json_is_true(summary(src, "disturbed")) ? why ?: "" : NULL;
}

const struct result_row *export_result(const struct export_source *src, const char *id)
{
	size_t n;
	const void *const *rows = index_find(&src->by_id, id, &n);

	return rows ? rows[0] : NULL;
}

int64_t export_operations(const struct result_row *r, const struct round_row *round)
{
	int64_t ops = 1, factors[] = { round->n, round->quiet, r->ops };

	for (int i = 0; i < 3; i++)
		if (factors[i] > 0 && __builtin_mul_overflow(ops, factors[i], &ops))
			return 1;
	return ops;
}

/* Four significant digits, and no exponent. */
static char *number(char *buf, size_t len, double x)
{
	snprintf(buf, len, fabs(x) < 9999.5 ? "%.4g" : "%.0f", x);
	return buf;
}

char *export_interval(char *buf, size_t len, struct figure f, const char *unit)
{
	char a[32], b[32], c[32];

	if (!isfinite(f.mid) || fabs(f.mid) >= 1e15)
		snprintf(buf, len, "-");
	else if (isfinite(f.lo) && isfinite(f.hi) && fabs(f.lo) < 1e15 &&
		 fabs(f.hi) < 1e15)
		snprintf(buf, len, "%s%s (%s to %s)", number(a, sizeof(a), f.mid), unit,
			 number(b, sizeof(b), f.lo), number(c, sizeof(c), f.hi));
	else
		snprintf(buf, len, "%s%s", number(a, sizeof(a), f.mid), unit);
	return buf;
}

char *export_ns(char *buf, size_t len, struct figure ns)
{
	static const char *const units[] = { " ns", " µs", " ms", " s" };
	double scale = 1;
	int unit = 0;

	for (; fabs(ns.mid) >= 999.95 * scale && unit < 3; unit++)
		scale *= 1000;
	ns = (struct figure){ ns.mid / scale, ns.lo / scale, ns.hi / scale };
	return export_interval(buf, len, ns, units[unit]);
}

/* In time, or in another metric where that was compared. */
static char *cost(char *buf, size_t len, struct figure ns, struct figure other,
		  const struct verdict_row *v)
{
	const struct metric *metric = metric_find(v->metric);
	char unit[80];

	if (isfinite(ns.mid) || !isfinite(other.mid))
		return export_ns(buf, len, ns);
	snprintf(unit, sizeof(unit), " %.70s", metric ? metric->unit : v->metric);
	return export_interval(buf, len, other, unit);
}

char *export_base(char *buf, size_t len, const struct verdict_row *v)
{
	return cost(buf, len, v->base_ns, v->base, v);
}

char *export_head(char *buf, size_t len, const struct verdict_row *v)
{
	return cost(buf, len, v->head_ns, v->head, v);
}

char *export_ratio(char *buf, size_t len, const struct verdict_row *v)
{
	return export_interval(buf, len, v->ratio, " times");
}

char *export_change(char *buf, size_t len, const struct verdict_row *v)
{
	char ratio[80], head[120], base[120];

	snprintf(buf, len, "%s; %s, the base %s", export_ratio(ratio, sizeof(ratio), v),
		 export_head(head, sizeof(head), v), export_base(base, sizeof(base), v));
	return buf;
}

char *export_counts(char *buf, size_t len, const struct export_source *src)
{
	const struct table *t = src->folder->compared ? &src->folder->verdicts
						      : &src->folder->results;
	const char *const *words = src->folder->compared ? verdict_words : status_words;
	size_t n_words = src->folder->compared ? VERDICTS : ROW_STATUSES, at = 0;

	snprintf(buf, len, "no rows");
	for (size_t w = 1; w < n_words && at < len; w++) {
		size_t n = 0;

		for (size_t i = 0; i < t->n; i++)
			n += w == (src->folder->compared
					   ? table_row(t, struct verdict_row, i)->verdict
					   : table_row(t, struct result_row, i)->status);
		if (n)
			at += snprintf(buf + at, len - at, "%s%zu %s", at ? ", " : "", n,
				       words[w]);
	}
	return buf;
}

int export_json(FILE *out, json_t *json)
{
	int ret = json_dumpf(
		json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9) | JSON_PRESERVE_ORDER);

	json_decref(json);
	return ret || putc('\n', out) == EOF ? -EIO : 0;
}

void export_set(json_t *object, const char *key, double x)
{
	if (isfinite(x))
		json_object_set_new(object, key, json_real(x));
}

int export_done(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}
