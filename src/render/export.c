// SPDX-License-Identifier: MIT
/* The list of export formats, and what they share. Reads no file; writes none. */
#include <errno.h>
#include <math.h>
#include <string.h>

#include "render/export.h"
#include "render/say.h"

/* The linker makes these from the section's name (GNU ld, "Orphan sections"). */
extern const struct export_format *const __start_export_formats[] __attribute__((weak));
extern const struct export_format *const __stop_export_formats[] __attribute__((weak));

const struct export_format *export_format(size_t i)
{
	const struct export_format *const *all = __start_export_formats;
	size_t n = __stop_export_formats - all;

	/* In the order of linking: the i-th is the one with i others before it. */
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
	return json_string_value(json_object_get(src->folder->environment, key));
}

static const json_t *summary_value(const struct export_source *src, const char *key)
{
	return json_object_get(json_object_get(src->folder->compare, "summary"), key);
}

const char *export_advisory(const struct export_source *src)
{
	return json_string_value(summary_value(src, "advisory"));
}

const char *export_disturbed(const struct export_source *src)
{
	const char *why = json_string_value(summary_value(src, "why"));

	return json_is_true(summary_value(src, "disturbed")) ? why ?: "" : NULL;
}

const char *export_undecided(const struct export_source *src)
{
	if (!json_is_false(summary_value(src, "can_tell")) || export_disturbed(src))
		return NULL;
	return json_string_value(summary_value(src, "text"));
}

int64_t export_operations(const struct result_row *r, const struct round_row *round)
{
	int64_t ops = 1, factors[] = { round->n, round->quiet, r->ops };

	for (int i = 0; i < 3; i++)
		if (factors[i] > 0 && __builtin_mul_overflow(ops, factors[i], &ops))
			return 1;
	return ops;
}

struct text export_interval(struct figure f, const char *unit)
{
	if (!isfinite(f.mid) || fabs(f.mid) >= 1e15)
		return text("-");
	if (!isfinite(f.lo) || !isfinite(f.hi) || fabs(f.lo) >= 1e15 ||
	    fabs(f.hi) >= 1e15)
		return text("%s%s", say_number(f.mid).s, unit);
	return text("%s%s (%s to %s)", say_number(f.mid).s, unit, say_number(f.lo).s,
		    say_number(f.hi).s);
}

struct text export_ns(struct figure ns)
{
	static const char *const units[] = { " ns", " µs", " ms", " s" };
	double scale = 1;
	int unit = 0;

	for (; fabs(ns.mid) >= 999.95 * scale && unit < 3; unit++)
		scale *= 1000;
	ns = (struct figure){ ns.mid / scale, ns.lo / scale, ns.hi / scale };
	return export_interval(ns, units[unit]);
}

struct text export_side(struct figure ns, struct figure other, const char *metric)
{
	if (!isfinite(other.mid))
		return export_ns(ns);
	return export_interval(other, text(" %.70s", say_unit(metric)).s);
}

struct text export_change(const struct verdict_row *v)
{
	return text("%s; %s, the base %s", export_interval(v->ratio, " times").s,
		    export_side(v->head_ns, v->head, v->metric).s,
		    export_side(v->base_ns, v->base, v->metric).s);
}

struct text export_counts(const struct export_source *src)
{
	const struct folder *f = src->folder;
	const char *const *words = f->compared ? verdict_words : status_words;
	size_t count[VERDICTS + ROW_STATUSES] = { 0 };
	size_t n_words = f->compared ? VERDICTS : ROW_STATUSES;
	struct text all = { "" };

	if (f->compared)
		for_rows (verdict_row, v, &f->verdicts)
			count[v->verdict]++;
	else
		for_rows (result_row, r, &f->results)
			count[r->status]++;
	for (size_t w = 1; w < n_words; w++)
		if (count[w])
			all = text("%s%s%zu %s", all.s, *all.s ? ", " : "", count[w],
				   words[w]);
	return *all.s ? all : text("no rows");
}

int export_json(FILE *out, json_t *json, size_t entries)
{
	size_t flags = JSON_INDENT(1) | JSON_REAL_PRECISION(9) | JSON_PRESERVE_ORDER;
	int ret = -ENODATA;

	if (entries)
		ret = json_dumpf(json, out, flags) || putc('\n', out) == EOF ? -EIO : 0;
	json_decref(json);
	return ret;
}

int export_done(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}
