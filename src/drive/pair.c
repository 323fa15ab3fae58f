// SPDX-License-Identifier: MIT
/* The order of two arms. One arm's part of a round is run.c's. */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "drive/pair.h"

static int begin_arms(struct pair *p, struct backend *backend, const struct registry *reg,
		      const bool *wanted, const struct run_options *options,
		      const struct launch *base, const struct launch *head,
		      struct err *err)
{
	int ret;

	*p = (struct pair){ .control = reg->n };
	ret = run_begin(&p->arm[ARM_BASE], backend, reg, wanted, base, options, err);
	if (!ret)
		ret = run_begin(&p->arm[ARM_HEAD], backend, reg, wanted, head, options,
				err);
	if (ret)
		return ret;
	p->arm[ARM_HEAD].random = ~options->seed; /* only what processes differ in */
	p->slowdown = calloc(reg->n, sizeof(*p->slowdown));
	p->chain = calloc(reg->n, sizeof(*p->chain));
	return p->slowdown && p->chain ? 0 : err_memory(err);
}

static void copy_sizes(struct pair *p, const struct run *from)
{
	for (size_t i = 0; i < from->reg->n; i++)
		for (int k = 0; k < 2; k++) {
			p->arm[k].plan[i].n = from->plan[i].n;
			p->arm[k].plan[i].sized_ticks = from->plan[i].sized_ticks;
			p->arm[k].plan[i].sized_rate = from->plan[i].sized_rate;
			memcpy(p->arm[k].trials[i].outcome.mode,
			       from->trials[i].outcome.mode,
			       sizeof(from->trials[i].outcome.mode));
		}
}

int pair_begin(struct pair *p, struct backend *backend, const struct registry *reg,
	       const bool *wanted, const struct run_options *options,
	       const struct launch *base, const struct launch *head, struct err *err)
{
	int ret = begin_arms(p, backend, reg, wanted, options, base, head, err);

	if (!ret)
		ret = run_size(&p->arm[ARM_BASE], err);
	if (!ret)
		copy_sizes(p, &p->arm[ARM_BASE]);
	return ret;
}

int pair_begin_like(struct pair *p, const struct pair *like, const bool *wanted,
		    const struct run_options *options, struct err *err)
{
	const struct run *base = &like->arm[ARM_BASE];
	int ret = begin_arms(p, base->backend, base->reg, wanted, options, base->launch,
			     like->arm[ARM_HEAD].launch, err);

	if (ret)
		return ret;
	copy_sizes(p, base);
	p->control = like->control;
	memcpy(p->slowdown, like->slowdown, base->reg->n * sizeof(*p->slowdown));
	p->arm[ARM_BASE].quiet_level = base->quiet_level;
	return 0;
}

void pair_inject(struct pair *p, size_t variant, double share)
{
	p->slowdown[variant] = share;
}

/*
 * Core cycles of a window of this round: of quiet ones, if it can be, as where pairs are
 * made. In a pilot the level is not known yet, and all windows count.
 */
static double window_cycles(const struct sample *s, double quiet_level)
{
	struct sample_figures f = estimate_sample(s, quiet_level);

	return !isnan(f.quiet.cycles)	    ? f.quiet.cycles
	       : !isnan(f.contended.cycles) ? f.contended.cycles
					    : f.all.cycles;
}

/* The chain that a variant of head gets in its next round. */
static uint64_t next_chain(const struct pair *p, size_t i)
{
	const struct run *base = &p->arm[ARM_BASE];
	const struct trial *known = &base->trials[i];
	double cycles = NAN;

	if (!(p->slowdown[i] > 0))
		return 0;
	if (known->n_samples)
		cycles = window_cycles(&known->samples[known->n_samples - 1],
				       base->quiet_level);
	if (!(cycles > 0))
		cycles = base->plan[i].sized_ticks * base->plan[i].sized_rate;
	cycles *= p->slowdown[i];
	return cycles > 0 ? fmax(1, round(cycles / ARCH_CHAIN_LENGTH)) : 0;
}

double pair_injected(const struct pair *p, size_t i)
{
	const struct run *base = &p->arm[ARM_BASE];
	const struct trial *b = &base->trials[i], *h = &p->arm[ARM_HEAD].trials[i];
	double *ratio = calloc(h->n_samples + 1, sizeof(*ratio)), median;
	size_t n = 0;

	for (size_t j = 0, k = 0; ratio && p->slowdown[i] > 0 && j < h->n_samples; j++) {
		const struct sample *s = &h->samples[j];
		double cycles;

		while (k < b->n_samples && b->samples[k].round < s->round)
			k++;
		if (k == b->n_samples || b->samples[k].round != s->round || !s->chain)
			continue;
		cycles = window_cycles(&b->samples[k], base->quiet_level);
		if (cycles > 0)
			ratio[n++] = 1 + s->chain * ARCH_CHAIN_LENGTH / cycles;
	}
	median = stats_median_any(ratio, n);
	free(ratio);
	return median;
}

