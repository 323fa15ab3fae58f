// SPDX-License-Identifier: MIT
/*
 * Which unit a row leads with, and its cost in words. It computes nothing but the clock
 * that two units of one row imply.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "compare/metric.h"
#include "render/cost.h"
#include "render/number.h"

bool cost_in_cycles(const struct result_row *r)
{
	return isfinite(r->cycles.mid) && strcmp(r->metric, metric_time.name);
}

struct figure cost_of(const struct result_row *r)
{
	return cost_in_cycles(r) ? r->cycles : r->ns;
}

struct figure cost_scaled(struct figure f, double by)
{
	return (struct figure){ f.mid * by, f.lo * by, f.hi * by };
}

double cost_clock(const struct table *results)
{
	double *clocks = room_for(results->n, sizeof(*clocks)), clock;
	size_t n = 0;

	for_rows (result_row, r, results)
		if (cost_in_cycles(r) && r->cycles.mid > 0 && r->ns.mid > 0)
			clocks[n++] = r->cycles.mid / r->ns.mid;
	clock = stats_median_any(clocks, n);
	free(clocks);
	return clock;
}

struct figure cost_on_axis(const struct result_row *r, double clock)
{
	if (isnan(clock))
		return r->ns;
	return cost_in_cycles(r) ? r->cycles : cost_scaled(r->ns, clock);
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

	if (!cost_in_cycles(r))
		return ns;
	return text("%s%s cycles (%s)", cost_about(r),
		    say_cycles(r->cycles.mid * scale).s, ns.s);
}

static bool both_in_cycles(const struct result_row *a, const struct result_row *b)
{
	return cost_in_cycles(a) && cost_in_cycles(b);
}

struct text cost_say_difference(const struct result_row *a, const struct result_row *b)
{
	struct text ns = say_ns(fabs(a->ns.mid - b->ns.mid));
	const char *about = *cost_about(a) ? cost_about(a) : cost_about(b);

	if (!both_in_cycles(a, b))
		return ns;
	return text("%s%s cycles (%s)", about,
		    say_cycles(fabs(a->cycles.mid - b->cycles.mid)).s, ns.s);
}

bool cost_apart(const struct result_row *a, const struct result_row *b)
{
	bool cycles = both_in_cycles(a, b);
	struct figure x = cycles ? a->cycles : a->ns, y = cycles ? b->cycles : b->ns;

	return figure_low(x) > figure_high(y) || figure_low(y) > figure_high(x);
}
