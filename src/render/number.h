/* SPDX-License-Identifier: MIT */
/*
 * Numbers in words, for sentences, tables and plots.
 */
#ifndef SYSCOST_RENDER_NUMBER_H
#define SYSCOST_RENDER_NUMBER_H

#include "render/text.h"
#include "stats/stats.h"

/* Decimals for so many significant digits; a zero in front of the point is none. */
int decimals(double x, int digits);

/* "116 ns", "1.24 µs", "3.10 ms"; "-" for not available. */
struct text say_ns(double ns);

/* "1.24", "63.0", "480": core cycles, to three digits or to one cycle. */
struct text say_cycles(double cycles);

/* Four significant digits, and no exponent where they are large: "1.002", "30120". */
struct text say_number(double x);

/*
 * The larger half of an interval. "±0.41%" of the figure is rounded up, so that figure
 * and half hold all of it. "±0.02", in the figure's unit: the figure is next to nothing
 * (over 999 %). "±?": there is no interval.
 */
struct text say_half(struct figure f);
/* The same in a sentence, which has no digits to spare: "±0.5 %". */
struct text say_half_in_words(struct figure f);

#endif
