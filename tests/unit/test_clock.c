// SPDX-License-Identifier: MIT
/* Counters made up: fine and coarse ones, on cores of any speed. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "arch/arch.h"
#include "base/random.h"
#include "measure/clock.h"
#include "measure/window.h"

#define READ_NS	  7.0  /* from a read to the next, at least */
#define EMPTY_NS  18.0 /* with the call of an empty batch in between */
#define CHAIN_NS  30.0 /* with a chain in between, beside its passes */
#define JITTER_NS 2.0  /* at most, on top of each */

/*
 * A counter of `mhz` that advances in steps of `step` ticks, on a core of `core_ghz`.
 * Time passes between two measurements, so that they begin anywhere within a step.
 */
struct fake {
	double mhz;
	unsigned int step;
	double core_ghz;
	double now; /* ns */
	uint64_t random;
};

static uint64_t read_counter(const struct fake *f)
{
	return (uint64_t)(f->now * f->mhz / 1000 / f->step) * f->step;
}

/* A number in [0, most). */
static double random_below(struct fake *f, double most)
{
	return (random_next(&f->random) >> 11) * 0x1p-53 * most;
}

static uint64_t fake_time(void *arg, enum clock_timed what, unsigned long passes)
{
	struct fake *f = arg;
	uint64_t before;

	f->now += 1000 + random_below(f, 1000);
	before = read_counter(f);
	f->now += (what == CLOCK_EMPTY	 ? EMPTY_NS
		   : what == CLOCK_CHAIN ? CHAIN_NS
					 : READ_NS) +
		  random_below(f, JITTER_NS);
	if (what == CLOCK_CHAIN)
		f->now += passes * ARCH_CHAIN_LENGTH / f->core_ghz;
	return read_counter(f) - before;
}

/* The counters that there are: x86-64, new and old ARM, RISC-V. */
static const struct fake counters[] = {
	{ .mhz = 2600, .step = 26 }, /* ten nanoseconds a step */
	{ .mhz = 2600, .step = 2 },  { .mhz = 1000, .step = 1 },
	{ .mhz = 1000, .step = 40 }, /* 25 MHz, shown as 1 GHz */
	{ .mhz = 100, .step = 1 },   { .mhz = 62.5, .step = 1 },
	{ .mhz = 54, .step = 1 },    { .mhz = 24, .step = 1 },
	{ .mhz = 10, .step = 1 },    { .mhz = 1, .step = 1 },
};

static const double cores[] = { 0.6, 1.5, 3.0, 4.6, 6.0 }; /* GHz */

#define COUNT_OF(x) (sizeof(x) / sizeof((x)[0]))

static void test_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++) {
		struct fake f = counters[i];
		struct clock clock = { fake_time, &f };

		assert_int_equal(clock_step(&clock), f.step);
	}
}

/* A counter that stands still ends the search, too. */
static void test_no_step(void **state)
{
	struct fake still = { .mhz = 0, .step = 1 };
	struct clock clock = { fake_time, &still };

	(void)state;
	assert_int_equal(clock_step(&clock), 1);
}

static void test_overhead(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++) {
		struct fake f = counters[i];
		struct clock clock = { fake_time, &f };
		double truth = (EMPTY_NS + JITTER_NS / 2) * f.mhz / 1000;

		assert_true(fabs(clock_overhead(&clock) - truth) <= f.step);
	}
}

/* What a chain takes beside its passes, to half a step of the counter. */
static void test_chain_overhead(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++)
		for (size_t k = 0; k < COUNT_OF(cores); k++) {
			struct fake f = counters[i];
			struct clock clock = { fake_time, &f };
			uint32_t passes = clock_chain_passes(f.step, f.mhz);
			double truth = (CHAIN_NS + JITTER_NS / 2) * f.mhz / 1000;
			double found;

			f.core_ghz = cores[k];
			found = clock_chain_overhead(&clock, passes);
			if (fabs(found - truth) > 0.5 * f.step)
				fail_msg("%g MHz, %g GHz: %g instead of %g", f.mhz,
					 f.core_ghz, found, truth);
		}
}

/* Chains of any length take as long: the overhead seems to be all of it. */
static uint64_t all_the_same(void *arg, enum clock_timed what, unsigned long passes)
{
	(void)what;
	(void)passes;
	return *(uint64_t *)arg;
}

/* Half a chain takes less than half of it. */
static uint64_t squares(void *arg, enum clock_timed what, unsigned long passes)
{
	(void)arg;
	(void)what;
	return passes * passes;
}

static void test_chain_overhead_is_bounded(void **state)
{
	uint64_t ticks = 400;
	struct clock same = { all_the_same, &ticks }, less = { squares, NULL };

	(void)state;
	assert_true(clock_chain_overhead(&same, 600) == 100);
	assert_true(clock_chain_overhead(&less, 600) == 0);
}

/*
 * Whatever the counter, eighty chains and what their overhead was found to be, tell the
 * clock within 0.3 %.
 */
