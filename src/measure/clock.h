/* SPDX-License-Identifier: MIT */
/*
 * The time-stamp counter against the rest of the world: its step, its frequency, the cost
 * of reading it, core cycles per tick, and the contention probe. Units in each name.
 */
#ifndef SYSCOST_CLOCK_H
#define SYSCOST_CLOCK_H

#include <stdint.h>

/* A moment seen by both clocks: the tightest of twenty bracketed pairs. */
struct clock_point {
	uint64_t ticks, ns; /* ns: CLOCK_MONOTONIC_RAW */
};

struct clock_point clock_point(void);
/* Ticks a nanosecond between two points; take them at least 0.5 s apart. */
double clock_ticks_per_ns(struct clock_point a, struct clock_point b);

/* The counter's step: the GCD of 1,000 fenced differences. Ticks. */
unsigned int clock_step(void);
/* Median cost of a window around a batch that does nothing. Ticks. */
uint64_t clock_overhead(void);
/*
 * Core cycles a tick, estimated: N against 2N dependent one-cycle instructions, the
 * difference of the medians. An estimate, because it trusts the one cycle.
 */
double clock_cycles_per_tick(void);

#define CLOCK_PROBE_LOOPS 1600
/* One contention probe. Ticks. */
uint32_t clock_probe(void);

#endif
