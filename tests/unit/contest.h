/* SPDX-License-Identifier: MIT */
/* A whole A/B comparison on the scripted backend. The tests of `ab` share it. */
#ifndef SYSCOST_TEST_CONTEST_H
#define SYSCOST_TEST_CONTEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drive/ab.h"
#include "script.h"

#define ROWS 10

struct contest {
	struct script script;
	struct registry reg;
	struct ab_options options;
	struct launch base, head;
	struct ab ab;
	struct err err;
	bool *wanted;
};

static inline void prepare(struct contest *c, size_t rows)
{
	struct run_options run = {
		.cpu = -1, .timeout = 10, .precision = 0.01, .seed = 42
	};

	*c = (struct contest){ .script = script_make(), .reg = script_registry(rows) };
	c->base.label = "base";
	c->head.label = "head";
	c->wanted = calloc(c->reg.n, sizeof(*c->wanted));
	for (size_t i = 1; i < c->reg.n; i++)
		c->wanted[i] = true;
	ab_defaults(&c->options, &run);
}

static inline void measure(struct contest *c, int want)
{
	c->options.run.stop = &c->script.stop;
	assert_int_equal(ab_measure(&c->ab, &c->script.backend, &c->reg, c->wanted,
				    &c->base, &c->head, &c->options, &c->err),
			 want);
	assert_int_equal(c->script.opened, c->script.closed);
}

static inline void finish(struct contest *c)
{
	ab_free(&c->ab);
	free(c->wanted);
	script_registry_free(&c->reg);
}

static inline const struct verdict_row *verdict_of(const struct contest *c,
						   const char *id)
{
	for (size_t i = 0; i < c->ab.verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c->ab.verdicts,
							struct verdict_row, i);

		if (!strcmp(v->id, id))
			return v;
	}
	fail_msg("no verdict of %s", id);
	return NULL;
}

#endif
