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

/* One line of the decision table, as text; "-" for what there is not. */
struct batch_words {
	struct text workload, size;
	struct text best;	/* the strategy, or "nothing beats write" */
	struct text from;	/* "8" */
	struct text saves_from; /* "12 %": at that size */
	struct text n;		/* the size of what follows */
	struct text saves;	/* "88.1 (87.9–88.3) %" */
	struct text takes;	/* time of the whole batch */
	struct text cpu;	/* "2.0×": CPU time over time */
};

struct batch_words batch_words(const struct batch_workload *w);

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
