/* SPDX-License-Identifier: MIT */
#ifndef SYSCOST_CLI_BATCH_H
#define SYSCOST_CLI_BATCH_H

#include "row/row.h"

/* The decision table on standard output, if the rows have a sweep; `dir` NULL: not stored. */
void batch_advice(const struct table *results, const struct table *rounds,
		  const char *dir);

#endif
