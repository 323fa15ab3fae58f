// SPDX-License-Identifier: MIT
/* google-benchmark's JSON, a repetition a round: for compare.py and others. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/metric.h"
#include "render/export.h"
#include "render/say.h"

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
 * The context of google-benchmark 1.7 (src/json_reporter.cc), as far as it is known.
 * Bencher's reader wants `caches`, which are not recorded: an empty array.
 */
static json_t *google_context(const struct export_source *src)
{
	const char *governor = export_env(src, "governor");
	const json_t *calibration = json_object_get(src->folder->run, "calibration");
	json_t *load = json_object_get(src->folder->environment, "load average");
	double ratio = json_number_value(
		json_object_get(calibration, "cycles_per_tick_estimated"));
	double mhz = ratio * src->folder->ticks_per_ns * 1000; /* as cycles: estimated */
	int cpus = count_cpus(export_env(src, "cpus online"));

	return json_pack("{s:s*, s:s*, s:s, s:o*, s:o*, s:o*, s:[], s:[O*], s:s}", "date",
			 export_env(src, "date"), "host_name", export_env(src, "host"),
			 "executable", "syscost", "num_cpus",
			 cpus ? json_integer(cpus) : NULL, "mhz_per_cpu",
			 mhz > 0 && isfinite(mhz) ? json_integer(lround(fmin(mhz, 1e9)))
						  : NULL,
			 "cpu_scaling_enabled",
			 governor ? json_boolean(strcmp(governor, "performance")) : NULL,
			 "caches", "load_avg", json_is_number(load) ? load : NULL,
			 "library_build_type", "release");
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
	json_t *label = NULL;

	if (noisy || !cpu)
		label = json_sprintf("%s%s%s%s%s", noisy ? "noisy" : "",
				     noisy && *r->reason ? ": " : "",
				     noisy ? r->reason : "", noisy && !cpu ? "; " : "",
				     cpu ? "" : "cpu_time was not measured");
	return json_pack("{s:s, s:I, s:i, s:s, s:s, s:I, s:I, s:i, s:I, s:f, s:f, s:s,"
			 " s:o*, s:o*, s:o*}",
			 "name", r->id, "family_index", (json_int_t)family,
			 "per_family_instance_index", 0, "run_name", r->id, "run_type",
			 "iteration", "repetitions", (json_int_t)repetitions,
			 "repetition_index", (json_int_t)index, "threads", 1,
			 "iterations", (json_int_t)export_operations(r, round),
			 "real_time", ns, "cpu_time", cpu ? round->cpu_ns : ns,
			 "time_unit", "ns", "label", label, "ticks",
			 json_real(round->ticks), "cycles_estimated",
			 json_real(metric_cycles.of_round(round, false, NAN)));
}

static int export_google(FILE *out, const struct export_source *src)
{
	const struct folder *f = src->folder;
	json_t *entries = json_array();
	size_t family = 0;

	for_rows (result_row, r, &f->results) {
		size_t n, index = 0, repetitions;
		const void *const *rounds = index_find(&src->rounds_by_id, r->id, &n);

		repetitions = with_figure(rounds, n);
		for (size_t k = 0; k < n && say_has_figure(r); k++) {
			const struct round_row *round = rounds[k];

			if (isfinite(round->ticks / f->ticks_per_ns))
				json_array_append_new(entries,
						      google_entry(src, r, round, family,
								   repetitions, index++));
		}
		family++;
	}
	return export_json(out,
			   json_pack("{s:o, s:o}", "context", google_context(src),
				     "benchmarks", entries),
			   json_array_size(entries));
}

EXPORT_FORMAT(google) = {
	.name = "google-benchmark",
	.summary = "JSON of google-benchmark, a repetition a round",
	.write = export_google,
};
