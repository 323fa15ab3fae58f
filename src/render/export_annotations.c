// SPDX-License-Identifier: MIT
/*
 * GitHub's workflow commands: "::warning title=T::message". In the message % CR and LF
 * are escaped, in a property also : and , (actions/toolkit,
 * packages/core/src/command.ts). Ten warnings a step are shown, and ten notices.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "render/export.h"
#include "render/markup.h"

#define WORST 10
#define TITLE 200 /* bytes of an id in a title: GitHub takes 255 characters */

static void put_part(FILE *out, const char *text, size_t max, const char *special)
{
	for (const char *p = text; *p; p++) {
		if ((size_t)(p - text) >= max && (*p & 0xc0) != 0x80)
			break; /* between two characters */
		if (strchr(special, *p))
			fprintf(out, "%%%02X", *p);
		else
			putc(*p, out);
	}
}

static void put_message(FILE *out, const char *text)
{
	put_part(out, text, SIZE_MAX, "%\r\n");
}

#define put(out, ...) markup(out, put_message, __VA_ARGS__)

static void put_warning(FILE *out, const char *what, const char *id, const char *text,
			const char *reason)
{
	fprintf(out, "::warning title=%s ", what);
	put_part(out, id, TITLE, "%\r\n:,");
	put(out, "::%s%s%s\n", text, *text && *reason ? ": " : "", reason);
}

/* Regressed, or suspected to be slower. */
static bool is_red(const struct verdict_row *v)
{
	return v->verdict == VERDICT_REGRESSED ||
	       (v->verdict == VERDICT_SUSPECTED && v->ratio.mid > 1);
}

/* Regressed first. */
static int worse_first(const void *a, const void *b)
{
	const struct verdict_row *x = *(const struct verdict_row *const *)a;
	const struct verdict_row *y = *(const struct verdict_row *const *)b;
	double p = isfinite(x->ratio.mid) ? x->ratio.mid : 0,
	       q = isfinite(y->ratio.mid) ? y->ratio.mid : 0;

	if (x->verdict != y->verdict)
		return x->verdict == VERDICT_REGRESSED ? -1 : 1;
	return (p < q) - (p > q) ?: (x > y) - (x < y);
}

static int export_annotations(FILE *out, const struct export_source *src)
{
	const struct verdict_row **red = room_for(src->folder->verdicts.n, sizeof(*red));
	const char *disturbed = export_disturbed(src), *advisory = export_advisory(src);
	const char *undecided = export_undecided(src);
	size_t n_red = 0, shown = 0, failed = 0;

	for_rows (verdict_row, v, &src->folder->verdicts)
		if (is_red(v))
			red[n_red++] = v;
	qsort(red, n_red, sizeof(*red), worse_first);
	for (; shown < n_red && shown < WORST; shown++)
		put_warning(out, verdict_words[red[shown]->verdict], red[shown]->id,
			    export_change(red[shown]).s, red[shown]->reason);
	free(red);
	for_rows (result_row, r, &src->folder->results) {
		if (r->status != ROW_FAIL)
			continue;
		failed++;
		if (shown < WORST) {
			put_warning(out, "failed", r->id, "", r->reason);
			shown++;
		}
	}
	fprintf(out, "::notice title=syscost::%s", export_counts(src).s);
	if (src->folder->compared && failed)
		fprintf(out, ", %zu failed", failed);
	if (shown < n_red + failed)
		fprintf(out, "; the worst %zu of %zu are shown", shown, n_red + failed);
	if (undecided)
		put(out, "; cannot tell: %s", undecided);
	if (disturbed)
		put(out, "; contaminated: %s", disturbed);
	if (advisory)
		put(out, "; advisory only: %s", advisory);
	putc('\n', out);
	return export_done(out);
}

EXPORT_FORMAT(annotations) = {
	.name = "github-annotations",
	.summary = "workflow commands: the worst ten and a count",
	.write = export_annotations,
};
