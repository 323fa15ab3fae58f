// SPDX-License-Identifier: MIT
/*
 * Calibration against CLOCK_MONOTONIC_RAW and against the core's own cycle.
 */
#include <math.h>
#include <time.h>

#include "bench.h"
#include "measure/clock.h"
#include "stats/stats.h"

#define POINT_PAIRS 20

#define STEP_READS     1000    /* pairs that the step is taken from, at least */
#define STEP_CHANGES   100     /* so many of which show the counter move */
#define STEP_READS_MAX 1000000 /* then it is taken to stand still */

#define OVERHEAD_WINDOWS 101

/* With a fine counter. On a core of 4.6 GHz the chain takes 2 µs, the probe 0.7 µs. */
#define PROBE_PASSES 1600
/*
 * The chain beside a window: 9,600 cycles. A read is known to 0.41 of a step (step/√6).
 * At 6,000 ticks and steps of 26, one chain tells 0.18 %, and the eighty beside forty
 * windows tell 0.02 %. What is not known of its overhead moves control/chain by 0.03 %
 * from process to process (Intel Xeon, model 167). With half the cycles, it was 0.1 %.
 */
#define CHAIN_PASSES 600
#define CHAIN_TRIALS 201  /* that its overhead is taken from: 0.03 % of a chain */
#define CHAIN_AGREE  0.03 /* so much may the clock move within a window */
/*
 * A step is fine up to 14 ns: the chain then has about 150 steps, the probe 50. The usual
 * counters (1 GHz, 100, 62.5, 54, 50, 25, 24, 19.2, 10, 1 MHz) lie 7 % or more from where
 * the scale changes.
 */
#define FINE_STEP_NS 14
#define SCALE_MAX    1024 /* where no length would do */

static uint64_t nanoseconds(const struct timespec *ts)
{
	return ts->tv_sec * UINT64_C(1000000000) + ts->tv_nsec;
}

struct clock_point clock_point(void)
{
	struct clock_point best = { 0 };
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < POINT_PAIRS; i++) {
		struct timespec ts;
		uint64_t before = arch_ticks(), after;

		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		after = arch_ticks();
		if (after - before < tightest) {
			tightest = after - before;
			best.ticks = before + tightest / 2;
			best.ns = nanoseconds(&ts);
		}
	}
	return best;
}

double clock_ticks_per_ns(struct clock_point a, struct clock_point b)
{
	return (double)(b.ticks - a.ticks) / (double)(b.ns - a.ns);
}

/* Not inlined, so that nothing of the caller moves in between the reads. */
static __attribute__((noinline)) uint64_t time_nothing(void)
{
	uint64_t before = arch_ticks();

	return arch_ticks() - before;
}

__attribute__((noinline, aligned(64))) long clock_empty_batch(struct bench_run *run,
							      unsigned long n)
{
	(void)run;
	return (long)n >> 63;
}

static __attribute__((noinline)) uint64_t time_empty(void)
{
	long (*volatile batch)(struct bench_run *, unsigned long) = clock_empty_batch;
	uint64_t before = arch_ticks(), after;

	batch(NULL, 1);
	after = arch_ticks();
	return after - before;
}

static __attribute__((noinline)) uint64_t time_chain(unsigned long passes)
{
	uint64_t before = arch_ticks();

	arch_chain_behind(0, passes);
	return arch_ticks() - before;
}

static uint64_t time_here(void *arg, enum clock_timed what, unsigned long passes)
{
	(void)arg;
	switch (what) {
	case CLOCK_NOTHING:
		return time_nothing();
	case CLOCK_EMPTY:
		return time_empty();
	case CLOCK_CHAIN:
		return time_chain(passes);
	}
	return 0;
}

const struct clock clock_real = { .time = time_here };

static uint64_t gcd(uint64_t a, uint64_t b)
{
	while (b) {
		uint64_t rest = a % b;

		a = b;
		b = rest;
	}
	return a;
}

unsigned int clock_step(const struct clock *clock)
{
	uint64_t step = 0;
	int changes = 0;

	for (int i = 0; i < STEP_READS || (changes < STEP_CHANGES && i < STEP_READS_MAX);
	     i++) {
		uint64_t ticks = clock->time(clock->arg, CLOCK_NOTHING, 0);

		changes += ticks != 0;
		step = gcd(step, ticks);
	}
	return step ? step : 1;
}

uint64_t clock_overhead(const struct clock *clock)
{
	double x[OVERHEAD_WINDOWS];

	for (size_t i = 0; i < OVERHEAD_WINDOWS; i++)
		x[i] = clock->time(clock->arg, CLOCK_EMPTY, 0);
	return stats_median_any(x, OVERHEAD_WINDOWS);
}

unsigned int clock_scale(unsigned int step, double ticks_per_us)
{
	double step_ns = step * 1000 / ticks_per_us;
	unsigned int scale = 1;

	while (scale < SCALE_MAX && step_ns > FINE_STEP_NS * scale)
		scale *= 2;
	return scale;
}

uint32_t clock_chain_passes(unsigned int step, double ticks_per_us)
{
	return CHAIN_PASSES * clock_scale(step, ticks_per_us);
}

double clock_chain_overhead(const struct clock *clock, uint32_t passes)
{
	double x[CHAIN_TRIALS], whole[CHAIN_TRIALS];

	for (size_t i = 0; i < CHAIN_TRIALS; i++) {
		double twice = 2.0 * clock->time(clock->arg, CLOCK_CHAIN, passes / 2);

		whole[i] = clock->time(clock->arg, CLOCK_CHAIN, passes / 2 * 2ul);
		x[i] = twice - whole[i];
	}
	return fmax(0, fmin(stats_median_any(whole, CHAIN_TRIALS) / 4,
			    stats_middle_mean(x, CHAIN_TRIALS)));
}

uint32_t clock_probe_passes(unsigned int step, double ticks_per_us)
{
	return PROBE_PASSES * clock_scale(step, ticks_per_us);
}

double clock_rate(uint32_t before, uint32_t after, uint32_t passes, double overhead)
{
	double first = before - overhead, second = after - overhead;
	double cycles = (double)passes * ARCH_CHAIN_LENGTH;

	if (!(first > 0 && second > 0))
		return NAN;
	if (first > second * (1 + CHAIN_AGREE))
		return cycles / second;
	if (second > first * (1 + CHAIN_AGREE))
		return cycles / first;
	return 2 * cycles / (first + second);
}

uint32_t clock_chain(uint32_t passes)
{
	return time_chain(passes);
}

uint32_t clock_probe(uint32_t passes)
{
	uint64_t before = arch_ticks();

	arch_throughput_loop(passes);
	return arch_ticks() - before;
}
