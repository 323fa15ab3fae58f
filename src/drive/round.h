/* SPDX-License-Identifier: MIT */
/*
 * One round of a run, or a part of one: fresh worker processes that measure the planned
 * rows once, in the order given. What they send is kept in run->rows, as it came.
 */
#ifndef SYSCOST_ROUND_H
#define SYSCOST_ROUND_H

#include "base/err.h"
#include "drive/run.h"

enum round_kind {
	ROUND_SIZE,    /* find n; the windows only tell how long one is */
	ROUND_MEASURE, /* the real thing */
};

/*
 * Measure the registry rows order[0..n) in run->arm; `position` is the place of the first
 * of them in its round. A worker that dies takes only the benchmark that it was in with
 * it. 0 (also when options.stop ended it), or -errno with one line in err: no worker could
 * start.
 */
int round_measure(struct run *run, const uint32_t *order, size_t n, unsigned int position,
		  enum round_kind kind, struct err *err);

#endif
