/* SPDX-License-Identifier: MIT */
/*
 * Which counters are wanted: the suite's own four, and the events that a user names in
 * libpfm4's words. Nothing is opened here; see counters.h.
 */
#ifndef SYSCOST_EVENTS_H
#define SYSCOST_EVENTS_H

#include <linux/perf_event.h>
#include <stdint.h>

#include "base/err.h"

/* The first figures of every read; what --events names comes behind them. */
enum {
	COUNT_CYCLES_USER,
	COUNT_CYCLES_KERNEL,
	COUNT_INSTRUCTIONS_USER,
	COUNT_INSTRUCTIONS_KERNEL,
	COUNT_OWN,
	COUNT_MAX = COUNT_OWN + 8,
};

struct event {
	char name[64]; /* as it was asked for */
	uint32_t slot; /* COUNT_…, or COUNT_OWN and up */
	struct perf_event_attr attr;
};

/* What is to be counted: own ones first. n = 0: nothing. */
struct event_list {
	uint32_t n, n_own;
	struct event event[COUNT_MAX];
};

/* Begin a list with the suite's own four. */
void events_own(struct event_list *list);
/*
 * Append a comma-separated list of libpfm4's event strings. 0; or, with one line in err
 * and *list untouched, -EINVAL for a bad one or -ENOENT where the library is missing.
 */
int events_parse(const char *text, struct event_list *list, struct err *err);

#endif
