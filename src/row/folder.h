/* SPDX-License-Identifier: MIT */
/*
 * A stored result folder, read back. Strict: what is read is whole and of the known schema.
 */
#ifndef SYSCOST_FOLDER_H
#define SYSCOST_FOLDER_H

#include <jansson.h>
#include <stddef.h>

#include "base/err.h"
#include "row/row.h"

struct folder {
	const char *path; /* borrowed */
	struct table results, rounds;
	json_t *run;		   /* run.json */
	const json_t *environment; /* in it */
	const char *pairing; /* in it: of which comparison this is one arm, or NULL */
	double ticks_per_ns, quiet_level;
};

/*
 * Read results.csv, rounds.csv and run.json of `path`. folder_free() in any case. 0, or
 * -errno with one line in err: -EINVAL also where run.json is of another schema. What else
 * run.json lacks is NULL or NAN.
 */
int folder_read(struct folder *f, const char *path, struct err *err);
/* Whether it can be compared: it has an environment and the clock's rate. 0, or -EINVAL. */
int folder_comparable(const struct folder *f, struct err *err);
void folder_free(struct folder *f);

/*
 * Write the three files: all of them or, where one cannot be written, none. 0, or -errno
 * and err.
 */
int folder_write(const char *dir, const struct table *results, const struct table *rounds,
		 const json_t *run, struct err *err);

#endif
