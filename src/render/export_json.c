// SPDX-License-Identifier: MIT
/*
 * The JSON formats: github-action-benchmark, Bencher, google-benchmark. Text reaches
 * jansson as UTF-8, which the CSV reader has made sure of.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "render/export.h"
#include "render/say.h"

/* Nine significant digits, as in the CSV files. Takes over `json`. */
static int dump(FILE *out, json_t *json)
{
	int ret = json_dumpf(
		json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9) | JSON_PRESERVE_ORDER);

	json_decref(json);
	return ret || putc('\n', out) == EOF ? -EIO : 0;
}

static void set(json_t *object, const char *key, double x)
{
	if (isfinite(x))
		json_object_set_new(object, key, json_real(x));
}

/*
 * github-action-benchmark, tool customSmallerIsBetter: an array of {name, unit, value,
 * range?, extra?} (its README and src/extract.ts). It refuses an empty array. It compares
 * `value` with the last run's by a ratio; `range` and `extra` are text for people.
 */
static void add_entry(json_t *array, const char *name, const char *unit, struct figure f,
		      const char *extra, const char *reason)
{
	json_t *entry = json_pack("{s:s, s:s, s:f}", "name", name, "unit", unit, "value",
				  f.mid);
	char range[64];

	if (isfinite(f.lo) && isfinite(f.hi)) {
		snprintf(range, sizeof(range), "%.5g to %.5g", f.lo, f.hi);
		json_object_set_new(entry, "range", json_string(range));
	}
	if (*extra)
		json_object_set_new(entry, "extra",
				    *reason ? json_sprintf("%s: %s", extra, reason)
					    : json_string(extra));
	json_array_append_new(array, entry);
}

static void add_ratios(json_t *array, const struct export_source *src)
{
	for_rows (verdict_row, v, &src->folder->verdicts) {
		if (isfinite(v->ratio.mid) && v->verdict != VERDICT_SKIP)
			add_entry(array, v->id, "times the base", v->ratio,
				  verdict_words[v->verdict], v->reason);
	}
	for (size_t i = 0; i < src->folder->results.n && !src->folder->compared; i++) {
		const struct result_row *r = table_row(&src->folder->results,
						       struct result_row, i);
		json_t *unit;

		if (!say_has_figure(r) || !isfinite(r->ratio.mid))
			continue;
		unit = json_sprintf("times %s", r->base);
		add_entry(array, r->id, json_string_value(unit), r->ratio,
			  r->status == ROW_NOISY ? "noisy" : "", r->reason);
		json_decref(unit);
	}
}

int export_github_action_benchmark(FILE *out, const struct export_source *src,
				   struct err *err)
{
	json_t *array = json_array();

	(void)err;
	if (src->relative)
		add_ratios(array, src);
	for (size_t i = 0; i < src->folder->results.n && !src->relative; i++) {
		const struct result_row *r = table_row(&src->folder->results,
						       struct result_row, i);

		if (say_has_figure(r))
			add_entry(array, r->id, "ns", r->ns,
				  r->status == ROW_NOISY ? "noisy" : "", r->reason);
	}
	if (!json_array_size(array)) {
		json_decref(array);
		return -ENODATA;
	}
	return dump(out, array);
}

/*
 * Bencher Metric Format: {name: {measure: {value, lower_value?, upper_value?}}}; latency
 * is in nanoseconds; a name has 1 to 1,024 characters; one that ends in -bencher-ignore
 * loses that ending and raises no alert, which is what a noisy row should do
 * (bencher.dev/docs/reference/bencher-metric-format).
 */
#define BENCHER_NAME_MAX 1024

int export_bencher(FILE *out, const struct export_source *src, struct err *err)
{
	json_t *all = json_object();

	for_rows (result_row, r, &src->folder->results) {
		bool noisy = r->status == ROW_NOISY;
		json_t *latency, *name;

		if (!say_has_figure(r))
			continue;
		if (!*r->id || strlen(r->id) > BENCHER_NAME_MAX - 16) {
			err_set(err, 0,
				"bencher takes names of 1 to %d bytes, not '%.40s'",
				BENCHER_NAME_MAX - 16, r->id);
			json_decref(all);
			return -EINVAL;
		}
		latency = json_pack("{s:f}", "value", r->ns.mid);
		set(latency, "lower_value", r->ns.lo);
		set(latency, "upper_value", r->ns.hi);
		name = json_sprintf("%s%s", r->id, noisy ? "-bencher-ignore" : "");
		json_object_set_new(all, json_string_value(name),
				    json_pack("{s:o}", "latency", latency));
		json_decref(name);
	}
	if (!json_object_size(all)) {
		json_decref(all);
		return -ENODATA;
	}
	return dump(out, all);
}

