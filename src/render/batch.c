// SPDX-License-Identifier: MIT
/*
 * The advice of a sweep as text: which strategy, from which batch size on, and what it
 * costs. It selects and rounds; everything that is claimed was decided in compare/.
 */
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

char *batch_title(char *buf, size_t len, const struct batch_workload *w)
{
	if (w->bytes < 0)
		snprintf(buf, len, "%s", w->name);
	else
		snprintf(buf, len, "%s, %ld byte%s", w->name, w->bytes,
			 w->bytes == 1 ? "" : "s");
	return buf;
}

char *batch_size(char *buf, size_t len, double n)
{
	if (isnan(n))
		snprintf(buf, len, "-");
	else if (isinf(n))
		snprintf(buf, len, "∞");
	else if (n < 9.95 && n != floor(n))
		snprintf(buf, len, "%.1f", n);
	else
		snprintf(buf, len, "%.0f", n);
	return buf;
}

/* Three digits: "308", "22.5", "1.81". */
static char *three_digits(char *buf, size_t len, double v)
{
	int decimals = v < 9.995 && v > 0 ? 2 : v < 99.95 && v > 0 ? 1 : 0;

	if (isfinite(v))
		snprintf(buf, len, "%.*f", decimals, v);
	else
		snprintf(buf, len, "-");
	return buf;
}

static void say_saving(char *buf, size_t len, double ratio)
{
	if (isfinite(ratio))
		snprintf(buf, len, "%.0f %%", 100 * (1 - ratio));
}

struct batch_words batch_words(const struct batch_workload *w)
{
	const struct batch_advice *a = &w->advice;
	struct batch_words t = {
		.from = "-", .saves_from = "-", .saves = "-", .takes = "-", .cpu = "-"
	};

	snprintf(t.workload, sizeof(t.workload), "%s", w->name);
	snprintf(t.size, sizeof(t.size), w->bytes < 0 ? "-" : "%ld", w->bytes);
	batch_size(t.n, sizeof(t.n), a->n);
	if (!a->best) {
		snprintf(t.best, sizeof(t.best), "- (no figure)");
		return t;
	}
	if (a->best == a->base) {
		snprintf(t.best, sizeof(t.best),
			 stats_median_rank(w->rounds, FIT_LEVEL) ? "nothing beats %s"
								 : "%s (untested)",
			 a->best->name);
	} else {
		snprintf(t.best, sizeof(t.best), "%s", a->best->name);
		batch_size(t.from, sizeof(t.from), a->from);
		say_saving(t.saves_from, sizeof(t.saves_from), a->from_ratio.mid);
		if (!a->tested && isfinite(a->ratio.mid))
			snprintf(t.saves, sizeof(t.saves), "%.1f %% ±?",
				 100 * (1 - a->ratio.mid));
		else if (a->tested)
			snprintf(t.saves, sizeof(t.saves), "%.1f (%.1f–%.1f) %%",
				 100 * (1 - a->ratio.mid), 100 * (1 - a->ratio.hi),
				 100 * (1 - a->ratio.lo));
	}
	if (a->row && a->best != a->base)
		say_ns(t.takes, sizeof(t.takes), a->row->batch_ns.mid);
	if (a->row && a->row->cpu_ns.mid >= 0 && a->row->ns.mid > 0)
		snprintf(t.cpu, sizeof(t.cpu), "%.1f×",
			 a->row->cpu_ns.mid / a->row->ns.mid);
	return t;
}

bool batch_headline(const struct batching *b, char *buf, size_t len)
{
	const struct batch_workload *most = NULL;
	size_t pay = 0, asked = 0;
	char title[100], from[16];

	for (size_t i = 0; i < b->n; i++) {
		const struct batch_advice *a = &b->workload[i].advice;

		if (!b->workload[i].choice || !a->best)
			continue;
		asked++;
		if (a->best == a->base || !a->tested)
			continue;
		pay++;
		if (!most || a->ratio.mid < most->advice.ratio.mid)
			most = &b->workload[i];
	}
	if (!asked)
		return false;
	if (!most) {
		snprintf(
			buf, len,
			"No strategy is shown to make a batch cheaper than single calls");
		return true;
	}
	batch_title(title, sizeof(title), most);
	batch_size(from, sizeof(from), most->advice.from);
	snprintf(
		buf, len,
		"Batching pays off in %zu of %zu workloads, most in %s: %s%s%s saves %.0f %% "
		"of %s at %.0f",
		pay, asked, title, most->advice.best->name,
		isnan(most->advice.from) ? "" : ", from ",
		isnan(most->advice.from) ? "" : from, 100 * (1 - most->advice.ratio.mid),
		most->advice.base->name, most->advice.n);
	return true;
}

