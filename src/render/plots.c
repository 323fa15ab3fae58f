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
#include "render/cost.h"
#include "render/plot.h"
#include "render/plots.h"
#include "render/plots_batch.h"
#include "render/plots_ecdf.h"
#include "render/say.h"
#include "row/select.h"
#include "stats/stats.h"

extern const char plot_null_gp[];
extern const char plot_all_gp[];
extern const char plot_read_gp[];
extern const char plot_clocks_gp[];
extern const char plot_ecdf_gp[];

#define AXIS_HEIGHT 45	 /* of the second axis, in pixels */
#define BAR_ROOM    1.25 /* of the longest bar, for its words */

/* How many rows of a figure lead with what. */
struct led {
	size_t cycles, time, estimated;
};

static void count_led(struct led *led, const struct result_row *r)
{
	bool cycles = cost_in_cycles(r);

	led->cycles += cycles;
	led->time += !cycles;
	led->estimated += cycles && *cost_about(r);
}

/*
 * The axes of cost: core cycles with nanoseconds at the top, or nanoseconds alone, where
 * no row of the figure leads with cycles. `timed` says how the others are told.
 */
static void set_axes(struct plotter *m, struct canvas *g, struct led led,
		     const char *what, const char *how, const char *timed)
{
	g->clock = led.cycles ? cost_clock(m->results) : NAN;
	if (isnan(g->clock)) {
		g->xtext = text("nanoseconds %s (%s)", what, how);
		return;
	}
	g->xtext = text("%score cycles %s (%s)", led.estimated ? "estimated " : "", what,
			how);
	g->x2text = text("%s%s%s", cost_axis_of_time(g->clock).s, led.time ? "; " : "",
			 led.time ? timed : "");
}

static int axis_height(const struct canvas *g)
{
	return isnan(g->clock) ? 0 : AXIS_HEIGHT;
}

/* "~300 (100 ns)", or the time alone. */
static struct text bar_words(const struct canvas *g, const struct result_row *r,
			     double scale)
{
	struct text ns = say_ns(r->ns.mid * scale);

	if (isnan(g->clock) || !cost_in_cycles(r))
		return ns;
	return text("%s%s (%s)", cost_about(r), say_cycles(r->cycles.mid * scale).s,
		    ns.s);
}

/*
 * label, y, value, lo, hi, value in words, colour, shape: a hollow one, if the row leads
 * with time where others do not.
 */
static void put_bar(struct canvas *g, const char *label, double y,
		    const struct result_row *r, double scale, int key)
{
	struct figure f = figure_scaled(cost_on_axis(r, g->clock), scale);
	const double v[] = { y, f.mid, figure_low(f), figure_high(f) };
	bool hollow = !isnan(g->clock) && !cost_in_cycles(r);

	canvas_label(g->dat, label);
	for (int i = 0; i < 4; i++) {
		fputc('\t', g->dat);
		canvas_number(g->dat, v[i]);
		canvas_grow(g, i ? v[i] : NAN);
	}
	fprintf(g->dat, "\t%s\t%u\t%d\n", bar_words(g, r, scale).s, g->key[key].rgb,
		g->key[key].pt - hollow);
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
	const char *otherwise;	/* the title, where there is nothing to say */
	const char *what, *how; /* of the axis */
	bool pages;		/* costs are scaled to 4 KiB, and ids are short */
	bool decades;		/* families of many rows on a logarithmic axis */
};

static bool is_null(const struct result_row *r)
{
	return !strcmp(r->group, "null") || !strcmp(r->group, "floor");
}

static bool is_read(const struct result_row *r)
{
	return !strcmp(r->group, "read");
}

/*
 * The hundreds of rows of a sweep have plots of their own, and a logarithmic axis has no
 * place for nothing, in either unit.
 */
static bool is_no_sweep(const struct result_row *r)
{
	return r->ns.mid > 0 && cost_of(r).mid > 0 && strcmp(r->group, "batch");
}

