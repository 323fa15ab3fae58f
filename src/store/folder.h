/* SPDX-License-Identifier: MIT */
/*
 * A stored result folder, read back. Strict: what is read is whole and of the known schema.
 */
#ifndef SYSCOST_FOLDER_H
#define SYSCOST_FOLDER_H

#include <jansson.h>
#include <stddef.h>

#include "store/row.h"

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
 * -errno with one line in err: -EINVAL also where run.json lacks an environment or the
 * clock's rate.
 */
int folder_read(struct folder *f, const char *path, char *err, size_t err_len);
void folder_free(struct folder *f);

/*
 * A JSON file: a regular one (never a pipe or a device), at most 64 MiB, no key twice. NULL
 * with one line in err, and -errno in *ret.
 */
json_t *folder_json(const char *path, int *ret, char *err, size_t err_len);

#endif
