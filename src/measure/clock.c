// SPDX-License-Identifier: MIT
/*
 * Calibration against CLOCK_MONOTONIC_RAW and against the core's own cycle.
 */
#include <time.h>

#include "bench.h"
#include "measure/clock.h"
#include "stats/stats.h"

struct clock_point clock_point(void)
{
	struct clock_point best = { 0 };
	uint64_t tightest = UINT64_MAX;

	for (int i = 0; i < 20; i++) {
		struct timespec ts;
		uint64_t before = arch_ticks(), after;

		clock_gettime(CLOCK_MONOTONIC_RAW, &ts);
		after = arch_ticks();
		if (after - before < tightest) {
			tightest = after - before;
			best.ticks = before + tightest / 2;
			best.ns = ts.tv_sec * 1000000000ULL + ts.tv_nsec;
		}
	}
	return best;
}

double clock_ticks_per_ns(struct clock_point a, struct clock_point b)
{
	return (double)(b.ticks - a.ticks) / (double)(b.ns - a.ns);
}

unsigned int clock_step(void)
{
	uint64_t gcd = 0;

	for (int i = 0; i < 1000; i++) {
		uint64_t before = arch_ticks(), d = arch_ticks() - before;

		while (d) {
			uint64_t rest = gcd % d;

			gcd = d;
			d = rest;
		}
	}
	return gcd ? gcd : 1;
}

static __attribute__((noinline, aligned(64))) long batch_nothing(struct bench_run *run,
								 unsigned long n)
{
	(void)run;
	return (long)n >> 63;
}

uint64_t clock_overhead(void)
{
	long (*volatile batch)(struct bench_run *, unsigned long) = batch_nothing;
	double x[101];

	for (int i = 0; i < 101; i++) {
		uint64_t before = arch_ticks(), after;

		batch(NULL, 1);
		after = arch_ticks();
		x[i] = after - before;
	}
	stats_sort(x, 101);
	return stats_median(x, 101);
}

static double chain_ticks(unsigned long n)
{
	double x[41];

	for (int i = 0; i < 41; i++) {
		uint64_t before = arch_ticks();

		arch_chain_loop(n);
		x[i] = arch_ticks() - before;
	}
	stats_sort(x, 41);
	return stats_median(x, 41);
}

double clock_cycles_per_tick(void)
{
	const unsigned long n = 400;

	return n * ARCH_CHAIN_LENGTH / (chain_ticks(2 * n) - chain_ticks(n));
}

uint32_t clock_probe(void)
{
	uint64_t before = arch_ticks();

	arch_throughput_loop(CLOCK_PROBE_LOOPS);
	return arch_ticks() - before;
}
