// SPDX-License-Identifier: MIT
/*
 * The figures of a run: what goes into them, and their titles. How they look is in
 * scripts/plots/, how they are made in plot.c, and what they say in say.c. Those of a
 * batching sweep are in plots_batch.c.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "render/plot.h"
#include "render/plots.h"
#include "render/plots_batch.h"
#include "render/say.h"
#include "row/select.h"
#include "stats/stats.h"

extern const char plot_null_gp[];
extern const char plot_all_gp[];
extern const char plot_read_gp[];
extern const char plot_clocks_gp[];
extern const char plot_ecdf_gp[];

/* label, y, value, lo, hi, value in words, colour, shape */
static void put_bar(struct canvas *g, const char *label, double y,
		    const struct result_row *r, double scale, int key)
{
	double lo = figure_low(r->ns), hi = figure_high(r->ns);

	canvas_label(g->dat, label);
	fprintf(g->dat, "\t%.9g\t", y);
	canvas_number(g->dat, r->ns.mid * scale);
	fputc('\t', g->dat);
	canvas_number(g->dat, lo * scale);
	fputc('\t', g->dat);
	canvas_number(g->dat, hi * scale);
	fprintf(g->dat, "\t%s\t%u\t%d\n", say_ns(r->ns.mid * scale).s, g->key[key].rgb,
		g->key[key].pt);
	canvas_grow(g, r->ns.mid * scale);
	canvas_grow(g, lo * scale);
	canvas_grow(g, hi * scale);
}

struct item {
	const struct result_row *r;
	double v;
};

static int by_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->v > y->v) - (x->v < y->v);
}

/* Rows by what they cost, the cheapest first. */
struct ranking {
	bool (*has)(const struct result_row *r);
	struct text (*say)(const struct table *results);
	const char *otherwise; /* the title, where there is nothing to say */
	bool pages;	       /* costs are scaled to 4 KiB, and ids are short */
	bool decades;	       /* families of many rows on a logarithmic axis */
};

static bool is_null(const struct result_row *r)
{
	return !strcmp(r->group, "null") || !strcmp(r->group, "floor");
}

static bool is_read(const struct result_row *r)
{
	return !strcmp(r->group, "read");
}

/* The hundreds of rows of a sweep have plots of their own. */
static bool is_no_sweep(const struct result_row *r)
{
	return r->ns.mid > 0 && strcmp(r->group, "batch");
}

static const struct ranking null_calls = { is_null, say_null,
					   "Ways of making the null call", false, false };
static const struct ranking all_rows = { is_no_sweep, say_all, "All rows", false, true };
static const struct ranking reads = { is_read, say_read, "Ways of reading 4 KiB", true,
				      false };

static void draw_ranking(struct plotter *m, struct canvas *g)
{
	struct item *items = room_for(m->results->n, sizeof(*items));
	const struct ranking *k = g->arg;
	size_t n = 0;

	for_rows (result_row, r, m->results) {
		double v = r->ns.mid * (k->pages ? say_page_scale(r) : 1);

		if (!say_has_figure(r) || !k->has(r) || !isfinite(v))
			continue;
		items[n++] = (struct item){ r, v };
		/* In the order of the run, so that a family keeps its colour. */
		if (k->decades)
			canvas_key(g, r->group);
	}
	qsort(items, n, sizeof(*items), by_value);
	for (size_t i = 0; i < n; i++) {
		const struct result_row *r = items[i].r;

		put_bar(g, k->pages ? r->name : r->id, i, r,
			items[i].v / (r->ns.mid ? r->ns.mid : 1),
			canvas_key(g, k->decades ? r->group : r->via));
	}
	free(items);
	g->rows = n;
	g->height = k->decades ? 130 + 17 * g->rows : 150 + 30 * g->rows;
	g->xmin = k->decades ? pow(10, floor(log10(g->min))) : 0;
	g->xmax = k->decades ? pow(10, ceil(log10(g->max * 1.05))) : g->max * 1.15;
	g->title = k->say(m->results);
	if (!*g->title.s)
		g->title = text("%s", k->otherwise);
}

