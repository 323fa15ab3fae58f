/* SPDX-License-Identifier: MIT */
/*
 * A result folder: results.csv, rounds.csv and run.json of one run.
 */
#ifndef SYSCOST_RESULT_H
#define SYSCOST_RESULT_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "drive/run.h"
#include "row/row.h"

#define RESULT_PRECISION_SLACK 2 /* a row is noisy beyond so many times the precision */

/* The rows of what was planned. Both tables are initialised here. */
void record_rows(const struct run *run, struct table *results, struct table *rounds);

/* run.json: versions, options, seed, calibration, environment, fingerprint. */
json_t *record_json(const struct run *run, const char *command, bool with_hostname);

#endif
