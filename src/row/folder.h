/* SPDX-License-Identifier: MIT */
/* A stored result folder, read back whole: of a run, or of a comparison of two. */
#ifndef SYSCOST_FOLDER_H
#define SYSCOST_FOLDER_H

#include <jansson.h>
#include <stdbool.h>

#include "base/err.h"
#include "row/row.h"

/* What a reader needs; what it does not need may be missing. */
enum folder_need {
	FOLDER_ROUNDS = 1, /* rounds.csv */
	FOLDER_RUN = 2,	   /* run.json */
	FOLDER_COMPARISON =
		4, /* a comparison will do, even one without rows of results */
};

struct folder {
	const char *path; /* borrowed */
	bool compared;	  /* there is verdicts.csv */
	bool of_head;	  /* the rows are those of head/ */
	/* Of a run, or of a comparison's head/. What is not there has no rows. */
	struct table results, rounds, windows;
	struct table base;     /* results of a comparison's base/ */
	struct table verdicts; /* of a comparison */
	json_t *compare;       /* compare.json, or NULL */
	json_t *run; /* run.json beside the results, or NULL; what follows is in it */
	const json_t *environment;
	const char *pairing; /* of which comparison this is one arm, or NULL */
	double ticks_per_ns;
	double quiet_level; /* of the probe, core cycles; NAN, both: not known */
};

/*
 * Read the folder `path` with what `needs` says; folder_free() in any case. 0, or -errno
 * with one line in err. Another schema is -EINVAL.
 */
int folder_read(struct folder *f, const char *path, unsigned int needs, struct err *err);
/* 0: it has an environment and the clock's rate, and can be compared; or -EINVAL. */
int folder_comparable(const struct folder *f, struct err *err);
void folder_free(struct folder *f);

/*
 * Write the files of a run: all of them or none. Without `windows` there is no
 * windows.csv afterwards, not even an old one. 0, or -errno and err.
 */
int folder_write(const char *dir, const struct table *results, const struct table *rounds,
		 const struct table *windows, const json_t *run, struct err *err);

#endif
