// SPDX-License-Identifier: MIT
/*
 * Fits rows to the reference calls, and states them at one state of the core. It says
 * nothing about changes: see state.h.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "row/state.h"
#include "stats/control.h"
#include "stats/stats.h"
#include "stats/student.h"

_Static_assert(CONTROL_ROUNDS > NOISE_REFERENCES + 1, "a degree of freedom is left");

#define K NOISE_REFERENCES

void state_set(struct noise *noise, const struct state_round *rounds, size_t n)
{
	double sum[K] = { 0 };
	size_t known[K] = { 0 };

	noise_renew(noise);
	if (isfinite(noise->state[0]))
		return;
	for (size_t i = 0; i < n; i++)
		for (int j = 0; j < K; j++)
			if (rounds[i].ref[j] > 0) {
				sum[j] += rounds[i].ref[j];
				known[j]++;
			}
	for (int j = 0; j < K; j++)
		if (!known[j])
			return;
	for (int j = 0; j < K; j++)
		noise->state[j] = sum[j] / known[j];
}

static bool is_whole(double cycles, const double *ref)
{
	bool whole = isfinite(cycles);

	for (int j = 0; j < K; j++)
		whole &= isfinite(ref[j]);
	return whole;
}

/* The rounds that have all values, as windows. Returns of how many runs they are. */
static size_t gather(const struct state_round *rounds, size_t n, double *y, double *x,
		     uint32_t *run, struct control_windows *w)
{
	size_t runs = 0, at = 0;

	for (size_t i = 0; i < n; i++) {
		if (!is_whole(rounds[i].cycles, rounds[i].ref))
			continue;
		runs += !at || run[at - 1] != rounds[i].run;
		run[at] = rounds[i].run;
		y[at] = rounds[i].cycles;
		memcpy(x + K * at++, rounds[i].ref, sizeof(rounds[i].ref));
	}
	*w = (struct control_windows){ .y = y, .x = x, .round = run, .n = at, .k = K };
	return runs;
}

static void store(struct noise_reference *reference, const struct control_fit *fit)
{
	size_t at = 0;

	*reference = (struct noise_reference){ 0 };
	if (!fit->corrects || fit->bound)
		return;
	reference->known = true;
	reference->runs = fit->rounds;
	for (int i = 0; i < K; i++) {
		reference->slope[i] = fit->slope[i];
		for (int j = 0; j <= i; j++) {
			reference->covariance[at++] = fit->covariance[i][j];
			reference->known &= isfinite(fit->covariance[i][j]);
		}
	}
}

void state_fit(struct noise *noise, const char *id, unsigned int calls,
	       const struct state_round *rounds, size_t n)
{
	struct noise_row *row = noise_row_of(noise, id);
	double *y, *x;
	uint32_t *run;
	struct control_windows w;
	struct control_fit fit;

	if (!row || row->metric != noise_metric("cycles") || !isfinite(noise->state[0]))
		return;
	y = room_for(n * (1 + K), sizeof(*y));
	x = y + n;
	run = room_for(n, sizeof(*run));
	if (gather(rounds, n, y, x, run, &w) >= CONTROL_ROUNDS) {
		w.most = CONTROL_SLOPE * calls;
		if (!control_fit(&w, &fit))
			store(&row->reference, &fit);
	}
	free(run);
	free(y);
}

/* Whether a state can make the references differ so much from the one that is stored. */
static bool is_near(const struct noise *noise, const double *ref)
{
	for (int j = 0; j < K; j++)
		if (fabs(ref[j] - noise->state[j]) > CONTROL_OFF * noise->state[j])
			return false;
	return true;
}

/* Half of the interval at 95 % of what the slopes make of references that are `off`. */
static double slopes_wide(const struct noise_reference *r, const double *off)
{
	double variance = 0;
	size_t at = 0;

	for (int i = 0; i < K; i++)
		for (int j = 0; j <= i; j++)
			variance += (i == j ? 1 : 2) * r->covariance[at++] * off[i] *
				    off[j];
	return stats_student_quantile(0.975, r->runs - 1 - K) * sqrt(fmax(0, variance));
}

struct figure noise_at_state(const struct noise *noise, const char *id,
			     const double *cycles, const double (*ref)[NOISE_REFERENCES],
			     size_t rounds)
{
	const struct noise_row *row = noise_find(noise, id);
	const struct noise_reference *r = row ? &row->reference : NULL;
	double *y, mean[K] = { 0 }, wide;
	struct figure f;
	size_t n = 0;

	if (!r || !r->known || !isfinite(noise->state[0]) ||
	    strcmp(noise->system, noise->own))
		return FIGURE_NONE;
	y = room_for(rounds, sizeof(*y));
	for (size_t i = 0; i < rounds; i++) {
		if (!is_whole(cycles[i], ref[i]) || !is_near(noise, ref[i]))
			continue;
		y[n] = cycles[i];
		for (int j = 0; j < K; j++) {
			y[n] -= r->slope[j] * (ref[i][j] - noise->state[j]);
			mean[j] += ref[i][j];
		}
		n++;
	}
	f = stats_figure(y, n, 0.95);
	free(y);
	if (2 * n < rounds || !n)
		return FIGURE_NONE;
	for (int j = 0; j < K; j++)
		mean[j] = mean[j] / n - noise->state[j];
	wide = slopes_wide(r, mean);
	f.lo -= wide;
	f.hi += wide;
	return f;
}
