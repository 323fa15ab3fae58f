// SPDX-License-Identifier: MIT
/*
 * The sign test, how many values it takes, and corrections for many tests. It decides
 * nothing: what a p-value means for a benchmark is in compare/.
 */
#include <math.h>
#include <stdlib.h>

#include "stats/binomial.h"
#include "stats/test.h"

double stats_sign_above(const double *x, size_t n, double at)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += x[i] > at;
	return stats_binomial_above(n, k, 0.5);
}

double stats_sign_below(const double *x, size_t n, double at)
{
	size_t k = 0;

	for (size_t i = 0; i < n; i++)
		k += x[i] < at;
	return stats_binomial_above(n, k, 0.5);
}

static int by_p(const void *a, const void *b, void *arg)
{
	const size_t i = *(const size_t *)a, j = *(const size_t *)b;
	const double *p = arg;

	return p[i] != p[j] ? (p[i] > p[j]) - (p[i] < p[j]) : (i > j) - (i < j);
}

static void sort_order(const double *p, size_t n, size_t *order)
{
	for (size_t i = 0; i < n; i++)
		order[i] = i;
	if (n)
		qsort_r(order, n, sizeof(*order), by_p, (void *)p);
}

void stats_holm(const double *p, size_t n, size_t *order, double *adjusted)
{
	double most = 0;

	sort_order(p, n, order);
	for (size_t i = 0; i < n; i++) {
		most = fmax(most, fmin(1, p[order[i]] * (n - i)));
		adjusted[order[i]] = most;
	}
}

void stats_bh(const double *p, size_t n, size_t *order, double *adjusted)
{
	double least = 1;

	sort_order(p, n, order);
	for (size_t i = n; i-- > 0;) {
		least = fmin(least, p[order[i]] * n / (i + 1));
		adjusted[order[i]] = least;
	}
}

/*
 * A count of n trials that each succeed with probability p, while n and j grow by ones.
 */
struct growing {
	size_t n, j;
	double p, at, below; /* P(X = j), P(X <= j) */
};

static struct growing growing(size_t n, size_t j, double p)
{
	return (struct growing){ n, j, p, stats_binomial(n, j, p),
				 stats_binomial_below(n, j, p) };
}

static void grow_n(struct growing *g)
{
	g->below -= g->p * g->at; /* those that had j and succeed once more */
	g->at *= (g->n + 1.0) / (g->n + 1.0 - g->j) * (1 - g->p);
	g->n++;
}

static void grow_j(struct growing *g)
{
	g->at *= (g->n - g->j) / (g->j + 1.0) * g->p / (1 - g->p);
	g->j++;
	g->below += g->at;
}

size_t stats_sign_rounds(double sigma, double shift, double tail, double power,
			 size_t max)
{
	/* Chance that a value is not beyond the hypothesis; no spread at all: none. */
	double miss = sigma > 0 ? 0.5 * erfc(shift / sigma * M_SQRT1_2) : !(shift > 0);
	size_t n = stats_tail_least(tail), k = stats_tail_rank(n, tail);
	struct growing rank, misses;

	if (miss >= 1 || !k)
		return max + 1;
	/* The test rejects if fewer than k values miss: k is the rank of `tail` at n. */
	rank = growing(n, k, 0.5);
	misses = growing(n, k - 1, miss);
	for (; n <= max; n++) {
		while (rank.j < n / 2 && rank.below <= tail) {
			grow_j(&rank);
			grow_j(&misses);
		}
		if (misses.below >= power)
			return n;
		grow_n(&rank);
		grow_n(&misses);
	}
	return max + 1;
}
