/* SPDX-License-Identifier: MIT */
/*
 * What to do with many small operations, from the rows of a sweep.
 *
 * A workload is all rows with the same `workload` and the same bytes= parameter. Its
 * strategies are told apart by `strategy`, their sizes by batch= (else by `ops`). A
 * baseline makes its calls one by one: its one size is 1, or it makes a system call an
 * operation (`enters`) at every size. A row that another strategy names as its base is
 * one too. Costs are nanoseconds an operation, of quiet windows.
 */
#ifndef SYSCOST_BATCHING_H
#define SYSCOST_BATCHING_H

#include <stdbool.h>
#include "base/err.h"
#include "compare/breakeven.h"
#include "row/row.h"

#define BATCH_REF 64 /* strategies are ranked at this size, if it was measured */

struct batch_strategy {
	const char *name;	/* of the rows, like everything that is text here */
	enum row_status status; /* of its first row without a figure; or ROW_NONE */
	const char *reason;	/* and why; or "" */
	bool baseline;
	struct curve curve; /* sizes that have a figure, ascending; 0 of them: none */
	const struct result_row **row; /* of each size */
	bool fitted;		       /* `fit` is there */
	struct fit fit;
	struct breakeven *against; /* one a baseline of the workload, in their order */
};

/* The advice for one workload: at size `n`, against the cheapest baseline. */
struct batch_advice {
	const struct batch_strategy *base; /* NULL: the workload has none with a figure */
	/* Cheapest at n; `base` where none is significantly cheaper. NULL: no figures. */
	const struct batch_strategy *best;
	const struct result_row *row; /* of the best: at n, or the base's only one */
	double n;
	struct figure ratio;	  /* of its cost to the base's, at n */
	bool tested;		  /* there are rounds enough for an interval */
	double from;		  /* as cheaper_from of its break-even; NAN: none */
	struct figure from_ratio; /* at `from` */
	/* The strategies that the run cannot tell from the best at n, without bases. */
	size_t n_equal;
	const struct batch_strategy **equal;
};

struct batch_workload {
	const char *name;
	bool choice; /* it has a baseline and another strategy; work done once has not */
	long bytes;  /* -1: it has no such parameter */
	size_t n_strategies;
	struct batch_strategy *strategy; /* in the order of the rows */
	size_t n_baselines;
	struct batch_strategy **baseline; /* the cheapest single call first */
	size_t rounds;
	struct batch_advice advice;
};

struct batching {
	size_t n;
	struct batch_workload
		*workload; /* by name and bytes; names and reasons are the rows' */
};

/*
 * Analyse. 0; or -errno with one line in err: -EINVAL for rows that contradict each
 * other, -E2BIG for more than a sweep can have. No row with a workload: 0, and n is 0.
 * Keep the tables for as long as the result.
 */
int batching_make(struct batching *b, const struct table *results,
		  const struct table *rounds, struct err *err);
void batching_free(struct batching *b);

/*
 * Keep the workloads that match one of the globs, over "name" or "name/bytes"; a pattern
 * that starts with '!' takes away. NULL, or the first pattern that matched nothing.
 */
const char *batching_select(struct batching *b, char *const *patterns, size_t n);

/* Fill in the advice of a workload whose strategies have curves and break-evens. */
void batch_advise(struct batch_workload *w);

/* Cost over another's at a size of its curve; FIGURE_NONE: it was not measured there. */
struct figure batching_ratio(const struct batch_strategy *s,
			     const struct batch_strategy *base, double n);

/* What a strategy costs at a size; single calls cost the same at every one. Or NULL. */
const struct result_row *batching_row(const struct batch_strategy *s, double n);

/* The strategy that was cheapest at a size, or NULL. */
const struct batch_strategy *batching_cheapest(const struct batch_workload *w, double n);

/* All sizes of a workload, ascending; at most FIT_SIZES_MAX. Returns how many. */
size_t batching_sizes(const struct batch_workload *w, double sizes[FIT_SIZES_MAX]);

/* The same as rows of batch_schema, one for each strategy and baseline. */
void batching_rows(const struct batching *b, struct table *rows);

#endif
