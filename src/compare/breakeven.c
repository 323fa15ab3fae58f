// SPDX-License-Identifier: MIT
/* Where two curves cross, round by round. "Never" is infinite: no special case. */
#include <math.h>
#include <stdlib.h>

#include "base/room.h"
#include "compare/breakeven.h"

static bool is_single_call(const struct curve *c)
{
	return c->sizes == 1 && c->n[0] == 1;
}

double breakeven_base_cost(const struct curve *s, const struct curve *base, size_t i,
			   size_t round)
{
	const double *y = base->y + round * base->sizes;
	double n = s->n[i], below = NAN, below_n = NAN;

	for (size_t j = 0; j < base->sizes; j++) {
		double t;

		if (isnan(y[j]))
			continue;
		if (base->n[j] <= n) {
			below = y[j];
			below_n = base->n[j];
			continue;
		}
		if (isnan(below) || below_n == n)
			return isnan(below) ? y[j] : below;
		t = (1 / n - 1 / base->n[j]) / (1 / below_n - 1 / base->n[j]);
		return y[j] + t * (below - y[j]);
	}
	return below;
}

struct figure breakeven_ratio(const struct curve *s, const struct curve *base, size_t i)
{
	double *x = room_for(s->rounds, sizeof(*x));
	struct figure ratio;
	size_t count = 0;

	for (size_t r = 0; r < s->rounds; r++) {
		double over = s->y[r * s->sizes + i];
		double under = breakeven_base_cost(s, base, i, r);

		if (over >= 0 && under > 0)
			x[count++] = over / under;
	}
	ratio = stats_figure(x, count, FIT_LEVEL);
	free(x);
	return ratio;
}

/* The curve of a round, with single calls as a constant; false: there is none. */
static bool line_of(const struct curve *c, size_t round, struct fit_line *f)
{
	if (is_single_call(c))
		*f = (struct fit_line){ 0, c->y[round] };
	else if (c->line)
		*f = c->line[round];
	else
		return false;
	return isfinite(f->a) && isfinite(f->b);
}

static double curves_cross_at(const struct fit_line *s, const struct fit_line *base)
{
	double once = s->a - base->a, saved = base->b - s->b;

	if (saved > 0)
		return fmax(1, once / saved);
	return saved == 0 && once < 0 ? 1 : INFINITY;
}

/* The same between measured sizes; NAN where the round has too few of them. */
static double measured_crossing(const struct curve *s, const struct curve *base,
				size_t round)
{
	double above = NAN, below = NAN;
	size_t i = s->sizes, cheaper = 0;

	while (i-- > 0) {
		double d = s->y[round * s->sizes + i] -
			   breakeven_base_cost(s, base, i, round);

		if (isnan(d))
			continue;
		if (d >= 0) {
			above = d;
			break;
		}
		below = d;
		cheaper = i;
	}
	if (isnan(below))
		return isnan(above) ? NAN : INFINITY;
	if (isnan(above))
		return s->n[cheaper];
	/* d is linear in 1/n */
	return 1 / (1 / s->n[i] +
		    (1 / s->n[cheaper] - 1 / s->n[i]) * above / (above - below));
}

static enum pays verdict(const struct breakeven *be)
{
	if (isnan(be->n.mid))
		return PAYS_UNKNOWN;
	if (be->n.mid <= 1)
		return PAYS_ALWAYS;
	if (isinf(be->n.mid))
		return PAYS_NEVER;
	return be->n.mid > be->largest ? PAYS_BEYOND : PAYS_FROM;
}

/* See `cheaper_from`. */
static double find_cheaper(const struct curve *s, const struct curve *base)
{
	double from = NAN;

	for (size_t i = s->sizes; i-- > 0;) {
		struct figure ratio = breakeven_ratio(s, base, i);

		if (ratio.hi >= 1)
			break;
		if (ratio.hi < 1) /* or there are too few rounds for a test */
			from = s->n[i];
	}
	return from;
}

struct breakeven breakeven(const struct curve *s, const struct curve *base)
{
	struct breakeven b = { .fitted = (is_single_call(s) || s->line) &&
					 (is_single_call(base) || base->line) };
	double *x = room_for(s->rounds, sizeof(*x));
	size_t count = 0;

	b.largest = s->sizes ? s->n[s->sizes - 1] : 1;
	for (size_t r = 0; r < s->rounds && s->sizes && base->sizes; r++) {
		struct fit_line f, f0;
		double at = NAN;

		if (!b.fitted)
			at = measured_crossing(s, base, r);
		else if (line_of(s, r, &f) && line_of(base, r, &f0))
			at = curves_cross_at(&f, &f0);
		if (!isnan(at))
			x[count++] = at;
	}
	b.n = stats_figure(x, count, FIT_LEVEL);
	free(x);
	b.at_most = !b.fitted && s->sizes && s->n[0] > 1 && b.n.mid == s->n[0];
	b.pays = verdict(&b);
	b.cheaper_from = find_cheaper(s, base);
	return b;
}
