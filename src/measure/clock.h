/* SPDX-License-Identifier: MIT */
/*
 * The time-stamp counter: its step, its frequency, the cost of reading it, core cycles a
 * tick, and the contention probe. What is timed for that is long in steps of the counter:
 * one of 24 MHz serves as well as one of 3 GHz.
 */
#ifndef SYSCOST_CLOCK_H
#define SYSCOST_CLOCK_H

#include <stdint.h>

struct bench_run;

/* A moment seen by both clocks: the tightest of a few bracketed pairs. */
struct clock_point {
	uint64_t ticks, ns; /* ns: CLOCK_MONOTONIC_RAW */
};

struct clock_point clock_point(void);
/*
 * Ticks a nanosecond between two points. Half a second apart, it is good for results;
 * CLOCK_ROUGH_US apart, for sizes.
 */
double clock_ticks_per_ns(struct clock_point a, struct clock_point b);
#define CLOCK_ROUGH_US 50000

/* What is timed to know a counter. */
enum clock_timed {
	CLOCK_NOTHING, /* two reads, one behind the other */
	CLOCK_EMPTY,   /* the call of a batch that does nothing */
	CLOCK_CHAIN,   /* so many passes of dependent instructions */
};

/* A counter: clock_real, or one of a test. */
struct clock {
	/* Ticks between a fenced read before and one after what is timed. */
	uint64_t (*time)(void *arg, enum clock_timed what, unsigned long passes);
	void *arg;
};

/* The counter of this CPU. Nothing stands between its two reads but what is timed. */
extern const struct clock clock_real;

/* The counter's step: the greatest common divisor of many differences. Ticks. */
unsigned int clock_step(const struct clock *clock);
/* Median cost of a window around a batch that does nothing. Ticks. */
uint64_t clock_overhead(const struct clock *clock);
/*
 * How many times longer than with a fine counter must a loop be to have as many steps? A
 * power of two. With the usual counters, a frequency known to 5 % gives the same answer
 * every time.
 */
unsigned int clock_scale(unsigned int step, double ticks_per_us);
/* Passes of the chain that tells the core's clock beside a window. */
uint32_t clock_chain_passes(unsigned int step, double ticks_per_us);
/*
 * What a chain of so many passes takes beside them: the two reads, the way in, and the
 * branch out of the loop that was predicted wrongly. Twice the time of half a chain
 * exceeds the time of a whole one by that. It is at least 0, and at most a quarter of a
 * chain: beyond that it was disturbed. Ticks.
 */
double clock_chain_overhead(const struct clock *clock, uint32_t passes);
/* Passes of the contention probe. Only probes of equally many passes can be compared. */
uint32_t clock_probe_passes(unsigned int step, double ticks_per_us);

/* One such chain, on this CPU. Ticks, its overhead among them. */
uint32_t clock_chain(uint32_t passes);

/*
 * Core cycles a tick beside a window, from the chains before and after it and their
 * overhead. Where they differ by more than a clock moves in that time, an
 * interrupt fell into the slower one, and the other one counts alone. NAN: one of them is
 * not longer than the overhead. Pure.
 */
double clock_rate(uint32_t before, uint32_t after, uint32_t passes, double overhead);

/* One contention probe, on this CPU. Ticks. */
uint32_t clock_probe(uint32_t passes);

/* The batch that does nothing. */
long clock_empty_batch(struct bench_run *run, unsigned long n);

#endif
