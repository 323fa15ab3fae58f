/* SPDX-License-Identifier: MIT */
/*
 * What a comparison starts from: the two sides, and what is asked of them. The numbers
 * belong to the rule that gate.h describes.
 */
#ifndef SYSCOST_SIDES_H
#define SYSCOST_SIDES_H

#include <stdbool.h>

#include "compare/metric.h"
#include "row/noise.h"
#include "row/row.h"

#define GATE_FAMILY_ERROR 0.01
/* Of each of two comparisons that share no round and must agree: together 0.1 x 0.1. */
#define GATE_STAGE_ERROR 0.1
#define GATE_DELTA	 0.02
/*
 * Whole runs of the same program differ by more than their rounds show. Quiet medians of
 * six runs in a row spread over 2.6 % on a shared virtual machine. So this is for a row
 * of separate runs, where the noise file does not say how far they differ.
 */
#define GATE_DELTA_UNKNOWN 0.05
#define GATE_CONTROL	   "control/chain"
#define GATE_CONTROL_BOUND 0.03
#define GATE_CONTROL_LEAST 3	/* rounds without which the control says nothing */
#define GATE_SAME_STATE	   0.05 /* probes of the two sides agree within this */
#define GATE_FOLDERS	   6 /* so many folders a side: they are the unit, not rounds */
#define GATE_POWER	   0.95 /* of finding the effect that is asked for */
#define GATE_ROUNDS_MAX	   1000
#define GATE_FDR	   0.05 /* of the advice */

/* One run: a result folder, or one arm of `ab` in memory. */
struct gate_side {
	const struct table *results; /* of result_schema */
	const struct table *rounds;  /* of round_schema */
	double ticks_per_ns;
	double quiet_level; /* of the probe, core cycles; NAN: unknown, not checked */
};

struct gate_options {
	bool paired; /* round i of base[k] belongs to round i of head[k] */
	/* What is compared; NULL: what each row names on both sides, or time. */
	const struct metric *metric;
	double family_error;  /* of this comparison */
	double delta;	      /* 0.02 */
	double delta_unknown; /* 0.05: what takes its place, see gate.h */
	double allow;	      /* exact metric: the relative change that is the same */
	const char *control;  /* id of the control row */
	double control_bound; /* of |ln ratio| */
	const struct noise *noise; /* may be NULL */
};

#define GATE_OPTIONS                                                          \
	{                                                                     \
		.family_error = GATE_FAMILY_ERROR, .delta = GATE_DELTA,       \
		.delta_unknown = GATE_DELTA_UNKNOWN, .control = GATE_CONTROL, \
		.control_bound = GATE_CONTROL_BOUND                           \
	}

#endif
