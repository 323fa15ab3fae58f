// SPDX-License-Identifier: MIT
/*
 * Which benchmarks have a figure on both sides. It looks at the results, never at a round.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/status.h"

static int by_id(const void *a, const void *b)
{
	const struct result_row *x = *(const struct result_row *const *)a;
	const struct result_row *y = *(const struct result_row *const *)b;

	return strcmp(x->id, y->id);
}

int statuses_gather(struct statuses *s, const struct gate_side *sides, size_t n)
{
	const struct result_row **rows;
	size_t all = 0, at = 0;

	for (size_t f = 0; f < n; f++)
		all += sides[f].results->n;
	rows = calloc(all + 1, sizeof(*rows));
	if (!rows)
		return -ENOMEM;
	for (size_t f = 0; f < n; f++)
		for (size_t i = 0; i < sides[f].results->n; i++)
			rows[at++] = table_row(sides[f].results, struct result_row, i);
	qsort(rows, all, sizeof(*rows), by_id);
	*s = (struct statuses){ rows, all };
	return 0;
}

static enum status_kind kind_of(const struct result_row *r)
{
	return r->status == ROW_FAIL   ? STATUS_FAILED
	       : r->status == ROW_SKIP ? STATUS_SKIPPED
				       : STATUS_FINE;
}

struct status status_find(const struct statuses *s, const char *id)
{
	struct status found = { STATUS_ABSENT, "", 1 };
	size_t lo = 0, hi = s->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(s->rows[mid]->id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < s->n && !strcmp(s->rows[lo]->id, id); lo++) {
		const struct result_row *r = s->rows[lo];

		if (kind_of(r) > found.kind)
			found = (struct status){ kind_of(r), r->reason,
						 r->ops > 0 ? r->ops : 1 };
	}
	return found;
}

struct place {
	const char *id;
	size_t at;
};

static int by_id_and_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;
	int ids = strcmp(x->id, y->id);

	return ids ? ids : (x->at > y->at) - (x->at < y->at);
}

static int by_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	return (x->at > y->at) - (x->at < y->at);
}

static size_t add_places(struct place *places, size_t at, const struct gate_side *sides,
			 size_t n)
{
	for (size_t f = 0; f < n; f++)
		for (size_t i = 0; i < sides[f].results->n; i++, at++)
			places[at] = (struct place){
				table_row(sides[f].results, struct result_row, i)->id, at
			};
	return at;
}

int status_ids(struct table *verdicts, const struct gate_side *base, size_t n_base,
	       const struct gate_side *head, size_t n_head)
{
	size_t all = 0, n = 0;
	struct place *places;

	for (size_t f = 0; f < n_base; f++)
		all += base[f].results->n;
	for (size_t f = 0; f < n_head; f++)
		all += head[f].results->n;
	places = calloc(all + 1, sizeof(*places));
	if (!places)
		return -ENOMEM;
	add_places(places, add_places(places, 0, base, n_base), head, n_head);
	qsort(places, all, sizeof(*places), by_id_and_place);
	for (size_t i = 0; i < all; i++)
		if (!i || strcmp(places[i].id, places[n - 1].id))
			places[n++] = places[i];
	qsort(places, n, sizeof(*places), by_place);
	for (size_t i = 0; i < n; i++) {
		struct verdict_row *row = table_add(verdicts);

		row_set(&row->id, places[i].id);
	}
	free(places);
	return 0;
}

bool status_comparable(const struct status *base, const struct status *head,
		       struct verdict_row *row)
{
	const struct status *why = head;
	const char *word;
	char text[600];

	if (base->kind == STATUS_FINE && head->kind == STATUS_FINE)
		return true;
	if (base->kind == STATUS_FAILED && head->kind == STATUS_FAILED) {
		word = "failed in both: ";
	} else if (head->kind == STATUS_FAILED) {
		word = GATE_BROKEN;
	} else if (base->kind == STATUS_FAILED) {
		word = "failed in base: ", why = base;
	} else if (head->kind == STATUS_ABSENT) {
		word = "not in head";
	} else if (base->kind == STATUS_ABSENT) {
		word = "not in base", why = base;
	} else if (base->kind == STATUS_SKIPPED && head->kind == STATUS_SKIPPED) {
		word = "skipped in both: ";
	} else if (head->kind == STATUS_SKIPPED) {
		word = "skipped in head: ";
	} else {
		word = "skipped in base: ", why = base;
	}
	snprintf(text, sizeof(text), "%s%s", word, why->reason);
	row->verdict = VERDICT_SKIP;
	row_set(&row->reason, text);
	return false;
}
