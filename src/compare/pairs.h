/* SPDX-License-Identifier: MIT */
/*
 * Which values of two sides belong together. Rounds of one benchmark are joined by folder
 * and round number, or not at all, in one contention state. It knows no statistics but
 * medians.
 */
#ifndef SYSCOST_PAIRS_H
#define SYSCOST_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

#include "compare/sides.h"
#include "row/select.h"

/* A round of the benchmark that is asked for. */
struct point {
	const struct round_row *row;
	size_t folder;
	double quiet, contended; /* in the metric; NAN where it has none */
};

struct points {
	struct point *p;
	size_t n;
};

/* One side, whose rounds are found by id. Borrows the tables. */
struct side {
	const struct gate_side *folders;
	size_t n;
	struct row_index *rounds; /* one a folder */
	struct point *room;
	size_t n_room;
};

void side_open(struct side *s, const struct gate_side *folders, size_t n);
void side_close(struct side *s);

/* The rounds of `id` by folder and number; they stand until the side is asked again. */
struct points side_points(struct side *s, const char *id, const struct metric *metric);

/* How values are made of rounds. */
struct pairing {
	bool paired;  /* by folder and round; else each side for itself */
	bool folders; /* unpaired: a value is the median of a folder */
};

/* Values of one benchmark, an operation. free(values->base) when done. */
struct values {
	double *base, *head; /* paired: of the same round at the same index */
	size_t n_base, n_head;
	bool contended;
	/* Unpaired: medians, relative to the quiet level. */
	double base_probe, head_probe;
	/* What there would be, had every round had both states; of the smaller side. */
	size_t candidates;
};

/*
 * Quiet values; or, with `contended`, others. Unpaired, that is contended values. Paired,
 * it is quiet values of the pairs whose two rounds have them, and else contended ones.
 * These count where both rounds have them and the same probe within GATE_SAME_STATE.
 */
struct values pairs_collect(struct points base, struct points head, struct pairing how,
			    bool contended);

static inline size_t pairs_n(const struct values *v)
{
	return v->n_base < v->n_head ? v->n_base : v->n_head;
}

#endif
