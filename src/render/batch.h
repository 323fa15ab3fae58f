/* SPDX-License-Identifier: MIT */
/*
 * The advice of a sweep in words: for a terminal, and as cells for other pages. What is
 * said was decided in compare/.
 */
#ifndef SYSCOST_RENDER_BATCH_H
#define SYSCOST_RENDER_BATCH_H

#include <stdio.h>
#include "compare/batching.h"

/* What the columns mean, in one paragraph. */
#define BATCH_LEGEND                                                                    \
	"Saves: of the cheapest single calls, 95 % interval. From n: the smallest "     \
	"measured batch that is significantly cheaper, as are all larger ones. Batch: " \
	"what the whole of it takes, and its first operation waits. CPU: time of all "  \
	"CPUs over wall time."

/* One line of the decision table, as text; "-" for what there is not. */
struct batch_words {
	char workload[80], size[16];
	char best[80];	     /* the strategy, or "none beats write" */
	char from[16];	     /* "8" */
	char saves_from[16]; /* "12 %": at that size */
	char n[16];	     /* the size of what follows */
	char saves[48];	     /* "88.1 (87.9-88.3) %" */
	char takes[32];	     /* time of the whole batch */
	char cpu[16];	     /* "2.0x": CPU time over time */
};

struct batch_words batch_words(const struct batch_workload *w);

/* "write-null, 64 bytes". Returns buf. */
char *batch_title(char *buf, size_t len, const struct batch_workload *w);

/* A batch size for the eye: "2.3", "15", "∞"; "-" for NAN. Returns buf. */
char *batch_size(char *buf, size_t len, double n);

/* One sentence over all workloads, without a full stop; false: there is none. */
bool batch_headline(const struct batching *b, char *buf, size_t len);

/* The decision table, at most 100 columns wide. */
void batch_print(FILE *out, const struct batching *b, bool color);

/* And for each workload its curves and break-evens. */
void batch_print_details(FILE *out, const struct batching *b, bool color);

#endif
