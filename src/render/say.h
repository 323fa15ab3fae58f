/* SPDX-License-Identifier: MIT */
/*
 * Findings in words, computed from the rows; the plots and the page share them. A
 * difference is claimed only by a stored ratio of two rows, where its interval says so.
 */
#ifndef SYSCOST_RENDER_SAY_H
#define SYSCOST_RENDER_SAY_H

#include <jansson.h>
#include <stdbool.h>
#include "render/number.h"
#include "render/text.h"
#include "row/row.h"

/* The unit of what was compared, by its name in verdicts.csv: "cycles". */
const char *say_unit(const char *metric);

/* The row of that id that has a figure, or NULL. */
const struct result_row *say_find(const struct table *results, const char *id);
bool say_has_figure(const struct result_row *r);
/* `text` after `prefix`, or NULL. */
const char *say_after(const char *text, const char *prefix);
/* ns for 4096 bytes of a row that reads; NAN where that makes no sense. */
double say_page_scale(const struct result_row *r);

/* Whether `r` has a ratio to that row. */
bool say_has_ratio(const struct result_row *r, const struct result_row *to);
/* "5.6 % (5.5 to 5.7) more"; "" where the interval is none, or holds 1. */
struct text say_more(struct figure ratio);

/* One sentence each, without a full stop; "" where the rows for it are not there. */
struct text say_null(const struct table *results);
struct text say_read(const struct table *results);
struct text say_clocks(const struct table *results);
struct text say_all(const struct table *results);
/* How far the core's clock moved in the run, by run.json (NULL: nothing to say). */
struct text say_clock_range(const json_t *run);
/* What the classic loop of one call a pass adds to the call. Two sentences. */
struct text say_loop(const struct table *results);
/* Of how many rows windows stand on several levels, and where most strikingly. Two. */
struct text say_levels(const struct table *results);
/* Which figures lie between two levels. */
struct text say_between(const struct table *results);

#endif
