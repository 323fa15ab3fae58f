/* SPDX-License-Identifier: MIT */
/*
 * What is stored of a run, in four files: the rows of results.csv, rounds.csv and
 * windows.csv, and run.json. Writing them is row/folder.h's.
 */
#ifndef SYSCOST_RECORD_H
#define SYSCOST_RECORD_H

#include <jansson.h>
#include <stdbool.h>

#include "drive/run.h"
#include "row/row.h"

/* A row is noisy beyond so many times the precision. */
#define RECORD_PRECISION_SLACK 2
/* And where its separate runs are known to differ by more than this. */
#define RECORD_APART 0.04

/*
 * The rows of what was planned. `windows` gets the quantiles of each row that is compared
 * in cycles; NULL: they are not wanted. All tables are initialised here.
 */
void record_rows(const struct run *run, struct table *results, struct table *rounds,
		 struct table *windows);

/* run.json: versions, options, seed, calibration, environment, fingerprint. */
json_t *record_json(const struct run *run, const char *command, bool with_hostname);

#endif