#define BARS   "bar: median; whisker: 95 % interval"
#define BY_BAR "a time alone: the row is compared in time"

static const struct ranking null_calls = {
	.has = is_null,
	.say = say_null,
	.otherwise = "Ways of making the null call",
	.what = "an operation",
	.how = BARS,
};
static const struct ranking reads = {
	.has = is_read,
	.say = say_read,
	.otherwise = "Ways of reading 4 KiB",
	.what = "for 4 KiB",
	.how = BARS,
	.pages = true,
};
static const struct ranking all_rows = {
	.has = is_no_sweep,
	.say = say_all,
	.otherwise = "All rows",
	.what = "an operation, log scale",
	.how = "point: median; line: 95 % interval",
	.decades = true,
};

static double scale_of(const struct ranking *k, const struct result_row *r)
{
	return k->pages ? say_page_scale(r) : 1;
}

static void draw_ranking(struct plotter *m, struct canvas *g)
{
	struct item *items = room_for(m->results->n, sizeof(*items));
	const struct ranking *k = g->arg;
	struct led led = { 0 };
	size_t n = 0;

	for_rows (result_row, r, m->results) {
		if (!say_has_figure(r) || !k->has(r) || isnan(scale_of(k, r)))
			continue;
		items[n++] = (struct item){ .r = r };
		count_led(&led, r);
		/* In the order of the run, so that a family keeps its colour. */
		if (k->decades)
			canvas_key(g, r->group);
	}
	set_axes(m, g, led, k->what, k->how,
		 k->decades ? "hollow: compared in time" : BY_BAR);
	for (size_t i = 0; i < n; i++)
		items[i].v = cost_on_axis(items[i].r, g->clock).mid *
			     scale_of(k, items[i].r);
	qsort(items, n, sizeof(*items), by_value);
	for (size_t i = 0; i < n; i++) {
		const struct result_row *r = items[i].r;

		put_bar(g, k->pages ? r->name : r->id, i, r, scale_of(k, r),
			canvas_key(g, k->decades ? r->group : r->via));
	}
	free(items);
	g->rows = n;
	g->height = axis_height(g) + (k->decades ? 130 + 17 * n : 150 + 30 * n);
	g->xmin = k->decades ? pow(10, floor(log10(g->min))) : 0;
	g->xmax = k->decades ? pow(10, ceil(log10(g->max * 1.05))) : g->max * BAR_ROOM;
	g->title = k->say(m->results);
	if (!*g->title.s)
		g->title = text("%s", k->otherwise);
}

static void draw_clocks(struct plotter *m, struct canvas *g)
{
	static const char *const ways[] = { "vdso", "libc", "inline" };
	struct led led = { 0 };
	int clocks = 0;

	for_rows (result_row, r, m->results)
		if (say_after(r->id, "clock/") && say_has_figure(r))
			count_led(&led, r);
	set_axes(m, g, led, "a reading", BARS, BY_BAR);
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
	g->height = 150 + 62 * clocks + axis_height(g);
	g->xmax = g->max * BAR_ROOM;
	g->title = say_clocks(m->results);
	if (!*g->title.s)
		g->title = text("Reading the clocks");
}

static const struct plot plots[] = {
	{ "null", plot_null_gp, draw_ranking, &null_calls },
	{ "all", plot_all_gp, draw_ranking, &all_rows },
	{ "read", plot_read_gp, draw_ranking, &reads },
	{ "clocks", plot_clocks_gp, draw_clocks, NULL },
	{ "ecdf", plot_ecdf_gp, plots_ecdf, NULL },
};
#define N_PLOTS (sizeof(plots) / sizeof(plots[0]))

int plots_make(const struct table *results, const struct table *rounds,
	       const struct table *windows, const struct batching *batching,
	       const char *dir, struct err *err)
{
	struct plotter m = { .results = results,
			     .rounds = rounds,
			     .windows = windows,
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
