// SPDX-License-Identifier: MIT
/*
 * Control variates by a robust linear fit. It does not choose the reference state.
 */
#include <errno.h>
#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "base/room.h"
#include "stats/control.h"
#include "stats/slopes.h"
#include "stats/stats.h"

#define K      CONTROL_MAX
#define HUBER  1.345
#define PASSES 50   /* of weights; they mostly stand still after ten */
#define STILL  1e-6 /* a change of a slope that no longer matters */
#define VARIES 1e-4 /* standard deviation over the median, at least */

_Static_assert(CONTROL_MAX <= SLOPES_MAX, "a slope each");

/* What a round says: its median at a state, and how that moves with each slope. */
struct said {
	double mid, moves[K];
	const struct slopes_sums *sums;
};

/* A fit in the making. Windows that are left out have a weight of 0. */
struct work {
	const struct control_windows *data;
	struct control_fit *fit;
	struct slopes_model model;
	double middle; /* median of y */
	double *weight, *scratch;
	size_t *end; /* of each round */
	size_t rounds;
	struct slopes_sums *round, all;
	struct said *said; /* by the rounds that have a median at the state: */
	double *mid;	   /* these medians again, in a row */
	double widen;	   /* of the slopes' deviations: see control.h */
};

static bool near(double value, double middle)
{
	return fabs(value - middle) <= CONTROL_OFF * fabs(middle);
}

/* The median of what was measured. */
static double median_of(const double *x, size_t n, size_t stride, double *scratch)
{
	size_t len = 0;

	for (size_t i = 0; i < n; i++) {
		if (isfinite(x[i * stride]))
			scratch[len++] = x[i * stride];
	}
	return stats_quantile_any(scratch, len, 0.5);
}

/* The references of a window, counted from their centres. */
static void references(const struct work *o, size_t i, double *x)
{
	for (unsigned int j = 0; j < o->data->k; j++)
		x[j] = o->data->x[i * o->data->k + j] - o->fit->centre[j];
}

/* The sums of every round, and of all, with the weights as they are. */
static void sum_up(struct work *o)
{
	size_t i = 0;

	memset(&o->all, 0, sizeof(o->all));
	memset(o->round, 0, o->rounds * sizeof(*o->round));
	for (size_t r = 0; r < o->rounds; r++) {
		for (; i < o->end[r]; i++) {
			double x[K];

			if (o->weight[i] == 0)
				continue;
			references(o, i, x);
			slopes_add(&o->round[r], o->weight[i], o->data->y[i] - o->middle,
				   x, o->data->k);
		}
		slopes_add_sums(&o->all, &o->round[r], 1);
	}
}

static double residual(const struct work *o, size_t i)
{
	double x[K], e = o->data->y[i] - o->fit->a;

	references(o, i, x);
	for (unsigned int j = 0; j < o->data->k; j++)
		e -= o->fit->slope[j] * x[j];
	return fabs(e);
}

/* Weights from residuals. Returns how many windows have a weight of 1. */
static size_t weigh(struct work *o)
{
	size_t len = 0, whole = 0;
	double bound;

	for (size_t i = 0; i < o->data->n; i++) {
		if (o->weight[i] > 0)
			o->scratch[len++] = residual(o, i);
	}
	bound = HUBER * 1.4826 * stats_quantile_any(o->scratch, len, 0.5);
	for (size_t i = 0; i < o->data->n; i++) {
		double e = o->weight[i] > 0 ? residual(o, i) : 0;

		if (o->weight[i] == 0)
			continue;
		/* If more than half are on the line there is no scale to weigh by. */
		o->weight[i] = e <= bound || bound == 0 ? 1 : bound / e;
		whole += o->weight[i] == 1;
	}
	return whole;
}

