// SPDX-License-Identifier: MIT
/*
 * The order of two arms. Rounds themselves are round.c's.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/random.h"
#include "base/time.h"
#include "bench.h"
#include "drive/pair.h"
#include "drive/round.h"
#include "stats/stats.h"

#define HANDFUL 36 /* rows a process: enough to pay for starting it */

enum { BASE, HEAD };

static int begin(struct pair *p, const struct registry *reg, const bool *chosen,
		 const struct run_options *options, const struct arm *base,
		 const struct arm *head, struct err *err)
{
	int ret;

	*p = (struct pair){ .random = options->seed };
	ret = run_begin(&p->arm[BASE], reg, chosen, options, base, err);
	if (!ret)
		ret = run_begin(&p->arm[HEAD], reg, chosen, options, head, err);
	if (ret)
		return ret;
	/*
	 * One folder, because two files of the same contents differ in where their pages lie;
	 * but a wrapper may make another user's files of them.
	 */
	if (!base->wrapper[0] && !head->wrapper[0]) {
		run_end(&p->arm[HEAD]);
		strcpy(p->arm[HEAD].dir, p->arm[BASE].dir);
	}
	/* One place and one calibration for both; only the padding is each one's own. */
	p->arm[HEAD].cpu = p->arm[BASE].cpu;
	p->arm[HEAD].other_cpu = p->arm[BASE].other_cpu;
	p->arm[HEAD].step = p->arm[BASE].step;
	p->arm[HEAD].ticks_per_ns = p->arm[BASE].ticks_per_ns;
	p->arm[HEAD].random = ~options->seed;
	return 0;
}

static void copy_sizes(struct pair *p, const struct run *from)
{
	for (size_t i = 0; i < from->reg->n; i++)
		for (int k = 0; k < 2; k++) {
			struct run_row *row = &p->arm[k].rows[i];

			row->n = from->rows[i].n;
			row->sized_ticks = from->rows[i].sized_ticks;
			memcpy(row->mode, from->rows[i].mode, sizeof(row->mode));
		}
}

int pair_begin(struct pair *p, const struct registry *reg, const bool *chosen,
	       const struct run_options *options, const struct arm *base,
	       const struct arm *head, struct err *err)
{
	int ret = begin(p, reg, chosen, options, base, head, err);

	if (!ret)
		ret = run_size(&p->arm[BASE], err);
	if (!ret)
		copy_sizes(p, &p->arm[BASE]);
	return ret;
}

int pair_begin_like(struct pair *p, const struct pair *like, const bool *chosen,
		    const struct run_options *options, struct err *err)
{
	int ret = begin(p, like->arm[BASE].reg, chosen, options, like->arm[BASE].arm,
			like->arm[HEAD].arm, err);

	if (ret)
		return ret;
	copy_sizes(p, &like->arm[BASE]);
	for (size_t i = 0; i < like->arm[HEAD].reg->n; i++)
		p->arm[HEAD].rows[i].slowdown = like->arm[HEAD].rows[i].slowdown;
	p->arm[BASE].quiet_level = like->arm[BASE].quiet_level;
	p->arm[BASE].last_cycles_per_tick = like->arm[BASE].last_cycles_per_tick;
	return 0;
}

void pair_inject(struct pair *p, size_t i, double share)
{
	p->arm[HEAD].rows[i].slowdown = share;
}

/*
 * Ticks of a window of this round: quiet, if it can be, as where pairs are made. In a pilot the
 * level is not known yet, and all windows count.
 */
static double window_ticks(const struct sample *s, double quiet_level)
{
	struct sample_figures f = estimate_sample(s, quiet_level);

	return !isnan(f.quiet) ? f.quiet : !isnan(f.contended) ? f.contended : f.all;
}

/* The chain that a row of head gets in its next round. */
static void slow_down(struct pair *p, size_t i)
{
	const struct run *base = &p->arm[BASE];
	const struct run_row *known = &base->rows[i];
	struct run_row *row = &p->arm[HEAD].rows[i];
	double ticks = NAN, cycles;

	if (!(row->slowdown > 0))
		return;
	if (known->n_samples)
		ticks = window_ticks(&known->samples[known->n_samples - 1],
				     base->quiet_level);
	if (!(ticks > 0))
		ticks = row->sized_ticks;
	cycles = ticks * row->slowdown * base->last_cycles_per_tick;
	row->chain = cycles > 0 ? fmax(1, round(cycles / ARCH_CHAIN_LENGTH)) : 0;
}

