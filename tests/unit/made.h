/* SPDX-License-Identifier: MIT */
/* Runs of windows with references, made up from known states: for tests of control.h. */
#ifndef SYSCOST_TEST_MADE_H
#define SYSCOST_TEST_MADE_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "stats/control.h"

enum { ROUNDS = 40, EACH = 20, N = ROUNDS * EACH };

/* Windows of a made-up run. */
struct made {
	double y[N], x[N * CONTROL_MAX];
	uint32_t round[N];
	struct control_windows w;
};

static inline double uniform(uint64_t *seed)
{
	return ((double)(random_next(seed) >> 11) + 0.5) / 9007199254740992.0;
}

static inline double normal(uint64_t *seed)
{
	double u = uniform(seed);

	return sqrt(-2 * log(u)) * cos(2 * M_PI * uniform(seed));
}

static inline void made_open(struct made *m, int rounds, unsigned int k)
{
	for (int i = 0; i < N; i++)
		m->round[i] = 7 + i / EACH;
	m->w = (struct control_windows){ m->y,	   m->x,
					 m->round, (size_t)rounds * EACH,
					 k,	   CONTROL_SLOPE };
}

/*
 * getppid between ENOSYS and getuid, as a real core has them: three states
 * that a round has, mostly from its first window to its last, and launches that differ.
 * A share of the windows is hit by something that takes a fifth of its time.
 */
static inline void make_core(struct made *m, int rounds, double hit, uint64_t *seed)
{
	double launch = 0, ref[2] = { 0 };
	int a = 0, b = 0, c = 0;

	made_open(m, rounds, 2);
	for (int i = 0; i < rounds * EACH; i++) {
		if (i % EACH == 0) {
			launch = 1.5 * normal(seed);
			ref[0] = 0.5 * normal(seed);
			ref[1] = 0.5 * normal(seed);
		}
		if (i % EACH == 0 || uniform(seed) < 0.05) {
			a = uniform(seed) < 0.4;
			b = uniform(seed) < 0.4;
			c = uniform(seed) < 0.5;
		}
		m->y[i] = 435.6 + 14.3 * a + 10.3 * b + 3 * c + launch +
			  0.3 * normal(seed);
		m->x[2 * i] = 261.9 + 9 * a + 3 * c + ref[0] + 0.5 * normal(seed);
		m->x[2 * i + 1] = 333 + 8.1 * a + 14 * b + 3 * c + ref[1] +
				  0.5 * normal(seed);
		/* As many numbers are drawn whatever the share is. */
		m->y[i] *= uniform(seed) < hit ? 1.2 : 1;
		m->x[2 * i] *= uniform(seed) < hit ? 1.2 : 1;
		m->x[2 * i + 1] *= uniform(seed) < hit ? 1.2 : 1;
	}
}

/* y = 450 + sum b (x - 300), references of a round move together with their windows. */
static inline void make_line(struct made *m, int rounds, unsigned int k, const double *b,
			     double noise, uint64_t *seed)
{
	double state[CONTROL_MAX] = { 0 }, launch = 0;

	made_open(m, rounds, k);
	for (int i = 0; i < rounds * EACH; i++) {
		if (i % EACH == 0)
			launch = noise * normal(seed);
		m->y[i] = 450 + launch + noise * normal(seed);
		for (unsigned int j = 0; j < k; j++) {
			if (i % EACH == 0)
				state[j] = 6 * normal(seed);
			m->x[i * k + j] = 300 + state[j] + normal(seed);
			m->y[i] += b[j] * (m->x[i * k + j] - 300);
		}
	}
}

#endif
