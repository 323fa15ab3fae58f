/* SPDX-License-Identifier: MIT */
/*
 * What a row's cost is said in. Nanoseconds move with the core's clock, core cycles
 * repeat: so a row leads with cycles, and with time only where it is compared in time or
 * has no cycles.
 */
#ifndef SYSCOST_RENDER_COST_H
#define SYSCOST_RENDER_COST_H

#include <stdbool.h>
#include "render/text.h"
#include "row/row.h"

bool cost_in_cycles(const struct result_row *r);
/* The cost in core cycles or in nanoseconds, as cost_in_cycles() says. */
struct figure cost_of(const struct result_row *r);

/*
 * The median clock of the rows that lead with cycles, core cycles a nanosecond; NAN:
 * there are none.
 */
double cost_clock(const struct table *results);
/*
 * The cost on an axis that rows of both kinds share: core cycles, where those that lead
 * with time are taken at this clock. Nanoseconds, where there is none (NAN).
 */
struct figure cost_on_axis(const struct result_row *r, double clock);
/* The text of a second axis, which has nanoseconds beside core cycles. */
struct text cost_axis_of_time(double clock);

/*
 * "~450 cycles ±0.4 % (100 ns)", without the tilde where they are counted; of a row that
 * leads with time "4.40 µs ±1.2 %". A noisy one is "about" that, if it has no tilde. The
 * figure is taken `scale` times.
 */
struct text cost_say(const struct result_row *r, double scale);
/* "~" where the cycles of a row are estimated, or "". */
const char *cost_about(const struct result_row *r);

#endif
