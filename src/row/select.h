/* SPDX-License-Identifier: MIT */
/* Rows of a table by their id, which every table has in its first column. */
#ifndef SYSCOST_SELECT_H
#define SYSCOST_SELECT_H

#include <stdbool.h>

#include "row/row.h"

/* The rows of a table in the order of their ids; rows of one id as they stand in it. */
struct row_index {
	const void **rows; /* into the table, which must not change */
	size_t n;
};

/* Aborts without memory. */
void index_make(struct row_index *index, const struct table *t);
void index_free(struct row_index *index);

/* The rows of this id, and how many there are to *n; NULL and 0 if there is none. */
const void *const *index_find(const struct row_index *index, const char *id, size_t *n);

/* An id that more than one row has, or NULL. */
const char *index_doubled(const struct row_index *index);

/* Things that globs choose from. */
struct selectable {
	const void *things;
	size_t n;
	bool (*matches)(const void *things, size_t i, const char *glob, bool away);
};

/* Whether a glob is for an id; the id without its parameters names all of them. */
bool id_matches(const char *id, const char *glob);

/*
 * Which of them a list of globs keeps; one with "!" takes away, of all that "*" matches
 * where no glob adds. Returns NULL, or the first glob that matched none.
 */
const char *select_by_globs(const struct selectable *of, char *const *globs, size_t n,
			    bool *keep);

/* Keep rows by id. NULL, or the first pattern without a row: then nothing has changed. */
const char *select_rows(struct table *const *tables, size_t n_tables,
			char *const *patterns, size_t n_patterns);

#endif
