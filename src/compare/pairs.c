// SPDX-License-Identifier: MIT
/*
 * Joins the rounds of two sides. A round without a figure in the wanted contention state, or
 * (paired) with another number of iterations on the other side, gives no value.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/pairs.h"
#include "stats/stats.h"

#define FOLDER_ROUNDS 3 /* so many rounds make a folder's value */

static int by_place(const void *a, const void *b)
{
	const struct point *x = a, *y = b;
	int ids = strcmp(x->row->id, y->row->id);

	if (ids)
		return ids;
	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	return (x->row->round > y->row->round) - (x->row->round < y->row->round);
}

int points_gather(struct points *points, const struct gate_side *sides, size_t n)
{
	size_t all = 0, at = 0;
	struct point *p;

	for (size_t f = 0; f < n; f++)
		all += sides[f].rounds->n;
	p = calloc(all + 1, sizeof(*p));
	if (!p)
		return -ENOMEM;
	for (size_t f = 0; f < n; f++)
		for (size_t i = 0; i < sides[f].rounds->n; i++)
			p[at++] = (struct point){
				.row = table_row(sides[f].rounds, struct round_row, i),
				.folder = f,
				.ns_per_tick = 1 / sides[f].ticks_per_ns,
			};
	qsort(p, all, sizeof(*p), by_place);
	*points = (struct points){ p, all };
	return 0;
}

static struct points of_id(const struct points *all, const char *id)
{
	size_t lo = 0, hi = all->n, end;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(all->p[mid].row->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (end = lo; end < all->n && !strcmp(all->p[end].row->id, id); end++)
		;
	return (struct points){ all->p + lo, end - lo };
}

/* Nanoseconds of a round in one state; NAN where it has none. */
static double figure(const struct point *p, bool contended)
{
	double ns = (contended ? p->row->contended_ticks : p->row->ticks) *
		    p->ns_per_tick;

	return ns > 0 && isfinite(ns) ? ns : NAN;
}

/* Appends the probe of a round, if it has one. */
static void note_probe(double *probes, size_t *n, const struct point *p)
{
	if (p->row->probe > 0 && isfinite(p->row->probe))
		probes[(*n)++] = p->row->probe;
}

static double median_of(double *x, size_t n)
{
	stats_sort(x, n);
	return stats_median(x, n);
}

/* Whether the neighbours of two rounds were equally busy. Unknown probes are not equal. */
static bool same_probe(const struct point *a, const struct point *b)
{
	return fabs(log(a->row->probe / b->row->probe)) <= log1p(GATE_SAME_STATE);
}

/* One pair's two values: quiet ones, or those of the state that both sides were in. */
static bool pair_up(const struct values *v, const struct point *b, const struct point *h,
		    double *base, double *head)
{
	*base = figure(b, false);
	*head = figure(h, false);
	if (v->contended && !(*base > 0 && *head > 0) && same_probe(b, h)) {
		*base = figure(b, true);
		*head = figure(h, true);
	}
	return *base > 0 && *head > 0 && b->row->n == h->row->n;
}

static size_t join(struct values *v, struct points b, struct points h)
{
	size_t candidates = 0, n = 0;

	for (size_t i = 0, j = 0; i < b.n && j < h.n;) {
		int order = by_place(&b.p[i], &h.p[j]);

		if (order) {
			if (order < 0)
				i++;
			else
				j++;
			continue;
		}
		candidates++;
		if (pair_up(v, &b.p[i], &h.p[j], &v->base[n], &v->head[n]))
			n++;
		i++;
		j++;
	}
	v->n_base = v->n_head = n;
	return candidates;
}

/* The values of one side by itself, in `out`. */
static size_t alone(struct points p, bool contended, bool folders, double *out,
		    double *probes, double *probe, size_t *candidates)
{
	size_t n = 0, n_probes = 0, start = 0;

	*candidates = 0;
	for (size_t i = 0; i < p.n; i++) {
		double x = figure(&p.p[i], contended);

		if (x > 0) {
			note_probe(probes, &n_probes, &p.p[i]);
			out[n++] = x;
		}
		if (!folders) {
			++*candidates;
			continue;
		}
		if (i + 1 < p.n && p.p[i + 1].folder == p.p[i].folder)
			continue;
		/* The folder ends here: its values become one, or none. */
		++*candidates;
		if (n - start >= FOLDER_ROUNDS) {
			out[start] = median_of(out + start, n - start);
			start++;
		}
		n = start;
	}
	*probe = median_of(probes, n_probes);
	return n;
}

int pairs_collect(struct values *values, const struct points *base,
		  const struct points *head, const char *id, struct pairing how,
		  bool contended, size_t *candidates)
{
	struct points b = of_id(base, id), h = of_id(head, id);
	double *pool = calloc(2 * (b.n + h.n) + 1, sizeof(*pool));
	double *probes = pool + b.n + h.n;
	size_t of_base, of_head;

	if (!pool)
		return -ENOMEM;
	*values = (struct values){
		.base = pool, .head = pool + b.n, .contended = contended, .pool = pool
	};
	if (how.paired) {
		of_base = of_head = join(values, b, h);
	} else {
		values->n_base = alone(b, contended, how.folders, values->base, probes,
				       &values->base_probe, &of_base);
		values->n_head = alone(h, contended, how.folders, values->head, probes,
				       &values->head_probe, &of_head);
	}
	if (candidates)
		*candidates = of_base < of_head ? of_base : of_head;
	return 0;
}
