// SPDX-License-Identifier: MIT
/*
 * The curve a/n + b through the sizes of a sweep, and whether it is one.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/room.h"
#include "stats/fit.h"

/* One sweep, and room for one number a round. */
struct sweep {
	const double *n, *y;
	size_t sizes, rounds;
	double *scratch;
	struct fit_line *line; /* of one part, a round each */
};

static bool has_figure(double y)
{
	return y > 0 && isfinite(y);
}

static double sum_of_squares(const double *n, const double *y, size_t len,
			     const struct fit_line *f)
{
	double sum = 0;

	for (size_t i = 0; i < len; i++) {
		double e = has_figure(y[i]) ? fit_at(f, n[i]) / y[i] - 1 : 0;

		sum += e * e;
	}
	return sum;
}

int fit_line(const double *n, const double *y, size_t len, struct fit_line *f)
{
	/* Regression of 1 on u = 1/(n y) and v = 1/y, without a constant. */
	double uu = 0, uv = 0, vv = 0, u1 = 0, v1 = 0, first = NAN, det;
	bool differ = false;

	for (size_t i = 0; i < len; i++) {
		double u, v;

		if (!has_figure(y[i]))
			continue;
		if (isnan(first))
			first = n[i];
		differ |= n[i] != first;
		u = 1 / n[i] / y[i];
		v = 1 / y[i];
		uu += u * u;
		uv += u * v;
		vv += v * v;
		u1 += u;
		v1 += v;
	}
	if (!differ)
		return -EINVAL;
	det = uu * vv - uv * uv; /* > 0: Cauchy-Schwarz, as the n differ */
	*f = (struct fit_line){ (u1 * vv - v1 * uv) / det, (v1 * uu - u1 * uv) / det };
	if (f->a >= 0 && f->b >= 0)
		return 0;
	/* The minimum is on the border: a sum of squares is convex. */
	struct fit_line no_b = { u1 / uu, 0 }, no_a = { 0, v1 / vv };
	*f = sum_of_squares(n, y, len, &no_a) < sum_of_squares(n, y, len, &no_b) ? no_a
										 : no_b;
	return 0;
}

/* The curve of every round through sizes from..to-1. A single size is a constant. */
static void fit_lines(struct sweep *s, size_t from, size_t to, struct fit_line *line)
{
	for (size_t r = 0; r < s->rounds; r++) {
		const double *y = s->y + r * s->sizes;
		size_t there = 0;

		line[r] = (struct fit_line){ NAN, NAN };
		for (size_t i = from; i < to; i++)
			there += has_figure(y[i]);
		if (!there || 2 * there < to - from)
			continue;
		if (to - from == 1)
			line[r] = (struct fit_line){ 0, y[from] };
		else
			fit_line(s->n + from, y + from, to - from, &line[r]);
	}
}

/* The residuals of size i into scratch, sorted. Returns how many. */
static size_t residuals(struct sweep *s, const struct fit_line *line, size_t i)
{
	size_t count = 0;

	for (size_t r = 0; r < s->rounds; r++) {
		double y = s->y[r * s->sizes + i];

		if (has_figure(y) && !isnan(line[r].a))
			s->scratch[count++] = y / fit_at(&line[r], s->n[i]) - 1;
	}
	stats_sort(s->scratch, count);
	return count;
}

static bool curve_holds(struct sweep *s, const struct fit_line *line, size_t from,
			size_t to)
{
	double level = 1 - (1 - FIT_LEVEL) / s->sizes;

	for (size_t i = from; i < to; i++) {
		size_t count = residuals(s, line, i);
		size_t k = stats_median_rank(count, level);

		k -= k > 0; /* to count from 0; and all of them where there are too few */
		if (count && (s->scratch[k] > FIT_TOLERANCE ||
			      s->scratch[count - 1 - k] < -FIT_TOLERANCE))
			return false;
	}
	return true;
}

/* The sum of squared median residuals, and the largest of them. */
static double misfit(struct sweep *s, const struct fit_line *line, size_t from, size_t to,
		     double *worst, double *worst_at)
{
	double sum = 0;

	for (size_t i = from; i < to; i++) {
		size_t count = residuals(s, line, i);
		double mid = count ? stats_median(s->scratch, count) : 0;

		sum += mid * mid;
		if (worst && count && !(fabs(mid) <= fabs(*worst))) {
			*worst = mid;
			*worst_at = s->n[i];
		}
	}
	return sum;
}

