// SPDX-License-Identifier: MIT
/*
 * What the noise file says, in memory. Which verdict a comparison got, and what a run
 * measured, is decided elsewhere; this only keeps it.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "row/noise.h"
#include "stats/stats.h"
#include "stats/student.h"

void noise_init(struct noise *noise, const char *machine)
{
	*noise = (struct noise){ .state = { NAN, NAN } };
	snprintf(noise->machine, sizeof(noise->machine), "%s", machine);
}

void noise_free(struct noise *noise)
{
	for (size_t i = 0; i < noise->n; i++)
		free(noise->rows[i].id);
	free(noise->rows);
	noise_init(noise, "");
}

/* The index of `id`, or where it belongs. */
static size_t place_of(const struct noise *noise, const char *id)
{
	size_t lo = 0, hi = noise->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(noise->rows[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct noise_row *noise_row_of(struct noise *noise, const char *id)
{
	size_t i = place_of(noise, id);

	return i < noise->n && !strcmp(noise->rows[i].id, id) ? &noise->rows[i] : NULL;
}

const struct noise_row *noise_find(const struct noise *noise, const char *id)
{
	size_t i = place_of(noise, id);

	return i < noise->n && !strcmp(noise->rows[i].id, id) ? &noise->rows[i] : NULL;
}

struct noise_row *noise_insert(struct noise *noise, size_t at, const char *id)
{
	if (noise->n == noise->room) {
		noise->room = noise->room ? 2 * noise->room : 64;
		noise->rows = realloc(noise->rows, noise->room * sizeof(*noise->rows));
		if (!noise->rows)
			abort();
	}
	memmove(&noise->rows[at + 1], &noise->rows[at],
		(noise->n++ - at) * sizeof(*noise->rows));
	noise->rows[at] = (struct noise_row){ .id = strdup(id) };
	if (!noise->rows[at].id)
		abort();
	return &noise->rows[at];
}

const char *noise_metric(const char *name)
{
	static const char *const kept[] = { "cycles", "time" };

	for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		if (!strcmp(kept[i], name))
			return kept[i];
	return NULL;
}

static void forget_apart(struct noise_row *row)
{
	row->n_apart = 0;
	row->reference = (struct noise_reference){ 0 };
}

bool noise_is_foreign(const struct noise *noise)
{
	return noise->system[0] && strcmp(noise->system, noise->own);
}

void noise_renew(struct noise *noise)
{
	if (!strcmp(noise->system, noise->own))
		return;
	memcpy(noise->system, noise->own, sizeof(noise->system));
	for (int j = 0; j < NOISE_REFERENCES; j++)
		noise->state[j] = NAN;
	for (size_t i = 0; i < noise->n; i++)
		forget_apart(&noise->rows[i]);
}

/*
 * The row of `id`. Values in another metric go; how often it was compared, and how often
 * that was a false alarm, stays.
 */
static struct noise_row *row_in(struct noise *noise, const char *id, const char *metric)
{
	size_t at = place_of(noise, id);
	struct noise_row *row = &noise->rows[at];

	if (at == noise->n || strcmp(row->id, id))
		row = noise_insert(noise, at, id);
	if (row->metric == metric)
		return row;
	row->metric = metric;
	row->n = 0;
	forget_apart(row);
	return row;
}

/* Add a value behind the others; the oldest goes where they are NOISE_KEEP. */
static void keep(double *kept, size_t *n, double value)
{
	if (*n == NOISE_KEEP)
		memmove(kept, kept + 1, --*n * sizeof(*kept));
	kept[(*n)++] = value;
}

static double within(double most, double value)
{
	return fmax(-most, fmin(most, value));
}

void noise_add(struct noise *noise, const struct table *verdicts, bool contaminated)
{
	noise->runs++;
	noise->contaminated += contaminated;
	for (size_t i = 0; i < verdicts->n && !contaminated; i++) {
		const struct verdict_row *v = table_row(verdicts, struct verdict_row, i);
		struct noise_row *row;

		/*
		 * The control has no p-value; without an interval there were no rounds.
		 */
		if (!(v->ratio.mid > 0) || !isfinite(v->ratio.lo) ||
		    !isfinite(v->p_slower) || v->verdict == VERDICT_CONTAMINATED ||
		    v->verdict == VERDICT_SKIP || !noise_metric(v->metric))
			continue;
		row = row_in(noise, v->id, noise_metric(v->metric));
		row->comparisons++;
		row->regressed += v->verdict == VERDICT_REGRESSED;
		row->improved += v->verdict == VERDICT_IMPROVED;
		noise->flagged += v->confirm_rounds >= 0;
		keep(row->ln_ratio, &row->n, within(NOISE_MAX_RATIO, log(v->ratio.mid)));
	}
}

void noise_add_apart(struct noise *noise, const char *id, const char *metric,
		     double median)
{
	struct noise_row *row;

	if (!(median > 0) || !isfinite(median) || !noise_metric(metric))
		return;
	noise_renew(noise);
	row = row_in(noise, id, noise_metric(metric));
	keep(row->apart, &row->n_apart, within(NOISE_MAX_APART, log(median)));
}

double noise_delta(const struct noise *noise, const char *id)
{
	const struct noise_row *row = noise_find(noise, id);
	double x[NOISE_KEEP];

	if (!row || row->n < NOISE_LEAST)
		return NAN;
	for (size_t i = 0; i < row->n; i++)
		x[i] = fabs(row->ln_ratio[i]);
	stats_sort(x, row->n);
	return expm1(stats_quantile(x, row->n, 0.99));
}

/* The differences of each two of n values; returns how many they are. */
static size_t differences(const double *x, size_t n, double *out)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < i; k++)
			out[at++] = fabs(x[i] - x[k]);
	return at;
}

double noise_apart_delta(const struct noise *noise, const char *id, double tail)
{
	const struct noise_row *row = noise_find(noise, id);
	double *seen, most;
	size_t n = row ? row->n_apart : 0;

	if (n < NOISE_APART)
		return NAN;
	seen = room_for(n * (n - 1) / 2, sizeof(*seen));
	most = stats_quantile_any(seen, differences(row->apart, n, seen), 0.99);
	free(seen);
	return expm1(fmax(most, stats_student_difference(row->apart, n, 1 - 2 * tail)));
}

/* The smallest and the largest of n values, n > 0. */
static void range_of(const double *x, size_t n, double *lo, double *hi)
{
	*lo = *hi = x[0];
	for (size_t i = 1; i < n; i++) {
		*lo = fmin(*lo, x[i]);
		*hi = fmax(*hi, x[i]);
	}
}

/* The newest of the separate runs, at most NOISE_PAIRED; returns how many they are. */
static size_t newest(const struct noise_row *row, const double **x)
{
	size_t n = row->n_apart < NOISE_PAIRED ? row->n_apart : NOISE_PAIRED;

	*x = row->apart + row->n_apart - n;
	return n;
}

double noise_apart_range(const struct noise *noise, const char *id)
{
	const struct noise_row *row = noise_find(noise, id);
	const double *x;
	double lo, hi;
	size_t n;

	if (!row || row->n_apart < NOISE_APART || noise_is_foreign(noise))
		return NAN;
	n = newest(row, &x);
	range_of(x, n, &lo, &hi);
	return expm1(hi - lo);
}

struct noise_totals noise_total(const struct noise *noise)
{
	struct noise_totals t = { 0 };

	for (size_t i = 0; i < noise->n; i++) {
		t.comparisons += noise->rows[i].comparisons;
		t.regressed += noise->rows[i].regressed;
		t.improved += noise->rows[i].improved;
	}
	return t;
}

struct noise_spread noise_apart_spread(const struct noise *noise)
{
	enum { PAIRS = NOISE_PAIRED * (NOISE_PAIRED - 1) / 2 };
	double *all = room_for(noise->n * PAIRS, sizeof(*all)), most = -1, lo, hi;
	struct noise_spread s = { 0 };

	for (size_t i = 0; i < noise->n; i++) {
		const struct noise_row *r = &noise->rows[i];
		const double *x;
		size_t n = newest(r, &x);

		if (r->n_apart > s.runs)
			s.runs = r->n_apart;
		if (n < 2)
			continue;
		s.rows++;
		s.pairs += differences(x, n, all + s.pairs);
		range_of(x, n, &lo, &hi);
		if (hi - lo > most) {
			most = hi - lo;
			s.worst = r->id;
		}
	}
	stats_sort(all, s.pairs);
	s.median = expm1(stats_quantile(all, s.pairs, 0.5));
	s.p90 = expm1(stats_quantile(all, s.pairs, 0.9));
	s.most = expm1(stats_quantile(all, s.pairs, 1));
	free(all);
	return s;
}