/* Columns that a UTF-8 text takes. */
static int columns(const char *s)
{
	int n = 0;

	for (; *s; s++)
		n += ((unsigned char)*s & 0xc0) != 0x80;
	return n;
}

static void put_right(FILE *out, const char *s, int width)
{
	fprintf(out, " %*s%s", width > columns(s) ? width - columns(s) : 0, "", s);
}

/* A paragraph in lines of at most 98 columns. */
static void put_wrapped(FILE *out, const char *text)
{
	int at = 0;

	while (*text) {
		int len = strcspn(text, " ");

		if (at && at + 1 + len > 98) {
			fputc('\n', out);
			at = 0;
		}
		at += fprintf(out, "%s%.*s", at ? " " : "", len, text);
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

static void bold(FILE *out, bool color, bool on)
{
	fputs(!color ? "" : on ? "\033[1m" : "\033[0m", out);
}

void batch_print(FILE *out, const struct batching *b, bool color)
{
	static const char *const heads[] = { "from n", "saves", "at n",
					     "saves",  "batch", "CPU" };
	static const int widths[] = { 6, 5, 5, 18, 8, 5 };
	bool untested = false;

	bold(out, color, true);
	fprintf(out, "%-16s %6s %-*s", "workload", "bytes", BEST_WIDTH, "best");
	for (int i = 0; i < 6; i++)
		put_right(out, heads[i], widths[i]);
	bold(out, color, false);
	fputc('\n', out);
	for (size_t i = 0; i < b->n; i++) {
		struct batch_words t = batch_words(&b->workload[i]);
		const char *cells[] = {
			t.from, t.saves_from, t.n, t.saves, t.takes, t.cpu
		};
		bool fits = columns(t.best) <= BEST_WIDTH;

		if (!b->workload[i].choice)
			continue;
		table_text(out, t.workload, 16, true);
		put_right(out, t.size, 6);
		fputc(' ', out);
		table_text(out, t.best, fits ? BEST_WIDTH : 75, fits);
		if (!fits)
			fprintf(out, "\n%*s", 24 + BEST_WIDTH, "");
		for (int k = 0; k < 6; k++)
			put_right(out, cells[k], widths[k]);
		fputc('\n', out);
	}
	put_wrapped(out, BATCH_LEGEND);
	for (size_t i = 0; i < b->n; i++)
		untested |= b->workload[i].choice &&
			    b->workload[i].advice.best != b->workload[i].advice.base &&
			    !b->workload[i].advice.tested;
	if (untested)
		fputs("±?: fewer than 6 quiet rounds of both: no interval, and no test.\n",
		      out);
}

static void put_estimate(char *buf, size_t len, const struct figure *e)
{
	char mid[24], lo[24], hi[24];

	three_digits(mid, sizeof(mid), e->mid);
	if (isnan(e->lo) || e->mid == 0)
		snprintf(buf, len, "%s", mid);
	else
		snprintf(buf, len, "%s (%s–%s)", mid, three_digits(lo, sizeof(lo), e->lo),
			 three_digits(hi, sizeof(hi), e->hi));
}

/* "308 (305–311)/n + 1.81 (1.80–1.82)" */
static void say_part(char *buf, size_t len, const struct fit_part *p)
{
	char a[80], b[80];

	put_estimate(a, sizeof(a), &p->a);
	put_estimate(b, sizeof(b), &p->b);
	if (p->from == p->to)
		snprintf(buf, len, "%s", b);
	else
		snprintf(buf, len, "%s/n + %s", a, b);
}

static void say_breakeven(char *buf, size_t len, const struct breakeven *be)
{
	char mid[16], lo[16], hi[16], from[24] = "";

	batch_size(mid, sizeof(mid), be->n.mid);
	batch_size(lo, sizeof(lo), fmin(be->n.lo, be->largest));
	batch_size(hi, sizeof(hi), be->n.hi);
	if (!isnan(be->cheaper_from))
		snprintf(from, sizeof(from), " [%.0f]", be->cheaper_from);
	if (be->pays == PAYS_UNKNOWN)
		snprintf(buf, len, "-");
	else if (be->pays == PAYS_NEVER)
		snprintf(buf, len, "never (> %s)", lo);
	else if (be->pays == PAYS_BEYOND)
		snprintf(buf, len, "> %.0f (fit: %s)", be->largest, mid);
	else if (be->pays == PAYS_ALWAYS && !(be->n.hi > 1))
		snprintf(buf, len, "always%s", from);
	else if (be->at_most)
		snprintf(buf, len, "<= %s%s", mid, from);
	else if (isnan(be->n.lo))
		snprintf(buf, len, "%s%s%s", be->fitted ? "" : "~", mid, from);
	else
		snprintf(buf, len, "%s%s (%s–%s)%s", be->fitted ? "" : "~", mid, lo, hi,
			 from);
}

/* With its mode where that is not what one expects. */
static void put_name(FILE *out, const char *name, const char *mode)
{
	bool punted = *mode && strcmp(mode, "inline");
	bool fits = !punted && columns(name) <= NAME_WIDTH;

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
	char words[200], second[200] = "";

	put_name(out, s->name, s->curve.sizes ? s->row[0]->mode : "");
	if (!s->curve.sizes) {
		table_text(out, s->status ? status_words[s->status] : "no figure", 8,
			   false);
		fputs(*s->reason ? ": " : "", out);
		table_text(out, s->reason, 100 - NAME_WIDTH - 13, false);
		fputc('\n', out);
		return;
	}
	if (!s->fitted) {
		snprintf(words, sizeof(words), "one size only (n = %.0f)", s->curve.n[0]);
	} else if (s->fit.verdict == FIT_NONE) {
		snprintf(words, sizeof(words), "no curve (off by %.0f %% at n = %.0f)",
			 100 * fabs(s->fit.worst), s->fit.worst_at);
	} else {
		say_part(words, sizeof(words), &s->fit.part[0]);
		if (s->fit.parts > 1)
			say_part(second, sizeof(second), &s->fit.part[1]);
	}
	table_text(out, words, 70, false);
	fprintf(out, "%*s", columns(words) < FIT_WIDTH ? FIT_WIDTH - columns(words) : 0,
		"");
	for (size_t j = 0; j < w->n_baselines && j < BASES_MAX; j++) {
		say_breakeven(words, sizeof(words), &s->against[j]);
		put_right(out, words, BASE_WIDTH);
	}
	fputc('\n', out);
	if (*second)
		fprintf(out, "  %*s %s from n = %.0f on: a knee\n", NAME_WIDTH, "",
			second, s->fit.part[1].from);
}

/*
 * "cheapest by median: n = 1 write; n = 2 to 1024 writev", at the sizes of the best. At
 * other sizes another could win because the best was not measured there.
 */
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
		char mid[32], lo[32], hi[32];

		fputs(j ? ", " : "  single calls: ", out);
		table_text(out, s->name, 40, false);
		fprintf(out, " %s ns", three_digits(mid, sizeof(mid), s->row[0]->ns.mid));
		if (isfinite(s->row[0]->ns.lo))
			fprintf(out, " (%s–%s)",
				three_digits(lo, sizeof(lo), s->row[0]->ns.lo),
				three_digits(hi, sizeof(hi), s->row[0]->ns.hi));
		if (s->curve.n[0] != 1)
			fprintf(out, " at n = %.0f", s->curve.n[0]);
	}
	if (w->n_baselines)
		fputc('\n', out);
}

