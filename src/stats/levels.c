// SPDX-License-Identifier: MIT
/*
 * Sharp values of a set of windows: a watershed of counts, in which a valley must be
 * proved. It does not ask when a window was measured.
 */
#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "stats/levels.h"

#define BINS   8192 /* a wider range gets wider bins */
#define BOX    4    /* bins that are counted together */
#define WIDEST 16   /* bins on either side that may be part of a top; BOX / 2 at least */
#define PLACES 16   /* where a valley may begin or end, in parts of the gap */
#define TOPS   (BINS / 2 + 1)

/* x[i] is in bin b where below[b] <= i < below[b + 1]; `origin` is where bin 0 begins. */
struct grid {
	double origin, step;
	double weight; /* of one window, in units */
	uint32_t bins;
	uint32_t below[BINS + 1];
};

/* The lowest place between top i and top i + 1. */
struct valley {
	uint32_t count, at, i;
};

/* Tops from left to right; owner[] leads from each to the highest one it is part of. */
struct land {
	uint32_t n;
	uint32_t top[TOPS], owner[TOPS];
	struct valley valley[TOPS];
	uint32_t cut[TOPS]; /* where the proved valley behind top i is; else 0 */
};

/* Windows in the bins of [from, to). */
static uint32_t count(const struct grid *g, int64_t from, int64_t to)
{
	if (from < 0)
		from = 0;
	if (to > g->bins)
		to = g->bins;
	return to > from ? g->below[to] - g->below[from] : 0;
}

static uint32_t count_box(const struct grid *g, uint32_t at)
{
	return count(g, (int64_t)at - BOX / 2, (int64_t)at + BOX / 2);
}

/*
 * Bins over all windows but far outliers, which no level of LEVELS_SHARE can miss; with
 * half a box of room at both ends, so that every top has two sides.
 */
static void grid_fill(struct grid *g, const double *x, size_t n, double resolution)
{
	double low = stats_quantile(x, n, LEVELS_SHARE / 10);
	double high = stats_quantile(x, n, 1 - LEVELS_SHARE / 4);
	double widest = (high - low) / (BINS - 4 * BOX);
	size_t i = 0;

	g->step = resolution > widest ? resolution : widest;
	g->origin = low - 2 * BOX * g->step;
	g->bins = (uint32_t)((high - low) / g->step) + 4 * BOX;
	while (i < n && x[i] < g->origin)
		i++;
	g->below[0] = (uint32_t)i;
	for (uint32_t b = 0; b < g->bins; b++) {
		double end = g->origin + (b + 1) * g->step;

		while (i < n && x[i] < end)
			i++;
		g->below[b + 1] = (uint32_t)i;
	}
}

/* Tops of the counts, the middle of each plateau, and the valleys between them. */
static void land_survey(struct land *l, const struct grid *g)
{
	uint32_t here = count_box(g, 0), low = here, first = 0, last = 0, begins = 0;
	bool rising = true;

	l->n = 0;
	for (uint32_t at = 1; at <= g->bins; at++) {
		uint32_t next = at < g->bins ? count_box(g, at) : 0;

		if (next < low) {
			low = next;
			first = at;
		}
		if (next == low)
			last = at;
		if (next > here) {
			rising = true;
			begins = at;
		} else if (next < here && rising && here) {
			uint32_t i = l->n++;

			l->top[i] = begins + (at - begins) / 2;
			l->owner[i] = i;
			rising = false;
			low = next;
			first = last = at;
		}
		if (l->n) {
			uint32_t i = l->n - 1;

			l->valley[i] = (struct valley){ low, first + (last - first) / 2,
							i };
		}
		here = next;
	}
}

static uint32_t land_owner(struct land *l, uint32_t i)
{
	while (l->owner[i] != i)
		i = l->owner[i] = l->owner[l->owner[i]];
	return i;
}

/* The proof that a windows in `wide` and v in `gap` are no accident: see levels.h. */
static double proof(double a, double wide, double v, double gap)
{
	double p = wide / (wide + gap), share = a / (a + v);

	if (!(share > p))
		return 0;
	return a * log(share / p) + (v > 0 ? v * log((1 - share) / (1 - p)) : 0);
}

/*
 * The best proof that the density falls from the top into the valley [from, to), over
 * widths of the top that do not touch it; 0 where the valley is not deep enough.
 */
static double proof_side(const struct grid *g, uint32_t top, uint32_t from, uint32_t to)
{
	double v = count(g, from, to), best = 0;

	for (int64_t half = BOX / 2; half <= WIDEST; half *= 2) {
		int64_t left = top - half, right = top + half;
		double a, p;

		if (top < from && right > from)
			right = from;
		if (top >= to && left < to)
			left = to;
		a = count(g, left, right);
		if (v / (to - from) > LEVELS_VALLEY * a / (right - left))
			continue;
		p = proof(a * g->weight, right - left, v * g->weight, to - from);
		best = p > best ? p : best;
	}
	return best;
}

/* Could an empty valley as wide as the gap be proved, with all windows near this top? */
static bool provable(const struct grid *g, uint32_t top, uint32_t gap)
{
	return g->weight * count(g, (int64_t)top - WIDEST, (int64_t)top + WIDEST) *
		       log1p(gap) >=
	       LEVELS_PROOF;
}

