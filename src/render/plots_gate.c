// SPDX-License-Identifier: MIT
/* The figures of a comparison, as scripts/plots/forest.gp and aa.gp draw them. */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/reason.h"
#include "render/plot.h"
#include "render/plots.h"
#include "render/verdicts.h"
#include "stats/stats.h"

#define BAND_EDGE   0.1	 /* a delta beyond this does not widen the figure */
#define AA_EDGE	    50.0 /* per cent: what lies further out is not in the figure */
#define AA_WIDEST   4	 /* benchmarks that get a curve of their own */
#define AA_LEAST    20	 /* values that make a curve */
#define AA_MIN_EDGE 2.5	 /* per cent: so that the default delta is in the figure */

extern const char plot_forest_gp[];
extern const char plot_aa_gp[];

struct forest {
	const struct table *verdicts;
	const struct gate_summary *summary;
};

/* 0: not in the key. */
static const unsigned int colours[VERDICTS] = {
	[VERDICT_REGRESSED] = 0xd55e00, [VERDICT_CONTAMINATED] = 0xcc79a7,
	[VERDICT_IMPROVED] = 0x009e73,	[VERDICT_INCONCLUSIVE] = 0xe69f00,
	[VERDICT_SUSPECTED] = 0x8b3a00, [VERDICT_SAME] = 0x0072b2,
};

static int slower_first(const void *a, const void *b)
{
	const struct verdict_row *x = *(const struct verdict_row *const *)a;
	const struct verdict_row *y = *(const struct verdict_row *const *)b;

	if (x->ratio.mid != y->ratio.mid)
		return x->ratio.mid > y->ratio.mid ? -1 : 1;
	return strcmp(x->id, y->id);
}

/* A ratio that a log axis can have; `instead` where it is none. */
static double on_axis(double ratio, double instead)
{
	return isfinite(ratio) && ratio > 0 ? ratio : instead;
}

static struct figure change_of(const struct verdict_row *r)
{
	double mid = r->ratio.mid;

	return (struct figure){ mid, on_axis(r->ratio.lo, mid),
				on_axis(r->ratio.hi, mid) };
}

/* Every interval is in the figure, and so are bands that are not too wide. */
static void find_range(struct canvas *g, const struct verdict_row *const *rows)
{
	double room;

	g->xmin = g->xmax = 1;
	for (int i = 0; i < g->rows; i++) {
		struct figure f = change_of(rows[i]);
		double band = 1 + fmin(BAND_EDGE, fmax(rows[i]->delta, 0));

		g->xmin = fmin(g->xmin, fmin(f.lo, 1 / band));
		g->xmax = fmax(g->xmax, fmax(f.hi, band));
	}
	room = log(g->xmax / g->xmin) * 0.04 + 0.001;
	g->xmin = fmax(g->xmin * exp(-room), 1e-300);
	g->xmax = fmin(g->xmax * exp(3 * room), 1e300); /* room for the words */
}

/* label, y, ratio, low, high, band low, band high, colour, words */
static void put_change(struct canvas *g, const struct verdict_row *r, int y)
{
	struct figure f = change_of(r);
	double band = 1 + (r->delta > 0 ? r->delta : 0);
	unsigned int rgb = colours[r->verdict];
	char words[40];

	if (rgb)
		g->key[canvas_key(g, verdict_words[r->verdict])].rgb = rgb;
	canvas_label(g->dat, r->id);
	fprintf(g->dat, "\t%d\t%.9g\t%.9g\t%.9g\t%.9g\t%.9g\t%u\t%s\n", y, f.mid, f.lo,
		f.hi, fmax(1 / band, g->xmin), fmin(band, g->xmax), rgb,
		reason_change(words, sizeof(words), f.mid));
}

