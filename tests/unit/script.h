/* SPDX-License-Identifier: MIT */
/*
 * A backend that measures nothing: a script says what every benchmark costs in every
 * round, and time is made up. Also a registry of made-up benchmarks.
 */
#ifndef SYSCOST_SCRIPT_H
#define SYSCOST_SCRIPT_H

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/random.h"
#include "drive/backend.h"

#define SCRIPT_N       1000 /* iterations a window, found when asked to find out */
#define SCRIPT_WINDOWS 12
#define SCRIPT_PROBE   1000
#define SCRIPT_TICKS   2.0 /* a nanosecond */

struct script {
	struct backend backend;
	double now;		/* seconds */
	double task_seconds;	/* what one task takes */
	double request_seconds; /* what starting a process takes */
	double sigma;		/* spread of one round's cost, as a share of it */
	unsigned int requests;	/* made so far */
	unsigned int opened, closed;
	uint64_t random;
	int stop;		 /* for run_options.stop */
	unsigned int stop_after; /* requests; 0: never */
	unsigned int fail_at;	 /* the request that cannot be started; 0: none */
	void *more;		 /* a test's own */
	/*
	 * Core cycles an iteration, without noise; NULL: 500. Negative: the benchmark
	 * fails.
	 */
	double (*cost)(struct script *s, const struct launch *launch,
		       const struct task *task);
	/* Core cycles a tick; NULL: 1. Ticks and probe are what cycles make of it. */
	double (*clock)(struct script *s);
	/* Core cycles of reference call k beside a window; NULL: it is not taken. */
	double (*reference)(struct script *s, int k);
	/* What the contention probe says; NULL: it is quiet. */
	uint32_t (*probe)(struct script *s, const struct launch *launch,
			  const struct task *task);
};

/* About normal, mean 0 and deviation 1: twelve uniform numbers (Irwin and Hall). */
static inline double script_normal(struct script *s)
{
	double sum = -6;

	for (int i = 0; i < 12; i++)
		sum += (random_next(&s->random) >> 11) * 0x1p-53;
	return sum;
}

static inline bool script_is_head(const struct launch *launch)
{
	return launch->label && !strcmp(launch->label, "head");
}

static inline int script_open(struct backend *b, int cpu, struct err *err)
{
	(void)err;
	((struct script *)b)->opened++;
	b->cpu = cpu;
	b->other_cpu = -1;
	b->step = 1;
	return 0;
}

static inline void script_close(struct backend *b)
{
	((struct script *)b)->closed++;
}

static inline void script_tidy(struct backend *b)
{
	(void)b;
}

static inline double script_now(struct backend *b)
{
	return ((struct script *)b)->now;
}

static inline double script_rate(struct backend *b)
{
	(void)b;
	return SCRIPT_TICKS;
}

static inline void script_reading(struct script *s, const struct request *r,
				  const struct task *task, struct reading *out)
{
	double cost = s->cost ? s->cost(s, r->launch, task) : 500;
	double round = 1 + s->sigma * script_normal(s);
	double clock = s->clock ? s->clock(s) : 1;
	uint32_t probe = s->probe ? s->probe(s, r->launch, task) : SCRIPT_PROBE;

	*out = (struct reading){ .n = task->n ? task->n : SCRIPT_N,
				 .outcome.overflow = -1 };
	for (size_t c = 0; c < COUNT_MAX; c++)
		out->count[c] = NAN;
	if (cost < 0) {
		out->outcome.status = OUTCOME_FAIL;
		strcpy(out->outcome.reason, "failed, says the script");
		return;
	}
	/*
	 * As on a real machine, where the injected chain is a passes of so many cycles.
	 */
	cost += (double)task->chain * ARCH_CHAIN_LENGTH / out->n;
	out->n_windows = SCRIPT_WINDOWS;
	for (int i = 0; i < SCRIPT_WINDOWS; i++) {
		out->windows[i] = (struct window){
			.ticks = cost * out->n * round / clock + i % 3,
			.probe = probe / clock,
			.cpu = -1,
			.rate = clock,
		};
		for (int k = 0; k < REFERENCES && s->reference; k++)
			out->windows[i].ref[k] = s->reference(s, k);
	}
}

static inline int script_measure(struct backend *b, const struct request *r,
				 const struct sink *sink, struct err *err)
{
	struct script *s = (struct script *)b;
	struct reading reading;
	int ret = 0;

	if (r->stop && *r->stop)
		return 0;
	s->requests++;
	if (s->requests == s->fail_at)
		return err_set(err, -ECHILD, "cannot be started, says the script");
	s->now += s->request_seconds;
	for (size_t i = 0; i < r->n && !ret; i++) {
		script_reading(s, r, &r->tasks[i], &reading);
		s->now += s->task_seconds;
		ret = sink->done(sink->arg, i, &reading, s->task_seconds);
	}
	if (s->requests == s->stop_after)
		s->stop = 1;
	return ret;
}

static inline struct script script_make(void)
{
	return (struct script){ .backend = { .name = "script",
					     .open = script_open,
					     .measure = script_measure,
					     .tidy = script_tidy,
					     .now = script_now,
					     .ticks_per_ns = script_rate,
					     .close = script_close },
				.task_seconds = 0.001,
				.request_seconds = 0.002,
				.sigma = 0.002,
				.random = 1 };
}

/* `n` benchmarks "made/0000" and up, and "control/chain" before them: n + 1 variants. */
static inline struct registry script_registry(size_t n)
{
	struct registry reg = { .rows = calloc(n + 1, sizeof(*reg.rows)), .n = n + 1 };
	struct bench *benches = calloc(n + 1, sizeof(*benches));

	for (size_t i = 0; i <= n; i++) {
		struct variant *v = &reg.rows[i];

		strcpy(v->group, i ? "made" : "control");
		if (i)
			snprintf(v->name, sizeof(v->name), "%04zu", i - 1);
		else
			strcpy(v->name, "chain");
		snprintf(v->id, sizeof(v->id), "%s/%.80s", v->group, v->name);
		v->ops = 1;
		benches[i] = (struct bench){ .id = v->id };
		v->bench = &benches[i];
	}
	return reg;
}

static inline void script_registry_free(struct registry *reg)
{
	free((void *)reg->rows[0].bench);
	free(reg->rows);
}

#endif
