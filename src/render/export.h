/* SPDX-License-Identifier: MIT */
/*
 * Stored rows in the formats that other programs read, each in one file, export_NAME.c.
 *
 * Every format keeps these rules. A row that was skipped or failed never becomes a
 * number. What is not available is left out; it is never 0 or NaN. A noisy row is marked
 * where there is a place for it, and so is the interval. Text is escaped by its rules.
 */
#ifndef SYSCOST_EXPORT_H
#define SYSCOST_EXPORT_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "base/err.h"
#include "render/text.h"
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
	struct err *err;
};

/* Make the indexes; where there are only verdicts, results are the head's figures. */
void export_open(struct export_source *src);
void export_close(struct export_source *src);

struct export_format {
	const char *name, *summary;
	bool relative;	    /* it takes --relative */
	bool point_in_time; /* it takes --commit and --time */
	/*
	 * 0; -ENODATA: no row has what this format needs; -EINVAL: the rows cannot be
	 * said in it, and src->err has one line.
	 */
	int (*write)(FILE *out, const struct export_source *src);
};

/* Register a format: EXPORT_FORMAT(go) = { .name = … }; */
#define EXPORT_FORMAT(ident)                                                          \
	static const struct export_format format_##ident;                             \
	static const struct export_format *const format_entry_##ident __attribute__(( \
		used, retain, section("export_formats"))) = &format_##ident;          \
	static const struct export_format format_##ident

/* The i-th format by name; NULL: there are no more. */
const struct export_format *export_format(size_t i);

/* What the formats share. */

/* A string of the environment record, or NULL. */
const char *export_env(const struct export_source *src, const char *key);
/* Why the verdicts are only advice, or NULL. */
const char *export_advisory(const struct export_source *src);
/* Why the comparison as a whole is contaminated, or NULL. */
const char *export_disturbed(const struct export_source *src);
/* The headline of a comparison that cannot tell for another reason, or NULL. */
const char *export_undecided(const struct export_source *src);
/* Operations behind a round's figure: those of its quiet windows, at least 1. */
int64_t export_operations(const struct result_row *r, const struct round_row *round);
/* "427.1 (420 to 431.2)", the unit behind the first; "-" where there is no figure. */
struct text export_interval(struct figure f, const char *unit);
/* The same of nanoseconds, in the unit that fits: "4.402 µs (4.202 to 4.581)". */
struct text export_ns(struct figure ns);
/* The same of a verdict's side, in what was compared: `other`, where that is not time. */
struct text export_side(struct figure ns, struct figure other, const char *metric);
/* "1.05 times (1.03 to 1.07); 116 ns (…), the base 110 ns (…)": a verdict's figures. */
struct text export_change(const struct verdict_row *v);
/* "2 regressed, 1 improved, 40 same", or of the results' statuses. */
struct text export_counts(const struct export_source *src);

/* Write json, which is taken over, to nine digits. 0, -EIO, or -ENODATA: no entries. */
int export_json(FILE *out, json_t *json, size_t entries);
/* 0, or -EIO: what was written could not be. */
int export_done(FILE *out);

#endif
