/* SPDX-License-Identifier: MIT */
/*
 * How the time of a comparison is shared out over its benchmarks. It knows no statistics
 * and measures nothing.
 */
#ifndef SYSCOST_BUDGET_H
#define SYSCOST_BUDGET_H

#include <stddef.h>

/*
 * More rounds for n rows: rounds[i], which each has already or is to have, grow to
 * needed[i]. One round of row i takes cost[i] seconds. Where `seconds` do not suffice, no
 * row gets more of them than one amount, the largest for which they do. So rows that take
 * most are cut first, and the many cheap ones last. A row that needs no more than it has
 * keeps what it has. Returns the seconds that are left.
 */
double budget_rounds(const unsigned int *needed, const double *cost, size_t n,
		     double seconds, unsigned int *rounds);

#endif
