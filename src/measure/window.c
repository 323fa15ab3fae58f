// SPDX-License-Identifier: MIT
/*
 * The decisions around a window; see window.h. No clock is read here.
 */
#include <math.h>

#include "measure/window.h"

static uint64_t wanted_ticks(const struct meter *m)
{
	double us = WINDOW_US * m->ticks_per_us, steps = (double)WINDOW_STEPS * m->step;

	return us > steps ? us : steps;
}

int window_size(struct meter *m, unsigned long *n)
{
	uint64_t wanted = wanted_ticks(m);
	unsigned long now = 1;
	struct window w;
	int ret;

	for (;;) {
		/* Twice, and the second counts: the first one pays for cold caches. */
		ret = m->window(m->machine, now, &w);
		if (!ret && w.ticks < wanted)
			ret = m->window(m->machine, now, &w);
		if (ret)
			return ret;
		if (w.ticks >= wanted || now >= 1UL << 30)
			break;
		if (w.ticks > wanted / 16) {
			now = ceil((double)now * wanted / w.ticks);
			break;
		}
		now *= 8;
	}
	*n = now;
	return 0;
}

static uint64_t median3(uint64_t a, uint64_t b, uint64_t c)
{
	if (a > b)
		return median3(b, a, c);
	return c < a ? a : c > b ? b : c;
}

int window_warm_up(struct meter *m, unsigned long n)
{
	uint64_t before = 0, spent = 0;

	for (int block = 0; block < 8; block++) {
		struct window w[3];
		uint64_t median;

		for (int i = 0; i < 3; i++) {
			int ret = m->window(m->machine, n, &w[i]);

			if (ret)
				return ret;
			spent += w[i].ticks;
		}
		median = median3(w[0].ticks, w[1].ticks, w[2].ticks);
		if (block && fabs((double)median - before) <= 0.02 * before)
			break;
		if (spent > m->round_us * m->ticks_per_us)
			break;
		before = median;
	}
	return 0;
}

size_t window_count(const struct meter *m, uint64_t ticks)
{
	double n = m->round_us * m->ticks_per_us / (ticks ? ticks : 1);

	return n > WINDOWS ? WINDOWS : n < WINDOWS_MIN ? WINDOWS_MIN : n;
}

int window_take(struct meter *m, unsigned long n, struct window *out, size_t *taken)
{
	size_t count = 1;

	*taken = 0;
	while (*taken < count) {
		int ret = m->window(m->machine, n, &out[*taken]);

		if (ret)
			return ret;
		if (!*taken)
			count = window_count(m, out[0].ticks);
		++*taken;
	}
	return 0;
}
