/* SPDX-License-Identifier: MIT */
/*
 * What the experiments of `make method` share: a CPU, its counter, and the windows of a
 * benchmark as the suite takes them.
 */
#ifndef SYSCOST_TOOL_H
#define SYSCOST_TOOL_H

#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "machine/cpus.h"
#include "measure/clock.h"
#include "measure/live.h"
#include "measure/support.h"

struct tool {
	struct live live;
	struct running running;
	double ticks_per_us;
	unsigned int step;
};

/* The CPU that a run would choose, and in *others those that this process may use too. */
static inline int tool_cpu(cpu_set_t *others)
{
	cpu_set_t isolated;
	int cpu = -1, other;

	if (cpus_find(-1, others, &isolated) ||
	    cpus_choose(others, &isolated, -1, &cpu, &other)) {
		fprintf(stderr, "no CPU to measure on\n");
		exit(2);
	}
	CPU_CLR(cpu, others);
	return cpu;
}

static inline double tool_ticks_per_us(void)
{
	struct clock_point start = clock_point();

	usleep(CLOCK_ROUGH_US);
	return clock_ticks_per_ns(start, clock_point()) * 1000;
}

/* Pin this process to the CPU, and calibrate there. */
static inline void tool_open(struct tool *t, int cpu, double ticks_per_us)
{
	struct plan plan = { .cpu = cpu, .ticks_per_us = ticks_per_us };
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		perror("sched_setaffinity");
		exit(2);
	}
	plan.step = clock_step(&clock_real);
	plan.probe_passes = clock_probe_passes(plan.step, ticks_per_us);
	live_open(&t->live, &plan);
	t->live.running = &t->running;
	t->ticks_per_us = ticks_per_us;
	t->step = plan.step;
}

/* A benchmark's verdict: no tool goes on without it. */
static inline void tool_must(const struct tool *t, int verdict)
{
	if (!verdict)
		return;
	fprintf(stderr, "%s: %s\n", t->running.run.bench->id,
		t->running.run.outcome.reason);
	exit(2);
}

/* Set up a benchmark; run_teardown(&t->running) undoes it. */
static inline void tool_begin(struct tool *t, const struct variant *v, const char *dir)
{
	tool_must(t, run_setup(&t->running, v, t->live.cpu, -1, dir, true));
}

/* The cost of an empty window is taken off it, as in a run. */
static inline struct window tool_window(struct tool *t, unsigned long n)
{
	struct window w;

	tool_must(t, live_window(&t->live, n, &w));
	return w;
}

/* The slower probe beside a window, in core cycles. */
static inline double tool_probe(const struct window *w)
{
	return w->probe * w->rate;
}

/* Iterations of a window of the standard length. */
static inline unsigned long tool_size(struct tool *t)
{
	struct meter meter = { .window = live_window,
			       .machine = &t->live,
			       .ticks_per_us = t->ticks_per_us,
			       .step = t->step };
	unsigned long n;

	tool_must(t, window_size(&meter, &n));
	return n;
}

#endif
