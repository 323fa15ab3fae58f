// SPDX-License-Identifier: MIT
/*
 * Joins the rounds of two sides. A round without a figure in the wanted contention state,
 * or (paired) with another number of iterations on the other side, gives no value.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/pairs.h"
#include "stats/stats.h"

#define FOLDER_ROUNDS 3 /* so many rounds make a folder's value */

void side_open(struct side *s, const struct gate_side *folders, size_t n)
{
	*s = (struct side){ .folders = folders,
			    .n = n,
			    .rounds = room_for(n, sizeof(*s->rounds)) };
	for (size_t f = 0; f < n; f++)
		index_make(&s->rounds[f], folders[f].rounds);
}

void side_close(struct side *s)
{
	for (size_t f = 0; f < s->n; f++)
		index_free(&s->rounds[f]);
	free(s->rounds);
	free(s->room);
}

static int by_place(const void *a, const void *b)
{
	const struct point *x = a, *y = b;

	if (x->folder != y->folder)
		return x->folder < y->folder ? -1 : 1;
	return (x->row->round > y->row->round) - (x->row->round < y->row->round);
}

static double positive_or_nan(double x)
{
	return x > 0 && isfinite(x) ? x : NAN;
}

/* The rounds of `id` in one folder, behind `n` others. */
static size_t add_folder(struct side *s, size_t folder, const char *id,
			 const struct metric *metric, size_t n)
{
	double ticks_per_ns = s->folders[folder].ticks_per_ns;
	size_t more;
	const void *const *rows = index_find(&s->rounds[folder], id, &more);

	if (n + more > s->n_room) {
		s->n_room = 2 * (n + more);
		s->room = realloc(s->room, s->n_room * sizeof(*s->room));
		if (!s->room)
			abort();
	}
	for (size_t i = 0; i < more; i++)
		s->room[n + i] = (struct point){
			.row = rows[i],
			.folder = folder,
			.quiet = positive_or_nan(
				metric->of_round(rows[i], false, ticks_per_ns)),
			.contended = positive_or_nan(
				metric->of_round(rows[i], true, ticks_per_ns)),
		};
	return n + more;
}

struct points side_points(struct side *s, const char *id, const struct metric *metric)
{
	bool sorted = true;
	size_t n = 0;

	for (size_t f = 0; f < s->n; f++)
		n = add_folder(s, f, id, metric, n);
	for (size_t i = 1; i < n && sorted; i++)
		sorted = by_place(&s->room[i - 1], &s->room[i]) <= 0;
	if (!sorted)
		qsort(s->room, n, sizeof(*s->room), by_place);
	return (struct points){ s->room, n };
}

/* Appends the probe of a round, if it has one. */
static void add_probe(double *probes, size_t *n, const struct point *p)
{
	if (p->row->probe > 0 && isfinite(p->row->probe))
		probes[(*n)++] = p->row->probe;
}

/*
 * Whether the neighbours of two rounds were equally busy. Unknown probes are not equal.
 */
static bool same_probe(const struct point *a, const struct point *b)
{
	return fabs(log(a->row->probe / b->row->probe)) <= log1p(GATE_SAME_STATE);
}

/* One pair's two values: quiet ones, or those of the state that both sides were in. */
static bool pair_up(const struct values *v, const struct point *b, const struct point *h,
		    double *base, double *head)
{
	*base = b->quiet;
	*head = h->quiet;
	if (v->contended && !(*base > 0 && *head > 0) && same_probe(b, h)) {
		*base = b->contended;
		*head = h->contended;
	}
	return *base > 0 && *head > 0 && b->row->n == h->row->n;
}

static void join_rounds(struct values *v, struct points b, struct points h)
{
	size_t n = 0;

	for (size_t i = 0, j = 0; i < b.n && j < h.n;) {
		int order = by_place(&b.p[i], &h.p[j]);

		if (order) {
			if (order < 0)
				i++;
			else
				j++;
			continue;
		}
		v->candidates++;
		if (pair_up(v, &b.p[i], &h.p[j], &v->base[n], &v->head[n]))
			n++;
		i++;
		j++;
	}
	v->n_base = v->n_head = n;
}

/* The values of one side by itself, in `out`. */
static size_t collect_side(struct points p, bool contended, bool folders, double *out,
			   double *probe, size_t *candidates)
{
	double *probes = room_for(p.n, sizeof(*probes));
	size_t n = 0, n_probes = 0, start = 0;

	*candidates = 0;
	for (size_t i = 0; i < p.n; i++) {
		double x = contended ? p.p[i].contended : p.p[i].quiet;

		if (x > 0) {
			add_probe(probes, &n_probes, &p.p[i]);
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
			out[start] = stats_median_any(out + start, n - start);
			start++;
		}
		n = start;
	}
	*probe = stats_median_any(probes, n_probes);
	free(probes);
	return n;
}

struct values pairs_collect(struct points base, struct points head, struct pairing how,
			    bool contended)
{
	double *room = room_for(base.n + head.n, sizeof(*room));
	struct values v = { .base = room, .head = room + base.n, .contended = contended };
	size_t of_base, of_head;

	if (how.paired) {
		join_rounds(&v, base, head);
		return v;
	}
	v.n_base = collect_side(base, contended, how.folders, v.base, &v.base_probe,
				&of_base);
	v.n_head = collect_side(head, contended, how.folders, v.head, &v.head_probe,
				&of_head);
	v.candidates = of_base < of_head ? of_base : of_head;
	return v;
}
