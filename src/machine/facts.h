/* SPDX-License-Identifier: MIT */
/* What `doctor` looks at, as plain values; findings.h says what they mean. */
#ifndef SYSCOST_FACTS_H
#define SYSCOST_FACTS_H

#include <stdbool.h>
#include <stdint.h>

#include "machine/access.h"

/* Measured: see measure/clock.h. */
struct clock_facts {
	double ticks_per_ns;
	double ghz_lo, ghz_hi;	   /* of the core, over half a second: estimated */
	unsigned int step;	   /* of the counter, ticks */
	uint64_t overhead;	   /* of an empty window, ticks */
	double probe_lo, probe_hi; /* core cycles that most contention probes take */
	bool neighbour;		   /* they differ by more than quiet ones do */
};

/* Tried: see measure/counters.h. */
struct counter_facts {
	enum { COUNTED_NOT, COUNTED_USER, COUNTED_ALL } cycles;
	char why[COUNTER_REASON_MAX]; /* not all are counted */
};

#define FACT_MITIGATIONS 2 /* those that cost most on every call */

/* Who else looks at system calls, as far as reading tells. Most needs root. */
#define TRACERS_UNSEEN (-1) /* no permission, or not mounted */

struct tracers {
	int events;   /* trace events: 1 some are on, 0 none */
	int tracer;   /* the function or another tracer: 1 on, 0 none */
	int audit;    /* the audit subsystem: 1 enabled, 0 not */
	int programs; /* BPF programs for probes, tracepoints and perf events: how many */
};

/* What cannot be read is an empty text. */
struct machine_facts {
	bool invariant; /* the counter is said to be one of time */
	char clocksource[64];
	bool hypervisor;
	char governor[64];
	char smt[8];	      /* "1": on */
	long cpus;	      /* online */
	bool seccomp, tracer; /* on this process */
	struct {
		const char *name; /* of a file in /sys/…/cpu/vulnerabilities */
		char text[200];
	} mitigation[FACT_MITIGATIONS];
	struct tracers tracers;
};

struct facts {
	struct clock_facts clock;
	struct counter_facts counters;
	struct machine_facts machine;
};

/* Read what can be read. */
void facts_read(struct machine_facts *facts);

#endif