static void draw_forest(struct plotter *m, struct canvas *g)
{
	const struct forest *f = g->arg;
	const struct verdict_row **rows = room_for(f->verdicts->n, sizeof(*rows));

	(void)m;
	for_rows (verdict_row, r, f->verdicts) {
		if (isfinite(r->ratio.mid) && r->ratio.mid > 0)
			rows[g->rows++] = r;
	}
	qsort(rows, g->rows, sizeof(*rows), slower_first);
	find_range(g, rows);
	for (int i = 0; i < g->rows; i++)
		put_change(g, rows[i], i);
	free(rows);
	g->height = 150 + 17 * g->rows;
	g->title = verdicts_say(f->verdicts, f->summary);
}

/* A distribution function, in per cent, and an empty line to end it. Sorts x. */
static void put_steps(struct canvas *g, double *x, size_t n, const char *name)
{
	stats_sort(x, n);
	fprintf(g->dat, "%.9g\t0\n", x[0]);
	for (size_t i = 0; i < n; i++)
		fprintf(g->dat, "%.9g\t%.9g\n", x[i], (i + 1.0) / n);
	fputs("\n\n", g->dat);
	g->key[canvas_key(g, name)].pt = g->rows ? 2 : 1; /* the script's dash type */
	g->rows++;
}

static size_t changes_in_percent(const struct noise_row *r, double *out)
{
	for (size_t i = 0; i < r->n; i++)
		out[i] = expm1(r->ln_ratio[i]) * 100;
	return r->n;
}

/* The next row by its 99th percentile below `below`, of those with enough values. */
static const struct noise_row *next_widest(const struct noise *noise, double *below)
{
	const struct noise_row *found = NULL;
	double most = -1;

	for (size_t i = 0; i < noise->n; i++) {
		double d = noise_delta(noise, noise->rows[i].id);

		if (noise->rows[i].n >= AA_LEAST && d < *below && d > most) {
			most = d;
			found = &noise->rows[i];
		}
	}
	*below = most;
	return found;
}

static void draw_aa(struct plotter *m, struct canvas *g)
{
	const struct noise *noise = g->arg;
	double *all, below = INFINITY, edge;
	const struct noise_row *r;
	size_t n = 0, rows = 0;

	(void)m;
	for (size_t i = 0; i < noise->n; i++) {
		n += noise->rows[i].n;
		rows += noise->rows[i].n > 0;
	}
	if (n < AA_LEAST)
		return;
	all = room_for(n, sizeof(*all));
	n = 0;
	for (size_t i = 0; i < noise->n; i++)
		n += changes_in_percent(&noise->rows[i], all + n);
	put_steps(g, all, n, "all benchmarks");
	for (size_t i = 0; i < n; i++)
		all[i] = fabs(all[i]);
	stats_sort(all, n);
	edge = fmax(AA_MIN_EDGE, stats_quantile(all, n, 0.999) * 1.1);
	g->xmin = -fmin(edge, AA_EDGE);
	g->xmax = fmin(edge, AA_EDGE);
	g->title = text(
		"A/A: 99 of 100 comparisons of a thing with itself lie within %.2f %% "
		"(%zu comparisons of %zu benchmarks)",
		stats_quantile(all, n, 0.99), n, rows);
	free(all);
	for (int k = 0; k < AA_WIDEST && (r = next_widest(noise, &below)); k++) {
		double x[NOISE_KEEP];

		put_steps(g, x, changes_in_percent(r, x), r->id);
	}
}

int plots_gate(const struct table *verdicts, const struct gate_summary *summary,
	       const struct noise *noise, const char *dir, struct err *err)
{
	const struct forest forest = { verdicts, summary };
	const struct plot plots[] = {
		{ "forest", plot_forest_gp, draw_forest, verdicts ? &forest : NULL },
		{ "aa", plot_aa_gp, draw_aa, noise },
	};
	struct plotter m = { .out = dir, .err = err };
	int ret = plot_begin(&m);

	if (ret)
		return ret;
	for (int i = 0; i < 2 && !ret; i++) {
		if (plots[i].arg)
			ret = plot_make(&m, &plots[i]);
		else
			plot_remove(dir, plots[i].name);
	}
	plot_end(&m);
	return ret;
}
