/* SPDX-License-Identifier: MIT */
/*
 * What a result folder says of one row, for `explain`: its figures, and how far they can
 * be trusted to come out again.
 */
#ifndef SYSCOST_RENDER_STORED_H
#define SYSCOST_RENDER_STORED_H

#include <jansson.h>
#include <stdio.h>
#include "row/row.h"

/*
 * Lines of a word and what it says, from column STORED_LEFT on. `run` is run.json, or
 * NULL. Text of the folder comes out without control characters.
 */
#define STORED_LEFT  15
#define STORED_WIDTH 97
void stored_print(FILE *out, const struct result_row *r, const json_t *run);

#endif
