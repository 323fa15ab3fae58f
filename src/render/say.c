// SPDX-License-Identifier: MIT
/*
 * Findings in words. Every number in a sentence is from a row; a difference is claimed
 * only by the ratio that is stored with one of its two rows. Nothing is escaped here: who
 * prints a sentence does that.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/metric.h"
#include "render/cost.h"
#include "render/say.h"

const char *say_unit(const char *name)
{
	const struct metric *metric = metric_find(name);

	return metric ? metric->unit : name;
}

bool say_has_figure(const struct result_row *r)
{
	return isfinite(r->ns.mid) && (r->status == ROW_OK || r->status == ROW_NOISY);
}

const struct result_row *say_find(const struct table *t, const char *id)
{
	for_rows (result_row, r, t) {
		if (!strcmp(r->id, id) && say_has_figure(r))
			return r;
	}
	return NULL;
}

const char *say_after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

double say_page_scale(const struct result_row *r)
{
	long bytes = row_param(r->params, "bytes");

	if (bytes < 0)
		return 1;
	return bytes < 4096 ? NAN : 4096.0 / bytes;
}

bool say_has_ratio(const struct result_row *r, const struct result_row *to)
{
	return !strcmp(r->base, to->id) && isfinite(r->ratio.mid);
}

/* Per cent that a ratio is away from 1, either way. */
static double percent_away(double ratio)
{
	return fabs(ratio - 1) * 100;
}

struct text say_more(struct figure ratio)
{
	double near = percent_away(ratio.lo), far = percent_away(ratio.hi);
	int digits = percent_away(ratio.mid) < 0.95 ? 2 : 1;

	if (!isfinite(near) || !isfinite(far) || (!(ratio.lo > 1) && !(ratio.hi < 1)))
		return (struct text){ "" };
	return text("%.*f %% (%.*f to %.*f) %s", digits, percent_away(ratio.mid), digits,
		    fmin(near, far), digits, fmax(near, far),
		    ratio.lo > 1 ? "more" : "less");
}

struct text say_null(const struct table *t)
{
	const struct result_row *in = say_find(t, "null/getppid-inline"), *libc = NULL;
	struct text first, more;

	if (!in)
		return (struct text){ "" };
	for_rows (result_row, r, t)
		if (!libc && say_after(r->id, "null/getppid") &&
		    !strcmp(r->via, "libc") && say_has_figure(r))
			libc = r;
	first = text("An inline getppid costs %s", cost_say(in, 1).s);
	if (!libc)
		return first;
	if (!say_has_ratio(libc, in))
		return text("%s, one by glibc's wrapper %s", first.s,
			    cost_say(libc, 1).s);
	more = say_more(libc->ratio);
	return text("%s; glibc's wrapper costs %s", first.s,
		    *more.s ? more.s : "no more that this run could tell");
}

/* The cheapest and the dearest row of a family, scaled. */
static bool cheapest_and_dearest(const struct table *t, const char *group, bool page,
				 const struct result_row **lo,
				 const struct result_row **hi)
{
	double least = INFINITY, most = -INFINITY, clock = cost_clock(t);

	*lo = *hi = NULL;
	for_rows (result_row, r, t) {
		double v;

		if ((group && strcmp(r->group, group)) || !say_has_figure(r))
			continue;
		v = cost_on_axis(r, clock).mid * (page ? say_page_scale(r) : 1);
		if (v < least) {
			least = v;
			*lo = r;
		}
		if (v > most) {
			most = v;
			*hi = r;
		}
	}
	return *lo && *lo != *hi;
}

struct text say_read(const struct table *t)
{
	const struct result_row *lo, *hi;

	if (!cheapest_and_dearest(t, "read", true, &lo, &hi))
		return (struct text){ "" };
	return text("Reading 4 KiB costs from %s by %s to %s by %s",
		    cost_say(lo, say_page_scale(lo)).s, text("%.60s", lo->name).s,
		    cost_say(hi, say_page_scale(hi)).s, text("%.60s", hi->name).s);
}

struct text say_clocks(const struct table *t)
{
	const struct result_row *vdso = NULL, *call = NULL;
	struct text in_vdso;
	struct figure times;
	int digits;

	/* The first clock that was read in both ways; monotonic wins. */
	for_rows (result_row, r, t) {
		const struct result_row *other;
		const char *name = say_after(r->id, "clock/"),
			   *dash = strrchr(r->id, '-');

		if (!name || !dash || strcmp(dash, "-vdso") || !say_has_figure(r))
			continue;
		other = say_find(t, text("%.*s-inline", (int)(dash - r->id), r->id).s);
		if (other && (!vdso || !strcmp(name, "monotonic-vdso"))) {
			vdso = r;
			call = other;
		}
	}
	if (!vdso)
		return (struct text){ "" };
	in_vdso = text("The %.*s clock costs %s in the vDSO",
		       (int)(strlen(vdso->name) - 5), vdso->name, cost_say(vdso, 1).s);
	/* How many times as much the call costs. */
	times = (struct figure){ 1 / vdso->ratio.mid, 1 / vdso->ratio.hi,
				 1 / vdso->ratio.lo };
	if (!say_has_ratio(vdso, call) || !isfinite(times.mid) || !isfinite(times.lo) ||
	    !isfinite(times.hi))
		return text("%s, %s as a call", in_vdso.s, cost_say(call, 1).s);
	if (!(times.lo > 1))
		return text("%s, and as a call no more that this run could tell",
			    in_vdso.s);
	digits = decimals(times.mid, 3);
	return text("%s, and as a call %.*f (%.*f to %.*f) times that", in_vdso.s, digits,
		    times.mid, digits, times.lo, digits, times.hi);
}

struct text say_all(const struct table *t)
{
	const struct result_row *lo, *hi;

	if (!cheapest_and_dearest(t, NULL, false, &lo, &hi))
		return (struct text){ "" };
	return text("From %s: %s, to %s: %s", text("%.60s", lo->id).s, cost_say(lo, 1).s,
		    text("%.60s", hi->id).s, cost_say(hi, 1).s);
}
