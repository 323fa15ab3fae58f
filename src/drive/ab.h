/* SPDX-License-Identifier: MIT */
/*
 * A whole A/B comparison, from a pilot to confirmed verdicts; shared by `ab` and `noise`.
 */
#ifndef SYSCOST_CONTEST_H
#define SYSCOST_CONTEST_H

#include <stdbool.h>

#include "base/err.h"
#include "compare/gate.h"
#include "drive/pair.h"

#define CONTEST_PILOT 16 /* rounds: Holm's level of 300 rows wants 12 */

struct contest_options {
	struct run_options run;	  /* seconds: for all of it */
	struct gate_options gate; /* paired is set here */
	unsigned int rounds;	  /* of every row; 0: a pilot of CONTEST_PILOT chooses */
	double inject;		  /* share to slow rows of head down by; 0: none */
	size_t inject_rows;	  /* how many, chosen at random */
};

/* What `ab` does when nothing else is asked for; what --quick makes of it. */
void contest_defaults(struct contest_options *options, const struct run_options *run);
void contest_quick(struct contest_options *options);

/* Both arms, and what was decided. */
struct contest {
	struct pair pair;
	struct table results[2], rounds[2]; /* base, head */
	struct table verdicts;
	struct gate_summary summary;
	size_t flagged;	 /* before the confirmation */
	size_t injected; /* rows of head that were slowed down */
	double *cost;	 /* seconds that a pair of rounds of each registry row takes */
	double seconds;
};

/*
 * Measure and decide: pilot, rounds chosen once from its spread and frozen, verdicts, and
 * fresh rounds with another seed for what was flagged. The control row is measured along
 * whatever `chosen` says. 0, or -errno with one line in err; contest_free() in any case.
 */
int contest_hold(struct contest *c, const struct registry *reg, const bool *chosen,
		 const struct contest_options *options, const struct arm *base,
		 const struct arm *head, struct err *err);
void contest_free(struct contest *c);

#endif
