/* SPDX-License-Identifier: MIT */
/*
 * A result folder: results.csv, rounds.csv and run.json of one run.
 */
#ifndef SYSCOST_RESULT_H
#define SYSCOST_RESULT_H

#include <jansson.h>
#include <stdbool.h>

#include "measure/run.h"
#include "store/row.h"

#define RESULT_PRECISION_SLACK 2 /* a row is noisy beyond so many times the precision */

/* The rows of what was planned. Both tables are initialised here. */
void result_rows(const struct run *run, struct table *results, struct table *rounds);

/* run.json: versions, options, seed, calibration, environment, fingerprint. */
json_t *result_json(const struct run *run, const char *command, bool with_hostname);

/*
 * Make the folder, so that a run fails before it measures. 0, or -errno with one line in
 * err. An existing one is refused unless `force`.
 */
int result_folder(const char *dir, bool force, char *err, size_t err_len);

/*
 * Write the three files: all of them or, where one cannot be written, none. Between the
 * first and the last of them are two renames, and nothing that could fail for want of
 * space. 0, or -errno and err.
 */
int result_write(const char *dir, const struct table *results, const struct table *rounds,
		 const json_t *json, char *err, size_t err_len);

/* Write one file whole or not at all, through `fill`. 0, or -errno and err. */
int result_file(const char *dir, const char *name,
		int (*fill)(FILE *out, const void *arg), const void *arg, char *err,
		size_t err_len);

#endif
