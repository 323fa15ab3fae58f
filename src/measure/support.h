/* SPDX-License-Identifier: MIT */
/* A benchmark's life around its windows: set up, undo, look for leaks. */
#ifndef SYSCOST_SUPPORT_H
#define SYSCOST_SUPPORT_H

#include "bench.h"
#include "measure/registry.h"

struct running {
	struct bench_run run; /* its state is there once setup has begun */
	unsigned int fds_before;
};

/*
 * Fill in, ask `needs`, set up; `first`: in the round that finds sizes. 0, or BENCH_SKIP
 * or BENCH_FAIL, and run.outcome says why.
 */
int run_setup(struct running *r, const struct variant *v, int cpu, int other_cpu,
	      const char *dir, bool first);
/* Undo everything. 0, or BENCH_FAIL when something leaked and nothing else was wrong. */
int run_teardown(struct running *r);

/* Does this errno say that the kernel or a limit refused, rather than that we erred? */
bool errno_is_refusal(int err);

#endif
