/* SPDX-License-Identifier: MIT */
/*
 * Who measures: a process on this machine (process.h), or a script in a test. A backend
 * is given tasks, and reports each of them to a sink; it knows no runs, arms or verdicts.
 */
#ifndef SYSCOST_BACKEND_H
#define SYSCOST_BACKEND_H

#include "base/err.h"
#include "drive/launch.h"
#include "measure/wire.h"

/* One benchmark, to be measured once. */
struct task {
	const struct variant *variant;
	unsigned long n; /* iterations a window; 0: find out, and keep nothing else */
	uint64_t chain;	 /* passes of the dependent chain to add to each window */
};

/* Part of a round: these tasks in this order, in a fresh process where there are such. */
struct request {
	const struct launch *launch;
	const struct task *tasks;
	size_t n;
	const struct event_list *events; /* to count; NULL: none */
	unsigned int round_us;		 /* wanted time of one task */
	bool references;		 /* time reference calls beside cheap ones */
	double timeout;			 /* seconds for one task */
	uint64_t random; /* what a fresh process is to differ in: where its stack lies */
	volatile const int *stop; /* non-zero: leave it; may be NULL */
};

/* What a request reports to, while it goes on. */
struct sink {
	void *arg;
	/*
	 * A task ended, well or not, after this many seconds. Every task ends once,
	 * unless the request fails or is stopped. 0, or -errno to end the request.
	 */
	int (*done)(void *arg, size_t task, const struct reading *reading,
		    double seconds);
};

struct backend {
	const char *name;

	/*
	 * Get ready to measure on `cpu` (-1: choose), and fill in what follows. 0, or
	 * -errno with one line in err. `close` follows in any case.
	 */
	int (*open)(struct backend *b, int cpu, struct err *err);
	/*
	 * Measure. 0 (also when stopped), or -errno with one line in err: nothing could
	 * be started.
	 */
	int (*measure)(struct backend *b, const struct request *request,
		       const struct sink *sink, struct err *err);
	/*
	 * Called behind every round: remove what its tasks left for the next ones to
	 * meet.
	 */
	void (*tidy)(struct backend *b);
	/* Seconds of a clock that goes on. */
	double (*now)(struct backend *b);
	/* Ticks a nanosecond, the better known the longer it has been open. */
	double (*ticks_per_ns)(struct backend *b);
	void (*close)(struct backend *b);

	int cpu, other_cpu; /* other_cpu -1: none */
	unsigned int step;  /* of the counter, ticks */
};

#endif
