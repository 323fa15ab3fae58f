/* SPDX-License-Identifier: MIT */
/* The benchmarks that were linked in, and the rows that they expand to. */
#ifndef SYSCOST_REGISTRY_H
#define SYSCOST_REGISTRY_H

#include "base/err.h"
#include "bench.h"

#define VARIANT_PARAMS	  4  /* parameters a benchmark may declare */
#define VARIANT_ID_MAX	  96 /* bytes of a row's id, with the NUL */
#define VARIANT_GROUP_MAX 32 /* of its group's name */
#define PARAM_NAME_MAX	  16 /* of a parameter's name */

/* One row: a benchmark with one value for each of its parameters. */
struct variant {
	const struct bench *bench;
	char id[VARIANT_ID_MAX];       /* "group/name" or "group/name:key=value" */
	char group[VARIANT_GROUP_MAX]; /* up to the slash */
	char name[VARIANT_ID_MAX];     /* after the slash */
	char params[VARIANT_ID_MAX];   /* "batch=8 bytes=64", or "" */
	char base[VARIANT_ID_MAX];     /* id of the row it is read against, or "" */
	char param_name[VARIANT_PARAMS][PARAM_NAME_MAX];
	long param[VARIANT_PARAMS];
	unsigned int n_params;
	unsigned long ops; /* operations an iteration, at least 1 */
};

struct registry {
	struct variant *rows; /* by family as registered by id; BENCH_TEST included */
	size_t n, room;
};

/*
 * Expand `benches`, of which there are n, sorted by id. -EINVAL with a line in err for
 * none, a bad or doubled id, parameters that cannot be read, a base that is no row, or a
 * system call that no CPU has. The caller frees *reg in either case.
 */
int registry_make(struct registry *reg, const struct bench *const *benches, size_t n,
		  struct err *err);
/* The same of all that is linked in. An error is one of programming: abort. */
void registry_load(struct registry *reg);
void registry_free(struct registry *reg);

/*
 * The row of this id, without its `base`. It is for a worker, which looks few rows up and
 * has no time to load all of them. False, and *v untouched, if there is none.
 */
bool registry_row(const char *id, struct variant *v);

/* The row of this id, or NULL. */
const struct variant *registry_find(const struct registry *reg, const char *id);

/*
 * Choose rows by glob patterns over ids ('null/x*'); a pattern that starts with '!' takes
 * away. No pattern, or only '!' patterns, start from all rows without a flag in `hidden`;
 * rows with one must be named by their family. Sets chosen[i] for each row; returns NULL,
 * or the first pattern that matched nothing.
 */
const char *registry_select(const struct registry *reg, char *const *patterns,
			    size_t n_patterns, unsigned int hidden, bool *chosen);

#endif
