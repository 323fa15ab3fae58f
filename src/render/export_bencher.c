// SPDX-License-Identifier: MIT
/*
 * Bencher Metric Format: {name: {measure: {value, lower_value?, upper_value?}}}. Latency
 * is in nanoseconds; a name has 1 to 1,024 characters. One that ends in -bencher-ignore
 * loses that ending and raises no alert, which is what a noisy row should do
 * (bencher.dev/docs/reference/bencher-metric-format).
 */
#include <errno.h>
#include <string.h>

#include "render/export.h"
#include "render/say.h"

#define NAME_MAX_BYTES (1024 - 16) /* an ending fits behind it */

static int export_bencher(FILE *out, const struct export_source *src)
{
	json_t *all = json_object();

	for_rows (result_row, r, &src->folder->results) {
		char name[NAME_MAX_BYTES + 17];

		if (!say_has_figure(r))
			continue;
		if (strlen(r->id) > NAME_MAX_BYTES) {
			json_decref(all);
			return err_set(
				src->err, -EINVAL,
				"bencher takes names of 1 to %d bytes, not '%.40s'",
				NAME_MAX_BYTES, r->id);
		}
		snprintf(name, sizeof(name), "%s%s", r->id,
			 r->status == ROW_NOISY ? "-bencher-ignore" : "");
		json_object_set_new(all, name,
				    json_pack("{s:{s:f, s:o*, s:o*}}", "latency", "value",
					      r->ns.mid, "lower_value",
					      json_real(r->ns.lo), "upper_value",
					      json_real(r->ns.hi)));
	}
	return export_json(out, all, json_object_size(all));
}

EXPORT_FORMAT(bencher) = {
	.name = "bencher",
	.summary = "Bencher Metric Format, JSON",
	.write = export_bencher,
};
