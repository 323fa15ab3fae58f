// SPDX-License-Identifier: MIT
/* What to do with a workload: strategies against each other at one size. */
#include <math.h>
#include <string.h>

#include "base/room.h"
#include "compare/batching.h"

/* Where a size stands in the curve of a strategy; curve.sizes: nowhere. */
static size_t size_index(const struct batch_strategy *s, double n)
{
	size_t i = 0;

	while (i < s->curve.sizes && s->curve.n[i] != n)
		i++;
	return i;
}

struct figure batching_ratio(const struct batch_strategy *s,
			     const struct batch_strategy *base, double n)
{
	size_t i = size_index(s, n);

	return i < s->curve.sizes ? breakeven_ratio(&s->curve, &base->curve, i)
				  : FIGURE_NONE;
}

const struct result_row *batching_row(const struct batch_strategy *s, double n)
{
	size_t i = size_index(s, n);

	if (i < s->curve.sizes)
		return s->row[i];
	if (!s->baseline || !s->curve.sizes)
		return NULL;
	/* The nearest size below, or else the smallest. */
	for (i = s->curve.sizes - 1; i && s->curve.n[i] > n; i--)
		;
	return s->row[i];
}

size_t batching_sizes(const struct batch_workload *w, double sizes[FIT_SIZES_MAX])
{
	size_t count = 0;

	for (size_t k = 0; k < w->n_strategies; k++)
		for (size_t i = 0; i < w->strategy[k].curve.sizes; i++) {
			double n = w->strategy[k].curve.n[i];
			size_t at = count;

			while (at && sizes[at - 1] >= n)
				at--;
			if ((at < count && sizes[at] == n) || count == FIT_SIZES_MAX)
				continue;
			memmove(sizes + at + 1, sizes + at,
				(count - at) * sizeof(*sizes));
			sizes[at] = n;
			count++;
		}
	return count;
}

const struct batch_strategy *batching_cheapest(const struct batch_workload *w, double n)
{
	const struct batch_strategy *best = NULL;

	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];
		const struct result_row *r = batching_row(s, n);

		if (r && (!best || r->ns.mid < batching_row(best, n)->ns.mid))
			best = s;
	}
	return best;
}

/* BATCH_REF, or the largest size below it, or else the smallest that there is. */
static double reference_size(const struct batch_workload *w)
{
	double sizes[FIT_SIZES_MAX];
	size_t n = batching_sizes(w, sizes);

	while (n > 1 && sizes[n - 1] > BATCH_REF)
		n--;
	return n ? sizes[n - 1] : NAN;
}

void batch_advise(struct batch_workload *w)
{
	struct batch_advice *a = &w->advice;

	*a = (struct batch_advice){ .n = reference_size(w), .from = NAN };
	a->ratio = a->from_ratio = FIGURE_NONE;
	a->equal = room_for(w->n_strategies, sizeof(*a->equal));
	a->base = w->n_baselines ? w->baseline[0] : NULL;
	a->best = batching_cheapest(w, a->n);
	if (!a->best)
		return;
	if (a->base && a->best != a->base)
		a->ratio = batching_ratio(a->best, a->base, a->n);
	/* With fewer than 6 rounds the best by its median stands, untested. */
	a->tested = !isnan(a->ratio.hi);
	if (a->base && a->tested && a->ratio.hi >= 1)
		a->best = a->base;
	a->row = batching_row(a->best, a->n);
	if (!a->base || a->best == a->base)
		return;
	a->from = a->best->against[0].cheaper_from;
	a->from_ratio = batching_ratio(a->best, a->base, a->from);
	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];

		/* Without an interval nothing is told apart, so nothing is claimed. */
		if (s != a->best && !s->baseline &&
		    batching_ratio(s, a->best, a->n).lo <= 1)
			a->equal[a->n_equal++] = s;
	}
}
