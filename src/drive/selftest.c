// SPDX-License-Identifier: MIT
/*
 * Everything but the share of time is measured in this process, pinned, between
 * contention probes, by the code that a round uses: the clock's own overhead, the suite's
 * own batch.
 */
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>

#include "base/err.h"
#include "drive/selftest.h"
#include "measure/clock.h"
#include "measure/support.h"

#define BLOCKS	      60 /* each takes the overhead anew, as a round does */
#define BLOCK_WINDOWS 40
#define PAIRS_MAX     5000 /* of the suite's loop and the assembler block */
#define EMPTY_BOUND   0.05 /* % of a standard window */
#define LOOP_BOUND    0.01 /* from a ratio of 1 */
#define CLOCK_BOUND   0.5  /* % of a standard window */
#define INSIDE_BOUND  10   /* % of a run's time: with few rows, processes start often */
#define LOOP_ROW      "null/getppid-inline"

/* What the measuring functions share. */
struct bench_of_self {
	double window; /* a standard one, ticks */
	double quiet;  /* level of the probe in the short run, ticks */
	uint32_t probe_passes;
};

enum selftest_verdict selftest_judge(const struct selftest_line *line)
{
	const struct figure *f = &line->figure;

	if (line->quiet_share < QUIET_SHARE_MIN || !(f->lo <= f->hi))
		return SELFTEST_NOISY;
	if (f->lo >= line->low && f->hi <= line->high)
		return SELFTEST_PASS;
	return f->hi < line->low || f->lo > line->high ? SELFTEST_FAIL : SELFTEST_NOISY;
}

static __attribute__((noinline, aligned(64))) long batch_block(struct bench_run *run,
							       unsigned long n)
{
	(void)run;
	(void)n;
	arch_null_block();
	return 0;
}

typedef long batch_fn(struct bench_run *run, unsigned long n);

/* One window, as worker.c takes it; its ticks are signed, and nothing is taken off. */
static bool quiet_window(const struct bench_of_self *b, batch_fn *volatile batch,
			 struct bench_run *run, unsigned long n, double *ticks)
{
	uint32_t probe_before = clock_probe(b->probe_passes), probe_after;
	uint64_t before = arch_ticks(), after;

	batch(run, n);
	after = arch_ticks();
	probe_after = clock_probe(b->probe_passes);
	*ticks = after - before;
	return probe_before <= b->quiet * QUIET_TOLERANCE &&
	       probe_after <= b->quiet * QUIET_TOLERANCE;
}

/* Mean of the middle half: finer than the counter's step, and as deaf to outliers. */
static double middle_mean(double *x, size_t n)
{
	double sum = 0;

	stats_sort(x, n);
	for (size_t i = n / 4; i < n - n / 4; i++)
		sum += x[i];
	return sum / (n - n / 4 * 2);
}

static void measure_empty(const struct bench_of_self *b, struct selftest_line *line)
{
	double means[BLOCKS], x[BLOCK_WINDOWS];
	size_t n = 0, quiet = 0;

	for (int block = 0; block < BLOCKS; block++) {
		double overhead = clock_overhead(&clock_real);
		size_t kept = 0;

		for (int w = 0; w < BLOCK_WINDOWS; w++)
			kept += quiet_window(b, clock_empty_batch, NULL, 1, &x[kept]);
		quiet += kept;
		if (kept < QUIET_WINDOWS)
			continue;
		means[n++] = (middle_mean(x, kept) - overhead) / b->window * 100;
	}
	line->figure = stats_figure(means, n, CONFIDENCE);
	line->quiet_share = (double)quiet / BLOCKS / BLOCK_WINDOWS;
}

static void measure_clock(const struct bench_of_self *b, struct selftest_line *line)
{
	double means[BLOCKS], x[BLOCK_WINDOWS];

	for (int block = 0; block < BLOCKS; block++) {
		for (int w = 0; w < BLOCK_WINDOWS; w++) {
			uint64_t before = arch_ticks();

			x[w] = arch_ticks() - before;
		}
		means[block] = middle_mean(x, BLOCK_WINDOWS);
	}
	line->figure = stats_figure(means, BLOCKS, CONFIDENCE);
	line->high = CLOCK_BOUND / 100 * b->window;
}

static long switched_out(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nivcsw;
}

