/* SPDX-License-Identifier: MIT */
/*
 * A whole A/B comparison, from a pilot to confirmed verdicts. `ab` and `noise` share it;
 * it prints and writes nothing.
 */
#ifndef SYSCOST_AB_H
#define SYSCOST_AB_H

#include <stdbool.h>

#include "compare/gate.h"
#include "drive/pair.h"

#define AB_PILOT 16 /* rounds: Holm's level of 300 benchmarks wants 12 */

struct ab_options {
	struct run_options run;	  /* seconds: for all of it */
	struct gate_options gate; /* paired is set here */
	unsigned int rounds;	  /* of every benchmark; 0: a pilot of AB_PILOT chooses */
	double inject;		  /* share to slow benchmarks of head down by; 0: none */
	size_t inject_rows;	  /* how many, chosen at random */
};

/* What `ab` does when nothing else is asked for; what --quick makes of it. */
void ab_defaults(struct ab_options *options, const struct run_options *run);
void ab_quick(struct ab_options *options);

/* Both arms, and what was decided. */
struct ab {
	struct pair pair;
	struct table results[2], rounds[2]; /* ARM_BASE, ARM_HEAD */
	struct table verdicts;
	struct gate_summary summary;
	size_t flagged;	 /* before the confirmation */
	size_t injected; /* benchmarks of head that were slowed down */
	double *cost;	 /* seconds that a pair of rounds of each variant takes */
	double start;	 /* seconds in the sum of all these that no benchmark took */
	bool stopped;	 /* by options.run.stop */
	double seconds;	 /* that it took */
};

/*
 * Measure and decide, on a backend that is not open yet; it is closed again. A pilot
 * comes first, and its spread chooses the number of rounds once. Then come verdicts, and
 * fresh rounds with another seed for what was flagged. The control is always measured,
 * whatever `wanted` says. 0, or -errno with one line in err; ab_free() in any case.
 */
int ab_measure(struct ab *ab, struct backend *backend, const struct registry *reg,
	       const bool *wanted, const struct launch *base, const struct launch *head,
	       const struct ab_options *options, struct err *err);
void ab_free(struct ab *ab);

#endif
