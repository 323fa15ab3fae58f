/* SPDX-License-Identifier: MIT */
/* The page of one run, in one file that needs nothing from outside. */
#ifndef SYSCOST_RENDER_HTML_H
#define SYSCOST_RENDER_HTML_H

#include <jansson.h>
#include <stdio.h>
#include "compare/batching.h"
#include "row/row.h"

struct html_page {
	const struct table *results;
	const json_t *run; /* run.json, for the machine and the method */
	const struct batching *batching;
	const char *plot_dir; /* with the drawings that plots_make() left there */
};

/* Writes a struct html_page: for struct file_part. 0, or -errno. */
int html_write(FILE *out, const void *page);

#endif