/*
 * Pairs in turn, each side first as often as the other; the ratio of each quiet pair that
 * was not switched out. Goes on until the interval is half as wide as the bound, whatever
 * it holds.
 */
static void measure_loop(const struct bench_of_self *b, struct bench_run *run,
			 struct selftest_line *line)
{
	double ratios[PAIRS_MAX], overhead = clock_overhead(&clock_real);
	size_t n = 0, taken = 0;

	while (taken < PAIRS_MAX) {
		double ticks[2];
		bool quiet = true;
		long switches = switched_out();

		for (int side = 0; side < 2; side++) {
			bool loop = side ^ (taken & 1);

			quiet &= quiet_window(b, loop ? run->bench->batch : batch_block,
					      run, ARCH_NULL_BLOCK, &ticks[loop]);
		}
		if (quiet && switched_out() == switches)
			ratios[n++] = (ticks[1] - overhead) / (ticks[0] - overhead);
		if (++taken % 500)
			continue;
		line->figure = stats_figure(ratios, n, CONFIDENCE);
		line->quiet_share = (double)n / taken;
		if (stats_precision(&line->figure) <= LOOP_BOUND / 2)
			break;
	}
}

static int in_this_process(const struct registry *reg, const struct run *run,
			   struct selftest_line lines[SELFTEST_LINES], struct err *err)
{
	struct bench_of_self b = { .quiet = run->quiet_level };
	const struct variant *v = registry_find(reg, LOOP_ROW);
	unsigned int step = run->backend->step;
	int cpu = run->backend->cpu, ret;
	struct running r;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		ret = -errno;
		return err_set(err, ret, "pinning to CPU %d: %s", cpu, strerror(-ret));
	}
	b.window = window_wanted_ticks(step, run->ticks_per_ns * 1000);
	b.probe_passes = clock_probe_passes(step, run->ticks_per_ns * 1000);
	ret = run_setup(&r, v, cpu, run->backend->other_cpu, "", true);
	if (!ret) {
		measure_empty(&b, &lines[0]);
		measure_loop(&b, &r.run, &lines[1]);
		measure_clock(&b, &lines[2]);
	} else {
		err_set(err, -EOPNOTSUPP, LOOP_ROW ": %s", r.run.outcome.reason);
	}
	run_teardown(&r);
	return ret ? -EOPNOTSUPP : 0;
}

/* A short run of a few cheap and dear rows. */
static int short_run(struct run *run, struct backend *backend, const struct registry *reg,
		     const struct run_options *options, struct err *err)
{
	char *patterns[] = { (char *)"null/*", (char *)"clock/*", (char *)"file/*" };
	static const struct launch itself;
	bool wanted[reg->n];

	memset(wanted, 0, sizeof(wanted));
	registry_select(reg, patterns, 3, BENCH_TEST | BENCH_SWEEP, wanted);
	return run_all(run, backend, reg, wanted, &itself, options, err);
}

int selftest(struct backend *backend, const struct registry *reg,
	     const struct run_options *options,
	     struct selftest_line lines[SELFTEST_LINES], struct err *err)
{
	struct run run;
	int ret;

	lines[0] = (struct selftest_line){ "an empty benchmark, of a standard window",
					   "%", .low = -EMPTY_BOUND,
					   .high = EMPTY_BOUND };
	lines[1] = (struct selftest_line){
		"getppid in the suite's loop, over a block of bare instructions", "",
		.low = 1 - LOOP_BOUND, .high = 1 + LOOP_BOUND
	};
	lines[2] = (struct selftest_line){ "a fenced pair of clock reads", "ticks",
					   .quiet_share = NAN };
	lines[3] = (struct selftest_line){ "inside of windows, of a short run's time",
					   "%", .low = INSIDE_BOUND, .high = 100,
					   .quiet_share = NAN };
	ret = short_run(&run, backend, reg, options, err);
	if (!ret)
		ret = in_this_process(reg, &run, lines, err);
	if (!ret) {
		double inside = run.window_share * 100;

		lines[3].figure = (struct figure){ inside, inside, inside };
		for (int i = 0; i < SELFTEST_LINES; i++)
			lines[i].verdict = selftest_judge(&lines[i]);
	}
	run_free(&run);
	return ret;
}
