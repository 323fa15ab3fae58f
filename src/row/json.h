/* SPDX-License-Identifier: MIT */
/*
 * A table as JSON: the keys are the names of the columns, and what is not available is
 * null. It writes no file.
 */
#ifndef SYSCOST_ROW_JSON_H
#define SYSCOST_ROW_JSON_H

#include <jansson.h>

#include "row/row.h"

/* An array with an object a row. */
json_t *table_json(const struct table *t);

#endif
