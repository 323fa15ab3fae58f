// SPDX-License-Identifier: MIT
/*
 * How many rounds a comparison needs, from the spread of a pilot's. It decides no
 * verdict.
 */
#include <math.h>

#include "compare/entry.h"
#include "compare/gate.h"
#include "stats/test.h"

struct gate_spread gate_spread(struct gate *g, const char *id)
{
	struct gate_spread s = { .sigma = NAN };
	struct entry *e = entry_find(g, id);

	if (!e)
		return s;
	entry_measure(g, e, 0);
	s.usable = pairs_n(&e->values);
	s.candidates = e->counts.candidates;
	if (s.usable >= 3)
		s.sigma = entry_spread(e);
	return s;
}

size_t gate_rounds_needed(const struct gate_spread *s, size_t rows, double effect,
			  const struct gate_options *options)
{
	double tail = options->family_error / (rows ? rows : 1);
	size_t n = GATE_ROUNDS_MAX;

	if (!s->candidates)
		return 0;
	if (options->metric && options->metric->exact)
		return 1;
	if (s->usable >= 3) {
		n = stats_sign_rounds(s->sigma, effect, tail, GATE_POWER,
				      GATE_ROUNDS_MAX);
		n = (n * s->candidates + s->usable - 1) / s->usable;
	}
	return n > GATE_ROUNDS_MAX ? GATE_ROUNDS_MAX : n;
}
