/* SPDX-License-Identifier: MIT */
/*
 * Which of the rows that a comparison flagged are measured again, and in how many fresh
 * rounds. It goes by the first comparison alone, and measures nothing.
 */
#ifndef SYSCOST_AGAIN_H
#define SYSCOST_AGAIN_H

#include "base/err.h"
#include "drive/pair.h"

/* A first comparison, and what a second one has. */
struct again_of {
	const struct pair *pair;
	const struct table *verdicts;
	const double *cost; /* seconds of a pair of rounds of each variant */
	double start;	    /* in the sum of all these: to start processes */
	unsigned int pilot; /* rounds */
	double error;	    /* of the confirmation */
	double seconds;	    /* that it has */
};

struct again {
	size_t flagged; /* all of them */
	bool *chosen;	/* those that are measured again, by variant */
	/* Rounds that each must have, and all that it may use. */
	unsigned int *wanted, *needed;
};

/*
 * Each gets as many rounds as a pilot has, and more where there is time. Where there is
 * none for that, all get what an interval takes; and where not even for that, only those
 * that are clearest are chosen. Few that can be judged say more than many that cannot.
 * 0, or -ENOMEM with one line in err; again_free() in any case.
 */
int again_choose(struct again *again, const struct again_of *first, struct err *err);
void again_free(struct again *again);

#endif