/* The variants that still want rounds and are fine in both arms. */
static size_t live_order(const struct pair *p, const unsigned int *wanted,
			 uint32_t *order)
{
	const struct run *base = &p->arm[ARM_BASE], *head = &p->arm[ARM_HEAD];
	unsigned int most = 0;
	size_t n = 0;

	for (size_t i = 0; i < base->reg->n; i++)
		if (run_is_live(base, i) && run_is_live(head, i) && wanted[i] > most)
			most = wanted[i];
	for (size_t i = 0; i < base->reg->n; i++)
		if (run_is_live(base, i) && run_is_live(head, i) &&
		    base->rounds < (i == p->control ? most : wanted[i]))
			order[n++] = i;
	return n;
}

static bool out_of_time(const struct pair *p, double seconds)
{
	const struct run *base = &p->arm[ARM_BASE];

	return (base->options.stop && *base->options.stop) ||
	       base->backend->now(base->backend) - base->began >= seconds;
}

/* How far the planned rounds are, for a progress bar. */
static double share_done(const struct pair *p, const unsigned int *wanted)
{
	unsigned int most = 1;

	for (size_t i = 0; i < p->arm[ARM_BASE].reg->n; i++)
		if (p->arm[ARM_BASE].plan[i].wanted && wanted[i] > most)
			most = wanted[i];
	return (double)p->arm[ARM_BASE].rounds / most;
}

static int measure_arm(struct pair *p, int arm, const uint32_t *order, size_t n,
		       unsigned int position, struct err *err)
{
	for (size_t i = 0; arm == ARM_HEAD && i < n; i++)
		p->chain[order[i]] = next_chain(p, order[i]);
	return run_round(&p->arm[arm], order, n, position,
			 arm == ARM_HEAD ? p->chain : NULL, err);
}

/* One round: order[0..n) shuffled, each group by the one arm, then by the other. */
static int measure_round(struct pair *p, uint32_t *order, size_t n, uint64_t *random,
			 struct err *err)
{
	struct backend *backend = p->arm[ARM_BASE].backend;
	int first, ret = 0;

	/* The second round of a block has the order of the first one reversed. */
	p->head_first = p->arm[ARM_BASE].rounds % 2 ? !p->head_first
						    : random_next(random) & 1;
	first = p->head_first ? ARM_HEAD : ARM_BASE;
	random_shuffle(order, n, random);
	for (size_t at = 0; at < n && !ret; at += PAIR_GROUP) {
		size_t some = n - at < PAIR_GROUP ? n - at : PAIR_GROUP;

		ret = measure_arm(p, first, order + at, some, at, err);
		if (!ret)
			ret = measure_arm(p, !first, order + at, some, at, err);
	}
	backend->tidy(backend);
	p->arm[ARM_BASE].rounds++;
	p->arm[ARM_HEAD].rounds++;
	return ret;
}

int pair_rounds(struct pair *p, const unsigned int *wanted, double seconds,
		struct err *err)
{
	const struct run_options *o = &p->arm[ARM_BASE].options;
	uint32_t *order = calloc(p->arm[ARM_BASE].reg->n, sizeof(*order));
	/*
	 * Rounds go on from where an earlier call left off, with random numbers of their
	 * own.
	 */
	uint64_t random = o->seed + p->arm[ARM_BASE].rounds;
	int ret = order ? 0 : err_memory(err);

	while (!ret && !out_of_time(p, seconds)) {
		size_t n = live_order(p, wanted, order);

		if (!n)
			break;
		if (o->progress)
			o->progress(o->progress_arg, "pairs", share_done(p, wanted));
		ret = measure_round(p, order, n, &random, err);
	}
	free(order);
	return ret;
}

void pair_estimate(struct pair *p)
{
	struct run *both[] = { &p->arm[ARM_BASE], &p->arm[ARM_HEAD] };

	run_finish(both, 2);
}

void pair_free(struct pair *p)
{
	run_free(&p->arm[ARM_BASE]);
	run_free(&p->arm[ARM_HEAD]);
	free(p->slowdown);
	free(p->chain);
}
