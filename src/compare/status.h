/* SPDX-License-Identifier: MIT */
/*
 * What the results of a side say about a benchmark: whether there is a figure, and if not,
 * why. Finds by id in logarithmic time, so that any table that can be read is compared soon.
 */
#ifndef SYSCOST_STATUS_H
#define SYSCOST_STATUS_H

#include "compare/gate.h"

enum status_kind { STATUS_ABSENT, STATUS_SKIPPED, STATUS_FINE, STATUS_FAILED };

struct status {
	enum status_kind kind;
	const char *reason;
	int64_t ops; /* operations an iteration, 1 if unknown */
};

/* The results of all folders of a side, sorted by id. Borrows the tables. */
struct statuses {
	const struct result_row **rows;
	size_t n;
};

/* 0, or -ENOMEM. free(s->rows) when done. */
int statuses_gather(struct statuses *s, const struct gate_side *sides, size_t n);

/* The worst of what the folders say: failed, else fine, else skipped. */
struct status status_find(const struct statuses *s, const char *id);

/* Add a verdict row for every id, in the order in which they come first. 0 or -ENOMEM. */
int status_ids(struct table *verdicts, const struct gate_side *base, size_t n_base,
	       const struct gate_side *head, size_t n_head);

/* Whether the row has figures on both sides; if not, makes it a skip and says why. */
bool status_comparable(const struct status *base, const struct status *head,
		       struct verdict_row *row);

#endif
