// SPDX-License-Identifier: MIT
/*
 * Which unit a row leads with, and its cost in words. It computes nothing but the clock
 * that two units of one row imply.
 */
#include <math.h>
#include <stdlib.h>

#include "base/room.h"
#include "compare/metric.h"
#include "render/cost.h"
#include "render/number.h"

bool cost_in_cycles(const struct result_row *r)
{
	return isfinite(r->cycles.mid) && metric_of_row(r) == &metric_cycles;
}

struct figure cost_of(const struct result_row *r)
{
	return cost_in_cycles(r) ? r->cycles : r->ns;
}

double cost_clock(const struct table *results)
{
	double *clocks = room_for(results->n, sizeof(*clocks)), clock;
	size_t n = 0;

	for_rows (result_row, r, results) {
		clock = r->cycles.mid / r->ns.mid;
		/* From a file, where two units may be as far apart as they like. */
		if (cost_in_cycles(r) && r->ns.mid > 0 && clock > 1e-6 && clock < 1e6)
			clocks[n++] = clock;
	}
	clock = stats_median_any(clocks, n);
	free(clocks);
	return clock;
}

struct figure cost_on_axis(const struct result_row *r, double clock)
{
	if (isnan(clock))
		return r->ns;
	return cost_in_cycles(r) ? r->cycles : figure_scaled(r->ns, clock);
}

struct text cost_axis_of_time(double clock)
{
	return text("nanoseconds at %.2f GHz, the median clock of the run", clock);
}

const char *cost_about(const struct result_row *r)
{
	return r->cycles_source == CYCLES_ESTIMATED ? "~" : "";
}

struct text cost_say(const struct result_row *r, double scale)
{
	struct text ns = say_ns(r->ns.mid * scale);
	struct text half = say_half_in_words(figure_scaled(cost_of(r), scale));
	const char *about = cost_in_cycles(r) ? cost_about(r) : "";

	if (!*about && r->status == ROW_NOISY)
		about = "about ";
	if (!cost_in_cycles(r))
		return text("%s%s %s", about, ns.s, half.s);
	return text("%s%s cycles %s (%s)", about, say_cycles(r->cycles.mid * scale).s,
		    half.s, ns.s);
}
