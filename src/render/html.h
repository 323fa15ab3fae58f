/* SPDX-License-Identifier: MIT */
/* The page of one run, in one file that needs nothing from outside. */
#ifndef SYSCOST_RENDER_HTML_H
#define SYSCOST_RENDER_HTML_H

#include <jansson.h>
#include <stdio.h>
#include "compare/batching.h"
#include "row/row.h"

/*
 * Write the page: rows, what `run` (run.json) says about the machine, a sweep's advice,
 * and the drawings that plots_make() left in plot_dir. 0, or -errno.
 */
int html_write(FILE *out, const struct table *results, const json_t *run,
	       const struct batching *batching, const char *plot_dir);

#endif
