// SPDX-License-Identifier: MIT
/*
 * Findings in words on what the core does to the figures: its clock moves, a call stands
 * on levels, and the branch of a loop costs. Nothing is escaped here.
 */
#include <math.h>
#include <string.h>

#include "render/cost.h"
#include "render/say.h"

struct text say_clock_range(const json_t *run)
{
	const json_t *calibration = json_object_get(run, "calibration");
	double lo = json_number_value(json_object_get(calibration, "clock_ghz_lo"));
	double hi = json_number_value(json_object_get(calibration, "clock_ghz_hi"));
	struct text from = text("%.2f", lo), to = text("%.2f", hi);

	if (!(lo > 0) || !(hi >= lo) || !isfinite(hi))
		return (struct text){ "" };
	if (!strcmp(from.s, to.s))
		return text("The core's clock stayed at %s GHz: nanoseconds move with "
			    "it, cycles do not",
			    from.s);
	return text("The core's clock moved from %s to %s GHz: nanoseconds move with it, "
		    "cycles do not",
		    from.s, to.s);
}

/* Per cent that a ratio is away from 1, either way. */
static double percent_away(double ratio)
{
	return fabs(ratio - 1) * 100;
}

struct text say_loop(const struct table *t)
{
	const struct result_row *loop = say_find(t, "null/getppid-loop"),
				*call = say_find(t, "null/getppid-inline");
	const char *who = "A loop of one call a pass, as lmbench, perf bench and "
			  "will-it-scale have it";
	double near, far;
	int decimals;

	if (!loop || !call || strcmp(loop->base, call->id) || !isfinite(loop->ratio.mid))
		return (struct text){ "" };
	/* Without an interval nothing can be told; NAN fails both. */
	if (!(loop->ratio.lo > 1) && !(loop->ratio.hi < 1))
		return text("%s, adds nothing here that this run could tell", who);
	near = percent_away(loop->ratio.lo);
	far = percent_away(loop->ratio.hi);
	decimals = percent_away(loop->ratio.mid) < 0.95 ? 2 : 1;
	return text("%s, prints %s%s: %.*f %% (%.*f to %.*f) %s than the call", who,
		    say_if_noisy(loop), cost_say(loop, 1).s, decimals,
		    percent_away(loop->ratio.mid), decimals, fmin(near, far), decimals,
		    fmax(near, far), loop->ratio.lo > 1 ? "more" : "less");
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
	return text("The windows of %zu of %zu %s stand on several sharp levels; %.60s "
		    "mostly (%.0f %%) at %s cycles, %s%s",
		    several, rows, only_null ? "null calls" : "rows", widest->id,
		    widest->level_share * 100, top.s,
		    strcmp(top.s, low.s) ? "at the least at " : "the lowest of them",
		    strcmp(top.s, low.s) ? low.s : "");
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
			names = text("%s%s%.60s", names.s, n > 1 ? ", " : "", r->id);
	}
	if (!n)
		return (struct text){ "" };
	if (n == 1)
		return text("The median of %s lies between two levels, where few windows "
			    "are",
			    names.s);
	if (n > NAMED)
		names = text("%s and %zu more", names.s, n - NAMED);
	return text("The medians of %s lie between two levels, where few windows are",
		    names.s);
}
