// SPDX-License-Identifier: MIT
/*
 * Everything but the share of time is measured in this process, pinned, between
 * contention probes. It uses what a round uses: the same overhead of the clock, the same
 * kind of batch.
 */
#include <errno.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>

#include "drive/selftest.h"
#include "measure/clock.h"
#include "measure/live.h"

#define BLOCKS		   60 /* each takes the overhead anew, as a round does */
#define BLOCK_WINDOWS	   40
#define PAIRS_CALIBRATE	   50  /* of the suite's loop and the block, by one calibration */
#define CALIBRATIONS	   160 /* at most */
#define CALIBRATIONS_CHECK 10  /* the interval is looked at behind so many */
#define EMPTY_BOUND	   0.05	 /* % of a standard window */
#define LOOP_BOUND	   0.005 /* from a ratio of 1 */
#define CHAIN_BOUND	   0.001 /* from one cycle an instruction */
#define CHAIN_N		   384	 /* iterations of control/chain: 98,304 cycles */
#define CHAIN_INSTRUCTIONS 256.0 /* of one iteration, as its description says */
#define COUNTED_BOUND	   0.005 /* from a ratio of 1 */
#define COUNTED_WINDOWS	   500
#define CLOCK_BOUND	   0.5 /* % of a standard window */
#define INSIDE_BOUND	   10  /* % of a run's time: processes start often */

/* The machine as a round has it, in this process. */
struct bench_of_self {
	struct plan plan;
	struct live live;
	double window; /* a standard one, ticks */
	double quiet;  /* level of the probe in the short run, core cycles */
};

enum selftest_verdict selftest_judge(const struct selftest_line *line)
{
	const struct figure *f = &line->figure;

	if (line->lacks)
		return SELFTEST_SKIP;
	if (line->quiet_share < QUIET_SHARE_MIN || !(f->lo <= f->hi))
		return SELFTEST_NOISY;
	if (f->lo >= line->low && f->hi <= line->high)
		return SELFTEST_PASS;
	return f->hi < line->low || f->lo > line->high ? SELFTEST_FAIL : SELFTEST_NOISY;
}

static bool is_quiet(const struct bench_of_self *b, const struct window *w)
{
	return !w->drop && w->probe * w->rate <= b->quiet * QUIET_TOLERANCE;
}

static void measure_empty(const struct bench_of_self *b, struct selftest_line *line)
{
	double means[BLOCKS], x[BLOCK_WINDOWS];

	for (int block = 0; block < BLOCKS; block++) {
		double overhead = clock_overhead(&clock_real);

		for (int w = 0; w < BLOCK_WINDOWS; w++)
			x[w] = clock_real.time(NULL, CLOCK_EMPTY, 0);
		means[block] = (stats_middle_mean(x, BLOCK_WINDOWS) - overhead) /
			       b->window * 100;
	}
	line->figure = stats_figure(means, BLOCKS, CONFIDENCE);
}

static void measure_clock(const struct bench_of_self *b, struct selftest_line *line)
{
	double means[BLOCKS], x[BLOCK_WINDOWS];

	for (int block = 0; block < BLOCKS; block++) {
		for (int w = 0; w < BLOCK_WINDOWS; w++)
			x[w] = clock_real.time(NULL, CLOCK_NOTHING, 0);
		means[block] = stats_middle_mean(x, BLOCK_WINDOWS);
	}
	line->figure = stats_figure(means, BLOCKS, CONFIDENCE);
	line->high = CLOCK_BOUND / 100 * b->window;
}

/* What measure_pairs() is about. `other` NULL: a window is held against `per` cycles. */
struct pairs {
	const struct variant *one, *other;
	unsigned long n;
	double per; /* divides the ratio */
	double bound;
};

