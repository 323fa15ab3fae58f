// SPDX-License-Identifier: MIT
/* Looks only at ids, which every table has in its first column. Knows no benchmark. */
#include <fnmatch.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "row/select.h"

static const char *id_of(const void *row)
{
	return *(char *const *)row;
}

static const void *row_at(const struct table *t, size_t i)
{
	return (const char *)t->rows + i * t->schema->row_size;
}

/* Rows of one id that stand together. */
struct stretch {
	const char *id;
	size_t first, n;
};

static int by_id(const void *a, const void *b)
{
	const struct stretch *x = a, *y = b;
	int order = strcmp(x->id, y->id);

	return order ? order : (x->first > y->first) - (x->first < y->first);
}

/* The stretches of a table, in its order: far fewer than rows, where these are rounds. */
static struct stretch *find_stretches(const struct table *t, size_t *n)
{
	struct stretch *s = NULL;
	size_t room = 0;

	*n = 0;
	for (size_t i = 0; i < t->n; i++) {
		const char *id = id_of(row_at(t, i));

		if (*n && !strcmp(s[*n - 1].id, id)) {
			s[*n - 1].n++;
			continue;
		}
		if (*n == room) {
			room = room ? 2 * room : 64;
			s = realloc(s, room * sizeof(*s));
			if (!s)
				abort();
		}
		s[(*n)++] = (struct stretch){ id, i, 1 };
	}
	return s;
}

void index_make(struct row_index *index, const struct table *t)
{
	size_t n, at = 0;
	struct stretch *s = find_stretches(t, &n);

	index->n = t->n;
	index->rows = room_for(t->n, sizeof(*index->rows));
	if (n)
		qsort(s, n, sizeof(*s), by_id);
	for (size_t i = 0; i < n; i++)
		for (size_t k = 0; k < s[i].n; k++)
			index->rows[at++] = row_at(t, s[i].first + k);
	free(s);
}

void index_free(struct row_index *index)
{
	free(index->rows);
	*index = (struct row_index){ 0 };
}

const void *const *index_find(const struct row_index *index, const char *id, size_t *n)
{
	size_t lo = 0, hi = index->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(id_of(index->rows[mid]), id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < index->n && !strcmp(id_of(index->rows[hi]), id);)
		hi++;
	*n = hi - lo;
	return *n ? &index->rows[lo] : NULL;
}

const char *index_doubled(const struct row_index *index)
{
	for (size_t i = 1; i < index->n; i++)
		if (!strcmp(id_of(index->rows[i - 1]), id_of(index->rows[i])))
			return id_of(index->rows[i]);
	return NULL;
}

const char *select_by_globs(const struct selectable *of, char *const *globs, size_t n,
			    bool *keep)
{
	bool adds = false;

	for (size_t g = 0; g < n; g++)
		adds |= *globs[g] != '!';
	for (size_t i = 0; i < of->n; i++)
		keep[i] = !adds && of->matches(of->things, i, "*", false);
	for (size_t g = 0; g < n; g++) {
		bool away = *globs[g] == '!', any = false;

		for (size_t i = 0; i < of->n; i++)
			if (of->matches(of->things, i, globs[g] + away, away)) {
				keep[i] = !away;
				any = true;
			}
		if (!any)
			return globs[g];
	}
	return NULL;
}

bool id_matches(const char *id, const char *glob)
{
	char *family = strndup(id, strcspn(id, ":"));
	bool match;

	if (!family)
		abort();
	match = !fnmatch(glob, id, 0) || !fnmatch(glob, family, 0);
	free(family);
	return match;
}

/* `ids` is an array of them. */
static bool one_matches(const void *ids, size_t i, const char *glob, bool away)
{
	(void)away;
	return id_matches(((const char *const *)ids)[i], glob);
}

static void drop_unselected(struct table *t, const bool *keep)
{
	size_t size = t->schema->row_size, kept = 0;
	char *spare = room_for(1, size);

	for (size_t i = 0; i < t->n; i++) {
		char *row = (char *)t->rows + i * size;
		char *to = (char *)t->rows + kept * size;

		if (!keep[i])
			continue;
		memcpy(spare, to, size); /* swapped: what goes is freed with the tail */
		memmove(to, row, size);
		memcpy(row, spare, size);
		kept++;
	}
	free(spare);
	table_truncate(t, kept);
}

const char *select_rows(struct table *const *tables, size_t n_tables,
			char *const *patterns, size_t n_patterns)
{
	struct selectable all = { .matches = one_matches };
	const char **ids, *unmatched;
	size_t at = 0;
	bool *keep;

	for (size_t t = 0; t < n_tables; t++)
		all.n += tables[t]->n;
	all.things = ids = room_for(all.n, sizeof(*ids));
	keep = room_for(all.n, sizeof(*keep));
	for (size_t t = 0; t < n_tables; t++)
		for (size_t i = 0; i < tables[t]->n; i++)
			ids[at++] = id_of(row_at(tables[t], i));
	unmatched = select_by_globs(&all, patterns, n_patterns, keep);
	at = 0;
	for (size_t t = 0; t < n_tables && !unmatched; t++) {
		size_t n = tables[t]->n;

		drop_unselected(tables[t], keep + at);
		at += n;
	}
	free(keep);
	free(ids);
	return unmatched;
}
