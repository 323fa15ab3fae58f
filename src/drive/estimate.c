// SPDX-License-Identifier: MIT
/*
 * Medians of windows, medians of rounds, and their intervals. No window is ever left out
 * for its value: only for a drop cause, or for what the probes beside it said.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>

#include "drive/estimate.h"

double estimate_quiet_level(double *probes, size_t n)
{
	return stats_quantile_any(probes, n, 0.02);
}

static double probe_cycles(const struct window *w)
{
	return w->probe * w->rate;
}

bool window_is_quiet(const struct window *w, double quiet_level)
{
	return probe_cycles(w) <= QUIET_TOLERANCE * quiet_level;
}

/* The values of windows in one unit, while they are gathered. */
struct gathered {
	double ticks[WINDOWS], cycles[WINDOWS];
	size_t n;
};

static void gather(struct gathered *g, const struct window *w)
{
	g->ticks[g->n] = w->ticks;
	g->cycles[g->n++] = w->ticks * w->rate;
}

static struct window_figure figure_of(struct gathered *g, size_t least)
{
	if (g->n < least)
		return (struct window_figure){ NAN, NAN };
	return (struct window_figure){ stats_median_any(g->ticks, g->n),
				       stats_median_any(g->cycles, g->n) };
}

struct sample_figures estimate_sample(const struct sample *s, double level)
{
	struct gathered quiet, contended, all;
	double probe[WINDOWS], cpu[WINDOWS], ref[REFERENCES][WINDOWS];
	struct sample_figures f = { 0 };
	size_t n_cpu = 0, n_ref[REFERENCES] = { 0 };

	quiet.n = contended.n = all.n = 0; /* the arrays need no zeros */
	for (size_t i = 0; i < s->n_windows && i < WINDOWS; i++) {
		const struct window *w = &s->windows[i];
		bool is_quiet = window_is_quiet(w, level);

		if (w->drop & DROP_CPU)
			f.migrated++;
		if (w->drop) {
			f.dropped++;
			continue;
		}
		if (is_quiet && w->cpu >= 0)
			cpu[n_cpu++] = w->cpu;
		for (size_t k = 0; k < REFERENCES && is_quiet; k++)
			if (w->ref[k] > 0)
				ref[k][n_ref[k]++] = w->ref[k];
		gather(is_quiet ? &quiet : &contended, w);
		probe[all.n] = probe_cycles(w);
		gather(&all, w);
	}
	f.kept = all.n;
	f.n_quiet = quiet.n;
	f.quiet = figure_of(&quiet, QUIET_WINDOWS);
	f.contended = figure_of(&contended, QUIET_WINDOWS);
	/* Mostly all are quiet. */
	f.all = isnan(f.quiet.ticks) || quiet.n < all.n ? figure_of(&all, 1) : f.quiet;
	f.cpu = n_cpu >= QUIET_WINDOWS ? stats_median_any(cpu, n_cpu) : NAN;
	f.probe = stats_median_any(probe, all.n);
	for (size_t k = 0; k < REFERENCES; k++)
		f.ref[k] = n_ref[k] >= QUIET_WINDOWS ? stats_median_any(ref[k], n_ref[k])
						     : NAN;
	return f;
}

void estimate_samples(struct sample *samples, size_t n, double quiet_level)
{
	for (size_t i = 0; i < n; i++)
		samples[i].figures = estimate_sample(&samples[i], quiet_level);
}

/* Rounds without a quiet figure tell no count either: it would be of a contended core. */
static void estimate_counts(const struct sample *samples, size_t n, unsigned long ops,
			    double *room, struct estimate *e)
{
	for (int slot = -1; slot < COUNT_MAX; slot++) {
		size_t kept = 0;

		for (size_t r = 0; r < n; r++) {
			const double *c = samples[r].count;
			double x = slot >= 0 ? c[slot]
					     : c[COUNT_CYCLES_USER] +
						       c[COUNT_CYCLES_KERNEL];

			if (!isnan(x) && !isnan(samples[r].figures.quiet.cycles))
				room[kept++] = x / ops;
		}
		if (slot < 0)
			e->counted_cycles = stats_figure(room, kept, CONFIDENCE);
		else
			e->count[slot] = stats_figure(room, kept, CONFIDENCE).mid;
	}
}