/* One calibration: the ratios of its quiet pairs. 0 and how many, or -EOPNOTSUPP. */
static int measure_calibration(struct bench_of_self *b, const struct pairs *p,
			       struct running *running, double *ratios, size_t *kept,
			       struct err *err)
{
	*kept = 0;
	/* Anew, as every round has it anew. */
	b->live.chain_overhead = clock_chain_overhead(&clock_real, b->live.chain_passes);
	for (size_t taken = 0; taken < PAIRS_CALIBRATE; taken++) {
		struct window w[2];

		for (int i = 0; i < 2; i++) {
			int which = i ^ (taken & 1);
			const struct bench_run *run = &running[which].run;

			b->live.running = &running[which];
			if (live_window(&b->live, p->n, &w[which]))
				return err_set(err, -EOPNOTSUPP, "%s: %s",
					       run->variant->id, run->outcome.reason);
		}
		if (is_quiet(b, &w[0]) && is_quiet(b, &w[1]))
			ratios[(*kept)++] = w[0].ticks * w[0].rate / p->per /
					    (p->other ? w[1].ticks * w[1].rate : 1);
	}
	return 0;
}

/*
 * Cycles of a benchmark's window over those of another one's, in turn, each first as
 * often as the other. Pairs of one calibration share what is not known of the chain's
 * overhead, so its median is the value. It goes on until the interval is a quarter as
 * wide as the bound, whatever it holds. 0, or -EOPNOTSUPP and err.
 */
static int measure_pairs(struct bench_of_self *b, const struct pairs *p,
			 struct selftest_line *line, struct err *err)
{
	const struct variant *v[2] = { p->one, p->other ? p->other : p->one };
	struct running running[2];
	double medians[CALIBRATIONS], ratios[PAIRS_CALIBRATE];
	size_t n = 0, quiet = 0, kept;
	int ret = 0;

	for (int i = 0; i < 2; i++)
		if (run_setup(&running[i], v[i], b->plan.cpu, -1, "", true) && !ret)
			ret = err_set(err, -EOPNOTSUPP, "%s: %s", v[i]->id,
				      running[i].run.outcome.reason);
	for (size_t done = 1; !ret && done <= CALIBRATIONS; done++) {
		ret = measure_calibration(b, p, running, ratios, &kept, err);
		quiet += kept;
		if (!ret && kept)
			medians[n++] = stats_median_any(ratios, kept);
		if (ret || done % CALIBRATIONS_CHECK)
			continue;
		line->figure = stats_figure(medians, n, CONFIDENCE);
		line->quiet_share = (double)quiet / (done * PAIRS_CALIBRATE);
		/* Fewer than six have no interval, and go on. */
		if (stats_precision(&line->figure) <= p->bound / 4)
			break;
	}
	run_teardown(&running[1]);
	run_teardown(&running[0]);
	return ret;
}

static int measure_loops(struct bench_of_self *b, const struct registry *reg,
			 struct selftest_line *lines, struct err *err)
{
	const struct pairs all[] = {
		{ registry_find(reg, "null/getppid-inline"),
		  registry_find(reg, "test/block-getppid"), ARCH_NULL_BLOCK, 1,
		  LOOP_BOUND },
		{ registry_find(reg, "floor/enosys-inline"),
		  registry_find(reg, "test/block-enosys"), ARCH_NULL_BLOCK, 1,
		  LOOP_BOUND },
		{ registry_find(reg, "control/chain"), NULL, CHAIN_N,
		  CHAIN_N * CHAIN_INSTRUCTIONS, CHAIN_BOUND },
	};
	int ret = 0;

	for (int i = 0; i < 3 && !ret; i++)
		ret = measure_pairs(b, &all[i], &lines[i], err);
	return ret;
}

/* Cycles that the CPU counts in windows of the chain, over those that are estimated. */
static int measure_counted(struct bench_of_self *b, const struct variant *chain,
			   struct selftest_line *line, struct err *err)
{
	struct event_list events;
	struct counters counters;
	struct running running;
	double ratios[COUNTED_WINDOWS];
	char why[256];
	size_t kept = 0;
	int ret = 0;

