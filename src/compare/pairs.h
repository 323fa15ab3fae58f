/* SPDX-License-Identifier: MIT */
/*
 * Which values of two sides belong together: rounds by benchmark, joined by folder and round
 * number or not at all, in one contention state. It knows no statistics but medians.
 */
#ifndef SYSCOST_PAIRS_H
#define SYSCOST_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/gate.h"

struct point {
	const struct round_row *row;
	size_t folder;
	double ns_per_tick;
};

/* The rounds of one side, sorted by id, folder and round. Borrows the tables. */
struct points {
	struct point *p;
	size_t n;
};

/* 0, or -ENOMEM. free(points->p) when done. */
int points_gather(struct points *points, const struct gate_side *sides, size_t n);

/* How values are made of rounds. */
struct pairing {
	bool paired;  /* by folder and round; else each side for itself */
	bool folders; /* unpaired: a value is the median of a folder */
};

/* Values of one benchmark, nanoseconds an operation. free(values->pool) when done. */
struct values {
	double *base, *head; /* paired: of the same round at the same index */
	size_t n_base, n_head;
	bool contended;
	/* Unpaired: medians, relative to the quiet level. */
	double base_probe, head_probe;
	double *pool;
};

/*
 * The values of `id`. Quiet ones; or, with `contended`, unpaired: contended ones; paired:
 * quiet ones of the pairs whose two rounds have them, contended ones of the pairs whose
 * rounds have those and the same probe within GATE_SAME_STATE. *candidates, unless NULL: how many there would
 * be if the machine had let every round have both states (of the smaller side). 0 or -ENOMEM.
 */
int pairs_collect(struct values *values, const struct points *base,
		  const struct points *head, const char *id, struct pairing how,
		  bool contended, size_t *candidates);

static inline size_t pairs_n(const struct values *v)
{
	return v->n_base < v->n_head ? v->n_base : v->n_head;
}

#endif
