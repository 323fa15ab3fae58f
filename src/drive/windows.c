// SPDX-License-Identifier: MIT
/* Windows of all rounds in one array. What a quiet one is, estimate.c says. */
#include <math.h>
#include <stdlib.h>

#include "base/room.h"
#include "drive/windows.h"

#define SHARP 0.005 /* where windows on one level would vary by more, no level is sharp */

/*
 * A quarter of the differences of two values from a normal distribution is below so many
 * of its deviations: sqrt(2) times the normal quantile of 0.625, which is 0.3186.
 */
#define QUARTER 0.4506

/*
 * The deviation of one window, from the differences of windows that follow one another: a
 * level stays for many of them. Up to two thirds may be between two levels, so the lower
 * quartile tells: it is 3.6 times too large then, and levels.h allows four times. `n` is
 * 0 where there are none. Sorts.
 */
static double noise_of(double *differences, size_t n)
{
	return n ? stats_quantile_any(differences, n, 0.25) / QUARTER : 0;
}

struct windows windows_gather(const struct run *run, const struct trial *trial)
{
	size_t room = trial->n_samples * WINDOWS, n = 0;
	double *differences = room_for(room, sizeof(*differences));
	struct windows w = { .cycles = room_for(room, sizeof(*w.cycles)) };

	for (size_t s = 0; s < trial->n_samples; s++) {
		const struct sample *x = &trial->samples[s];
		size_t before = w.n;
		double last = NAN;

		for (size_t i = 0; i < x->n_windows; i++) {
			double cycles = x->windows[i].ticks * x->windows[i].rate / x->n /
					trial->variant->ops;

			if (x->windows[i].drop ||
			    !window_is_quiet(&x->windows[i], run->quiet_level))
				continue;
			if (!isnan(last))
				differences[n++] = fabs(cycles - last);
			w.cycles[w.n++] = last = cycles;
		}
		w.rounds += w.n > before;
	}
	w.noise = noise_of(differences, n);
	stats_sort(w.cycles, w.n);
	free(differences);
	return w;
}

struct levels windows_levels(const struct windows *w, const struct trial *trial,
			     unsigned int step)
{
	double ops = (double)trial->samples[0].n * trial->variant->ops;
	double half = step / 2.0 * trial->samples[0].cycles_per_tick / ops;
	double resolution = fmax(half, w->noise);
	struct levels found;

	if (resolution > SHARP * stats_median(w->cycles, w->n))
		resolution = 0; /* there are none */
	levels_find(w->cycles, w->n, w->rounds ? w->rounds : 1, resolution, &found);
	return found;
}

void windows_add(struct table *to, const char *id, const struct windows *w)
{
	for (int i = 0; i < WINDOW_QUANTILES && w->n; i++) {
		struct window_row *row = table_add(to);

		row_set(&row->id, id);
		row->share = i / (WINDOW_QUANTILES - 1.0);
		row->cycles = stats_quantile(w->cycles, w->n, row->share);
	}
}
