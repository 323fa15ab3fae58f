/* SPDX-License-Identifier: MIT */
/* How the time of a comparison is shared out over its benchmarks. Pure. */
#ifndef SYSCOST_BUDGET_H
#define SYSCOST_BUDGET_H

#include <stddef.h>

/*
 * Rounds for n rows of which each has `least` already, wants `needed`, and takes `cost`
 * seconds a round. If `seconds` do not suffice for all that is wanted, no row gets more of
 * them than one amount, the largest for which they do: rows that take most are cut first, and
 * the many cheap ones last. A row that needs no more than `least` gets what it needs.
 */
void budget_rounds(const unsigned int *needed, const double *cost, size_t n,
		   unsigned int least, double seconds, unsigned int *rounds);

#endif
