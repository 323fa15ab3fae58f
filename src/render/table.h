/* SPDX-License-Identifier: MIT */
#ifndef SYSCOST_RENDER_TABLE_H
#define SYSCOST_RENDER_TABLE_H

#include <stdbool.h>
#include <stdio.h>
#include "store/row.h"

/* The rows for a terminal, by family, at most 100 columns wide. */
void table_print(FILE *out, const struct table *results, bool color);

#endif
