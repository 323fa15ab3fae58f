// SPDX-License-Identifier: MIT
/*
 * The decisions around a window. No clock is read here.
 */
#include <math.h>
#include <stdbool.h>

#include "measure/window.h"

#define SIZE_KNOWN  16 /* a window of this part of the wanted length tells n */
#define SIZE_GROWTH 8  /* a shorter one is repeated with so many times the iterations */
#define SIZE_MAX_N  (1UL << 30) /* of what takes no time at all */

#define WARM_BLOCKS  8
#define WARM_WINDOWS 3	  /* in a block */
#define WARM_AGREE   0.02 /* so much may two blocks differ */

double window_wanted_ticks(unsigned int step, double ticks_per_us)
{
	return fmax(WINDOW_US * ticks_per_us, (double)WINDOW_STEPS * step);
}

void window_set_rate(struct window *w, double rate)
{
	bool known = rate > 0 && rate < WINDOW_RATE_MAX;

	w->rate = known ? rate : 1;
	w->drop |= known ? 0 : DROP_CLOCK;
}

static unsigned long round_up(unsigned long n, unsigned long multiple)
{
	return (n + multiple - 1) / multiple * multiple;
}

/* The shorter of two windows: one may pay for cold caches, or for an interrupt. */
static int shorter_window(struct meter *m, unsigned long n, uint64_t *ticks)
{
	struct window a, b;
	int ret = m->window(m->machine, n, &a);

	if (!ret)
		ret = m->window(m->machine, n, &b);
	if (!ret)
		*ticks = a.ticks < b.ticks ? a.ticks : b.ticks;
	return ret;
}

int window_size(struct meter *m, unsigned long *n)
{
	uint64_t wanted = window_wanted_ticks(m->step, m->ticks_per_us), ticks;
	unsigned long now = 1;

	for (;;) {
		int ret = shorter_window(m, now, &ticks);

		if (ret)
			return ret;
		if (ticks >= wanted || now >= SIZE_MAX_N)
			break;
		if (ticks > wanted / SIZE_KNOWN) {
			now = ceil((double)now * wanted / ticks);
			break;
		}
		now *= SIZE_GROWTH;
	}
	/* Up, so that no window is shorter than wanted. */
	if (now > WINDOW_MULTIPLE_LESS)
		now = round_up(now, now > WINDOW_MULTIPLE ? WINDOW_MULTIPLE
							  : WINDOW_MULTIPLE_LESS);
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

	for (int block = 0; block < WARM_BLOCKS; block++) {
		struct window w[WARM_WINDOWS];
		uint64_t median;

		for (int i = 0; i < WARM_WINDOWS; i++) {
			int ret = m->window(m->machine, n, &w[i]);

			if (ret)
				return ret;
			spent += w[i].ticks;
		}
		median = median3(w[0].ticks, w[1].ticks, w[2].ticks);
		if (block && fabs((double)median - before) <= WARM_AGREE * before)
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