double pair_injected(const struct pair *p, size_t i)
{
	const struct run *base = &p->arm[BASE];
	const struct run_row *b = &base->rows[i], *h = &p->arm[HEAD].rows[i];
	double *ratio = calloc(h->n_samples + 1, sizeof(*ratio)), median = NAN;
	size_t n = 0;

	for (size_t j = 0, k = 0; ratio && j < h->n_samples; j++) {
		const struct sample *s = &h->samples[j];
		double ticks;

		while (k < b->n_samples && b->samples[k].round < s->round)
			k++;
		if (k == b->n_samples || b->samples[k].round != s->round || !s->chain)
			continue;
		ticks = window_ticks(&b->samples[k], base->quiet_level);
		if (ticks > 0)
			ratio[n++] = 1 + s->chain * ARCH_CHAIN_LENGTH /
						 s->cycles_per_tick / ticks;
	}
	if (n) {
		stats_sort(ratio, n);
		median = stats_median(ratio, n);
	}
	free(ratio);
	return median;
}

/* The rows that go on: wanted, and fine in both arms. */
static size_t live_rows(struct pair *p, const unsigned int *wanted, uint32_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < p->arm[BASE].reg->n; i++) {
		const struct run_row *base = &p->arm[BASE].rows[i];

		if (base->planned && base->status == OUTCOME_OK &&
		    p->arm[HEAD].rows[i].status == OUTCOME_OK &&
		    p->arm[BASE].rounds < wanted[i])
			order[n++] = i;
	}
	return n;
}

static bool out_of_time(const struct pair *p)
{
	const struct run_options *o = &p->arm[BASE].options;

	return (o->stop && *o->stop) || time_now() - p->arm[BASE].began >= o->seconds;
}

/* How far the planned rounds are, for a progress bar. */
static double share_done(const struct pair *p, const unsigned int *wanted)
{
	unsigned int most = 1;

	for (size_t i = 0; i < p->arm[BASE].reg->n; i++)
		if (p->arm[BASE].rows[i].planned && wanted[i] > most)
			most = wanted[i];
	return (double)p->arm[BASE].rounds / most;
}

static int measure(struct pair *p, int arm, const uint32_t *order, size_t n,
		   unsigned int position, struct err *err)
{
	for (size_t i = 0; arm == HEAD && i < n; i++)
		slow_down(p, order[i]);
	return round_measure(&p->arm[arm], order, n, position, ROUND_MEASURE, err);
}

int pair_rounds(struct pair *p, const unsigned int *wanted, struct err *err)
{
	const struct run_options *o = &p->arm[BASE].options;
	uint32_t *order = calloc(p->arm[BASE].reg->n, sizeof(*order));
	int ret = order ? 0 : -ENOMEM;

	while (!ret && !out_of_time(p)) {
		size_t n = live_rows(p, wanted, order);
		int first;

		if (!n)
			break;
		/* The second round of a block turns the order of the first one round. */
		if (p->arm[BASE].rounds % 2 == 0)
			p->head_first = random_next(&p->random) & 1;
		else
			p->head_first = !p->head_first;
		first = p->head_first ? HEAD : BASE;
		if (o->progress)
			o->progress(o->progress_arg, "pairs", share_done(p, wanted));
		random_shuffle(order, n, &p->random);
		for (size_t at = 0; at < n && !ret; at += HANDFUL) {
			size_t some = n - at < HANDFUL ? n - at : HANDFUL;

			ret = measure(p, first, order + at, some, at, err);
			if (!ret)
				ret = measure(p, !first, order + at, some, at, err);
		}
		run_clear(&p->arm[BASE]);
		run_clear(&p->arm[HEAD]);
		p->arm[BASE].rounds++;
		p->arm[HEAD].rounds++;
	}
	free(order);
	return ret;
}

void pair_estimate(struct pair *p)
{
	struct run *both[] = { &p->arm[BASE], &p->arm[HEAD] };

	run_finish(both, 2);
}

void pair_free(struct pair *p)
{
	for (int k = 0; k < 2; k++) {
		run_end(&p->arm[k]);
		run_free(&p->arm[k]);
	}
}
