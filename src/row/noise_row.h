/* SPDX-License-Identifier: MIT */
/*
 * What the noise file's reader shares with the rest of noise.h: a row is put in its
 * place, and numbers have bounds. It is private to row/.
 */
#ifndef SYSCOST_NOISE_ROW_H
#define SYSCOST_NOISE_ROW_H

#include "row/noise.h"

#define NOISE_MAX_RATIO 20 /* e^20 is no ratio of two costs */
#define NOISE_MAX_APART 50 /* and e^50 is no cost */

/* A new row in front of rows[at], without a metric. Aborts without memory. */
struct noise_row *noise_insert(struct noise *noise, size_t at, const char *id);

#endif
