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
	stats_sort(probes, n);
	return stats_quantile(probes, n, 0.02);
}

static bool is_quiet(const struct window *w, double level)
{
	return w->probe <= QUIET_TOLERANCE * level;
}

struct sample_figures estimate_sample(const struct sample *s, double level)
{
	double quiet[WINDOWS], contended[WINDOWS], all[WINDOWS], probe[WINDOWS];
	double cpu[WINDOWS];
	struct sample_figures f = { 0 };
	size_t n_contended = 0, n_cpu = 0;

	for (size_t i = 0; i < s->n_windows && i < WINDOWS; i++) {
		const struct window *w = &s->windows[i];

		if (w->drop & DROP_CPU)
			f.migrated++;
		if (w->drop) {
			f.dropped++;
			continue;
		}
		if (is_quiet(w, level) && w->cpu >= 0)
			cpu[n_cpu++] = w->cpu;
		if (is_quiet(w, level))
			quiet[f.n_quiet++] = w->ticks;
		else
			contended[n_contended++] = w->ticks;
		probe[f.kept] = w->probe;
		all[f.kept++] = w->ticks;
	}
	stats_sort(quiet, f.n_quiet);
	stats_sort(contended, n_contended);
	stats_sort(all, f.kept);
	stats_sort(probe, f.kept);
	f.quiet = f.n_quiet >= QUIET_WINDOWS ? stats_median(quiet, f.n_quiet) : NAN;
	f.contended = n_contended >= QUIET_WINDOWS ? stats_median(contended, n_contended)
						   : NAN;
	f.all = stats_median(all, f.kept);
	stats_sort(cpu, n_cpu);
	f.cpu = n_cpu >= QUIET_WINDOWS ? stats_median(cpu, n_cpu) : NAN;
	f.probe = stats_median(probe, f.kept);
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

			if (!isnan(x) && !isnan(samples[r].figures.quiet))
				room[kept++] = x / ops;
		}
		if (slot < 0)
			e->counted_cycles = stats_figure(room, kept, CONFIDENCE);
		else
			e->count[slot] = stats_figure(room, kept, CONFIDENCE).mid;
	}
}

int estimate_row(const struct sample *samples, size_t n, unsigned long ops,
		 struct estimate *e)
{
	size_t room = n * WINDOWS, n_quiet = 0, n_contended = 0, n_all = 0, n_cpu = 0,
	       quiet_windows = 0;
	double *quiet = calloc(7 * n + room + 1, sizeof(*quiet));
	double *contended = quiet + n, *cycles = contended + n, *cpu = cycles + n,
	       *faults = cpu + n, *switches = faults + n, *enters = switches + n,
	       *all = enters + n;

	if (!quiet)
		return -ENOMEM;
	*e = (struct estimate){ .rounds = n };
	for (size_t r = 0; r < n; r++) {
		const struct sample *s = &samples[r];
		const struct sample_figures f = s->figures;
		double per_op = 1.0 / s->n / ops;

		e->windows += f.kept;
		e->dropped += f.dropped;
		e->migrated += f.migrated;
		faults[r] = s->faults / ops;
		switches[r] = s->switches / ops;
		enters[r] = s->enters / ops;
		quiet_windows += f.n_quiet;
		if (!isnan(f.quiet)) {
			cycles[n_quiet] = f.quiet * per_op * s->cycles_per_tick;
			quiet[n_quiet++] = f.quiet * per_op;
		}
		if (!isnan(f.cpu))
			cpu[n_cpu++] = f.cpu * per_op;
		if (!isnan(f.contended))
			contended[n_contended++] = f.contended * per_op;
		for (size_t i = 0; i < s->n_windows; i++)
			if (!s->windows[i].drop)
				all[n_all++] = s->windows[i].ticks * per_op;
	}
	e->quiet_rounds = n_quiet;
	e->quiet_share = e->windows ? (double)quiet_windows / e->windows : NAN;
	e->ticks = stats_figure(quiet, n_quiet, CONFIDENCE);
	e->cycles = stats_figure(cycles, n_quiet, CONFIDENCE);
	e->cpu = stats_figure(cpu, n_cpu, CONFIDENCE);
	e->contended = stats_figure(contended, n_contended, CONFIDENCE);
	e->faults = stats_figure(faults, n, CONFIDENCE);
	e->switches = stats_figure(switches, n, CONFIDENCE);
	e->enters = stats_figure(enters, n, CONFIDENCE);
	estimate_counts(samples, n, ops, quiet, e); /* quiet is done with */
	e->min = stats_quantile_any(all, n_all, 0);
	e->p99 = stats_quantile_any(all, n_all, 0.99);
	free(quiet);
	return 0;
}

int estimate_ratio(const struct sample *a, size_t n_a, unsigned long ops_a,
		   const struct sample *b, size_t n_b, unsigned long ops_b,
		   struct figure *ratio)
{
	double *x = calloc(n_a + 1, sizeof(*x));
	size_t n = 0;

	if (!x)
		return -ENOMEM;
	for (size_t i = 0, j = 0; i < n_a && j < n_b;) {
		double over, under;

		if (a[i].round != b[j].round) {
			if (a[i].round < b[j].round)
				i++;
			else
				j++;
			continue;
		}
		over = a[i].figures.quiet / a[i].n / ops_a;
		under = b[j].figures.quiet / b[j].n / ops_b;
		if (over >= 0 && under > 0)
			x[n++] = over / under;
		i++;
		j++;
	}
	*ratio = stats_figure(x, n, CONFIDENCE);
	free(x);
	return 0;
}