/* The figures of rounds, while they are gathered: so many arrays of one value a round. */
enum {
	OF_TICKS,
	OF_CYCLES,
	OF_CPU,
	OF_BUSY,
	OF_BUSY_CYCLES,
	OF_FAULTS,
	OF_SWITCHES,
	OF_ENTERS,
	OF_ALL
};

int estimate_row(const struct sample *samples, size_t n, unsigned long ops,
		 struct estimate *e)
{
	double *room = malloc((OF_ALL * n + n * WINDOWS + 1) * sizeof(*room));
	double *of[OF_ALL + 1], least = INFINITY;
	size_t quiet = 0, busy = 0, n_cpu = 0, n_all = 0, quiet_windows = 0;

	if (!room)
		return -ENOMEM;
	for (int i = 0; i <= OF_ALL; i++)
		of[i] = room + i * n;
	*e = (struct estimate){ .rounds = n };
	for (size_t r = 0; r < n; r++) {
		const struct sample *s = &samples[r];
		const struct sample_figures *f = &s->figures;
		double per_op = 1.0 / s->n / ops;

		e->windows += f->kept;
		e->dropped += f->dropped;
		e->migrated += f->migrated;
		of[OF_FAULTS][r] = s->faults / ops;
		of[OF_SWITCHES][r] = s->switches / ops;
		of[OF_ENTERS][r] = s->enters / ops;
		quiet_windows += f->n_quiet;
		if (!isnan(f->quiet.ticks)) {
			of[OF_CYCLES][quiet] = f->quiet.cycles * per_op;
			of[OF_TICKS][quiet++] = f->quiet.ticks * per_op;
		}
		if (!isnan(f->cpu))
			of[OF_CPU][n_cpu++] = f->cpu * per_op;
		if (!isnan(f->contended.ticks)) {
			of[OF_BUSY_CYCLES][busy] = f->contended.cycles * per_op;
			of[OF_BUSY][busy++] = f->contended.ticks * per_op;
		}
		for (size_t i = 0; i < s->n_windows; i++)
			if (!s->windows[i].drop) {
				double x = s->windows[i].ticks * per_op;

				least = x < least ? x : least;
				of[OF_ALL][n_all++] = x;
			}
	}
	e->quiet_rounds = quiet;
	e->quiet_share = e->windows ? (double)quiet_windows / e->windows : NAN;
	e->ticks = stats_figure(of[OF_TICKS], quiet, CONFIDENCE);
	e->cycles = stats_figure(of[OF_CYCLES], quiet, CONFIDENCE);
	e->cpu = stats_figure(of[OF_CPU], n_cpu, CONFIDENCE);
	e->contended = stats_figure(of[OF_BUSY], busy, CONFIDENCE);
	e->contended_cycles = stats_figure(of[OF_BUSY_CYCLES], busy, CONFIDENCE);
	e->faults = stats_figure(of[OF_FAULTS], n, CONFIDENCE);
	e->switches = stats_figure(of[OF_SWITCHES], n, CONFIDENCE);
	e->enters = stats_figure(of[OF_ENTERS], n, CONFIDENCE);
	estimate_counts(samples, n, ops, of[OF_TICKS], e); /* they are done with */
	e->min = n_all ? least : NAN;
	e->p99 = stats_quantile_any(of[OF_ALL], n_all, 0.99);
	free(room);
	return 0;
}

static double per_operation(const struct sampled *of, size_t i, bool in_cycles)
{
	const struct sample *s = &of->samples[i];
	const struct window_figure *f = &s->figures.quiet;

	return (in_cycles ? f->cycles : f->ticks) / s->n / of->ops;
}

int estimate_ratio(struct sampled over, struct sampled under, bool in_cycles,
		   struct figure *ratio)
{
	double *x = calloc(over.n + 1, sizeof(*x));
	size_t n = 0;

	if (!x)
		return -ENOMEM;
	for (size_t i = 0, j = 0; i < over.n && j < under.n;) {
		unsigned int a = over.samples[i].round, b = under.samples[j].round;

		if (a == b) {
			double cost = per_operation(&over, i, in_cycles);
			double base = per_operation(&under, j, in_cycles);

			if (cost >= 0 && base > 0)
				x[n++] = cost / base;
		}
		i += a <= b;
		j += b <= a;
	}
	*ratio = stats_figure(x, n, CONFIDENCE);
	free(x);
	return 0;
}
