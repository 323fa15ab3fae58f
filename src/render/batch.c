// SPDX-License-Identifier: MIT
/* The advice of a sweep as text: selected and rounded, decided in compare/. */
#include <math.h>
#include <string.h>

#include "render/batch.h"
#include "render/say.h"
#include "render/table.h"

#define BEST_WIDTH 23
#define NAME_WIDTH 21
#define FIT_WIDTH  39
#define BASE_WIDTH 17
#define BASES_MAX  2 /* baselines that the details have room for */

struct text batch_title(const struct batch_workload *w)
{
	if (w->bytes < 0)
		return text("%s", w->name);
	return text("%s, %ld byte%s", w->name, w->bytes, w->bytes == 1 ? "" : "s");
}

struct text batch_size(double n)
{
	if (isnan(n))
		return text("-");
	if (isinf(n))
		return text("∞");
	return text("%.*f", n < 9.95 && n != floor(n), n);
}

/* Three digits: "308", "22.5", "1.81". */
static struct text three_digits(double v)
{
	int digits = v > 0 ? decimals(v, 3) : 0;

	return isfinite(v) ? text("%.*f", digits > 2 ? 2 : digits, v) : text("-");
}

/* "308 (305–311)"; `unit` stands behind the value. */
static struct text say_figure(struct figure f, const char *unit)
{
	if (isnan(f.lo) || f.mid == 0)
		return text("%s%s", three_digits(f.mid).s, unit);
	return text("%s%s (%s–%s)", three_digits(f.mid).s, unit, three_digits(f.lo).s,
		    three_digits(f.hi).s);
}

const char *const batch_heads[] = { "workload", "bytes", "best",  "from n", "saves",
				    "at n",	"saves", "batch", "CPU" };

void batch_words(const struct batch_workload *w, struct text t[BATCH_CELLS])
{
	const struct batch_advice *a = &w->advice;
	double saves = 100 * (1 - a->ratio.mid);

	for (int k = 0; k < BATCH_CELLS; k++)
		t[k] = text("-");
	t[BATCH_WORKLOAD] = text("%s", w->name);
	if (w->bytes >= 0)
		t[BATCH_BYTES] = text("%ld", w->bytes);
	t[BATCH_N] = batch_size(a->n);
	if (!a->best) {
		t[BATCH_BEST] = text("- (no figure)");
		return;
	}
	if (a->best == a->base) {
		t[BATCH_BEST] = text(stats_median_rank(w->rounds, FIT_LEVEL)
					     ? "nothing beats %s"
					     : "%s (untested)",
				     a->best->name);
	} else {
		t[BATCH_BEST] = text("%s", a->best->name);
		t[BATCH_FROM] = batch_size(a->from);
		if (isfinite(a->from_ratio.mid))
			t[BATCH_SAVES_FROM] = text("%.0f %%",
						   100 * (1 - a->from_ratio.mid));
		if (a->tested)
			t[BATCH_SAVES] = text("%.1f (%.1f–%.1f) %%", saves,
					      100 * (1 - a->ratio.hi),
					      100 * (1 - a->ratio.lo));
		else if (isfinite(a->ratio.mid))
			t[BATCH_SAVES] = text("%.1f %% ±?", saves);
		if (a->row)
			t[BATCH_TAKES] = say_ns(a->row->batch_ns.mid);
	}
	if (a->row && a->row->cpu_ns.mid >= 0 && a->row->ns.mid > 0)
		t[BATCH_CPU] = text("%.1f×", a->row->cpu_ns.mid / a->row->ns.mid);
}

struct text batch_headline(const struct batching *b)
{
	const struct batch_workload *most = NULL;
	const struct batch_advice *a;
	size_t pay = 0, asked = 0;

	for (size_t i = 0; i < b->n; i++) {
		a = &b->workload[i].advice;
		if (!b->workload[i].choice || !a->best)
			continue;
		asked++;
		if (a->best == a->base || !a->tested)
			continue;
		pay++;
		if (!most || a->ratio.mid < most->advice.ratio.mid)
			most = &b->workload[i];
	}
	if (!most)
		return text("%s", asked ? "No strategy is shown to make a batch cheaper "
					  "than single calls"
					: "");
	a = &most->advice;
	return text("Batching pays off in %zu of %zu workloads, most in %s: %s%s%s saves "
		    "%.0f %% of %s at %.0f",
		    pay, asked, batch_title(most).s, a->best->name,
		    isnan(a->from) ? "" : ", from ",
		    isnan(a->from) ? "" : batch_size(a->from).s, 100 * (1 - a->ratio.mid),
		    a->base->name, a->n);
}

static void set_bold(FILE *out, bool color, bool on)
{
	fputs(!color ? "" : on ? "\033[1m" : "\033[0m", out);
}

