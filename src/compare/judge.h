/* SPDX-License-Identifier: MIT */
/*
 * The steps of judging that a first comparison (gate.c) and a second one (confirm.c)
 * share. It is private to compare/.
 */
#ifndef SYSCOST_JUDGE_H
#define SYSCOST_JUDGE_H

#include "compare/entry.h"
#include "compare/summary.h"

/* What the control says against the machine: its row is judged by that alone. */
void judge_control(struct gate *g, struct entry *e, struct gate_summary *s);

/* What the probe's quiet levels of the two sides say against it. */
void judge_quiet_level(const struct gate *g, struct gate_summary *s);

/*
 * Holm's step-down over n p-values, one direction: the tail of each, negative: rejected.
 */
void judge_step_down(const double *p, size_t n, double error, double *tail);

#endif