static struct figure figure_over_rounds(struct sweep *s, const struct fit_line *line,
					bool a)
{
	size_t count = 0;

	for (size_t r = 0; r < s->rounds; r++)
		if (!isnan(line[r].a))
			s->scratch[count++] = a ? line[r].a : line[r].b;
	return stats_figure(s->scratch, count, FIT_LEVEL);
}

static void add_part(struct sweep *s, const struct fit_line *line, size_t from, size_t to,
		     struct fit *fit)
{
	fit->part[fit->parts++] = (struct fit_part){
		.from = s->n[from],
		.to = s->n[to - 1],
		.a = figure_over_rounds(s, line, true),
		.b = figure_over_rounds(s, line, false),
	};
}

/*
 * The knee whose parts hold, with the smallest Bayesian information criterion (Schwarz,
 * "Estimating the dimension of a model", 1978). A part of one size takes one parameter,
 * any other takes two. 0: there is none.
 */
static size_t find_knee(struct sweep *s)
{
	double least = INFINITY;
	size_t knee = 0;

	for (size_t k = 1; k < s->sizes; k++) {
		size_t rest = s->sizes - k, spent = 4 - (k == 1) - (rest == 1);
		double sum, bic;
		bool good;

		if (k < 3 && rest < 3)
			continue;
		fit_lines(s, 0, k, s->line);
		good = k < 3 || curve_holds(s, s->line, 0, k);
		sum = misfit(s, s->line, 0, k, NULL, NULL);
		fit_lines(s, k, s->sizes, s->line);
		good = good && (rest < 3 || curve_holds(s, s->line, k, s->sizes));
		sum += misfit(s, s->line, k, s->sizes, NULL, NULL);
		/* Residuals below a thousandth are no reason to prefer one. */
		bic = s->sizes * log(sum / s->sizes + 1e-6) + spent * log(s->sizes);
		if (good && bic < least) {
			least = bic;
			knee = k;
		}
	}
	return knee;
}

static void judge_fit(struct sweep *s, const struct fit_line *line, struct fit *fit)
{
	size_t knee;

	misfit(s, line, 0, s->sizes, &fit->worst, &fit->worst_at);
	if (s->sizes == 2 || curve_holds(s, line, 0, s->sizes)) {
		fit->verdict = s->sizes == 2 ? FIT_FEW : FIT_HOLDS;
		add_part(s, line, 0, s->sizes, fit);
		return;
	}
	/* Of four sizes or fewer, two curves would explain anything. */
	knee = s->sizes > 4 ? find_knee(s) : 0;
	if (!knee)
		return;
	fit->verdict = FIT_KNEE;
	fit_lines(s, 0, knee, s->line);
	add_part(s, s->line, 0, knee, fit);
	fit_lines(s, knee, s->sizes, s->line);
	add_part(s, s->line, knee, s->sizes, fit);
}

int fit_rounds(const double *n, size_t sizes, const double *y, size_t rounds,
	       struct fit_line *line, struct fit *fit)
{
	struct sweep s = { .n = n, .y = y, .sizes = sizes, .rounds = rounds };
	struct fit f = { .worst = NAN, .worst_at = NAN };
	bool any = false;

	if (sizes < 2 || sizes > FIT_SIZES_MAX || !(n[0] >= 1))
		return -EINVAL;
	for (size_t i = 1; i < sizes; i++)
		if (!(n[i] > n[i - 1]))
			return -EINVAL;
	s.scratch = room_for(rounds, sizeof(*s.scratch));
	s.line = room_for(rounds, sizeof(*s.line));
	fit_lines(&s, 0, sizes, line);
	for (size_t r = 0; r < rounds; r++)
		any |= !isnan(line[r].a);
	if (any) {
		judge_fit(&s, line, &f);
		*fit = f;
	}
	free(s.scratch);
	free(s.line);
	return any ? 0 : -EINVAL;
}