static void put_workload(FILE *out, const struct batch_workload *w, bool color)
{
	const struct batch_advice *a = &w->advice;
	char title[120];
	bool few = false;

	if (!w->choice)
		return;
	fputc('\n', out);
	bold(out, color, true);
	table_text(out, batch_title(title, sizeof(title), w), 80, false);
	bold(out, color, false);
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
	for (size_t j = 0; j < w->n_baselines && j < BASES_MAX; j++) {
		char head[40];

		snprintf(head, sizeof(head), "against %.30s", w->baseline[j]->name);
		put_right(out, head, BASE_WIDTH);
	}
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
static void put_apart(FILE *out, const struct batch_workload *w)
{
	char title[120];

	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];

		fputs("  ", out);
		table_text(out, batch_title(title, sizeof(title), w), 30, false);
		fputs(", ", out);
		table_text(out, s->name, 40, false);
		fputc(':', out);
		for (size_t i = 0; i < s->curve.sizes; i++) {
			const struct result_row *r = s->row[i];
			char mid[32], lo[32], hi[32];

			if (w->n_strategies == 1 || s->curve.sizes > 1)
				fprintf(out, "%s n = %.0f", i ? ";" : "", s->curve.n[i]);
			fprintf(out, " %s ns", three_digits(mid, sizeof(mid), r->ns.mid));
			if (isfinite(r->ns.lo))
				fprintf(out, " (%s–%s)",
					three_digits(lo, sizeof(lo), r->ns.lo),
					three_digits(hi, sizeof(hi), r->ns.hi));
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
			put_apart(out, &b->workload[i]);
}
