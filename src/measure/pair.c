// SPDX-License-Identifier: MIT
/*
 * The order of two arms. Rounds themselves are round.c's.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "bench.h"
#include "measure/pair.h"
#include "measure/round.h"

#define HANDFUL 36 /* rows a process: enough to pay for starting it */

enum { BASE, HEAD };

static int begin(struct pair *p, const struct registry *reg, const bool *chosen,
		 const struct run_options *options, const struct arm *base,
		 const struct arm *head, char *err, size_t err_len)
{
	int ret;

	*p = (struct pair){ .random = options->seed };
	ret = run_begin(&p->arm[BASE], reg, chosen, options, base, err, err_len);
	if (!ret)
		ret = run_begin(&p->arm[HEAD], reg, chosen, options, head, err, err_len);
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
	       const struct arm *head, char *err, size_t err_len)
{
	int ret = begin(p, reg, chosen, options, base, head, err, err_len);

	if (!ret)
		ret = run_size(&p->arm[BASE], err, err_len);
	if (!ret)
		copy_sizes(p, &p->arm[BASE]);
	return ret;
}

int pair_begin_like(struct pair *p, const struct pair *like, const bool *chosen,
		    const struct run_options *options, char *err, size_t err_len)
{
	int ret = begin(p, like->arm[BASE].reg, chosen, options, like->arm[BASE].arm,
			like->arm[HEAD].arm, err, err_len);

	if (ret)
		return ret;
	copy_sizes(p, &like->arm[BASE]);
	for (size_t i = 0; i < like->arm[HEAD].reg->n; i++)
		p->arm[HEAD].rows[i].chain = like->arm[HEAD].rows[i].chain;
	return 0;
}

void pair_inject(struct pair *p, size_t i, double share)
{
	struct run_row *row = &p->arm[HEAD].rows[i];
	const struct run_row *base = &p->arm[BASE].rows[i];
	const struct estimate *e = &base->estimate;
	/* The state that the comparison will mostly be in, as it chooses its pairs. */
	bool quiet = e->ticks.mid > 0 && 2 * e->quiet_rounds >= base->n_samples;
	double known = quiet || !(e->contended.mid > 0) ? e->ticks.mid : e->contended.mid;
	double window = known * base->n * base->variant->ops;
	double ticks = window > 0 ? window : row->sized_ticks;
	double cycles = ticks * share * p->arm[BASE].last_cycles_per_tick;

	if (cycles > 0)
		row->chain = fmax(1, round(cycles / ARCH_CHAIN_LENGTH));
}

void pair_forget(struct pair *p)
{
	for (int k = 0; k < 2; k++)
		for (size_t i = 0; i < p->arm[k].reg->n; i++) {
			struct run_row *row = &p->arm[k].rows[i];

			for (size_t s = 0; s < row->n_samples; s++)
				free(row->samples[s].windows);
			row->n_samples = 0;
			row->estimate = (struct estimate){ 0 };
		}
}

double pair_injected(const struct pair *p, size_t i, double base_ns)
{
	const struct run_row *head = &p->arm[HEAD].rows[i];
	double ticks = head->chain * ARCH_CHAIN_LENGTH / p->arm[HEAD].cycles_per_tick;

	if (!head->chain)
		return NAN;
	return 1 +
	       ticks / p->arm[HEAD].ticks_per_ns / head->n / head->variant->ops / base_ns;
}

/* The rows that go on: wanted, and fine in both arms. */
static size_t live_rows(struct pair *p, const unsigned int *wanted, uint32_t *order)
{
	size_t n = 0;

	for (size_t i = 0; i < p->arm[BASE].reg->n; i++) {
		const struct run_row *base = &p->arm[BASE].rows[i];

		if (base->planned && base->status == ROW_OK &&
		    p->arm[HEAD].rows[i].status == ROW_OK &&
		    p->arm[BASE].rounds < wanted[i])
			order[n++] = i;
	}
	return n;
}

static bool out_of_time(const struct pair *p)
{
	const struct run_options *o = &p->arm[BASE].options;

	return (o->stop && *o->stop) || run_now() - p->arm[BASE].began >= o->seconds;
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

int pair_rounds(struct pair *p, const unsigned int *wanted, char *err, size_t err_len)
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
			p->head_first = round_random(&p->random) & 1;
		else
			p->head_first = !p->head_first;
		first = p->head_first ? HEAD : BASE;
		if (o->progress)
			o->progress(o->progress_arg, "pairs", share_done(p, wanted));
		round_shuffle(order, n, &p->random);
		for (size_t at = 0; at < n && !ret; at += HANDFUL) {
			size_t some = n - at < HANDFUL ? n - at : HANDFUL;

			ret = round_measure(&p->arm[first], order + at, some, at,
					    ROUND_MEASURE, err, err_len);
			if (!ret)
				ret = round_measure(&p->arm[!first], order + at, some, at,
						    ROUND_MEASURE, err, err_len);
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
