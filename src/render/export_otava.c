// SPDX-License-Identifier: MIT
/*
 * Apache Otava (otava/importer.py, CsvImporter): a header, then a row a point in time.
 * Its own configuration says what the columns are. An empty metric is refused there, so a
 * row without a figure has no column: join only files with the same header. There is no
 * place for a mark on one metric, so noisy_rows counts.
 */
#include <errno.h>

#include "render/export.h"
#include "render/say.h"
#include "row/csv.h"

static int export_otava(FILE *out, const struct export_source *src)
{
	const char *date = src->time ? src->time : export_env(src, "date");
	size_t n = 0, noisy = 0;

	if (!date) {
		return err_set(src->err, -EINVAL,
			       "no date is stored here: give it with --time");
	}
	fputs("time,commit,noisy_rows", out);
	for_rows (result_row, r, &src->folder->results) {
		char name[4200];

		if (!say_has_figure(r))
			continue;
		snprintf(name, sizeof(name), "%s_ns", r->id);
		putc(',', out);
		csv_write_text(out, name);
		noisy += r->status == ROW_NOISY;
		n++;
	}
	putc('\n', out);
	csv_write_text(out, date);
	putc(',', out);
	csv_write_text(out, src->commit ? src->commit : "");
	fprintf(out, ",%zu", noisy);
	for_rows (result_row, r, &src->folder->results) {
		if (say_has_figure(r))
			fprintf(out, ",%.9g", r->ns.mid);
	}
	putc('\n', out);
	return n ? export_done(out) : -ENODATA;
}

EXPORT_FORMAT(otava) = {
	.name = "otava",
	.summary = "CSV of one point in time for Apache Otava; --commit, --time",
	.point_in_time = true,
	.write = export_otava,
};
