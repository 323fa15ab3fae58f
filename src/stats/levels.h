/* SPDX-License-Identifier: MIT */
/*
 * The few sharp values on which the windows of a call stand, if it has such values. A
 * test tells whether there is more than one. Pure: no I/O, no globals, no allocation.
 *
 * Windows are finite numbers of any one unit, mostly cycles an operation. `resolution` is
 * the noise of one window in that unit, as a standard deviation. It is never below half
 * the step of the counter over the operations of a window, or the steps are taken for
 * levels; otherwise a fifth to four times the truth will do. Two levels are told apart
 * from a distance of about eight times the noise of a window, if the resolution is right.
 *
 * How it works: windows are counted in boxes of four resolutions. Every top of the counts
 * is a candidate. Valleys between tops are tried from the shallowest to the deepest, and
 * a valley that proves nothing joins its two sides. The proof is a likelihood ratio. Take
 * a windows in a top of width wa, and v in a valley of width wv. If the density did not
 * fall into the valley, a would be binomial. Its chance would be p = wa / (wa + wv) at
 * most. Then -ln P(a or more of a + v) is at least
 *	a ln(a / (a + v) / p) + v ln(v / (a + v) / (1 - p)).
 * That is Chernoff's bound ("A measure of asymptotic efficiency for tests of a
 * hypothesis", 1952).
 * Both sides of the valley must reach LEVELS_PROOF: then the density falls and rises
 * again, which no bell, tail or plateau does. Tops and valleys are chosen by what was
 * seen, so the bound is not the error; that was simulated. The worst case of a density
 * with one top is the flat one (Hartigan and Hartigan, "The dip test of unimodality",
 * 1985). Unit tests count how often it and others are said to have two levels.
 */
#ifndef SYSCOST_STATS_LEVELS_H
#define SYSCOST_STATS_LEVELS_H

#include <stddef.h>

#include "stats/stats.h"

#define LEVELS_MAX   8
#define LEVELS_LEAST 20	  /* windows: with fewer there are no levels */
#define LEVELS_SHARE 0.05 /* of the windows: with less it is no level */
/*
 * -ln of the chance above. Our choice: the smallest whole number at which all simulated
 * densities with one top stay below an error of 1 %, with a reserve.
 */
#define LEVELS_PROOF 11.0
/* A valley has at most this part of the density of the lower of its two tops. */
#define LEVELS_VALLEY 0.5
/* A level ends where the density is down to this part of its top's. */
#define LEVELS_EDGE 0.1
/* In resolutions: what is wider from edge to edge is a bell or a tail, not a level. */
#define LEVELS_WIDTH 64.0

struct level {
	/* The median of its windows; the interval has NAN ends below six units. */
	struct figure at;
	double lo, hi; /* its smallest and its largest window */
	double share;  /* of all windows, 0..1 */
};

struct levels {
	unsigned int n;	  /* of them; 0: no sharp value */
	unsigned int top; /* the most frequent one; the lowest one is level[0] */
	struct level level[LEVELS_MAX]; /* ascending; the most frequent ones if more */
	double rest;			/* share of the windows that are on no level */
	double median;			/* of all windows */
};

/*
 * Find the levels of x[0..n), which is sorted in place. `units` is how many of the
 * windows count as independent: the rounds, where windows of one round share a state;
 * 0: all of them. Each round should have about the same number of windows.
 */
void levels_find(double *x, size_t n, size_t units, double resolution,
		 struct levels *found);

/* Where a value stands: on a level, between two of them, or elsewhere. */
enum levels_place { LEVELS_ON, LEVELS_BETWEEN, LEVELS_OFF };
enum levels_place levels_place(const struct levels *found, double x);

#endif
