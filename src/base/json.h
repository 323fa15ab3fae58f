/* SPDX-License-Identifier: MIT */
/* What jansson leaves to its users. It knows no keys. */
#ifndef SYSCOST_JSON_H
#define SYSCOST_JSON_H

#include <jansson.h>
#include <stdio.h>

#include "base/err.h"

/* The number, or null where it is not finite. */
json_t *json_real_or_null(double x);

/* The text, or null where it is NULL or no UTF-8. */
json_t *json_text_or_null(const char *text);

/* A regular file of at most 64 MiB, no key twice. NULL: see err, and -errno in *ret. */
json_t *json_read(const char *path, int *ret, struct err *err);

/* Writes `json` (a json_t), indented and ended by a newline: for struct file_part. */
int json_fill(FILE *out, const void *json);

#endif
