/* SPDX-License-Identifier: MIT */
/*
 * What `compare` and `ab` share: they print verdicts, write them, and make an exit status
 * of them. Judging itself is in compare/gate.h.
 */
#ifndef SYSCOST_CLI_VERDICT_H
#define SYSCOST_CLI_VERDICT_H

#include <jansson.h>

#include "base/err.h"
#include "cli/cli.h"
#include "compare/gate.h"
#include "row/noise.h"

/*
 * EXIT_REGRESSED, if a row is; EXIT_TROUBLE, if a row failed in head and not in base;
 * EXIT_UNDECIDED, if gate_can_tell() says no, or, with `strict`, a row is inconclusive;
 * EXIT_NOTHING, if no row but the control could be compared; else EXIT_FINE. The first of
 * these that holds. Advisory verdicts are never EXIT_REGRESSED; `strict` makes them
 * EXIT_UNDECIDED.
 */
int verdict_exit(const struct gate_summary *s, bool strict, bool advisory);

/* The same for --help. */
extern const char verdict_notes[];

struct verdict_options {
	enum cli_format format;
	bool all, strict;
	const char *advisory; /* why the verdicts are only advice, or NULL */
};

/* Print to stdout as asked for; returns verdict_exit(). */
int verdict_print(const struct table *verdicts, const struct gate_summary *s,
		  const struct verdict_options *o);

/*
 * Write verdicts.csv and compare.json, which is `record` with the summary added to it;
 * with `plots` also the figures forest and aa. The folder exists; `noise` may be NULL.
 * 0, or -errno with one line in err. Without gnuplot there is only a warning.
 */
int verdict_write(const char *dir, const struct table *verdicts,
		  const struct gate_summary *s, const char *advisory, json_t *record,
		  const struct noise *noise, bool plots, struct err *err);

#endif
