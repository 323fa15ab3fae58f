/* SPDX-License-Identifier: MIT */
/*
 * The process of one round, and what it says to the process that started it.
 *
 * The plan comes in on descriptor WORKER_PLAN_FD, messages go out on WORKER_OUT_FD. Both
 * ends are the same program, so the structs go as they are.
 */
#ifndef SYSCOST_WORKER_H
#define SYSCOST_WORKER_H

#include <stdint.h>

#include "measure/registry.h"
#include "measure/window.h"

#define WORKER_COMMAND "round" /* the hidden command: syscost round */
#define WORKER_PLAN_FD 3
#define WORKER_OUT_FD  4
#define WORKER_MAGIC   0x73797363u

struct plan_item {
	uint32_t row; /* index in the registry */
	uint64_t n;   /* iterations a window; 0: find out */
};

struct plan_head {
	uint32_t magic, n_items;
	int32_t cpu, other_cpu;
	double ticks_per_us;
	uint32_t step;
	char dir[256];
};

enum message_type { MESSAGE_ROUND, MESSAGE_START, MESSAGE_DONE };
enum row_status { ROW_OK, ROW_SKIP, ROW_FAIL };

struct message {
	uint32_t type;
	uint32_t row;
	uint64_t n;
	uint32_t status;
	uint32_t n_windows;	 /* structs window that follow */
	uint64_t windowed;	 /* ticks inside of these windows */
	double faults, switches; /* an iteration */
	double cycles_per_tick;	 /* MESSAGE_ROUND */
	char mode[16];
	char reason[160];
};

/* Run the plan; returns the exit status of the process. */
int worker_main(const struct registry *reg);

#endif
