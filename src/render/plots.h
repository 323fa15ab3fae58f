/* SPDX-License-Identifier: MIT */
/*
 * The plots of a run or a comparison, drawn by gnuplot into its folder. What is in each
 * of them is in plots.c, plots_batch.c and plots_gate.c.
 */
#ifndef SYSCOST_RENDER_PLOTS_H
#define SYSCOST_RENDER_PLOTS_H

#include <stddef.h>
#include "base/err.h"
#include "compare/batching.h"
#include "compare/gate.h"
#include "row/row.h"

/*
 * Write null, all, read, clocks and ecdf, as .svg and .png, into `dir`; for a sweep also
 * batch-breakeven, batch-cpu, batch-wait and batch-cost-WORKLOAD. A plot without rows is
 * left out, and an old one of that name is removed. `windows`: windows.csv, or NULL. 0,
 * or -errno and one line in err. -ENOENT: there is no gnuplot, and the caller can go on
 * without.
 */
int plots_make(const struct table *results, const struct table *rounds,
	       const struct table *windows, const struct batching *batching,
	       const char *dir, struct err *err);

/* Remove all of them from `dir`: they show older rows. */
void plots_clear(const char *dir);

/*
 * Write forest and aa, as .svg and .png, into `dir`. The first has the change of each
 * benchmark, with its interval and what is too small to count. The second has how far
 * comparisons of a thing with itself lay apart, from `noise`. Either source may be NULL.
 * A plot without rows is left out, and an old one of that name is removed. 0, or -errno
 * and one line in err. -ENOENT: there is no gnuplot, and the caller can go on without.
 */
int plots_gate(const struct table *verdicts, const struct gate_summary *summary,
	       const struct noise *noise, const char *dir, struct err *err);

#endif
