/* SPDX-License-Identifier: MIT */
/* The decision table of a sweep, for a run that measured one; `batch` prints more. */
#ifndef SYSCOST_CLI_BATCH_H
#define SYSCOST_CLI_BATCH_H

#include "row/row.h"

/* Print it, if the rows have a sweep. `dir` is where they are stored, or NULL. */
void batch_advice(const struct table *results, const struct table *rounds,
		  const char *dir);

#endif
