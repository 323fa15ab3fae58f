/* SPDX-License-Identifier: MIT */
/*
 * The layers that were linked in, and a stack of them as a user asks for it. A stack is
 * installed from its first layer to its last, and removed the other way.
 */
#ifndef SYSCOST_LAYERS_H
#define SYSCOST_LAYERS_H

#include <stddef.h>

#include "layer.h"

#define LAYERS_MAX	128
#define LAYER_NAME_MAX	32
#define LAYER_STACK_MAX 8
/* Bytes of a stack as text, with the NUL: names of at most 32 bytes, and numbers. */
#define LAYER_STACK_TEXT 512

struct layer_use {
	const struct layer *layer;
	long k;
};

struct layer_stack {
	struct layer_use use[LAYER_STACK_MAX];
	size_t n;
	char text[LAYER_STACK_TEXT]; /* "seccomp:100,seccomp:7": can be added again */
};

/* All layers, sorted by name; *n is how many. */
const struct layer *const *layer_all(size_t *n);

/*
 * Add "NAME" or "NAME:K" to the stack; several are separated by commas. 0, or -EINVAL
 * with one line in err, and the stack as it was.
 */
int layer_stack_add(struct layer_stack *stack, const char *text, struct err *err);

/* Whether this machine can have all of them. 0, or -errno and why not. */
int layer_stack_needs(const struct layer_stack *stack, struct err *err);

/*
 * Install the layers of one place. 0, or -errno and why not: then those of LAYER_MACHINE
 * that were installed have been removed again.
 */
int layer_stack_install(const struct layer_stack *stack, enum layer_where where,
			struct err *err);
/* Remove those of LAYER_MACHINE. */
void layer_stack_remove(const struct layer_stack *stack);

#endif
