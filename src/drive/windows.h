/* SPDX-License-Identifier: MIT */
/*
 * The quiet windows of a row, all of its rounds together: the levels that they stand on,
 * and how they are distributed. Pure.
 */
#ifndef SYSCOST_WINDOWS_H
#define SYSCOST_WINDOWS_H

#include "drive/run.h"
#include "stats/levels.h"

/* Quantiles of a row in windows.csv: shares 0, 1/64, … 1. */
#define WINDOW_QUANTILES 65

struct windows {
	double *cycles;	  /* an operation, of each quiet window, sorted */
	size_t n, rounds; /* rounds that they are of */
	double noise;	  /* the deviation of one of them on its level, core cycles */
};

/* free(windows.cycles) when done. Aborts without memory. */
struct windows windows_gather(const struct run *run, const struct trial *trial);

/* Their levels. `step` is that of the counter, ticks. */
struct levels windows_levels(const struct windows *w, const struct trial *trial,
			     unsigned int step);

/* The rows of windows.csv for this row. */
void windows_add(struct table *to, const char *id, const struct windows *w);

#endif
