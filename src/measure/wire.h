/* SPDX-License-Identifier: MIT */
/*
 * What the driver and a worker say to each other: the plan of a part of a round, and the
 * messages that come back. Both travel as bytes, little-endian, behind a version.
 *
 * The other end may be another build of the program (an arm of `syscost ab`). So
 * benchmarks and layers go by their names, and the decoders take any bytes. They refuse
 * what they do not understand, and write nothing beyond the struct that they fill in.
 */
#ifndef SYSCOST_WIRE_H
#define SYSCOST_WIRE_H

#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#include "bench.h"
#include "measure/counters.h"
#include "measure/layers.h"
#include "measure/registry.h"
#include "measure/window.h"

#define WIRE_VERSION	 7 /* goes up with every change of what follows */
#define WIRE_MESSAGE_MAX 4096
#define WIRE_PLAN_MAX	 (8 << 20)

struct plan_item {
	char id[VARIANT_ID_MAX];
	uint64_t n; /* iterations a window; 0: find out */
	uint64_t
		chain; /* passes of the dependent chain to add to each window; mostly 0 */
};

struct plan {
	int32_t cpu, other_cpu;
	uint32_t step; /* of the counter, ticks */
	uint32_t probe_passes;
	uint32_t round_us; /* wanted time of one benchmark in one round */
	/* Calls in a window of each reference call (live.h); 0: do not time any. */
	uint32_t reference_n[REFERENCES];
	double ticks_per_us;
	char dir[256];		       /* for the benchmarks' files */
	char layers[LAYER_STACK_TEXT]; /* to live under, as struct layer_stack has it in
					  text */
	struct event_list events;      /* to count, in windows of their own */
	uint32_t n_items;
	struct plan_item *items;
};

enum message_type {
	MESSAGE_READY, /* settled, or `outcome` says why not */
	MESSAGE_START, /* of an item */
	MESSAGE_DONE,
};

/* One benchmark in one round, as it was observed. */
struct reading {
	struct outcome outcome;
	uint64_t n;		 /* iterations a window */
	double faults, switches; /* an iteration */
	double enters;		 /* an iteration; 0: not counted */
	double count[COUNT_MAX]; /* an iteration; NAN: not available */
	uint32_t n_windows;
	struct window windows[WINDOWS];
};

struct message {
	enum message_type type;
	uint32_t item;		/* which of the plan */
	struct reading reading; /* MESSAGE_READY: its outcome alone */
};

/* 0, or -EIO. */
int wire_write_plan(FILE *out, const struct plan *plan);
/*
 * 0, and wire_free_plan() frees it. -EPROTO: not a plan, nothing is to be freed;
 * -EBADMSG: the plan of another version. Both leave *plan as it was. -ENOMEM.
 */
int wire_read_plan(const void *data, size_t len, struct plan *plan);
void wire_free_plan(struct plan *plan);

/*
 * A message begins with the length of what follows, in WIRE_PREFIX bytes. wire_length()
 * tells it, or 0 where no message is so long.
 */
#define WIRE_PREFIX 4
size_t wire_length(const uint8_t prefix[WIRE_PREFIX]);

/* The message with its prefix into buf, which has room for all. Returns its bytes. */
size_t wire_put_message(uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX],
			const struct message *msg);
/* What stands behind a prefix. 0, or -EPROTO with *msg as it was. */
int wire_get_message(const uint8_t *data, size_t len, struct message *msg);

#endif
