/* SPDX-License-Identifier: MIT */
/* When a core's clock is said to have moved: one rule for who measures, and who reads. */
#ifndef SYSCOST_ROW_CLOCK_H
#define SYSCOST_ROW_CLOCK_H

#include <stdbool.h>

/* By more than 1 % from the lowest to the highest of almost all readings. */
static inline bool clock_moved(double lo, double hi)
{
	return hi > 1.01 * lo;
}

#endif