static void draw_clocks(struct plotter *m, struct canvas *g)
{
	static const char *const ways[] = { "vdso", "libc", "inline" };
	int clocks = 0;

	for (int k = 0; k < 3; k++)
		canvas_key(g, ways[k]);
	for (size_t i = 0; i < m->results->n; i++) {
		const struct result_row *r = table_row(m->results, struct result_row, i);
		const char *dash = strrchr(r->id, '-');
		size_t len = dash ? dash - r->id : 0;
		char id[256];
		bool any = false;

		if (!say_after(r->id, "clock/") || len < 7 || len > 200)
			continue;
		/* A clock is drawn at its first row; the others are found from there. */
		for (size_t j = 0; j < i && !any; j++) {
			const char *was = table_row(m->results, struct result_row, j)->id;
			const char *end = strrchr(was, '-');

			any = end && (size_t)(end - was) == len &&
			      !strncmp(was, r->id, len);
		}
		if (any)
			continue;
		for (int k = 0; k < 3; k++) {
			const struct result_row *way;

			snprintf(id, sizeof(id), "%.*s-%s", (int)len, r->id, ways[k]);
			way = say_find(m->results, id);
			if (!way)
				continue;
			put_bar(g, way->name, clocks + (k - 1) * 0.27, way, 1, k);
			any = true;
		}
		if (!any)
			continue;
		snprintf(id, sizeof(id), "%.*s", (int)len - 6, r->id + 6);
		canvas_label(g->names, id);
		fprintf(g->names, "\t%d\n", clocks++);
	}
	g->rows = clocks;
	g->height = 150 + 62 * clocks;
	g->xmax = g->max * 1.15;
	g->title = say_clocks(m->results);
	if (!*g->title.s)
		g->title = text("Reading the clocks");
}

/* Rows that make no call at all would squeeze the others together. */
static bool makes_call(const struct table *results, const char *id)
{
	const struct result_row *r = say_find(results, id);

	return !r || (strcmp(r->via, "cached") && strcmp(r->via, "user"));
}

/* Distribution functions of the rounds of the null calls, in the order of the rounds. */
static void draw_ecdf(struct plotter *m, struct canvas *g)
{
	double *ticks = room_for(m->rounds->n, sizeof(*ticks));
	double spread = 0, margin;
	const char *drawn[CANVAS_KEYS], *widest = "", *last = "";
	struct row_index by_id;

	index_make(&by_id, m->rounds);
	for_rows (round_row, round, m->rounds) {
		const void *const *same;
		size_t n = 0, all;
		bool seen = !strcmp(round->id, last);

		for (int k = 0; k < g->rows && !seen; k++)
			seen = !strcmp(drawn[k], round->id);
		last = round->id;
		if (seen || !say_after(last, "null/") || g->keys == CANVAS_KEYS - 1 ||
		    !makes_call(m->results, last))
			continue;
		same = index_find(&by_id, last, &all);
		for (size_t i = 0; i < all; i++) {
			double x = ((const struct round_row *)same[i])->ticks;

			if (x > 0)
				ticks[n++] = x;
		}
		if (!n)
			continue;
		stats_sort(ticks, n);
		fprintf(g->dat, "%.9g\t0\n", ticks[0]);
		for (size_t k = 0; k < n; k++)
			fprintf(g->dat, "%.9g\t%.9g\n", ticks[k], (k + 1.0) / n);
		fputs("\n\n", g->dat);
		canvas_grow(g, ticks[0]);
		canvas_grow(g, ticks[n - 1]);
		if (ticks[n - 1] / ticks[0] - 1 > spread) {
			spread = ticks[n - 1] / ticks[0] - 1;
			widest = last;
		}
		g->key[canvas_key(g, last + 5)].pt = 1 + g->rows / (int)CANVAS_COLOURS;
		drawn[g->rows++] = last;
	}
	index_free(&by_id);
	free(ticks);
	if (!g->rows)
		return;
	g->logx = g->max > 8 * g->min;
	/* One value alone still gets a range. */
	margin = fmax((g->max - g->min) * 0.05, g->max * 0.001);
	g->xmin = g->logx ? g->min / 1.2 : g->min - margin;
	g->xmax = g->logx ? g->max * 1.2 : g->max + margin;
	g->xtext = text("time-stamp counter ticks an operation%s",
			g->logx ? ", log scale" : "");
	g->title = text(
		"The rounds of a null call lie within %.1f %% of each other (widest: "
		"%s)",
		spread * 100, text("%.63s", widest).s);
}

static const struct plot plots[] = {
	{ "null", plot_null_gp, draw_ranking, &null_calls },
	{ "all", plot_all_gp, draw_ranking, &all_rows },
	{ "read", plot_read_gp, draw_ranking, &reads },
	{ "clocks", plot_clocks_gp, draw_clocks, NULL },
	{ "ecdf", plot_ecdf_gp, draw_ecdf, NULL },
};
#define N_PLOTS (sizeof(plots) / sizeof(plots[0]))

int plots_make(const struct table *results, const struct table *rounds,
	       const struct batching *batching, const char *dir, struct err *err)
{
	struct plotter m = { .results = results,
			     .rounds = rounds,
			     .batching = batching,
			     .out = dir,
			     .err = err };
	int ret = plot_begin(&m);

	if (ret)
		return ret;
	for (size_t i = 0; i < N_PLOTS && !ret; i++)
		ret = plot_make(&m, &plots[i]);
	if (!ret)
		ret = plots_batch(&m);
	plot_end(&m);
	return ret;
}

void plots_clear(const char *dir)
{
	for (size_t i = 0; i < N_PLOTS; i++)
		plot_remove(dir, plots[i].name);
	plots_batch_clear(dir);
}
