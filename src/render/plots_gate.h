/* SPDX-License-Identifier: MIT */
#ifndef SYSCOST_RENDER_PLOTS_GATE_H
#define SYSCOST_RENDER_PLOTS_GATE_H

#include <stddef.h>

#include "base/err.h"
#include "compare/gate.h"

/*
 * Write forest (the change of each benchmark, with its interval and what is too small to
 * count) and aa (how far comparisons of a thing with itself lay apart, from `noise`) as .svg
 * and .png into `dir`. Either of the two sources may be NULL: a figure without rows is left
 * out, and an old one of that name removed. 0, or -errno and one line in err; -ENOENT: there
 * is no gnuplot, and the caller can go on without.
 */
int plots_gate(const struct table *verdicts, const struct gate_summary *summary,
	       const struct noise *noise, const char *dir, struct err *err);

#endif
