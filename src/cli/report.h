/* SPDX-License-Identifier: MIT */
/* Plots and page of a result folder; shared by `run` and `report`. */
#ifndef SYSCOST_CLI_REPORT_H
#define SYSCOST_CLI_REPORT_H

#include <jansson.h>
#include "row/row.h"

/* Make them in `dir`; says what went wrong. An exit status. */
int report_folder(const char *dir, const struct table *results,
		  const struct table *rounds, const json_t *json);

/* Take away what report_folder() made of older rows. */
void report_clear(const char *dir);

#endif
