/* SPDX-License-Identifier: MIT */
/*
 * The noise file: what comparisons of a thing with itself (A/A) have shown, benchmark by
 * benchmark. There is one JSON file for each class of machines (env_machine_class()). It
 * is written whole or not at all, and read strictly.
 */
#ifndef SYSCOST_NOISE_H
#define SYSCOST_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "row/fingerprint.h"
#include "row/row.h"

#define NOISE_KEEP  200 /* newest log-ratios kept of one benchmark */
#define NOISE_LEAST 3	/* fewer say nothing about a 99th percentile */

struct noise_row {
	char *id;
	uint64_t comparisons, regressed, improved; /* ever; the two are false alarms */
	double ln_ratio[NOISE_KEEP];		   /* the oldest first */
	size_t n;
};

struct noise {
	char machine[FINGERPRINT_SIZE]; /* the class, "" before it is known */
	uint64_t runs;			/* A/A comparisons of whole suites */
	uint64_t contaminated; /* of these, ones that were seen to be disturbed */
	uint64_t flagged;      /* benchmarks flagged before they were measured again */
	struct noise_row *rows;
	size_t n, room;
};

void noise_init(struct noise *noise, const char *machine);
void noise_free(struct noise *noise);

/*
 * Where the file of a machine class is: $XDG_STATE_HOME/syscost/noise-CLASS.json. Without
 * that variable its first part is ~/.local/state (XDG base directory specification 0.8).
 * 0; -ENOENT without a home; -ENAMETOOLONG.
 */
int noise_path(const char *machine, char *buf, size_t len);

/*
 * Read a file into *noise, which noise_free() frees in any case. 0, or -errno and one
 * line in err. -ENOENT: there is none. -EINVAL: it is not a noise file to the last key.
 */
int noise_read(struct noise *noise, const char *path, struct err *err);
/* Write it, and make the folders above it. 0, or -errno and err. */
int noise_write(const struct noise *noise, const char *path, struct err *err);

/*
 * Take in the verdicts of one A/A comparison. Rows without a ratio, and those that were
 * seen to be disturbed (contaminated, inconclusive for want of rounds), teach nothing.
 * `contaminated`: the whole comparison was; then only that is counted.
 */
void noise_add(struct noise *noise, const struct table *verdicts, bool contaminated);

const struct noise_row *noise_find(const struct noise *noise, const char *id);

/*
 * The relative change that 99 of 100 A/A comparisons of this benchmark stayed within:
 * 0.013 for 1.3 %. With less than 100 of them that is close to the largest seen. NAN:
 * unknown.
 */
double noise_delta(const struct noise *noise, const char *id);

/* All benchmarks together: comparisons, and the false alarms among them. */
struct noise_totals {
	uint64_t comparisons, regressed, improved;
};
struct noise_totals noise_total(const struct noise *noise);

#endif
