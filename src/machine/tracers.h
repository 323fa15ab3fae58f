/* SPDX-License-Identifier: MIT */
/* Who else looks at system calls, as far as reading tells. Most needs root. */
#ifndef SYSCOST_TRACERS_H
#define SYSCOST_TRACERS_H

#define TRACERS_UNSEEN (-1) /* no permission, or not mounted */

struct tracers {
	int events;   /* trace events: 1 some are on, 0 none */
	int tracer;   /* the function or another tracer: 1 on, 0 none */
	int audit;    /* the audit subsystem: 1 enabled, 0 not */
	int programs; /* BPF programs for probes, tracepoints and perf events: how many */
};

struct tracers tracers_look(void);

#endif
