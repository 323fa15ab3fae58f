/* SPDX-License-Identifier: MIT */
/*
 * A table of verdicts for people and as JSON. The CSV is csv_write().
 */
#ifndef SYSCOST_RENDER_VERDICTS_H
#define SYSCOST_RENDER_VERDICTS_H

#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>

#include "compare/gate.h"
#include "render/text.h"

struct verdicts_view {
	bool all; /* rows that are the same, and inconclusive ones however many, too */
	bool color;
	const char *advisory; /* why the verdicts are only advice, or NULL */
};

/*
 * The verdict of the whole, then the rows, worst first, at most 120 columns wide, then
 * the advice. The ratio is printed as a change: +5.1 % for 1.051.
 */
void verdicts_print(FILE *out, const struct table *verdicts, const struct gate_summary *s,
		    const struct verdicts_view *view);

/* The whole in one line without a full stop: "regressed: 1 of 70 rows, …". */
struct text verdicts_say(const struct table *verdicts, const struct gate_summary *s);

/*
 * {"summary": {…}, "verdicts": [one object a row, not available is null]}, in row order.
 */
json_t *verdicts_json(const struct table *verdicts, const struct gate_summary *s,
		      const char *advisory);

#endif
