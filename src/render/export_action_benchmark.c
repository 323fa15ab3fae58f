// SPDX-License-Identifier: MIT
/*
 * github-action-benchmark, tool customSmallerIsBetter: an array of {name, unit, value,
 * range?, extra?} (its README and src/extract.ts). It refuses an empty array. It compares
 * `value` with the last run's by a ratio; `range` and `extra` are text for people.
 */
#include <math.h>

#include "render/export.h"
#include "render/say.h"

static void add_entry(json_t *array, const char *name, const char *unit, struct figure f,
		      const char *extra, const char *reason)
{
	bool range = isfinite(f.lo) && isfinite(f.hi);

	json_array_append_new(
		array, json_pack("{s:s, s:s, s:f, s:o*, s:o*}", "name", name, "unit",
				 unit, "value", f.mid, "range",
				 range ? json_sprintf("%.5g to %.5g", f.lo, f.hi) : NULL,
				 "extra",
				 *extra ? json_sprintf("%s%s%s", extra,
						       *reason ? ": " : "", reason)
					: NULL));
}

static void add_result(json_t *array, const struct result_row *r, bool relative)
{
	const char *extra = r->status == ROW_NOISY ? "noisy" : "";
	char unit[4200] = "ns";

	if (!say_has_figure(r) || (relative && !isfinite(r->ratio.mid)))
		return;
	if (relative)
		snprintf(unit, sizeof(unit), "times %s", r->base);
	add_entry(array, r->id, unit, relative ? r->ratio : r->ns, extra, r->reason);
}

static int export_action_benchmark(FILE *out, const struct export_source *src)
{
	json_t *array = json_array();

	if (src->relative && src->folder->compared) {
		for_rows (verdict_row, v, &src->folder->verdicts)
			if (isfinite(v->ratio.mid) && v->verdict != VERDICT_SKIP)
				add_entry(array, v->id, "times the base", v->ratio,
					  verdict_words[v->verdict], v->reason);
	} else {
		for_rows (result_row, r, &src->folder->results)
			add_result(array, r, src->relative);
	}
	return export_json(out, array, json_array_size(array));
}

EXPORT_FORMAT(action_benchmark) = {
	.name = "github-action-benchmark",
	.summary = "JSON, customSmallerIsBetter; --relative for ratios",
	.relative = true,
	.write = export_action_benchmark,
};
