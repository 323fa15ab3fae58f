// SPDX-License-Identifier: MIT
/*
 * Least squares with a few slopes, by Cholesky's factors of their covariance.
 */
#include <math.h>
#include <string.h>

#include "stats/slopes.h"

#define K SLOPES_MAX

void slopes_add(struct slopes_sums *to, double w, double y, const double *x,
		unsigned int k)
{
	to->w += w;
	to->y += w * y;
	for (unsigned int i = 0; i < k; i++) {
		to->x[i] += w * x[i];
		to->xy[i] += w * x[i] * y;
		for (unsigned int j = 0; j <= i; j++)
			to->xx[i][j] += w * x[i] * x[j];
	}
}

void slopes_add_sums(struct slopes_sums *to, const struct slopes_sums *from, double times)
{
	to->w += times * from->w;
	to->y += times * from->y;
	for (int i = 0; i < K; i++) {
		to->x[i] += times * from->x[i];
		to->xy[i] += times * from->xy[i];
		for (int j = 0; j <= i; j++)
			to->xx[i][j] += times * from->xx[i][j];
	}
}

double slopes_free(const struct slopes_model *m, const struct slopes_sums *s,
		   double *slope)
{
	/* l[i][i] is 0 for an x that is left out, and so is its column. */
	double l[K][K] = { { 0 } }, z[K] = { 0 }, a = s->y / s->w;

	for (unsigned int i = 0; i < m->k; i++) {
		double var = s->xx[i][i] - s->x[i] * s->x[i] / s->w, rest = var;

		if (!m->in[i] || !(var > s->w * m->least[i] * m->least[i]))
			continue;
		z[i] = s->xy[i] - s->x[i] * a;
		for (unsigned int j = 0; j < i; j++) {
			double cov = s->xx[i][j] - s->x[i] * s->x[j] / s->w;

			if (l[j][j] == 0)
				continue;
			for (unsigned int h = 0; h < j; h++)
				cov -= l[i][h] * l[j][h];
			l[i][j] = cov / l[j][j];
			rest -= l[i][j] * l[i][j];
			z[i] -= l[i][j] * z[j];
		}
		if (rest > SLOPES_UNKNOWN * var)
			l[i][i] = sqrt(rest);
		else
			memset(l[i], 0, sizeof(l[i]));
		z[i] = l[i][i] > 0 ? z[i] / l[i][i] : 0;
	}
	for (unsigned int i = m->k; i--;) {
		for (unsigned int j = i + 1; j < m->k; j++)
			z[i] -= l[j][i] * slope[j];
		slope[i] = l[i][i] > 0 ? z[i] / l[i][i] : 0;
	}
	for (unsigned int i = 0; i < m->k; i++)
		a -= slope[i] * s->x[i] / s->w;
	return a;
}

/* The slope that is farthest beyond its bounds; K if none is. */
static unsigned int outermost(const struct slopes_model *m, const double *slope)
{
	unsigned int worst = K;
	double beyond = 0;

	for (unsigned int i = 0; i < m->k; i++) {
		double over = fmax(-slope[i], slope[i] - m->most);

		if (m->in[i] && over > beyond) {
			beyond = over;
			worst = i;
		}
	}
	return worst;
}

double slopes_bounded(const struct slopes_model *model, const struct slopes_sums *sums,
		      double *slope)
{
	struct slopes_model m = *model;
	struct slopes_sums s = *sums;
	double held[K] = { 0 }, a;
	unsigned int i;

	while (a = slopes_free(&m, &s, slope), (i = outermost(&m, slope)) < K) {
		m.in[i] = false;
		held[i] = slope[i] < 0 ? 0 : m.most;
		/* What the held slope explains is no longer there to be explained. */
		s.y -= held[i] * s.x[i];
		for (unsigned int j = 0; j < m.k; j++)
			s.xy[j] -= held[i] * (j > i ? s.xx[j][i] : s.xx[i][j]);
	}
	for (i = 0; i < m.k; i++)
		slope[i] += held[i];
	return a;
}