/* Is there a proved valley between two tops? */
static bool apart(const struct grid *g, uint32_t left, uint32_t right, uint32_t lowest)
{
	uint32_t gap = right - left, l = count_box(g, left), r = count_box(g, right);

	if (lowest > LEVELS_VALLEY * (l < r ? l : r) || !provable(g, left, gap) ||
	    !provable(g, right, gap))
		return false;
	for (uint32_t i = 1; i < PLACES; i++) {
		for (uint32_t j = i + 1; j < PLACES; j++) {
			uint32_t from = left + gap * i / PLACES;
			uint32_t to = left + gap * j / PLACES;

			if (from > left && to > from &&
			    proof_side(g, left, from, to) >= LEVELS_PROOF &&
			    proof_side(g, right, from, to) >= LEVELS_PROOF)
				return true;
		}
	}
	return false;
}

static int shallow_first(const void *a, const void *b)
{
	const struct valley *v = a, *w = b;

	if (v->count != w->count)
		return v->count < w->count ? 1 : -1;
	return (v->i > w->i) - (v->i < w->i);
}

static void land_join(struct land *l, const struct grid *g)
{
	qsort(l->valley, l->n - 1, sizeof(l->valley[0]), shallow_first);
	for (uint32_t k = 0; k + 1 < l->n; k++) {
		uint32_t i = l->valley[k].i;
		uint32_t a = land_owner(l, i), b = land_owner(l, i + 1);

		l->cut[i] = 0;
		if (apart(g, l->top[a], l->top[b], l->valley[k].count))
			l->cut[i] = l->valley[k].at;
		else if (count_box(g, l->top[a]) >= count_box(g, l->top[b]))
			l->owner[b] = a;
		else
			l->owner[a] = b;
	}
}

/*
 * The interval of the median of sorted windows of which `units` count: the ranks that as
 * many independent values would give, as parts of the whole (stats_median_rank).
 */
static struct figure middle(const double *sorted, size_t n, double units)
{
	struct figure at = { stats_median(sorted, n), NAN, NAN };
	size_t u = units < n ? (size_t)units : n, k = stats_median_rank(u, 0.95);

	if (k) {
		size_t out = (k - 1) * n / u;

		at.lo = sorted[out];
		at.hi = sorted[n - 1 - out];
	}
	return at;
}

/* The level around a top, from where the density has fallen to a tenth on either side. */
static bool level_around(const struct grid *g, const double *x, size_t n, uint32_t top,
			 uint32_t from, uint32_t to, double resolution, struct level *v)
{
	double edge = LEVELS_EDGE * count(g, (int64_t)top - BOX, (int64_t)top + BOX);
	uint32_t left = top, right = top, first, len;

	while (left > from && count(g, (int64_t)left - BOX, (int64_t)left + BOX) > edge)
		left--;
	while (right < to && count(g, (int64_t)right - BOX, (int64_t)right + BOX) > edge)
		right++;
	first = g->below[left];
	len = count(g, left, right);
	if (len < LEVELS_SHARE * n)
		return false;
	v->lo = x[first];
	v->hi = x[first + len - 1];
	v->share = (double)len / n;
	v->at = middle(x + first, len, len * g->weight);
	return v->hi - v->lo <= LEVELS_WIDTH * resolution;
}

/* Keep the levels with the largest shares, in order. */
static void levels_add(struct levels *f, const struct level *v)
{
	unsigned int least = 0;

	if (f->n == LEVELS_MAX) {
		for (unsigned int i = 1; i < f->n; i++)
			least = f->level[i].share < f->level[least].share ? i : least;
		if (f->level[least].share >= v->share)
			return;
		f->n--;
		memmove(f->level + least, f->level + least + 1,
			(f->n - least) * sizeof(*v));
	}
	f->level[f->n++] = *v;
}

static void levels_judge(struct levels *f)
{
	f->rest = 1;
	for (unsigned int i = 0; i < f->n; i++) {
		f->rest -= f->level[i].share;
		if (f->level[i].share > f->level[f->top].share)
			f->top = i;
	}
	f->rest = f->rest > 0 ? f->rest : 0; /* never a rounding error below */
}

enum levels_place levels_place(const struct levels *found, double x)
{
	for (unsigned int i = 0; i < found->n; i++) {
		const struct level *v = &found->level[i];

		if (v->lo <= x && x <= v->hi)
			return LEVELS_ON;
		if (i && v[-1].hi < x && x < v->lo)
			return LEVELS_BETWEEN;
	}
	return LEVELS_OFF;
}

void levels_find(double *x, size_t n, size_t units, double resolution,
		 struct levels *found)
{
	struct grid g;
	struct land l;
	uint32_t from = 0;

	memset(found, 0, sizeof(*found));
	stats_sort(x, n);
	found->median = stats_median(x, n);
	found->rest = 1;
	if (n < LEVELS_LEAST || !(resolution > 0))
		return;
	g.weight = units && units < n ? (double)units / n : 1;
	grid_fill(&g, x, n, resolution);
	land_survey(&l, &g);
	if (!l.n)
		return;
	land_join(&l, &g);
	for (uint32_t i = 0; i < l.n; i++) {
		struct level v;
		uint32_t to = i + 1 < l.n ? l.cut[i] : g.bins;

		if (!to)
			continue;
		/* One that is proved against nothing must be what most windows are. */
		if (level_around(&g, x, n, l.top[land_owner(&l, i)], from, to, resolution,
				 &v) &&
		    (from || to < g.bins || v.share >= 0.5))
			levels_add(found, &v);
		from = to;
	}
	levels_judge(found);
}
