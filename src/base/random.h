/* SPDX-License-Identifier: MIT */
/* Random numbers that come out again from the same seed, on every machine. */
#ifndef SYSCOST_RANDOM_H
#define SYSCOST_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* The next number of splitmix64 (Steele, Lea and Flood, OOPSLA 2014); *state moves on. */
uint64_t random_next(uint64_t *state);

/* Shuffle order[0..n): Fisher and Yates, from the last to the first. */
void random_shuffle(uint32_t *order, size_t n, uint64_t *state);

/* A seed from the kernel; from the date where that fails. */
uint64_t random_seed(void);

#endif
