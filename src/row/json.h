/* SPDX-License-Identifier: MIT */
/*
 * Tables as JSON. The names of the columns are the keys, and what is not available is
 * null.
 */
#ifndef SYSCOST_ROW_JSON_H
#define SYSCOST_ROW_JSON_H

#include <jansson.h>

#include "row/row.h"

/* An array of one object a row, in their order. */
json_t *table_json(const struct table *t);

#endif
