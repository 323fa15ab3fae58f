// SPDX-License-Identifier: MIT
/* Windows of all rounds in one array. What a quiet one is, estimate.c says. */
#include <math.h>
#include <stdlib.h>

#include "base/room.h"
#include "drive/windows.h"

/*
 * The deviation of one window, as a share of it, apart from the steps of the counter: what
 * the chains beside it leave of the clock. In a guest of an Intel Xeon (model 167), windows
 * of control/chain and floor/empty have 0.02 to 0.04 %.
 */
#define WINDOW_NOISE 0.0003

struct windows windows_gather(const struct run *run, const struct trial *trial)
{
	struct windows w = { .n = 0 };

	w.cycles = room_for(trial->n_samples * WINDOWS, sizeof(*w.cycles));
	for (size_t s = 0; s < trial->n_samples; s++) {
		const struct sample *x = &trial->samples[s];

		for (size_t i = 0; i < x->n_windows; i++)
			if (!x->windows[i].drop &&
			    window_is_quiet(&x->windows[i], run->quiet_level))
				w.cycles[w.n++] = x->windows[i].ticks *
						  x->windows[i].rate / x->n /
						  trial->variant->ops;
	}
	stats_sort(w.cycles, w.n);
	return w;
}

struct levels windows_levels(const struct windows *w, const struct trial *trial,
			     unsigned int step)
{
	double median = stats_median(w->cycles, w->n);
	double ops = (double)trial->samples[0].n * trial->variant->ops;
	double half = step / 2.0 * trial->samples[0].cycles_per_tick / ops;
	struct levels found;

	levels_find(w->cycles, w->n, trial->estimate.quiet_rounds,
		    fmax(half, WINDOW_NOISE * median), &found);
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
