/* SPDX-License-Identifier: MIT */
/* Plots and page of a result folder, from its rows, for `run` and `report`. */
#ifndef SYSCOST_CLI_REPORT_H
#define SYSCOST_CLI_REPORT_H

#include <jansson.h>
#include "row/row.h"

/*
 * Make them in `dir`; `windows` may be NULL. An exit status; an error line is printed.
 */
int report_folder(const char *dir, const struct table *results,
		  const struct table *rounds, const struct table *windows,
		  const json_t *json);

/* Remove what report_folder() made of older rows. */
void report_clear(const char *dir);

#endif
