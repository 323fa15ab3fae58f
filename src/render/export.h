/* SPDX-License-Identifier: MIT */
/*
 * Stored rows in the formats that other programs read. Nothing is measured or judged here.
 *
 * Rules of every format: a row that was skipped or failed never becomes a number; what is
 * not available is left out, never 0 or NaN; a noisy row is marked where there is a place
 * for it, and so is the interval; text is escaped by the rules of the format.
 */
#ifndef SYSCOST_EXPORT_H
#define SYSCOST_EXPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "row/folder.h"
#include "row/select.h"

/* The folder of a run or of a comparison, and how it is wanted. */
struct export_source {
	struct folder *folder;
	struct row_index by_id; /* its results */
	struct row_index rounds_by_id, verdicts_by_id;
	bool relative;	    /* --relative: ratios instead of nanoseconds */
	const char *commit; /* --commit, or NULL */
	const char *time;   /* --time, or NULL */
};

/*
 * Make the indexes of src->folder. Where only verdicts were stored, its results become the
 * figures of the head.
 */
void export_open(struct export_source *src);
void export_close(struct export_source *src);

struct export_format {
	const char *name, *summary;
	/*
	 * 0; -ENODATA: no row has what this format needs; -EINVAL: the rows cannot be said in
	 * it, and err has one line.
	 */
	int (*fn)(FILE *out, const struct export_source *src, struct err *err);
};

extern const struct export_format export_formats[];
extern const size_t export_n_formats;

/* The formats, in their files. */
int export_github_action_benchmark(FILE *out, const struct export_source *src,
				   struct err *err);
int export_bencher(FILE *out, const struct export_source *src, struct err *err);
int export_google(FILE *out, const struct export_source *src, struct err *err);
int export_go(FILE *out, const struct export_source *src, struct err *err);
int export_otava(FILE *out, const struct export_source *src, struct err *err);
int export_openmetrics(FILE *out, const struct export_source *src, struct err *err);
int export_junit(FILE *out, const struct export_source *src, struct err *err);
int export_markdown(FILE *out, const struct export_source *src, struct err *err);
int export_annotations(FILE *out, const struct export_source *src, struct err *err);

/* What the formats share. */

/* A string of the environment record, or NULL. */
const char *export_env(const struct export_source *src, const char *key);
/* Why the verdicts bind nobody, or NULL. */
const char *export_advisory(const struct export_source *src);
/* Why the comparison as a whole is contaminated, or NULL. */
const char *export_disturbed(const struct export_source *src);
bool export_is(const char *text, const char *word);
/* The row of a run for an id, or NULL. */
const struct result_row *export_result(const struct export_source *src, const char *id);
/* Operations behind a round's figure: those of its quiet windows, at least 1. */
int64_t export_operations(const struct result_row *r, const struct round_row *round);
/* "427.1 (420 to 431.2)", the unit behind the first; "-" where there is no figure. */
char *export_interval(char *buf, size_t len, struct figure f, const char *unit);
/* The same of nanoseconds, in the unit that fits: "4.402 µs (4.202 to 4.581)". */
char *export_ns(char *buf, size_t len, struct figure ns);
/* The same of a verdict's ratio: "1.042 times (1.031 to 1.05)". */
char *export_ratio(char *buf, size_t len, const struct verdict_row *v);
/* "2 regressed, 1 improved, 40 same", or of the results' statuses. */
char *export_counts(char *buf, size_t len, const struct export_source *src);

#endif