	events_own(&events);
	if (counters_try(&events, why, sizeof(why), err) || !events.n ||
	    counters_open(&counters, &events)) {
		line->lacks = "hardware counters that may be read";
		line->figure = FIGURE_NONE;
		line->quiet_share = NAN;
		return 0;
	}
	if (run_setup(&running, chain, b->plan.cpu, -1, "", true))
		ret = err_set(err, -EOPNOTSUPP, "%s: %s", chain->id,
			      running.run.outcome.reason);
	b->live.running = &running;
	b->live.counters = &counters;
	for (size_t i = 0; i < COUNTED_WINDOWS && !ret; i++) {
		struct count_sum sum = { 0 };
		struct window w;
		double counted;

		if (live_window(&b->live, CHAIN_N, &w))
			ret = err_set(err, -EOPNOTSUPP, "%s: %s", chain->id,
				      running.run.outcome.reason);
		counters_add(&sum, &b->live.begin, &b->live.end, counters.overhead, 1);
		/* A counter that was not on all the time has no value. */
		counted = counters_per_iteration(&sum, COUNT_CYCLES_USER) /
			  (w.ticks * w.rate);
		if (!ret && is_quiet(b, &w) && isfinite(counted))
			ratios[kept++] = counted;
	}
	line->figure = stats_figure(ratios, kept, CONFIDENCE);
	line->quiet_share = (double)kept / COUNTED_WINDOWS;
	b->live.counters = NULL;
	run_teardown(&running);
	counters_close(&counters);
	return ret;
}

static int measure_in_this_process(const struct registry *reg, const struct run *run,
				   struct selftest_line lines[SELFTEST_LINES],
				   struct err *err)
{
	struct bench_of_self b = { .quiet = run->quiet_level };
	double ticks_per_us = run->ticks_per_ns * 1000;
	unsigned int step = run->backend->step;
	cpu_set_t set;
	int ret;

	b.plan = (struct plan){ .cpu = run->backend->cpu,
				.step = step,
				.ticks_per_us = ticks_per_us,
				.probe_passes = clock_probe_passes(step, ticks_per_us) };
	b.window = window_wanted_ticks(step, ticks_per_us);
	CPU_ZERO(&set);
	CPU_SET(b.plan.cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return err_set(err, -errno, "pinning to CPU %d: %s", b.plan.cpu,
			       strerror(errno));
	live_open(&b.live, &b.plan);
	measure_empty(&b, &lines[SELFTEST_EMPTY]);
	measure_clock(&b, &lines[SELFTEST_PAIR]);
	ret = measure_loops(&b, reg, &lines[SELFTEST_LOOPS], err);
	if (!ret)
		ret = measure_counted(&b, registry_find(reg, "control/chain"),
				      &lines[SELFTEST_COUNTED], err);
	return ret;
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

	lines[SELFTEST_EMPTY] = (struct selftest_line){
		"an empty benchmark, of a standard window", "%", .low = -EMPTY_BOUND,
		.high = EMPTY_BOUND, .quiet_share = NAN
	};
	lines[SELFTEST_LOOPS] = (struct selftest_line){
		"getppid in the suite's loop, over a block of the same instructions, in cycles",
		"", .low = 1 - LOOP_BOUND, .high = 1 + LOOP_BOUND
	};
	lines[SELFTEST_LOOPS + 1] = lines[SELFTEST_LOOPS];
	lines[SELFTEST_LOOPS + 1].what =
		"ENOSYS in the suite's loop, over a block of the same instructions, in cycles";
	lines[SELFTEST_LOOPS + 2] =
		(struct selftest_line){ "an instruction of the control's chain", "cycles",
					.low = 1 - CHAIN_BOUND, .high = 1 + CHAIN_BOUND };
	lines[SELFTEST_COUNTED] = (struct selftest_line){
		"counted core cycles, over the estimated ones", "",
		.low = 1 - COUNTED_BOUND, .high = 1 + COUNTED_BOUND
	};
	lines[SELFTEST_PAIR] = (struct selftest_line){ "a fenced pair of clock reads",
						       "ticks", .quiet_share = NAN };
	lines[SELFTEST_INSIDE] = (struct selftest_line){
		"inside of windows, of a short run's time", "%", .low = INSIDE_BOUND,
		.high = 100, .quiet_share = NAN
	};
	ret = short_run(&run, backend, reg, options, err);
	if (!ret)
		ret = measure_in_this_process(reg, &run, lines, err);
	if (!ret) {
		double inside = run.window_share * 100;

		lines[SELFTEST_INSIDE].figure = (struct figure){ inside, inside, inside };
		for (int i = 0; i < SELFTEST_LINES; i++)
			lines[i].verdict = selftest_judge(&lines[i]);
	}
	run_free(&run);
	return ret;
}
