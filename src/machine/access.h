/* SPDX-License-Identifier: MIT */
/* May this process use the hardware counters? If not: why, and what to do. */
#ifndef SYSCOST_ACCESS_H
#define SYSCOST_ACCESS_H

#include <stdbool.h>
#include <stddef.h>

/* What decides whether counters may be read, from /proc and /sys. */
struct counter_access {
	int paranoid;  /* kernel.perf_event_paranoid; -1: cannot be read */
	bool seccomp;  /* a filter is on this process */
	bool hardware; /* the kernel shows a PMU of the CPU */
};

struct counter_access counter_access_read(void);

#define COUNTER_REASON_MAX 256

/* Why perf_event_open(2) said `err` (positive), and what to do. Returns buf. */
const char *counter_access_reason(const struct counter_access *a, int err,
				  bool hardware_event, char *buf, size_t len);

#endif
