/* SPDX-License-Identifier: MIT */
/* The advice of a sweep in words, as it was decided in compare/. */
#ifndef SYSCOST_RENDER_BATCH_H
#define SYSCOST_RENDER_BATCH_H

#include <stdio.h>
#include "compare/batching.h"
#include "render/text.h"

/* What the columns mean, in one paragraph. */
#define BATCH_LEGEND                                                                    \
	"Saves: of the cheapest single calls, 95 % interval. From n: the smallest "     \
	"measured batch that is significantly cheaper, as are all larger ones. Batch: " \
	"what the whole of it takes, and its first operation waits. CPU: time of all "  \
	"CPUs over wall time."

/* The columns of the decision table; all from FROM on have numbers. */
enum {
	BATCH_WORKLOAD,
	BATCH_BYTES,
	BATCH_BEST,	  /* the strategy, or "nothing beats write" */
	BATCH_FROM,	  /* "8" */
	BATCH_SAVES_FROM, /* "12 %": at that size */
	BATCH_N,	  /* the size of what follows */
	BATCH_SAVES,	  /* "88.1 (87.9–88.3) %" */
	BATCH_TAKES,	  /* time of the whole batch */
	BATCH_CPU,	  /* "2.0×": CPU time over time */
	BATCH_CELLS
};

extern const char *const batch_heads[BATCH_CELLS];

/* One line of it, as text; "-" for what there is not. */
void batch_words(const struct batch_workload *w, struct text t[BATCH_CELLS]);

/* "write-null, 64 bytes" */
struct text batch_title(const struct batch_workload *w);

/* A batch size for the eye: "2.3", "15", "∞"; "-" for NAN. */
struct text batch_size(double n);

/* One sentence over all workloads, without a full stop; "": there is none. */
struct text batch_headline(const struct batching *b);

/* The decision table, at most 100 columns wide. */
void batch_print(FILE *out, const struct batching *b, bool color);

/* And for each workload its curves and break-evens. */
void batch_print_details(FILE *out, const struct batching *b, bool color);

#endif
