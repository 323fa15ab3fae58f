/* SPDX-License-Identifier: MIT */
/*
 * The process of one round, and what it says to the process that started it.
 *
 * The plan comes in on descriptor WORKER_PLAN_FD, messages go out on WORKER_OUT_FD, as
 * structs of one machine. Benchmarks go by their ids, because the other end may be another
 * build of the program (`syscost ab`); one that speaks another protocol says so and ends.
 */
#ifndef SYSCOST_WORKER_H
#define SYSCOST_WORKER_H

#include <stdint.h>

#include "measure/counters.h"
#include "measure/registry.h"
#include "measure/window.h"

#define WORKER_COMMAND	       "round" /* the hidden command: syscost round */
#define WORKER_PLAN_FD	       3
#define WORKER_OUT_FD	       4
#define WORKER_MAGIC	       0x73797364u
#define WORKER_PROTOCOL	       3  /* goes up with every change of a struct below */
#define WORKER_PROTOCOL_STATUS 78 /* exit status of one that speaks another */

struct plan_item {
	char id[VARIANT_ID_MAX];
	uint64_t n; /* iterations a window; 0: find out */
	uint64_t
		chain; /* passes of the dependent chain to add to each window; mostly 0 */
};

struct plan_head {
	uint32_t magic, protocol;
	uint32_t n_items;
	int32_t cpu, other_cpu;
	uint32_t step;	   /* of the counter, ticks */
	uint32_t round_us; /* wanted time of one benchmark in one round */
	uint32_t filter;   /* instructions of a seccomp filter to live under; 0: none */
	double ticks_per_us;
	char dir[256];
	struct event_list events; /* to count, in windows of their own */
};

enum message_type { MESSAGE_ROUND, MESSAGE_START, MESSAGE_DONE };
enum outcome_status { OUTCOME_OK, OUTCOME_SKIP, OUTCOME_FAIL };

struct message {
	uint32_t type;
	uint32_t item; /* which of the plan */
	uint64_t n;
	uint32_t status;	 /* also of MESSAGE_ROUND: the layer was refused */
	uint32_t n_windows;	 /* structs window that follow */
	double faults, switches; /* an iteration */
	double enters;		 /* an iteration; 0: not counted */
	int64_t overflow;	 /* -1: no ring */
	double cycles_per_tick;	 /* MESSAGE_ROUND */
	double count[COUNT_MAX]; /* an iteration; NAN: not available */
	char mode[16], asked[96], in_force[96];
	char reason[160];
};

/* Run the plan; returns the exit status of the process. */
int worker_main(void);

#endif
