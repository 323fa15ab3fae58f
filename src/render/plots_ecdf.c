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

/* Every table has its ids in its first column. */
static const char *id_of(const void *row)
{
	return *(char *const *)row;
}

static const char *id_at(const struct table *t, size_t i)
{
	return id_of((const char *)t->rows + i * t->schema->row_size);
}

struct point {
	double x, share;
};

/* Where the points are from. */
struct source {
	const struct table *table;
	/* Those of one row into `to`, ascending; how many. */
	size_t (*points)(const void *const *rows, size_t n, struct point *to);
	const char *of, *unit;
	/* Shares that the axis is for: a few windows cost many times as much. */
	double from, to;
};

/* One row of the figure. */
struct steps {
	const char *id;
	const struct result_row *row; /* or NULL */
	const struct point *points;
	size_t n;
};

struct curves {
	struct steps at[CANVAS_KEYS];
	int n;
	size_t left_out;      /* rows that there was no room for */
	struct point *points; /* of all of them */
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

static const struct source of_windows = {
	NULL, points_of_windows, "quiet windows", cycles, 0.01, 0.99,
};
static const struct source of_rounds_in_cycles = {
	NULL, cycles_of_rounds, "rounds", cycles, 0, 1,
};
static const struct source of_rounds_in_ticks = {
	NULL, ticks_of_rounds, "rounds", ticks, 0, 1,
};

/* Rows that make no call at all would squeeze the others together. */
static bool makes_call(const struct result_row *r)
{
	return !r || (strcmp(r->via, "cached") && strcmp(r->via, "user"));
}

/* The null calls that have points there. */
static void gather(struct curves *c, const struct source *from,
		   const struct table *results)
{
	struct point *next = room_for(from->table->n, sizeof(*next));
	struct row_index by_id;

	*c = (struct curves){ .points = next };
	index_make(&by_id, from->table);
	for (size_t i = 0; i < from->table->n; i++) {
		const char *id = id_at(from->table, i);
		const struct result_row *r;
		const void *const *same;
		size_t n, all;

		if (!say_after(id, "null/") ||
		    (i && !strcmp(id, id_at(from->table, i - 1))))
			continue;
		same = index_find(&by_id, id, &all);
		r = say_find(results, id);
		/* Its first row stands for all of them. */
		if (id_of(same[0]) != id || !makes_call(r))
			continue;
		n = from->points(same, all, next);
		if (n && c->n == CANVAS_KEYS)
			c->left_out++;
		else if (n)
			c->at[c->n++] = (struct steps){ id, r, next, n };
		next += n;
	}
	index_free(&by_id);
}

/* Rounds are in cycles only if each row of them leads with cycles, and has them. */
static bool all_in_cycles(const struct plotter *m)
{
	const struct result_row *row = NULL;
	const char *last = "";

	for_rows (round_row, r, m->rounds) {
		if (!say_after(r->id, "null/") || !(r->ticks > 0))
			continue;
		if (strcmp(r->id, last))
			row = say_find(m->results, r->id);
		last = r->id;
		if (makes_call(row) &&
		    (!row || !cost_in_cycles(row) || !(cycles_of(r) > 0)))
			return false;
	}
	return true;
}

/* Windows where there are any to draw, or else rounds. */
static struct source choose_source(struct curves *c, const struct plotter *m)
{
	struct source from = of_windows;

	from.table = m->windows;
	if (m->windows) {
		gather(c, &from, m->results);
		if (c->n)
			return from;
		free(c->points);
	}
	from = all_in_cycles(m) ? of_rounds_in_cycles : of_rounds_in_ticks;
	from.table = m->rounds;
	gather(c, &from, m->results);
	return from;
}

/* x and colour of the most frequent levels and, behind a gap, of the lowest ones. */
static bool put_levels(struct canvas *g, const struct curves *c)
{
	bool any = false;

	for (int low = 0; low < 2; low++) {
		for (int i = 0; i < c->n; i++) {
			const struct result_row *r = c->at[i].row;
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

/* How far the widest curve spreads, over the least share of one that the axis is for. */
struct spread {
	double width, share;
	const char *id;
};

static void put_curve(struct canvas *g, const struct steps *c, const struct source *from,
		      struct spread *widest)
{
	const struct point *p = c->points;
	size_t first = 0, last = c->n - 1;
	double width;

	fprintf(g->dat, "%.9g\t0\n", p[0].x);
	for (size_t k = 0; k < c->n; k++)
		fprintf(g->dat, "%.9g\t%.9g\n", p[k].x, p[k].share);
	fputs("\n\n", g->dat);
	while (first < last && p[first].share < from->from)
		first++;
	while (last > first && p[last].share > from->to)
		last--;
	canvas_grow(g, p[first].x);
	canvas_grow(g, p[last].x);
	if (last > first)
		widest->share = fmin(widest->share, p[last].share - p[first].share);
	width = p[last].x / p[first].x - 1;
	if (width > widest->width) {
		widest->width = width;
		widest->id = c->id;
	}
}

static void set_axes(struct canvas *g, const struct source *from, double clock,
		     size_t left_out)
{
	/* One value alone still gets a range. */
	double margin = fmax((g->max - g->min) * 0.05, g->max * 0.001);

	g->logx = g->max > 8 * g->min;
	g->xmin = g->logx ? g->min / 1.2 : g->min - margin;
	g->xmax = g->logx ? g->max * 1.2 : g->max + margin;
	g->xtext = text("%s%s%s", from->unit, g->logx ? ", log scale" : "",
			g->marks ? " (below: the most frequent level; dotted: the lowest)"
				 : "");
	g->ytext = text("share of %s at or below", from->of);
	if (left_out)
		g->ytext = text("%s; %zu rows are left out", g->ytext.s, left_out);
	if (from->unit == cycles && !isnan(clock)) {
		g->clock = clock;
		g->x2text = cost_axis_of_time(clock);
	}
}

static struct text title_of(const struct source *from, const struct spread *widest)
{
	if (!widest->id || !isfinite(widest->width))
		return text("How the %s of the null calls are distributed", from->of);
	/* Rounds are all there; of windows there are quantiles. */
	return text("%s%s of a null call lie within %.1f %% of each other (widest: %s)",
		    from->to < 1 ? text("%.0f %% of the ", widest->share * 100).s
				 : "The ",
		    from->of, widest->width * 100, text("%.63s", widest->id).s);
}

void plots_ecdf(struct plotter *m, struct canvas *g)
{
	struct spread widest = { .share = 1 };
	struct curves curves;
	const struct source from = choose_source(&curves, m);

	for (int i = 0; i < curves.n; i++) {
		struct canvas_key *key = canvas_add_key(g, curves.at[i].id + 5);

		key->pt = 1 + i / CANVAS_COLOURS;
		put_curve(g, &curves.at[i], &from, &widest);
	}
	g->rows = curves.n;
	/* gnuplot leaves out of the key what does not fit. */
	g->height = 140 + 22 * g->rows > g->height ? 140 + 22 * g->rows : g->height;
	if (curves.n) {
		g->marks = from.unit == cycles && put_levels(g, &curves);
		set_axes(g, &from, cost_clock(m->results), curves.left_out);
		g->title = title_of(&from, &widest);
	}
	free(curves.points);
}
