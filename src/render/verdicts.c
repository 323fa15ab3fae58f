// SPDX-License-Identifier: MIT
/*
 * Verdicts in words and columns. It sorts and rounds; what the verdict is was decided in
 * compare/gate.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/room.h"
#include "compare/reason.h"
#include "render/say.h"
#include "render/table.h"
#include "render/verdicts.h"
#include "row/json.h"
#include "stats/stats.h"

#define ID_WIDTH     36
#define ADVICE_ITEMS 8
#define UNSURE_ROWS  10 /* inconclusive rows that are listed one by one */

/* Worst first. */
static const int order_of[VERDICTS] = {
	[VERDICT_REGRESSED] = 0,    [VERDICT_CONTAMINATED] = 1, [VERDICT_SKIP] = 2,
	[VERDICT_INCONCLUSIVE] = 3, [VERDICT_IMPROVED] = 4,	[VERDICT_SAME] = 5,
	[VERDICT_NONE] = 5,
};

static const char *const colors[VERDICTS] = {
	[VERDICT_REGRESSED] = "\033[31m",
	[VERDICT_CONTAMINATED] = "\033[33m",
	[VERDICT_SKIP] = "\033[33m",
	[VERDICT_INCONCLUSIVE] = "\033[33m",
	[VERDICT_IMPROVED] = "\033[32m",
	[VERDICT_SAME] = "",
	[VERDICT_NONE] = "",
};

/* Verdict first, then what failed, then the larger change, then the id. */
static int worst_first(const void *a, const void *b)
{
	const struct verdict_row *x = *(const struct verdict_row *const *)a;
	const struct verdict_row *y = *(const struct verdict_row *const *)b;
	int verdicts_differ = order_of[x->verdict] - order_of[y->verdict];
	bool x_broken = gate_broken(x), y_broken = gate_broken(y);
	double dx = isfinite(x->ratio.mid) ? fabs(log(x->ratio.mid)) : -1;
	double dy = isfinite(y->ratio.mid) ? fabs(log(y->ratio.mid)) : -1;

	if (verdicts_differ)
		return verdicts_differ;
	if (x_broken != y_broken)
		return x_broken ? -1 : 1;
	if (dx != dy)
		return dx > dy ? -1 : 1;
	return strcmp(x->id, y->id);
}

static const struct verdict_row **sort_verdicts(const struct table *verdicts)
{
	const struct verdict_row **rows = room_for(verdicts->n, sizeof(*rows));

	for (size_t i = 0; i < verdicts->n; i++)
		rows[i] = table_row(verdicts, struct verdict_row, i);
	qsort(rows, verdicts->n, sizeof(*rows), worst_first);
	return rows;
}

/* "+5.1 %"; large ratios as "x12.3"; "-" for not available. */
static struct text say_change(double ratio)
{
	if (!isfinite(ratio))
		return text("-");
	if (ratio >= 10)
		return text("x%.3g", ratio);
	return text("%+.1f %%", (ratio - 1) * 100);
}

/* Base and head in what was compared. Time has the unit that fits each of them. */
static void put_costs(FILE *out, const struct verdict_row *r)
{
	bool time = !isfinite(r->base.mid) && !isfinite(r->head.mid);

	table_right(out, (time ? say_ns(r->base_ns.mid) : say_number(r->base.mid)).s, 9);
	table_right(out, (time ? say_ns(r->head_ns.mid) : say_number(r->head.mid)).s, 9);
	if (!time) {
		fputc(' ', out);
		table_text(out, say_unit(r->metric), 13, false);
	}
	fputc('\n', out);
}

static void put_row(FILE *out, const struct verdict_row *r, bool color)
{
	const char *tint = color ? colors[r->verdict] : "", *reason;
	bool fits = strlen(r->id) <= ID_WIDTH;
	struct text interval = text("-"), delta = text("-");
	char beside[80];

	if (isfinite(r->ratio.lo) && isfinite(r->ratio.hi))
		interval = text("%s to %s", say_change(r->ratio.lo).s,
				say_change(r->ratio.hi).s);
	if (isfinite(r->delta))
		delta = text("%.1f %%", r->delta * 100);
	fputs(tint, out);
	table_text(out, verdict_words[r->verdict], 12, true);
	fprintf(out, "%s ", *tint ? "\033[0m" : "");
	table_text(out, r->id, fits ? ID_WIDTH : 200, fits);
	if (r->verdict == VERDICT_SKIP) {
		fputs("  ", out);
		table_text(out, r->reason, 48, false);
		fputc('\n', out);
		return;
	}
	if (!fits)
		fprintf(out, "\n%*s", 13 + ID_WIDTH, "");
	fprintf(out, " %8s  %-19s %6s", say_change(r->ratio.mid).s, interval.s, delta.s);
	put_costs(out, r);
	reason = reason_beside_interval(beside, sizeof(beside), r);
	if (*reason && r->verdict != VERDICT_SAME) {
		fprintf(out, "%13s", "");
		table_text(out, reason, 106, false);
		fputc('\n', out);
	}
}

/* Inconclusive for nothing but an interval that is too wide. */
static bool too_wide(const struct verdict_row *r)
{
	return r->verdict == VERDICT_INCONCLUSIVE && r->cause == CAUSE_WIDE;
}

/*
 * Print the many undecided rows together: how wide their intervals are, and how many have
 * none.
 */
