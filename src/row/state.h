/* SPDX-License-Identifier: MIT */
/*
 * Figures at one state of the core. A cheap call has levels that differ by some per cent;
 * the core is in one of them for a while (see README, Method). Two reference calls beside
 * the windows of a round tell the state. Separate runs tell how a row moves with them
 * (stats/control.h), and the noise file keeps that. A row's figure is then what it would
 * have been in the state that the file names, and comes out again better in later runs.
 * Slopes and state are of one system (env_system()): another one has no such figures
 * before it has made separate runs of its own.
 *
 * It must never be used to compare two arms, and `ab` and `compare` do not use it. What
 * makes every call dearer, such as a filter, makes the reference calls dearer too. It
 * would be taken for a state of the core, and most of it would vanish. tests/unit/
 * test_state.c shows that.
 */
#ifndef SYSCOST_STATE_H
#define SYSCOST_STATE_H

#include "row/noise.h"

/* A row in one round: core cycles an operation, and of the reference calls beside it. */
struct state_round {
	uint32_t run;  /* that it belongs to; rounds of a run follow one another */
	double cycles; /* NAN: no figure */
	double ref[NOISE_REFERENCES]; /* NAN: not measured */
};

/*
 * Set the state, where there is none yet of this system: the mean of each reference over
 * these rounds, which are of all rows. Nothing is set where one was never measured.
 */
void state_set(struct noise *noise, const struct state_round *rounds, size_t n);

/*
 * Fit a row over separate runs. An operation of it makes so many calls, 1 or more: for
 * the bound of slopes. They are stored if they narrow the medians of the runs, each run
 * corrected by what the others say. A slope on its upper bound has no known error: then
 * none is stored. What was stored before goes. Nothing changes where fewer than
 * CONTROL_ROUNDS runs have references, where there is no state, or where the row is not
 * known in cycles.
 */
void state_fit(struct noise *noise, const char *id, unsigned int calls,
	       const struct state_round *rounds, size_t n);

/*
 * The median over rounds of y - sum of b_j (x_j - state_j), y the cycles of a round and
 * x_j its references. Its interval is the distribution-free one of 95 %. Slopes err for
 * all rounds alike, so each end is widened by t sqrt(d' C d), d_j = mean x_j - state_j. C
 * is their covariance, and t is Student's, of as many degrees of freedom as runs less
 * slopes less one.
 * Rounds with a reference more than CONTROL_OFF from the state do not count: no state of
 * the core does that, but a filter or another kernel does. FIGURE_NONE: no slopes are
 * stored for the row, or not of this system, or more than half of the rounds do not
 * count.
 */
struct figure noise_at_state(const struct noise *noise, const char *id,
			     const double *cycles, const double (*ref)[NOISE_REFERENCES],
			     size_t rounds);

#endif