/* Iterate from weights of 1 until the slopes stand still. */
static void fit_weighted(struct work *o)
{
	struct control_fit *f = o->fit;
	size_t whole = f->used;

	for (size_t i = 0; i < o->data->n; i++)
		o->weight[i] = o->weight[i] > 0;
	for (int pass = 0; pass < PASSES; pass++) {
		double old[K], change = 0;

		memcpy(old, f->slope, sizeof(old));
		sum_up(o);
		f->a = o->middle + slopes_bounded(&o->model, &o->all, f->slope);
		for (unsigned int j = 0; j < f->k; j++)
			change = fmax(change, fabs(f->slope[j] - old[j]));
		if (pass && change < STILL)
			break;
		whole = weigh(o);
	}
	o->widen = o->all.w / whole;
}

/* Which windows are fitted, and where the rounds end. */
static void prepare(struct work *o)
{
	const struct control_windows *d = o->data;
	struct control_fit *f = o->fit;

	f->k = o->model.k = d->k;
	o->model.most = d->most;
	o->middle = median_of(d->y, d->n, 1, o->scratch);
	for (unsigned int j = 0; j < d->k; j++) {
		f->centre[j] = median_of(d->x + j, d->n, d->k, o->scratch);
		o->model.least[j] = VARIES * f->centre[j];
	}
	for (size_t i = 0; i < d->n; i++) {
		bool good = near(d->y[i], o->middle);

		for (unsigned int j = 0; j < d->k; j++)
			good &= near(d->x[i * d->k + j], f->centre[j]);
		o->weight[i] = good;
		f->used += good;
		if (i + 1 == d->n || d->round[i + 1] != d->round[i])
			o->end[o->rounds++] = i + 1;
	}
	for (unsigned int j = 0; j < d->k; j++)
		o->model.in[j] = o->rounds >= CONTROL_ROUNDS;
}

static int work_open(struct work *o, const struct control_windows *w,
		     struct control_fit *fit)
{
	memset(o, 0, sizeof(*o));
	memset(fit, 0, sizeof(*fit));
	if (!w->k || w->k > CONTROL_MAX || !w->n || !(w->most > 0))
		return -EINVAL;
	o->data = w;
	o->fit = fit;
	o->weight = room_for(w->n, sizeof(*o->weight));
	o->scratch = room_for(w->n, sizeof(*o->scratch));
	o->end = room_for(w->n, sizeof(*o->end));
	prepare(o);
	o->round = room_for(o->rounds, sizeof(*o->round));
	o->said = room_for(o->rounds, sizeof(*o->said));
	o->mid = room_for(o->rounds, sizeof(*o->mid));
	return o->fit->used ? 0 : -EINVAL;
}

static void work_close(struct work *o)
{
	free(o->mid);
	free(o->said);
	free(o->round);
	free(o->end);
	free(o->scratch);
	free(o->weight);
}

double control_apply(const struct control_fit *fit, const double *x0, double y,
		     const double *x)
{
	for (unsigned int j = 0; j < fit->k; j++) {
		if (fit->slope[j] == 0)
			continue;
		if (!near(x[j], fit->centre[j]))
			return NAN;
		y -= fit->slope[j] * (x[j] - x0[j]);
	}
	return y;
}

/*
 * The rounds' medians at the references' centres, or, `as_measured`, of the same windows.
 * Returns how many rounds have one.
 */
static size_t rounds_say(struct work *o, bool as_measured)
{
	const struct control_windows *d = o->data;
	const struct control_fit *fit = o->fit;
	const double *x0 = fit->centre;
	size_t i = 0, n = 0;

	for (size_t r = 0; r < o->rounds; r++) {
		struct said *s = &o->said[n];
		size_t len = 0;

		*s = (struct said){ .sums = &o->round[r] };
		for (; i < o->end[r]; i++) {
			const double *x = d->x + i * d->k;
			double y = control_apply(fit, x0, d->y[i], x);

			if (!isfinite(y))
				continue;
			o->scratch[len++] = as_measured ? d->y[i] : y;
			for (unsigned int j = 0; j < fit->k; j++)
				s->moves[j] -= fit->slope[j] != 0 ? x[j] - x0[j] : 0;
		}
		if (!len)
			continue;
		for (unsigned int j = 0; j < fit->k; j++)
			s->moves[j] /= len;
		s->mid = stats_quantile_any(o->scratch, len, 0.5);
		o->mid[n++] = s->mid;
	}
	return n;
}

