/* SPDX-License-Identifier: MIT */
/*
 * The one header that a layer includes. A layer is something installed between the caller
 * and the kernel, such as a seccomp filter or a tracer. Each stands in one file under
 * bench/layer/, which defines and registers it.
 */
#ifndef SYSCOST_LAYER_H
#define SYSCOST_LAYER_H

#include <stdbool.h>

#include "attributes.h"
#include "base/err.h"

/* Where it is installed, and so who is slowed down by it. */
enum layer_where {
	/* In the worker itself, once it is settled. It goes away with the worker. */
	LAYER_WORKER,
	/*
	 * In a parent of the worker. `install` forks, and returns 0 in the child, the
	 * worker. The parent stays in it until the child ends, and ends likewise.
	 */
	LAYER_PARENT,
	/*
	 * On the machine. `install` runs in the driver before the workers of an arm, and
	 * `remove` after them. It must also go away when the driver is killed.
	 */
	LAYER_MACHINE,
};

struct layer {
	const char *name;    /* "seccomp": lower case, digits, '-' */
	const char *summary; /* one line */
	enum layer_where where;
	const char *value; /* what K is, for help: "instructions"; NULL: there is no K */
	long least, most;  /* K is from `least` to `most`; 0 if there is none */
	bool hidden;	   /* only for the suite's own tests */

	/* Whether this machine can have it. 0, or -errno and why not. NULL: always. */
	int (*needs)(long k, struct err *err);
	/* 0, or -errno and why not. */
	int (*install)(long k, struct err *err);
	/* Of LAYER_MACHINE: take it away, whatever has become of it. */
	void (*remove)(long k);
};

/* LAYER(ident) = { .name = "…", … };  defines and registers a layer. */
#define LAYER(ident) REGISTERED(layer, ident)

#endif
