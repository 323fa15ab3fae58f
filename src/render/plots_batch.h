/* SPDX-License-Identifier: MIT */
/* The plots of a batching sweep, for plots.c, as it was decided in compare/. */
#ifndef SYSCOST_RENDER_PLOTS_BATCH_H
#define SYSCOST_RENDER_PLOTS_BATCH_H

#include "render/plot.h"
#include "render/text.h"

/* The figures of m->batching; old ones without rows are removed. As plot_make(). */
int plots_batch(struct plotter *m);

/* Remove all of them from `dir`. */
void plots_batch_clear(const char *dir);

/* The costs of the workload that the canvas' argument names: a panel a size. */
void plots_cost(struct plotter *m, struct canvas *g);

/* The name of the figure "cost over n" of a workload. */
struct text plots_batch_name(const struct batch_workload *w);

#endif