void batch_print(FILE *out, const struct batching *b, bool color)
{
	static const int widths[BATCH_CELLS] = { 16, 6, BEST_WIDTH, 6, 5, 5, 18, 8, 5 };
	bool untested = false;

	set_bold(out, color, true);
	fprintf(out, "%-16s %6s %-*s", batch_heads[0], batch_heads[1], BEST_WIDTH,
		batch_heads[2]);
	for (int k = BATCH_FROM; k < BATCH_CELLS; k++)
		table_right(out, batch_heads[k], widths[k]);
	set_bold(out, color, false);
	fputc('\n', out);
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_workload *w = &b->workload[i];
		struct text t[BATCH_CELLS];
		bool fits;

		if (!w->choice)
			continue;
		batch_words(w, t);
		fits = table_columns(t[BATCH_BEST].s) <= BEST_WIDTH;
		table_text(out, t[BATCH_WORKLOAD].s, 16, true);
		table_right(out, t[BATCH_BYTES].s, 6);
		fputc(' ', out);
		table_text(out, t[BATCH_BEST].s, fits ? BEST_WIDTH : 75, fits);
		if (!fits)
			fprintf(out, "\n%*s", 24 + BEST_WIDTH, "");
		for (int k = BATCH_FROM; k < BATCH_CELLS; k++)
			table_right(out, t[k].s, widths[k]);
		fputc('\n', out);
		untested |= w->advice.best != w->advice.base && !w->advice.tested;
	}
	table_wrap(out, BATCH_LEGEND, 0, 98);
	if (untested)
		fputs("±?: fewer than 6 quiet rounds of both: no interval, and no "
		      "test.\n",
		      out);
}

/* "308 (305–311)/n + 1.81 (1.80–1.82)" */
static struct text say_part(const struct fit_part *p)
{
	if (p->from == p->to)
		return say_figure(p->b, "");
	return text("%s/n + %s", say_figure(p->a, "").s, say_figure(p->b, "").s);
}

static struct text say_breakeven(const struct breakeven *be)
{
	struct text mid = batch_size(be->n.mid);
	struct text lo = batch_size(fmin(be->n.lo, be->largest));
	struct text from = isnan(be->cheaper_from) ? (struct text){ "" }
						   : text(" [%.0f]", be->cheaper_from);
	const char *between = be->fitted ? "" : "~";

	if (be->pays == PAYS_UNKNOWN)
		return text("-");
	if (be->pays == PAYS_NEVER)
		return text("never (> %s)", lo.s);
	if (be->pays == PAYS_BEYOND)
		return text("> %.0f (fit: %s)", be->largest, mid.s);
	if (be->pays == PAYS_ALWAYS && !(be->n.hi > 1))
		return text("always%s", from.s);
	if (be->at_most)
		return text("<= %s%s", mid.s, from.s);
	if (isnan(be->n.lo))
		return text("%s%s%s", between, mid.s, from.s);
	return text("%s%s (%s–%s)%s", between, mid.s, lo.s, batch_size(be->n.hi).s,
		    from.s);
}

/* With its mode where that is not what one expects. */
static void put_name(FILE *out, const char *name, const char *mode)
{
	bool punted = *mode && strcmp(mode, "inline");
	bool fits = !punted && table_columns(name) <= NAME_WIDTH;

	fputs("  ", out);
	table_text(out, name, fits ? NAME_WIDTH : 70, fits);
	if (punted) {
		fputs(" (", out);
		table_text(out, mode, 16, false);
		fputs(")", out);
	}
	if (!fits)
		fprintf(out, "\n  %*s", NAME_WIDTH, "");
	fputc(' ', out);
}

static void put_strategy(FILE *out, const struct batch_workload *w,
			 const struct batch_strategy *s)
{
	struct text words, second = { "" };

	put_name(out, s->name, s->curve.sizes ? s->row[0]->mode : "");
	if (!s->curve.sizes) {
		table_text(out, s->status ? status_words[s->status] : "no figure", 8,
			   false);
		fputs(*s->reason ? ": " : "", out);
		table_text(out, s->reason, 100 - NAME_WIDTH - 13, false);
		fputc('\n', out);
		return;
	}
	if (!s->fitted)
		words = text("one size only (n = %.0f)", s->curve.n[0]);
	else if (s->fit.verdict == FIT_NONE)
		words = text("no curve (off by %.0f %% at n = %.0f)",
			     100 * fabs(s->fit.worst), s->fit.worst_at);
	else
		words = say_part(&s->fit.part[0]);
	if (s->fitted && s->fit.parts > 1)
		second = say_part(&s->fit.part[1]);
	table_text(out, words.s, 70, false);
	fprintf(out, "%*s",
		table_columns(words.s) < FIT_WIDTH ? FIT_WIDTH - table_columns(words.s)
						   : 0,
		"");
	for (size_t j = 0; j < w->n_baselines && j < BASES_MAX; j++)
		table_right(out, say_breakeven(&s->against[j]).s, BASE_WIDTH);
	fputc('\n', out);
	if (*second.s)
		fprintf(out, "  %*s %s from n = %.0f on: a knee\n", NAME_WIDTH, "",
			second.s, s->fit.part[1].from);
}

