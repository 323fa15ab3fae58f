/* SPDX-License-Identifier: MIT */
#ifndef SYSCOST_RENDER_HTML_H
#define SYSCOST_RENDER_HTML_H

#include <jansson.h>
#include <stdio.h>
#include "compare/batching.h"
#include "row/row.h"

/*
 * The page of one run, in one file: rows, what `run` (run.json) says about the machine, the advice of a sweep,
 * and the figures that plots_make() left in plot_dir, as far as they are there. -errno.
 */
int html_write(FILE *out, const struct table *results, const json_t *run,
	       const struct batching *batching, const char *plot_dir);

#endif