/* CPUs in a list as the kernel writes it, "0-3,8"; 0 where it is none. */
static int count_cpus(const char *list)
{
	int n = 0;

	while (list && *list >= '0' && *list <= '9') {
		char *end;
		long first = strtol(list, &end, 10), last = first;

		if (*end == '-')
			last = strtol(end + 1, &end, 10);
		if (last < first || first > 1 << 20 || last > 1 << 20)
			return 0;
		n += last - first + 1;
		list = *end == ',' ? end + 1 : NULL;
	}
	return n;
}

/*
 * The context of google-benchmark 1.7 (src/json_reporter.cc). Bencher's reader wants
 * `caches`, which the environment record does not have: an empty array. What is not known
 * is left out.
 */
static json_t *google_context(const struct export_source *src)
{
	const char *date = export_env(src, "date"), *host = export_env(src, "host");
	const char *governor = export_env(src, "governor");
	const json_t *calibration = json_object_get(src->folder->run, "calibration");
	const json_t *env = json_object_get(src->folder->run, "environment");
	double ratio = json_number_value(
		json_object_get(calibration, "cycles_per_tick_estimated"));
	json_t *context = json_object(), *load = json_array();
	int cpus = count_cpus(export_env(src, "cpus online"));

	if (date)
		json_object_set_new(context, "date", json_string(date));
	if (host)
		json_object_set_new(context, "host_name", json_string(host));
	json_object_set_new(context, "executable", json_string("syscost"));
	if (cpus)
		json_object_set_new(context, "num_cpus", json_integer(cpus));
	if (ratio > 0 &&
	    isfinite(ratio * src->folder->ticks_per_ns)) /* estimated, as cycles are */
		json_object_set_new(
			context, "mhz_per_cpu",
			json_integer(lround(
				fmin(ratio * src->folder->ticks_per_ns * 1000, 1e9))));
	if (governor)
		json_object_set_new(context, "cpu_scaling_enabled",
				    json_boolean(!export_is(governor, "performance")));
	json_object_set_new(context, "caches", json_array());
	if (json_is_number(json_object_get(env, "load average")))
		json_array_append(load, json_object_get(env, "load average"));
	json_object_set_new(context, "load_avg", load);
	json_object_set_new(context, "library_build_type", json_string("release"));
	return context;
}

static size_t with_figure(const void *const *rounds, size_t n)
{
	size_t have = 0;

	for (size_t i = 0; i < n; i++)
		have += isfinite(((const struct round_row *)rounds[i])->ticks);
	return have;
}

/*
 * compare.py groups by `name` and takes real_time and cpu_time of every entry for its
 * U test, so an entry without cpu_time would stop it (gbench/report.py). Where the CPU
 * time of a row was not measured, the real time stands in for it, and `label` says so.
 */
static json_t *google_entry(const struct export_source *src, const struct result_row *r,
			    const struct round_row *round, size_t family,
			    size_t repetitions, size_t index)
{
	double ns = round->ticks / src->folder->ticks_per_ns;
	bool noisy = r->status == ROW_NOISY, cpu = isfinite(round->cpu_ns);
	json_t *entry = json_pack(
		"{s:s, s:I, s:i, s:s, s:s, s:I, s:I, s:i, s:I, s:f, s:f, s:s}", "name",
		r->id, "family_index", (json_int_t)family, "per_family_instance_index", 0,
		"run_name", r->id, "run_type", "iteration", "repetitions",
		(json_int_t)repetitions, "repetition_index", (json_int_t)index, "threads",
		1, "iterations", (json_int_t)export_operations(r, round), "real_time", ns,
		"cpu_time", cpu ? round->cpu_ns : ns, "time_unit", "ns");

	if (noisy || !cpu)
		json_object_set_new(entry, "label",
				    json_sprintf("%s%s%s%s%s", noisy ? "noisy" : "",
						 noisy && *r->reason ? ": " : "",
						 noisy ? r->reason : "",
						 noisy && !cpu ? "; " : "",
						 cpu ? "" : "cpu_time was not measured"));
	set(entry, "ticks", round->ticks);
	set(entry, "cycles_estimated", round->ticks * round->cycles_per_tick);
	return entry;
}

int export_google(FILE *out, const struct export_source *src, struct err *err)
{
	json_t *entries = json_array();

	(void)err;
	for (size_t i = 0;
	     i < src->folder->results.n && isfinite(src->folder->ticks_per_ns); i++) {
		const struct result_row *r = table_row(&src->folder->results,
						       struct result_row, i);
		const void *const *rounds;
		size_t n, index = 0, repetitions;

		rounds = index_find(&src->rounds_by_id, r->id, &n);
		repetitions = with_figure(rounds, n);
		for (size_t k = 0; k < n && say_has_figure(r); k++) {
			const struct round_row *round = rounds[k];

			if (isfinite(round->ticks))
				json_array_append_new(entries,
						      google_entry(src, r, round, i,
								   repetitions, index++));
		}
	}
	if (!json_array_size(entries)) {
		json_decref(entries);
		return -ENODATA;
	}
	return dump(out, json_pack("{s:o, s:o}", "context", google_context(src),
				   "benchmarks", entries));
}