static void put_inconclusive(FILE *out, const struct verdict_row *const *rows, size_t n)
{
	double *half = room_for(n, sizeof(*half));
	size_t wide = 0, few = 0;

	for (size_t i = 0; i < n; i++)
		if (too_wide(rows[i]))
			half[wide++] = sqrt(rows[i]->ratio.hi / rows[i]->ratio.lo) - 1;
		else if (rows[i]->verdict == VERDICT_INCONCLUSIVE &&
			 isnan(rows[i]->ratio.lo))
			few++;
	stats_sort(half, wide);
	if (wide)
		fprintf(out,
			"inconclusive because the interval, +-%.1f %% in the median, is too "
			"wide: %zu; --all lists them\n",
			stats_median(half, wide) * 100, wide);
	if (few)
		fprintf(out,
			"inconclusive for want of rounds that can be compared: %zu; --all "
			"lists them\n",
			few);
	free(half);
}

/* Whether a row is printed one by one. Few that are inconclusive are. */
static bool is_listed(const struct verdict_row *r, const struct gate_summary *s, bool all)
{
	if (all)
		return true;
	if (r->verdict == VERDICT_INCONCLUSIVE && s->inconclusive > UNSURE_ROWS)
		return !too_wide(r) &&
		       !isnan(r->ratio.lo); /* its reason is worth reading */
	return r->verdict != VERDICT_SAME;
}

struct text verdicts_say(const struct table *verdicts, const struct gate_summary *s)
{
	const struct verdict_row **rows = sort_verdicts(verdicts), *worst = rows[0];

	free(rows);
	if (!s->compared)
		return text("nothing to compare: no row has a figure on both sides");
	if (s->regressed)
		return text("regressed: %zu of %zu rows, most of all %s by %s",
			    s->regressed, s->compared, worst->id,
			    say_change(worst->ratio.mid).s);
	if (s->broken)
		return text("%zu rows failed in head and not in base", s->broken);
	if (s->disturbed)
		return text("contaminated: %s", s->why);
	if (s->inconclusive == s->compared)
		return text("inconclusive: all %zu rows", s->compared);
	return text("no regression in %zu rows", s->compared);
}

static void put_advice(FILE *out, const struct verdict_row *const *rows, size_t n,
		       enum row_advice advice)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (rows[i]->advice != advice || gate_flagged(rows[i]))
			continue;
		if (!found)
			fprintf(out,
				"probably %s, by too little or too unsure to count: ",
				advice_words[advice]);
		if (found < ADVICE_ITEMS) {
			fputs(found ? ", " : "", out);
			table_text(out, rows[i]->id, 200, false);
		}
		found++;
	}
	if (found > ADVICE_ITEMS)
		fprintf(out, " and %zu more", found - ADVICE_ITEMS);
	fputs(found ? "\n" : "", out);
}

void verdicts_print(FILE *out, const struct table *verdicts, const struct gate_summary *s,
		    const struct verdicts_view *view)
{
	const struct verdict_row **rows = sort_verdicts(verdicts);
	bool title = false;

	fputs(view->color ? "\033[1m" : "", out);
	table_text(out, verdicts_say(verdicts, s).s, 300, false);
	fprintf(out, "%s\n", view->color ? "\033[0m" : "");
	if (view->advisory) {
		fputs("advisory only: ", out);
		table_text(out, view->advisory, 2000, false);
		fputc('\n', out);
	}
	if (s->disturbed && (s->regressed || s->broken)) {
		fputs("contaminated: ", out);
		table_text(out, s->why, 300, false);
		fputc('\n', out);
	}
	for (size_t i = 0; i < verdicts->n; i++) {
		if (!is_listed(rows[i], s, view->all))
			continue;
		if (!title)
			fprintf(out, "\n%-12s %-*s %8s  %-19s %6s %9s %9s\n", "",
				ID_WIDTH, "", "change", "interval", "delta", "base",
				"head");
		title = true;
		put_row(out, rows[i], view->color);
	}
	fprintf(out,
		"%s%zu regressed, %zu improved, %zu same, %zu inconclusive, "
		"%zu contaminated, %zu skipped\n",
		title ? "\n" : "", s->regressed, s->improved, s->same, s->inconclusive,
		s->contaminated, s->skipped);
	if (!view->all && s->inconclusive > UNSURE_ROWS)
		put_inconclusive(out, rows, verdicts->n);
	put_advice(out, rows, verdicts->n, ADVICE_SLOWER);
	put_advice(out, rows, verdicts->n, ADVICE_FASTER);
	if (!isfinite(s->control_ratio) && s->compared && !s->disturbed)
		fputs("no control row on both sides: a change of the machine would not "
		      "show\n",
		      out);
	free(rows);
}

json_t *verdicts_json(const struct table *verdicts, const struct gate_summary *s,
		      const char *advisory)
{
	return json_pack(
		"{s:{s:s, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, s:s, s:o, s:s?}, "
		"s:o}",
		"summary", "text", verdicts_say(verdicts, s).s, "compared",
		(json_int_t)s->compared, "regressed", (json_int_t)s->regressed,
		"improved", (json_int_t)s->improved, "same", (json_int_t)s->same,
		"inconclusive", (json_int_t)s->inconclusive, "contaminated",
		(json_int_t)s->contaminated, "skipped", (json_int_t)s->skipped, "broken",
		(json_int_t)s->broken, "disturbed", (int)s->disturbed, "why", s->why,
		"control_ratio", json_real_or_null(s->control_ratio), "advisory",
		advisory, "verdicts", table_json(verdicts));
}
