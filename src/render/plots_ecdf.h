/* SPDX-License-Identifier: MIT */
/*
 * The distribution of the null calls, for plots.c: how repeatable is a figure?
 */
#ifndef SYSCOST_RENDER_PLOTS_ECDF_H
#define SYSCOST_RENDER_PLOTS_ECDF_H

#include "render/plot.h"

/*
 * Draw the distribution functions of the quiet windows. A folder without them has those
 * of the rounds, and one without cycles has ticks.
 */
void plots_ecdf(struct plotter *m, struct canvas *g);

#endif