/* "cheapest by median: n = 1 write; n = 2 to 1024 writev", at sizes of the best alone. */
static void put_cheapest(FILE *out, const struct batch_workload *w)
{
	const struct batch_strategy *best = w->advice.best;
	double all[FIT_SIZES_MAX];
	size_t n = batching_sizes(w, all), end;
	const double *sizes = all;

	if (best && !best->baseline) {
		n = best->curve.sizes;
		sizes = best->curve.n;
	}
	fputs("  cheapest by median:", out);
	for (size_t i = 0; i < n; i = end) {
		const struct batch_strategy *s = batching_cheapest(w, sizes[i]);

		for (end = i + 1; end < n && batching_cheapest(w, sizes[end]) == s; end++)
			;
		fprintf(out, "%s n = %.0f", i ? ";" : "", sizes[i]);
		if (end > i + 1)
			fprintf(out, " to %.0f", sizes[end - 1]);
		fputc(' ', out);
		table_text(out, s ? s->name : "-", 40, false);
	}
	fputc('\n', out);
}

static void put_baselines(FILE *out, const struct batch_workload *w)
{
	for (size_t j = 0; j < w->n_baselines; j++) {
		const struct batch_strategy *s = w->baseline[j];

		fputs(j ? ", " : "  single calls: ", out);
		table_text(out, s->name, 40, false);
		fprintf(out, " %s", say_figure(s->row[0]->ns, " ns").s);
		if (s->curve.n[0] != 1)
			fprintf(out, " at n = %.0f", s->curve.n[0]);
	}
	if (w->n_baselines)
		fputc('\n', out);
}

static void put_workload(FILE *out, const struct batch_workload *w, bool color)
{
	const struct batch_advice *a = &w->advice;
	bool few = false;

	if (!w->choice)
		return;
	fputc('\n', out);
	set_bold(out, color, true);
	table_text(out, batch_title(w).s, 80, false);
	set_bold(out, color, false);
	fprintf(out, " (%zu round%s)\n", w->rounds, w->rounds == 1 ? "" : "s");
	put_baselines(out, w);
	put_cheapest(out, w);
	if (a->n_equal) {
		fprintf(out, "  not told apart from %s at n = %.0f:", a->best->name,
			a->n);
		for (size_t k = 0; k < a->n_equal; k++) {
			fputs(k ? ", " : " ", out);
			table_text(out, a->equal[k]->name, 40, false);
		}
		fputc('\n', out);
	}
	fprintf(out, "  %-*s %-*s", NAME_WIDTH, "", FIT_WIDTH, "ns an operation");
	for (size_t j = 0; j < w->n_baselines && j < BASES_MAX; j++)
		table_right(out, text("against %.30s", w->baseline[j]->name).s,
			    BASE_WIDTH);
	fputc('\n', out);
	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];

		few |= s->fitted && s->fit.verdict == FIT_FEW && !s->baseline;
		if (!s->baseline || !s->curve.sizes)
			put_strategy(out, w, s);
	}
	if (few)
		fputs("  a curve through two sizes is not tested by them\n", out);
}

/* What is done once, or in one way only: "setup-ring: io_uring n = 1 12.3 µs". */
static void put_without_choice(FILE *out, const struct batch_workload *w)
{
	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];

		fputs("  ", out);
		table_text(out, batch_title(w).s, 30, false);
		fputs(", ", out);
		table_text(out, s->name, 40, false);
		fputc(':', out);
		for (size_t i = 0; i < s->curve.sizes; i++) {
			if (w->n_strategies == 1 || s->curve.sizes > 1)
				fprintf(out, "%s n = %.0f", i ? ";" : "", s->curve.n[i]);
			fprintf(out, " %s", say_figure(s->row[i]->ns, " ns").s);
		}
		if (!s->curve.sizes) {
			fprintf(out, " %s%s", status_words[s->status],
				*s->reason ? ": " : "");
			table_text(out, s->reason, 60, false);
		}
		fputc('\n', out);
	}
}

void batch_print_details(FILE *out, const struct batching *b, bool color)
{
	size_t apart = 0;

	fputs("\nCost of an operation in a batch of n, and from which n on it is cheaper "
	      "(95 % intervals).\n[8]: the smallest measured batch that is significantly "
	      "cheaper, as are all larger ones.\n~: between measured sizes, because one "
	      "curve does not fit.\n",
	      out);
	for (size_t i = 0; i < b->n; i++) {
		put_workload(out, &b->workload[i], color);
		apart += !b->workload[i].choice;
	}
	if (apart)
		fputs("\nNo alternatives: an operation costs\n", out);
	for (size_t i = 0; i < b->n; i++)
		if (!b->workload[i].choice)
			put_without_choice(out, &b->workload[i]);
}
