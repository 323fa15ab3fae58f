// SPDX-License-Identifier: MIT
/*
 * The distribution functions of the null calls, of their windows or of their rounds. The
 * levels on which windows stand are marked; they were found elsewhere.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/metric.h"
#include "render/cost.h"
#include "render/plots_ecdf.h"
#include "render/say.h"
#include "row/select.h"
#include "stats/stats.h"

static const char *id_at(const struct table *t, size_t i)
{
	/* Every table has its ids in its first column. */
	return *(char *const *)((const char *)t->rows + i * t->schema->row_size);
}

/* A few windows cost many times as much: the axis is for what lies between these. */
#define SHARE_LOW  0.01
#define SHARE_HIGH 0.99

struct point {
	double x, share;
};

/* Where the points are from. */
struct source {
	const struct table *table;
	/* Those of one row into `to`, ascending; how many. */
	size_t (*points)(const void *const *rows, size_t n, struct point *to);
	const char *of, *per_cent, *unit;
};

static size_t points_of_windows(const void *const *rows, size_t n, struct point *to)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		const struct window_row *w = rows[i];

		/* From a file: what does not ascend is left out. */
		if (w->cycles > 0 && isfinite(w->cycles) && w->share >= 0 &&
		    w->share <= 1 &&
		    (!count ||
		     (w->cycles >= to[count - 1].x && w->share >= to[count - 1].share)))
			to[count++] = (struct point){ w->cycles, w->share };
	}
	return count;
}

static double ticks_of(const struct round_row *round)
{
	return round->ticks;
}

static double cycles_of(const struct round_row *round)
{
	return metric_cycles.of_round(round, false, NAN);
}

static int by_x(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	return (x->x > y->x) - (x->x < y->x);
}

static size_t points_of_rounds(const void *const *rows, size_t n, struct point *to,
			       double (*value)(const struct round_row *round))
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++) {
		double x = value(rows[i]);

		if (x > 0 && isfinite(x))
			to[count++].x = x;
	}
	qsort(to, count, sizeof(*to), by_x);
	for (size_t i = 0; i < count; i++)
		to[i].share = (i + 1.0) / count;
	return count;
}

static size_t cycles_of_rounds(const void *const *rows, size_t n, struct point *to)
{
	return points_of_rounds(rows, n, to, cycles_of);
}

static size_t ticks_of_rounds(const void *const *rows, size_t n, struct point *to)
{
	return points_of_rounds(rows, n, to, ticks_of);
}

static const char cycles[] = "estimated core cycles an operation",
		  ticks[] = "time-stamp counter ticks an operation";

static struct source choose_source(const struct plotter *m)
{
	struct source source = { m->rounds, cycles_of_rounds, "rounds", "The", cycles };

	for (size_t i = 0; m->windows && i < m->windows->n; i++)
		if (say_after(table_row(m->windows, struct window_row, i)->id, "null/"))
			return (struct source){ m->windows, points_of_windows,
						"quiet windows", "98 % of the", cycles };
	for_rows (round_row, r, m->rounds) {
		if (!say_after(r->id, "null/") || !(r->ticks > 0) || cycles_of(r) > 0)
			continue;
		source.points = ticks_of_rounds;
		source.unit = ticks;
	}
	return source;
}

/* Rows that make no call at all would squeeze the others together. */
static bool makes_call(const struct result_row *r)
{
	return !r || (strcmp(r->via, "cached") && strcmp(r->via, "user"));
}

/* x and colour of the most frequent levels and, behind a gap, of the lowest ones. */
static bool put_levels(struct canvas *g, const struct result_row *const *rows)
{
	bool any = false;

	for (int low = 0; low < 2; low++) {
		for (int i = 0; i < g->rows; i++) {
			const struct result_row *r = rows[i];
			double x = !r ? NAN : low ? r->level_low.mid : r->level_top.mid;

			if (!r || r->levels < 1 || !(x > 0) || !isfinite(x))
				continue;
			fprintf(g->curves, "%.9g\t%u\n", x, g->key[i].rgb);
			canvas_grow(g, x);
			any = true;
		}
		fputs("?\t0\n\n\n", g->curves);
	}
	return any;
}

/* One curve; by how much what counts of it spreads. */
static double put_curve(struct canvas *g, const struct point *p, size_t n)
{
	size_t first = 0, last = n - 1;

	fprintf(g->dat, "%.9g\t0\n", p[0].x);
	for (size_t k = 0; k < n; k++)
		fprintf(g->dat, "%.9g\t%.9g\n", p[k].x, p[k].share);
	fputs("\n\n", g->dat);
	while (first < last && p[first].share < SHARE_LOW)
		first++;
	while (last > first && p[last].share > SHARE_HIGH)
		last--;
	canvas_grow(g, p[first].x);
	canvas_grow(g, p[last].x);
	return p[last].x / p[first].x - 1;
}

static void set_axes(struct canvas *g, const struct source *from, double clock,
		     bool levels)
{
	/* One value alone still gets a range. */
	double margin = fmax((g->max - g->min) * 0.05, g->max * 0.001);

	g->logx = g->max > 8 * g->min;
	g->xmin = g->logx ? g->min / 1.2 : g->min - margin;
	g->xmax = g->logx ? g->max * 1.2 : g->max + margin;
	g->xtext = text("%s%s%s", from->unit, g->logx ? ", log scale" : "",
			levels ? " (below: the most frequent level; dotted: the lowest)"
			       : "");
	g->ytext = text("share of %s at or below", from->of);
	g->marks = levels;
	if (from->unit == cycles && !isnan(clock)) {
		g->clock = clock;
		g->x2text = cost_axis_of_time(clock);
	}
}

void plots_ecdf(struct plotter *m, struct canvas *g)
{
	const struct source from = choose_source(m);
	struct point *points = room_for(from.table->n, sizeof(*points));
	const struct result_row *rows[CANVAS_KEYS];
	const char *drawn[CANVAS_KEYS], *widest = "", *last = "";
	struct row_index by_id;
	double spread = 0;
	bool marked;

	index_make(&by_id, from.table);
	for (size_t i = 0; i < from.table->n; i++) {
		const char *id = id_at(from.table, i);
		const struct result_row *r;
		const void *const *same;
		bool seen = !strcmp(id, last);
		double width;
		size_t n, all;

		for (int k = 0; k < g->rows && !seen; k++)
			seen = !strcmp(drawn[k], id);
		last = id;
		if (seen || !say_after(id, "null/") || g->keys == CANVAS_KEYS - 1)
			continue;
		r = say_find(m->results, id);
		if (!makes_call(r))
			continue;
		same = index_find(&by_id, id, &all);
		n = from.points(same, all, points);
		if (!n)
			continue;
		width = put_curve(g, points, n);
		if (width > spread) {
			spread = width;
			widest = id;
		}
		g->key[canvas_key(g, id + 5)].pt = 1 + g->rows / (int)CANVAS_COLOURS;
		rows[g->rows] = r;
		drawn[g->rows++] = id;
	}
	index_free(&by_id);
	free(points);
	if (!g->rows)
		return;
	marked = put_levels(g, rows) && from.unit == cycles;
	set_axes(g, &from, cost_clock(m->results), marked);
	g->title = text("%s %s of a null call lie within %.1f %% of each other (widest: "
			"%s)",
			from.per_cent, from.of, spread * 100, text("%.63s", widest).s);
}
