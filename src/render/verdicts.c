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
#define REASON_WIDTH 106
#define ADVICE_ITEMS 8
#define UNSURE_ROWS  10 /* inconclusive rows that are listed one by one */

/* Worst first. */
static const int order_of[VERDICTS] = {
	[VERDICT_REGRESSED] = 0, [VERDICT_SUSPECTED] = 1,    [VERDICT_CONTAMINATED] = 2,
	[VERDICT_SKIP] = 3,	 [VERDICT_INCONCLUSIVE] = 4, [VERDICT_IMPROVED] = 5,
	[VERDICT_SAME] = 6,	 [VERDICT_NONE] = 6,
};

static const char *const colors[VERDICTS] = {
	[VERDICT_REGRESSED] = "\033[31m",
	[VERDICT_SUSPECTED] = "\033[31m",
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

static struct text say_change(double ratio)
{
	struct text t;

	reason_change(t.s, sizeof(t.s), ratio);
	return t;
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

/* Below its row, in as many lines as it takes. */
static void put_reason(FILE *out, const char *reason)
{
	while (*reason) {
		size_t len = strlen(reason), cut = len;
		char line[600];

		if (len > REASON_WIDTH)
			for (cut = REASON_WIDTH; cut && reason[cut] != ' '; cut--)
				;
		if (!cut) /* no words */
			cut = len;
		snprintf(line, sizeof(line), "%.*s", (int)cut, reason);
		fprintf(out, "%13s", "");
		table_text(out, line, REASON_WIDTH, false);
		fputc('\n', out);
		reason += cut + (reason[cut] == ' ');
	}
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
	if (r->verdict != VERDICT_SAME)
		put_reason(out, reason);
}

/* Whether a row is printed one by one. What was flagged always is. */
static bool is_listed(const struct verdict_row *r, const struct gate_summary *s, bool all)
{
	if (all)
		return true;
	if (r->verdict == VERDICT_INCONCLUSIVE && s->inconclusive > UNSURE_ROWS)
		return r->cause == CAUSE_UNCONFIRMED;
	return r->verdict != VERDICT_SAME;
}

/* How much of a reason is common to all rows with this cause: up to its figures. */
static int common_part(const struct verdict_row *r)
{
	return r->cause == CAUSE_WIDE ? 0 : strcspn(r->reason, ":");
}

/* Whether both are inconclusive for the same reason. */
static bool same_reason(const struct verdict_row *a, const struct verdict_row *b)
{
	int n = common_part(a);

	return a->verdict == b->verdict && a->cause == b->cause && n == common_part(b) &&
	       !strncmp(a->reason, b->reason, n);
}

/* The rows from the i-th on that share its reason, and how wide their intervals are. */
static void put_sum(FILE *out, const struct verdict_row *const *rows, size_t n, size_t i)
{
	double *half = room_for(n, sizeof(*half));
	size_t all = 0;

	for (size_t k = i; k < n; k++)
		if (same_reason(rows[i], rows[k]))
			half[all++] = sqrt(rows[k]->ratio.hi / rows[k]->ratio.lo) - 1;
	fprintf(out, "%6zu row%s: ", all, all == 1 ? "" : "s");
	if (rows[i]->cause == CAUSE_WIDE) {
		stats_sort(half, all);
		fprintf(out, "the interval, +-%.1f %% in the median, is too wide\n",
			stats_median(half, all) * 100);
	} else {
		table_text(out, text("%.*s", common_part(rows[i]), rows[i]->reason).s,
			   REASON_WIDTH, false);
		fputc('\n', out);
	}
	free(half);
}

/* The many inconclusive rows, summed up by reason. */
static void put_inconclusive(FILE *out, const struct verdict_row *const *rows, size_t n,
			     const struct gate_summary *s)
{
	bool title = false;

	for (size_t i = 0; i < n; i++) {
		bool first = rows[i]->verdict == VERDICT_INCONCLUSIVE &&
			     !is_listed(rows[i], s, false);

		for (size_t k = 0; k < i && first; k++)
			first = !same_reason(rows[k], rows[i]);
		if (!first)
			continue;
		if (!title)
			fputs("inconclusive, with --all one by one:\n", out);
		title = true;
		put_sum(out, rows, n, i);
	}
}

struct text verdicts_say(const struct table *verdicts, const struct gate_summary *s)
{
	const struct verdict_row **rows = sort_verdicts(verdicts), *worst = rows[0];

	free(rows);
	if (s->regressed)
		return text("regressed: %zu of %zu benchmarks, most of all %s by %s",
			    s->regressed, s->compared, worst->id,
			    say_change(worst->ratio.mid).s);
	if (s->broken)
		return text("%zu benchmarks failed in head and not in base", s->broken);
	if (s->disturbed)
		return text("contaminated: %s", s->why);
	if (!s->decided && !s->undecided)
		return text("nothing to compare: no benchmark has a figure on both "
			    "sides");
	if (!gate_can_tell(s) && s->suspected)
		return text("undecided: %zu of %zu benchmarks; suspected, most of all %s "
			    "by %s",
			    s->undecided, s->compared, worst->id,
			    say_change(worst->ratio.mid).s);
	if (!gate_can_tell(s))
		return text("undecided: %zu of %zu benchmarks", s->undecided,
			    s->compared);
	if (s->undecided)
		return text("no regression in %zu of %zu benchmarks, %zu undecided",
			    s->compared - s->undecided, s->compared, s->undecided);
	return text("no regression in %zu benchmarks", s->compared);
}

/*
 * What may be said of a row that has no verdict of its own. What was flagged has its
 * reason, and nothing is said of what is contaminated.
 */
static const char *advice_for(const struct verdict_row *r, enum row_advice advice)
{
	if (r->advice != advice || r->cause == CAUSE_UNCONFIRMED)
		return "";
	if (r->verdict == VERDICT_SAME)
		return "by too little to count";
	return r->verdict == VERDICT_INCONCLUSIVE ? "by how much is too unsure" : "";
}

static void put_advice(FILE *out, const struct verdict_row *const *rows, size_t n,
		       enum row_advice advice, const char *what)
{
	size_t found = 0;

	for (size_t i = 0; i < n; i++) {
		if (strcmp(advice_for(rows[i], advice), what))
			continue;
		if (!found)
			fprintf(out, "probably %s, %s: ", advice_words[advice], what);
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

static void put_all_advice(FILE *out, const struct verdict_row *const *rows, size_t n,
			   const struct gate_summary *s)
{
	if (s->suspected)
		fputs("suspected: beyond delta at first, and fresh rounds do not "
		      "contradict it; measure again, with more time\n",
		      out);
	for (int advice = ADVICE_SLOWER; advice < ADVICES; advice++) {
		put_advice(out, rows, n, advice, "by how much is too unsure");
		put_advice(out, rows, n, advice, "by too little to count");
	}
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
		"%s%zu regressed, %zu suspected, %zu improved, %zu same, "
		"%zu inconclusive, %zu contaminated, %zu skipped\n",
		title ? "\n" : "", s->regressed, s->suspected, s->improved, s->same,
		s->inconclusive, s->contaminated, s->skipped);
	if (!view->all)
		put_inconclusive(out, rows, verdicts->n, s);
	put_all_advice(out, rows, verdicts->n, s);
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
		"{s:{s:s, s:b, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:I, s:b, "
		"s:s, s:o, s:s?}, s:o}",
		"summary", "text", verdicts_say(verdicts, s).s, "can_tell",
		(int)gate_can_tell(s), "compared", (json_int_t)s->compared, "undecided",
		(json_int_t)s->undecided, "regressed", (json_int_t)s->regressed,
		"suspected", (json_int_t)s->suspected, "improved",
		(json_int_t)s->improved, "same", (json_int_t)s->same, "inconclusive",
		(json_int_t)s->inconclusive, "contaminated", (json_int_t)s->contaminated,
		"skipped", (json_int_t)s->skipped, "broken", (json_int_t)s->broken,
		"disturbed", (int)s->disturbed, "why", s->why, "control_ratio",
		json_real_or_null(s->control_ratio), "advisory", advisory, "verdicts",
		table_json(verdicts));
}