static void test_rate(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++)
		for (size_t k = 0; k < COUNT_OF(cores); k++) {
			struct fake f = counters[i];
			struct clock clock = { fake_time, &f };
			uint32_t passes = clock_chain_passes(f.step, f.mhz);
			double truth, overhead, sum = 0;

			f.core_ghz = cores[k];
			truth = f.core_ghz / f.mhz * 1000;
			overhead = clock_chain_overhead(&clock, passes);
			for (int w = 0; w < 40; w++) {
				uint32_t before = fake_time(&f, CLOCK_CHAIN, passes);

				sum += clock_rate(before,
						  fake_time(&f, CLOCK_CHAIN, passes),
						  passes, overhead);
			}
			if (fabs(sum / 40 / truth - 1) > 0.003)
				fail_msg("%g MHz, %g GHz: %g instead of %g", f.mhz,
					 f.core_ghz, sum / 40, truth);
		}
}

/* An interrupt in one of the two chains does not count; a clock that moves does. */
static void test_rate_of_two(void **state)
{
	(void)state;
	assert_true(clock_rate(3252, 3252, 300, 52) == 4800 / 3200.0);
	assert_true(clock_rate(3252, 9999, 300, 52) == 4800 / 3200.0);
	assert_true(clock_rate(9999, 3252, 300, 52) == 4800 / 3200.0);
	assert_true(clock_rate(3252, 3316, 300, 52) == 9600 / (3200.0 + 3264.0));
}

/* A chain that is no longer than its overhead tells nothing: the window is dropped. */
static void test_no_rate(void **state)
{
	struct window w = { .drop = DROP_SWITCH };

	(void)state;
	assert_true(isnan(clock_rate(52, 3252, 300, 52)));
	assert_true(isnan(clock_rate(3252, 0, 300, 52)));
	assert_true(isnan(clock_rate(3252, 3252, 300, NAN)));
	window_set_rate(&w, 1.5);
	assert_true(w.rate == 1.5 && w.drop == DROP_SWITCH);
	window_set_rate(&w, NAN);
	assert_true(w.rate == 1 && w.drop == (DROP_SWITCH | DROP_CLOCK));
	w.drop = 0;
	window_set_rate(&w, INFINITY);
	assert_true(w.rate == 1 && w.drop == DROP_CLOCK);
	w.drop = 0;
	window_set_rate(&w, -1);
	assert_true(w.rate == 1 && w.drop == DROP_CLOCK);
}

static void test_sizes(void **state)
{
	(void)state;
	/* Where a step is fine. */
	assert_int_equal(clock_probe_passes(26, 2600), 1600);
	assert_int_equal(clock_chain_passes(26, 2600), 600);
	assert_int_equal(clock_probe_passes(2, 2600), 1600);
	assert_int_equal(clock_probe_passes(1, 1000), 1600);
	assert_int_equal(clock_chain_passes(1, 1000), 600);
	/* Two and four times as long where it is not. */
	assert_int_equal(clock_probe_passes(1, 54), 3200);
	assert_int_equal(clock_chain_passes(1, 54), 1200);
	assert_int_equal(clock_probe_passes(1, 24), 6400);
	assert_int_equal(clock_chain_passes(1, 24), 2400);
	assert_int_equal(clock_probe_passes(40, 1000), 6400);
	/* Nonsense is bounded. */
	assert_int_equal(clock_probe_passes(1, 0), 1600 * 1024);
}

/* A frequency that is known to 5 % gives the same sizes: both arms probe alike. */
static void test_sizes_are_stable(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++) {
		const struct fake *f = &counters[i];
		uint32_t passes = clock_probe_passes(f->step, f->mhz);

		assert_int_equal(clock_probe_passes(f->step, f->mhz * 0.95), passes);
		assert_int_equal(clock_probe_passes(f->step, f->mhz * 1.05), passes);
	}
}

/*
 * A probe is long enough in steps to tell 5 % from nothing, also on a core that makes a
 * pass in two cycles of 4.6 GHz. It is short beside its window.
 */
static void test_probe_and_window(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT_OF(counters); i++) {
		const struct fake *f = &counters[i];
		double step_us = f->step / f->mhz;
		double probe_us = clock_probe_passes(f->step, f->mhz) * 2 / 4600.0;
		double window_us = window_wanted_ticks(f->step, f->mhz) / f->mhz;

		assert_true(probe_us / step_us >= 2 / (QUIET_TOLERANCE - 1));
		assert_true(probe_us <= window_us / 8);
		assert_true(window_us >= 20 && window_us / step_us >= WINDOW_STEPS);
		assert_true(window_us <= fmax(25, WINDOW_STEPS * step_us) + 1e-9);
	}
}

/* The real one moves; how fast it and the chain are is the machine's. */
static void test_real(void **state)
{
	struct clock_point a = clock_point(), b;

	(void)state;
	assert_true(clock_overhead(&clock_real) < 1000000);
	b = clock_point();
	assert_true(b.ns > a.ns && b.ticks > a.ticks);
	assert_true(clock_chain(300) > 0);
	assert_true(clock_probe(1600) > 0);
	assert_int_equal(clock_empty_batch(NULL, 1), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_step),
		cmocka_unit_test(test_no_step),
		cmocka_unit_test(test_overhead),
		cmocka_unit_test(test_chain_overhead),
		cmocka_unit_test(test_chain_overhead_is_bounded),
		cmocka_unit_test(test_rate),
		cmocka_unit_test(test_no_rate),
		cmocka_unit_test(test_rate_of_two),
		cmocka_unit_test(test_sizes),
		cmocka_unit_test(test_sizes_are_stable),
		cmocka_unit_test(test_probe_and_window),
		cmocka_unit_test(test_real),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
