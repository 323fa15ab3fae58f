/* SPDX-License-Identifier: MIT */
/*
 * The rows of a run for a terminal, by family, each figure with its interval. It selects
 * and rounds, and computes nothing.
 */
#ifndef SYSCOST_RENDER_TABLE_H
#define SYSCOST_RENDER_TABLE_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include "row/row.h"

/*
 * At most 105 columns wide, or 97 where names have up to 26. `run` is run.json, for the
 * range of the core's clock above the rows; NULL: without it.
 */
void table_print(FILE *out, const struct table *results, const json_t *run, bool color);

/*
 * Text in at most `width` columns, padded to them; control characters do not get through.
 */
void table_text(FILE *out, const char *s, int width, bool pad);

/* How many columns a UTF-8 text takes. */
int table_columns(const char *s);
/* A space, and the text at the right end of `width` columns. */
void table_right(FILE *out, const char *s, int width);
/*
 * Words in lines of at most `width` columns, from column `left` on, where the first line
 * stands already. It ends the last line.
 */
void table_wrap(FILE *out, const char *text, int left, int width);

#endif
