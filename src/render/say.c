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

#include "render/say.h"

char *say_ns(char *buf, size_t len, double ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	int unit = 0;

	if (!isfinite(ns)) {
		snprintf(buf, len, "-");
		return buf;
	}
	while (fabs(ns) >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	snprintf(buf, len, "%.*f %s",
		 fabs(ns) < 0.995   ? 3
		 : fabs(ns) < 9.995 ? 2
		 : fabs(ns) < 99.95 ? 1
				    : 0,
		 ns, units[unit]);
	return buf;
}

char *say_half(char *buf, size_t len, struct figure f)
{
	double half = fmax(f.hi - f.mid, f.mid - f.lo);
	double percent = half / fabs(f.mid) * 100;
	int decimals = percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0;
	double unit = pow(10, -decimals);

	if (!isfinite(f.mid) || !isfinite(f.lo) || !isfinite(f.hi))
		snprintf(buf, len, "±?");
	else if (percent < 999)
		/* Rounded up, but not for what the arithmetic alone put on top. */
		snprintf(buf, len, "±%.*f%%", decimals,
			 fmax(0, ceil(percent / unit - 1e-6)) * unit);
	else
		snprintf(buf, len, "±%.2g", half);
	return buf;
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

static bool intervals_apart(const struct result_row *a, const struct result_row *b)
{
	return figure_low(a->ns) > figure_high(b->ns) ||
	       figure_low(b->ns) > figure_high(a->ns);
}

static const char *about(const struct result_row *r)
{
	return r->status == ROW_NOISY ? "about " : "";
}

bool say_null(const struct table *t, char *buf, size_t len)
{
	const struct result_row *in = say_find(t, "null/getppid-inline"), *libc = NULL;
	char a[32], b[32];

	if (!in)
		return false;
	for (size_t i = 0; i < t->n && !libc; i++) {
		const struct result_row *r = table_row(t, struct result_row, i);

		if (say_after(r->id, "null/getppid") && !strcmp(r->via, "libc") &&
		    say_has_figure(r))
			libc = r;
	}
	say_ns(a, sizeof(a), in->ns.mid);
	if (!libc)
		snprintf(buf, len, "An inline getppid costs %s%s", about(in), a);
	else if (!intervals_apart(in, libc))
		snprintf(buf, len,
			 "An inline getppid costs %s%s; glibc's wrapper costs no more "
			 "that "
			 "this run could tell",
			 about(in), a);
	else
		snprintf(buf, len, "An inline getppid costs %s%s; glibc's wrapper %s %s",
			 about(in), a, libc->ns.mid > in->ns.mid ? "adds" : "takes off",
			 say_ns(b, sizeof(b), fabs(libc->ns.mid - in->ns.mid)));
	return true;
}

/* The cheapest and the dearest row of a family, scaled. */
static bool cheapest_and_dearest(const struct table *t, const char *group, bool page,
				 const struct result_row **lo,
				 const struct result_row **hi)
{
	double least = INFINITY, most = -INFINITY;

	*lo = *hi = NULL;
	for_rows (result_row, r, t) {
		double v;

		if ((group && strcmp(r->group, group)) || !say_has_figure(r))
			continue;
		v = r->ns.mid * (page ? say_page_scale(r) : 1);
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

bool say_read(const struct table *t, char *buf, size_t len)
{
	const struct result_row *lo, *hi;
	char a[32], b[32];

	if (!cheapest_and_dearest(t, "read", true, &lo, &hi))
		return false;
	say_ns(a, sizeof(a), lo->ns.mid * say_page_scale(lo));
	say_ns(b, sizeof(b), hi->ns.mid * say_page_scale(hi));
	snprintf(buf, len, "Reading 4 KiB costs from %s (%s) to %s (%s)", a, lo->name, b,
		 hi->name);
	return true;
}

bool say_clocks(const struct table *t, char *buf, size_t len)
{
	const struct result_row *vdso = NULL, *call = NULL;
	char a[32], b[32];

	/* The first clock that was read in both ways; monotonic wins. */
	for (size_t i = 0; i < t->n; i++) {
		const struct result_row *r = table_row(t, struct result_row, i), *other;
		const char *name = say_after(r->id, "clock/"),
			   *dash = strrchr(r->id, '-');
		char id[256];

		if (!name || !dash || strcmp(dash, "-vdso") || !say_has_figure(r))
			continue;
		snprintf(id, sizeof(id), "%.*s-inline", (int)(dash - r->id), r->id);
		other = say_find(t, id);
		if (other && (!vdso || !strcmp(name, "monotonic-vdso"))) {
			vdso = r;
			call = other;
		}
	}
	if (!vdso)
		return false;
	say_ns(a, sizeof(a), vdso->ns.mid);
	say_ns(b, sizeof(b), call->ns.mid);
	if (intervals_apart(vdso, call) && vdso->ns.mid < call->ns.mid)
		snprintf(buf, len,
			 "Reading the %.*s clock takes %s%s in the vDSO, %s%s as a call: "
			 "%.1f times as "
			 "long",
			 (int)(strlen(vdso->name) - 5), vdso->name, about(vdso), a,
			 about(call), b, call->ns.mid / vdso->ns.mid);
	else
		snprintf(buf, len,
			 "Reading the %.*s clock takes %s%s in the vDSO and %s%s as a "
			 "call: the vDSO "
			 "saves nothing here",
			 (int)(strlen(vdso->name) - 5), vdso->name, about(vdso), a,
			 about(call), b);
	return true;
}

bool say_all(const struct table *t, char *buf, size_t len)
{
	const struct result_row *lo, *hi;
	char a[32], b[32];

	if (!cheapest_and_dearest(t, NULL, false, &lo, &hi))
		return false;
	snprintf(buf, len, "From %s (%s) to %s (%s)", say_ns(a, sizeof(a), lo->ns.mid),
		 lo->id, say_ns(b, sizeof(b), hi->ns.mid), hi->id);
	return true;
}
