// SPDX-License-Identifier: MIT
/*
 * Findings in words. Every number in a sentence is from a row; a difference is claimed
 * only where the intervals of its two sides do not overlap. Nothing is escaped here:
 * who prints a sentence does that.
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

const char *say_if_noisy(const struct result_row *r)
{
	return r->status == ROW_NOISY ? "about " : "";
}

struct text say_null(const struct table *t)
{
	const struct result_row *in = say_find(t, "null/getppid-inline"), *libc = NULL;
	struct text first;

	if (!in)
		return (struct text){ "" };
	for_rows (result_row, r, t)
		if (!libc && say_after(r->id, "null/getppid") &&
		    !strcmp(r->via, "libc") && say_has_figure(r))
			libc = r;
	first = text("An inline getppid costs %s%s", say_if_noisy(in), cost_say(in, 1).s);
	if (!libc)
		return first;
	if (!cost_apart(in, libc))
		return text("%s; glibc's wrapper costs no more that this run could tell",
			    first.s);
	return text("%s; glibc's wrapper %s %s", first.s,
		    libc->ns.mid > in->ns.mid ? "adds" : "takes off",
		    cost_say_difference(libc, in).s);
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
	struct text in_vdso, as_call;

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
	in_vdso = text("The %.*s clock costs %s%s in the vDSO",
		       (int)(strlen(vdso->name) - 5), vdso->name, say_if_noisy(vdso),
		       cost_say(vdso, 1).s);
	as_call = text("%s%s as a call", say_if_noisy(call), cost_say(call, 1).s);
	if (cost_apart(vdso, call) && vdso->ns.mid < call->ns.mid)
		return text("%s, %s: %.1f times as much", in_vdso.s, as_call.s,
			    cost_of(call).mid / cost_of(vdso).mid);
	return text("%s and %s: the vDSO saves nothing here", in_vdso.s, as_call.s);
}

struct text say_all(const struct table *t)
{
	const struct result_row *lo, *hi;

	if (!cheapest_and_dearest(t, NULL, false, &lo, &hi))
		return (struct text){ "" };
	return text("From %s: %s, to %s: %s", text("%.60s", lo->id).s, cost_say(lo, 1).s,
		    text("%.60s", hi->id).s, cost_say(hi, 1).s);
}