/* Two measures of how far values lie apart. */
struct spread {
	double deviation; /* the mean one, from the median: what most of the rounds do */
	double interval;  /* of the median, without a distribution; INFINITY: too few */
};

static struct spread spread_of(double *x, size_t n)
{
	struct figure f = stats_figure(x, n, 0.95);
	struct spread s = { 0, f.hi >= f.lo ? f.hi - f.lo : INFINITY };

	for (size_t i = 0; i < n; i++)
		s.deviation += fabs(x[i] - f.mid) / n;
	return s;
}

/* What a round that is left out moves the slopes by, over all rounds. */
struct moved {
	double sum[K], product[K][K];
};

static void move(struct moved *m, const double *slope, const double *all, unsigned int k)
{
	for (unsigned int i = 0; i < k; i++) {
		m->sum[i] += slope[i] - all[i];
		for (unsigned int j = 0; j < k; j++)
			m->product[i][j] += (slope[i] - all[i]) * (slope[j] - all[j]);
	}
}

static void write_errors(struct work *o, const struct moved *m, size_t n)
{
	struct control_fit *f = o->fit;
	double scale = o->widen * o->widen * (n - 1) / n;

	for (unsigned int i = 0; i < f->k; i++) {
		for (unsigned int j = 0; j < f->k; j++)
			f->covariance[i][j] = scale * (m->product[i][j] -
						       m->sum[i] * m->sum[j] / n);
		f->covariance[i][i] = fmax(0, f->covariance[i][i]);
		f->error[i] = sqrt(f->covariance[i][i]);
		f->bound |= f->slope[i] == o->model.most;
	}
}

/*
 * Leave out one round at a time: errors of the slopes, and the spread of the rounds'
 * medians, each corrected by the slopes of the others.
 */
static struct spread leave_out(struct work *o)
{
	size_t n = o->fit->rounds = rounds_say(o, false);
	struct moved moved = { 0 };
	double all[K];

	slopes_free(&o->model, &o->all, all);
	for (size_t r = 0; r < n; r++) {
		struct slopes_sums s = o->all;
		double b[K];

		slopes_add_sums(&s, o->said[r].sums, -1);
		slopes_bounded(&o->model, &s, b);
		for (unsigned int j = 0; j < o->fit->k; j++)
			o->mid[r] += (b[j] - o->fit->slope[j]) * o->said[r].moves[j];
		slopes_free(&o->model, &s, b);
		move(&moved, b, all, o->fit->k);
	}
	write_errors(o, &moved, n);
	return spread_of(o->mid, n);
}

static void work_fit(struct work *o)
{
	struct control_fit *f = o->fit;
	struct spread before, after;

	fit_weighted(o);
	before = spread_of(o->mid, rounds_say(o, true));
	after = leave_out(o);
	f->corrects = f->rounds >= CONTROL_ROUNDS &&
		      after.deviation < CONTROL_NARROWS * before.deviation &&
		      after.interval < CONTROL_NARROWS * before.interval;
	if (f->corrects)
		return;
	memset(o->model.in, 0, sizeof(o->model.in));
	memset(f->covariance, 0, sizeof(f->covariance));
	memset(f->error, 0, sizeof(f->error));
	f->bound = false;
	fit_weighted(o);
}

int control_fit(const struct control_windows *w, struct control_fit *fit)
{
	struct work o;
	int ret = work_open(&o, w, fit);

	if (!ret)
		work_fit(&o);
	work_close(&o);
	return ret;
}
