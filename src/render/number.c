// SPDX-License-Identifier: MIT
/*
 * Numbers in words, rounded to what is worth reading.
 */
#include <math.h>

#include "render/number.h"

int decimals(double x, int digits)
{
	static const double bounds[] = { 0.9995, 9.995, 99.95, 999.5 };
	int whole = 0;

	while (whole < 4 && !(fabs(x) < bounds[whole]))
		whole++;
	return digits > whole ? digits - whole : 0;
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
	return text("%.*f %s", decimals(ns, 3), ns, units[unit]);
}

struct text say_cycles(double cycles)
{
	return text("%.*f", decimals(cycles, 3), cycles);
}

struct text say_number(double x)
{
	return text(fabs(x) < 9999.5 ? "%.4g" : "%.0f", x);
}

/* `most`: decimals of a small percentage. */
static struct text half_of(struct figure f, int most, const char *space)
{
	double half = fmax(f.hi - f.mid, f.mid - f.lo);
	double percent = half / fabs(f.mid) * 100;
	int digits = percent < 0.995 ? most : percent < 9.95 ? 1 : 0;
	double unit = pow(10, -digits);

	if (!isfinite(f.mid) || !isfinite(f.lo) || !isfinite(f.hi))
		return text("±?");
	/* Rounded up, but not for what the arithmetic alone put on top. */
	if (percent < 999)
		return text("±%.*f%s%%", digits,
			    fmax(0, ceil(percent / unit - 1e-6)) * unit, space);
	return text("±%.2g", half);
}

struct text say_half(struct figure f)
{
	return half_of(f, 2, "");
}

struct text say_half_in_words(struct figure f)
{
	return half_of(f, 1, " ");
}
