/* SPDX-License-Identifier: MIT */
#ifndef SYSCOST_RENDER_TABLE_H
#define SYSCOST_RENDER_TABLE_H

#include <stdbool.h>
#include <stdio.h>
#include "row/row.h"

/* The rows for a terminal, by family, with the interval of each figure. Not wider than 120 columns
 * (110 where names have up to 26). */
void table_print(FILE *out, const struct table *results, bool color);

/* Text in at most `width` columns, padded to them; control characters do not get through. */
void table_text(FILE *out, const char *s, int width, bool pad);

#endif
