/* SPDX-License-Identifier: MIT */
/*
 * What goes into verdicts beside rounds, and what becomes of them: the noise file; printed,
 * written, an exit status. Shared by `compare` and `ab`.
 */
#ifndef SYSCOST_CLI_VERDICT_H
#define SYSCOST_CLI_VERDICT_H

#include <jansson.h>

#include "base/err.h"
#include "cli/cli.h"
#include "compare/gate.h"
#include "row/noise.h"

/*
 * What A/A comparisons showed on `machine`, a class of machines: from `file`, which must be
 * there and, but for `force`, of this class; or, if that is NULL, from the file that `syscost
 * noise` keeps, if any. `path` gets where it is, or "" if nothing is known. *noise is
 * initialised in any case. 0, or EXIT_TROUBLE, and the reason has been said.
 */
int verdict_noise(const char *file, const char *machine, bool force, struct noise *noise,
		  char *path, size_t len);

/*
 * EXIT_REGRESSED, if a row is; EXIT_TROUBLE, if a row failed in head and not in base;
 * EXIT_UNDECIDED, if the comparison or a row is contaminated, or, with `strict`, a row is
 * inconclusive; EXIT_NOTHING, if no row could be compared; else EXIT_FINE. The first of
 * these that holds. Advisory verdicts are never EXIT_REGRESSED; `strict` makes them
 * EXIT_UNDECIDED.
 */
int verdict_exit(const struct gate_summary *s, bool strict, bool advisory);

struct verdict_options {
	enum cli_format format;
	bool all, strict;
	const char *advisory; /* why the verdicts bind nobody, or NULL */
};

/* Print to stdout as asked for; returns verdict_exit(). */
int verdict_print(const struct table *verdicts, const struct gate_summary *s,
		  const struct verdict_options *o);

/*
 * Write verdicts.csv, compare.json (`record`, which may be NULL, and the summary) and the
 * plots forest and aa into a folder that exists; `plots` false: no plots. `noise` may be
 * NULL. 0, or -errno with one line in err; without gnuplot there is only a warning.
 */
int verdict_write(const char *dir, const struct table *verdicts,
		  const struct gate_summary *s, const char *advisory,
		  const json_t *record, const struct noise *noise, bool plots,
		  struct err *err);

#endif
