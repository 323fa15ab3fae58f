// SPDX-License-Identifier: MIT
/*
 * Numbers in words, rounded to what is worth reading.
 */
#include <math.h>

#include "render/number.h"

/* Decimals of three significant digits; more than three stand in front of the point. */
static int three_digits(double x)
{
	return fabs(x) < 0.995 ? 3 : fabs(x) < 9.995 ? 2 : fabs(x) < 99.95 ? 1 : 0;
}

struct text say_ns(double ns)
{
	static const char *const units[] = { "ns", "µs", "ms", "s" };
	int unit = 0;

	if (!isfinite(ns))
		return text("-");
	while (fabs(ns) >= 999.5 && unit < 3) {
		ns /= 1000;
		unit++;
	}
	return text("%.*f %s", three_digits(ns), ns, units[unit]);
}

struct text say_cycles(double cycles)
{
	return text("%.*f", three_digits(cycles), cycles);
}

struct text say_number(double x)
{
	return text(fabs(x) < 9999.5 ? "%.4g" : "%.0f", x);
}

struct text say_half(struct figure f)
{
	double half = fmax(f.hi - f.mid, f.mid - f.lo);
	double percent = half / fabs(f.mid) * 100;
	int decimals = percent < 0.995 ? 2 : percent < 9.95 ? 1 : 0;
	double unit = pow(10, -decimals);

	if (!isfinite(f.mid) || !isfinite(f.lo) || !isfinite(f.hi))
		return text("±?");
	/* Rounded up, but not for what the arithmetic alone put on top. */
	if (percent < 999)
		return text("±%.*f%%", decimals,
			    fmax(0, ceil(percent / unit - 1e-6)) * unit);
	return text("±%.2g", half);
}
