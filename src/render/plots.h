/* SPDX-License-Identifier: MIT */
/*
 * The plots of a run, drawn by gnuplot into its folder. What is in each of them is in
 * plots.c, and for a sweep in plots_batch.c.
 */
#ifndef SYSCOST_RENDER_PLOTS_H
#define SYSCOST_RENDER_PLOTS_H

#include <stddef.h>
#include "base/err.h"
#include "compare/batching.h"
#include "row/row.h"

/*
 * Write null, all, read, clocks and ecdf, as .svg and .png, into `dir`; for a sweep also
 * batch-breakeven, batch-cpu, batch-wait and batch-cost-WORKLOAD. A plot without rows is
 * left out, and an old one of that name is removed. 0, or -errno and one line in err.
 * -ENOENT: there is no gnuplot, and the caller can go on without.
 */
int plots_make(const struct table *results, const struct table *rounds,
	       const struct batching *batching, const char *dir, struct err *err);

/* Remove all of them from `dir`: they show older rows. */
void plots_clear(const char *dir);

#endif
