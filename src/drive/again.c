// SPDX-License-Identifier: MIT
/*
 * The rounds of a confirmation, from what the first comparison flagged and what its
 * rounds took. It never looks at a fresh round.
 */
#include <math.h>
#include <stdlib.h>

#include "compare/budget.h"
#include "compare/summary.h"
#include "drive/again.h"
#include "stats/shift.h"

#define CONFIRM_TIMES 3 /* as many rounds: a neighbour may spoil most of a spell */

/* A row that was flagged. */
struct flagged {
	const struct verdict_row *row;
	size_t variant;
};

/* Slower before faster, as that decides most; then the larger change. */
static int clearest_first(const void *a, const void *b)
{
	const struct flagged *x = a, *y = b;
	double p = log(x->row->ratio.mid), q = log(y->row->ratio.mid);

	if ((p > 0) != (q > 0))
		return p > 0 ? -1 : 1;
	return (fabs(p) < fabs(q)) - (fabs(p) > fabs(q))
		       ?: (x->variant > y->variant) - (x->variant < y->variant);
}

/* All of them, clearest first. */
static size_t find_flagged(const struct again_of *first, struct flagged *list)
{
	const struct run *base = &first->pair->arm[ARM_BASE];
	size_t n = 0;

	for (size_t i = 0, at = 0; at < first->verdicts->n; i++) {
		const struct verdict_row *row;

		if (!base->plan[i].wanted)
			continue;
		row = table_row(first->verdicts, struct verdict_row, at++);
		if (gate_flagged(row))
			list[n++] = (struct flagged){ row, i };
	}
	qsort(list, n, sizeof(*list), clearest_first);
	return n;
}

/* Processes of an arm in which so many benchmarks are measured. */
static size_t groups_of(size_t n)
{
	return (n + PAIR_GROUP - 1) / PAIR_GROUP;
}

/* What pairs of rounds take: of a benchmark itself, and to start what measures it. */
struct costs {
	double share; /* of starting, in what is known as a benchmark's cost */
	double start; /* of the two processes of a group */
	double control;
};

static struct costs costs_of(const struct again_of *first)
{
	const struct run *base = &first->pair->arm[ARM_BASE];
	size_t control = first->pair->control, n = 0;
	struct costs c;

	for (size_t i = 0; i < base->reg->n; i++)
		n += base->plan[i].wanted;
	c.share = n ? first->start / n : 0;
	c.start = n ? first->start / groups_of(n) : 0;
	c.control = control < base->reg->n ? first->cost[control] - c.share : 0;
	return c;
}

/* The first of the list of which so many pairs of rounds fit into `seconds`. */
static size_t how_many_fit(const struct again_of *first, const struct flagged *list,
			   size_t n, unsigned int rounds, double seconds)
{
	struct costs c = costs_of(first);
	double own = c.control;
	size_t k = 0;

	for (; k < n; k++) {
		own += first->cost[list[k].variant] - c.share;
		if (rounds * (own + c.start * groups_of(k + 2)) > seconds)
			break;
	}
	return k;
}

int again_choose(struct again *again, const struct again_of *first, struct err *err)
{
	const struct run *base = &first->pair->arm[ARM_BASE];
	size_t n = base->reg->n, fit = 0;
	struct flagged *list = calloc(n + 1, sizeof(*list));
	double seconds = first->seconds;
	unsigned int least, most, rounds;

	*again = (struct again){ .chosen = calloc(n + 1, sizeof(bool)),
				 .wanted = calloc(n + 1, sizeof(unsigned int)),
				 .needed = calloc(n + 1, sizeof(unsigned int)) };
	if (!list || !again->chosen || !again->wanted || !again->needed) {
		free(list);
		return err_memory(err);
	}
	again->flagged = find_flagged(first, list);
	least = stats_shift_least(true, first->error / fmax(again->flagged, 1));
	most = rounds = fmax(first->pilot, least);
	for (; rounds >= least; rounds--) {
		fit = how_many_fit(first, list, again->flagged, rounds, seconds);
		if (fit == again->flagged)
			break;
	}
	if (rounds < least) {
		rounds = most;
		fit = how_many_fit(first, list, again->flagged, rounds, seconds);
	}
	/* One is tried in any case. */
	for (size_t k = 0; k < again->flagged && (!k || k < fit); k++) {
		size_t i = list[k].variant;

		again->chosen[i] = true;
		again->wanted[i] = rounds;
		again->needed[i] = CONFIRM_TIMES * base->trials[i].n_samples;
		seconds -= rounds * first->cost[i];
	}
	budget_rounds(again->needed, first->cost, n, seconds, again->wanted);
	free(list);
	return 0;
}

void again_free(struct again *again)
{
	free(again->chosen);
	free(again->wanted);
	free(again->needed);
}
