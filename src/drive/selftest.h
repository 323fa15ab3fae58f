/* SPDX-License-Identifier: MIT */
/*
 * The suite measures itself. Does an empty benchmark cost nothing? Does the timed loop
 * cost what the bare instructions cost? What does reading the clock cost, and how much of
 * a run's time is spent measuring? Nothing here changes a setting of the machine.
 */
#ifndef SYSCOST_SELFTEST_H
#define SYSCOST_SELFTEST_H

#include "base/err.h"
#include "drive/run.h"
#include "measure/registry.h"

enum selftest_verdict {
	SELFTEST_PASS,	/* the whole interval is within the bound */
	SELFTEST_NOISY, /* this machine was too noisy to tell */
	SELFTEST_FAIL,	/* the whole interval is outside */
	SELFTEST_SKIP,	/* this machine does not have what it is about */
};

struct selftest_line {
	const char *what; /* a sentence without its figure */
	const char *unit; /* "%", "ticks", "" */
	struct figure figure;
	double low, high;   /* the bound */
	double quiet_share; /* of the windows that it stands on; NAN: it has none */
	const char *lacks;  /* what this machine does not have; NULL: nothing */
	enum selftest_verdict verdict;
};

enum {
	SELFTEST_EMPTY,
	SELFTEST_LOOPS, /* three of them */
	SELFTEST_COUNTED = SELFTEST_LOOPS + 3,
	SELFTEST_PAIR,
	SELFTEST_INSIDE,
	SELFTEST_LINES,
};

/* Judges the figure; pure. */
enum selftest_verdict selftest_judge(const struct selftest_line *line);

/*
 * Takes about four seconds on a quiet machine, ten on a noisy one, and leaves the process
 * pinned to one CPU. 0 and the lines, or -errno with one line in err.
 */
int selftest(struct backend *backend, const struct registry *reg,
	     const struct run_options *options,
	     struct selftest_line lines[SELFTEST_LINES], struct err *err);

#endif
