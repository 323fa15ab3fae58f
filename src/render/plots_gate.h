/* SPDX-License-Identifier: MIT */
/*
 * The plots of a comparison, drawn by gnuplot into its folder. They show verdicts and the
 * noise file, and decide nothing.
 */
#ifndef SYSCOST_RENDER_PLOTS_GATE_H
#define SYSCOST_RENDER_PLOTS_GATE_H

#include <stddef.h>

#include "base/err.h"
#include "compare/gate.h"

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
