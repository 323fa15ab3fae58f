/* SPDX-License-Identifier: MIT */
/*
 * Two sides written by hand, and what the gate makes of them. The gate's tests share it.
 */
#ifndef SYSCOST_TEST_SIDES_H
#define SYSCOST_TEST_SIDES_H

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "compare/gate.h"

#define TICKS_PER_NS 2.5

/* A side with its tables. */
struct side {
	struct table results, rounds;
	struct gate_side view;
};

static inline void side_init(struct side *s)
{
	table_init(&s->results, &result_schema);
	table_init(&s->rounds, &round_schema);
	s->view = (struct gate_side){ &s->results, &s->rounds, TICKS_PER_NS, NAN };
}

static inline void side_free(struct side *s)
{
	table_free(&s->results);
	table_free(&s->rounds);
}

static inline struct result_row *add_result(struct side *s, const char *id,
					    enum row_status status, const char *reason)
{
	struct result_row *r = table_add(&s->results);

	row_set(&r->id, id);
	r->status = status;
	row_set(&r->reason, reason);
	return r;
}

static inline struct round_row *add_round(struct side *s, const char *id, int round,
					  double ns)
{
	struct round_row *r = table_add(&s->rounds);

	row_set(&r->id, id);
	r->round = round;
	r->n = 100;
	r->ticks = ns * TICKS_PER_NS;
	r->probe = 1;
	return r;
}

/* A row of n rounds around `ns`, up and down by `jitter` (a share) in a fixed pattern. */
static inline void add_row(struct side *s, const char *id, int n, double ns,
			   double jitter)
{
	add_result(s, id, ROW_OK, "");
	for (int i = 0; i < n; i++)
		add_round(s, id, i, ns * (1 + jitter * ((i * 7 % 11) - 5) / 5));
}

static const struct gate_options paired = {
	.paired = true,
	.family_error = GATE_FAMILY_ERROR,
	.delta = GATE_DELTA,
	.delta_unknown = GATE_DELTA,
	.control = GATE_CONTROL,
	.control_bound = GATE_CONTROL_BOUND,
};

struct pair {
	struct side base, head;
	struct table verdicts;
	struct gate_summary summary;
};

static inline void pair_init(struct pair *p)
{
	side_init(&p->base);
	side_init(&p->head);
	table_init(&p->verdicts, &verdict_schema);
}

static inline void pair_free(struct pair *p)
{
	side_free(&p->base);
	side_free(&p->head);
	table_free(&p->verdicts);
}

static inline void run(struct pair *p, const struct gate_options *o)
{
	table_free(&p->verdicts);
	assert_int_equal(
		gate(&p->base.view, 1, &p->head.view, 1, o, &p->verdicts, &p->summary),
		0);
}

static inline const struct verdict_row *row_of(const struct pair *p, const char *id)
{
	for (size_t i = 0; i < p->verdicts.n; i++) {
		const struct verdict_row *r = table_row(&p->verdicts, struct verdict_row,
							i);

		if (!strcmp(r->id, id))
			return r;
	}
	fail_msg("no row %s", id);
	return NULL;
}

#define assert_verdict(p, id, v) assert_int_equal(row_of(p, id)->verdict, v)
#define assert_reason(p, id, part)                                                    \
	do {                                                                          \
		if (!strstr(row_of(p, id)->reason, part))                             \
			fail_msg("'%s' is not in '%s'", part, row_of(p, id)->reason); \
	} while (0)

static inline void contend(struct side *s, const char *id, int from, double factor,
			   double probe)
{
	for (size_t i = 0; i < s->rounds.n; i++) {
		struct round_row *r = table_row(&s->rounds, struct round_row, i);

		if (strcmp(r->id, id) || r->round < from)
			continue;
		r->contended_ticks = r->ticks * factor;
		r->ticks = NAN;
		r->probe = probe;
	}
}

static inline void confirm(struct pair *p, struct pair *fresh)
{
	struct gate *g;

	assert_int_equal(
		gate_open(&g, &fresh->base.view, 1, &fresh->head.view, 1, &paired), 0);
	gate_confirm(g, &p->verdicts, &p->summary);
	gate_close(g);
}

/* Numbers that look random, the same ones each time. */
static inline double uniform(uint64_t *seed)
{
	return ((random_next(seed) >> 11) + 0.5) * 0x1p-53;
}

static inline double normal(uint64_t *seed)
{
	double r = sqrt(-2 * log(uniform(seed)));

	return r * cos(2 * M_PI * uniform(seed));
}

#endif
