/* SPDX-License-Identifier: MIT */
/*
 * What rows are compared in, and how to take that from a round. A metric that is not
 * here, of a test or of an emulator, is another `struct metric`.
 */
#ifndef SYSCOST_METRIC_H
#define SYSCOST_METRIC_H

#include <stdbool.h>

#include "row/row.h"

struct metric {
	const char *name; /* as it stands in verdicts.csv */
	const char *unit; /* of an operation */
	/* Every difference is real: no round errs, and no statistics are asked. */
	bool exact;
	/* An iteration may move by so much when a program is linked anew. */
	double floor;
	/* An operation in this round, quiet or contended; NAN: nothing. */
	double (*of_round)(const struct round_row *round, bool contended,
			   double ticks_per_ns);
};

extern const struct metric metric_time, metric_cycles;

/* NULL: there is none of that name. */
const struct metric *metric_find(const char *name);
/* What a row is compared in: time, where it names none of them, as in an older folder. */
const struct metric *metric_of_row(const struct result_row *r);

#endif
