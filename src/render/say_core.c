// SPDX-License-Identifier: MIT
/*
 * Findings in words on what the core does to the figures: its clock moves, a call stands
 * on levels, and the branch of a loop costs. Nothing is escaped here.
 */
#include <math.h>
#include <string.h>

#include "render/cost.h"
#include "render/say.h"
#include "row/clock.h"

/* From the first to the 99th percentile of all readings of the run. */
#define READINGS "98 of 100 readings"

struct text say_clock_range(const json_t *run)
{
	const json_t *calibration = json_object_get(run, "calibration");
	double lo = json_number_value(json_object_get(calibration, "clock_ghz_lo"));
	double hi = json_number_value(json_object_get(calibration, "clock_ghz_hi"));

	if (!(lo > 0) || !(hi >= lo) || !isfinite(hi))
		return (struct text){ "" };
	if (!clock_moved(lo, hi))
		return text("The core's clock stood at %.2f GHz in " READINGS, lo);
	return text("The core's clock moved from %.2f to %.2f GHz in " READINGS
		    ": nanoseconds move with it, cycles do not",
		    lo, hi);
}

struct text say_loop(const struct table *t)
{
	const struct result_row *loop = say_find(t, "null/getppid-loop"),
				*call = say_find(t, "null/getppid-inline");
	static const char others[] = "lmbench, perf bench and will-it-scale loop like "
				     "that around the C library's call";
	struct text more;

	if (!loop || !call || !say_has_ratio(loop, call))
		return (struct text){ "" };
	more = say_more(loop->ratio);
	if (!*more.s)
		return text("A loop of one inline call a pass adds nothing here that "
			    "this run could tell. %s",
			    others);
	return text("A loop of one inline call a pass costs %s: %s than the call. %s",
		    cost_say(loop, 1).s, more.s, others);
}

/* How far the most frequent level is above the lowest, as a share of it. */
static double level_spread(const struct result_row *r)
{
	double spread = r->level_top.mid / r->level_low.mid - 1;

	return isfinite(spread) ? spread : 0;
}

static bool on_several(const struct result_row *r)
{
	return r->levels > 1 && isfinite(r->level_top.mid) &&
	       isfinite(r->level_low.mid) && isfinite(r->level_share);
}

struct text say_levels(const struct table *t)
{
	const struct result_row *widest = NULL;
	size_t rows = 0, several = 0;
	bool only_null = true;
	struct text top, low;
	bool same;

	for_rows (result_row, r, t) {
		if (r->levels < 0 || !say_has_figure(r))
			continue;
		rows++;
		only_null &= !strcmp(r->group, "null");
		if (!on_several(r))
			continue;
		several++;
		if (!widest || level_spread(r) > level_spread(widest))
			widest = r;
	}
	if (!several)
		return (struct text){ "" };
	top = say_number(widest->level_top.mid);
	low = say_number(widest->level_low.mid);
	same = !strcmp(top.s, low.s);
	return text("Some of the windows of %zu of %zu %s stand on several sharp levels. "
		    "%s stands most often (%.0f %% of its quiet windows in this run) at "
		    "%s cycles%s%s",
		    several, rows, only_null ? "null calls" : "rows",
		    text("%.60s", widest->id).s, widest->level_share * 100, top.s,
		    same ? ", the lowest level" : "; the lowest level is ",
		    same ? "" : low.s);
}

#define NAMED 3 /* rows with their names; the rest is a number */

struct text say_between(const struct table *t)
{
	struct text names = { "" };
	size_t n = 0;

	for_rows (result_row, r, t) {
		if (r->median_at != MEDIAN_AT_BETWEEN || !say_has_figure(r))
			continue;
		if (n++ < NAMED)
			names = text("%s%s%s", names.s, n > 1 ? ", " : "",
				     text("%.60s", r->id).s);
	}
	if (!n)
		return (struct text){ "" };
	if (n == 1)
		return text("The figure of %s lies between two levels of its windows",
			    names.s);
	if (n > NAMED)
		names = text("%s and %zu more", names.s, n - NAMED);
	return text("The figures of %s lie between two levels of their windows", names.s);
}
