// SPDX-License-Identifier: MIT
/* From a sweep's rows to workloads, strategies, baselines and the curve of each. */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/room.h"
#include "compare/batching.h"
#include "row/select.h"

#define CELLS_MAX (1 << 24) /* figures of one workload */

/* A row that belongs to a workload. */
struct member {
	const struct result_row *row;
	long bytes;
	double n;
};

struct maker {
	struct row_index rounds;
	struct err *err;
};

static int compare_workloads(const struct member *a, const struct member *b)
{
	int c = strcmp(a->row->workload, b->row->workload);

	return c ? c : (a->bytes > b->bytes) - (a->bytes < b->bytes);
}

/* Those of one workload in the order of the table. */
static int by_place(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = compare_workloads(x, y);

	return c ? c : (x->row > y->row) - (x->row < y->row);
}

static int by_size(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

static int by_round(const void *a, const void *b)
{
	const int64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static bool has_figure(const struct result_row *r)
{
	return r->ns.mid > 0 && r->ticks.mid > 0 &&
	       (r->status == ROW_OK || r->status == ROW_NOISY);
}

static bool has_ticks(const struct round_row *r)
{
	return r->ticks > 0 && r->round >= 0;
}

/* All rounds in which a row of the workload has a figure, ascending, without doubles. */
static size_t collect_rounds(const struct maker *m, const struct member *members,
			     size_t n, int64_t **rounds)
{
	size_t all = 0, unique = 0, found;

	for (size_t i = 0; i < n; i++) {
		index_find(&m->rounds, members[i].row->id, &found);
		all += found;
	}
	*rounds = room_for(all, sizeof(**rounds));
	all = 0;
	for (size_t i = 0; i < n; i++) {
		const void *const *r = index_find(&m->rounds, members[i].row->id, &found);

		for (size_t k = 0; k < found; k++)
			if (has_ticks(r[k]))
				(*rounds)[all++] =
					((const struct round_row *)r[k])->round;
	}
	qsort(*rounds, all, sizeof(**rounds), by_round);
	for (size_t i = 0; i < all; i++)
		if (!unique || (*rounds)[i] != (*rounds)[unique - 1])
			(*rounds)[unique++] = (*rounds)[i];
	return unique;
}

/* Column i of the curve's figures: what the rounds of that row say, in nanoseconds. */
static void add_figures(const struct maker *m, const struct batch_strategy *s, size_t i,
			double *y, const int64_t *rounds)
{
	const struct result_row *row = s->row[i];
	size_t n;
	const void *const *found = index_find(&m->rounds, row->id, &n);

	for (size_t j = 0; j < n; j++) {
		const struct round_row *r = found[j];
		const int64_t *at;

		if (!has_ticks(r))
			continue;
		at = bsearch(&r->round, rounds, s->curve.rounds, sizeof(*rounds),
			     by_round);
		/* The run's own scale: nanoseconds a tick. */
		y[(at - rounds) * s->curve.sizes + i] = r->ticks * row->ns.mid /
							row->ticks.mid;
	}
}

/* One strategy from its rows, which are sorted by size here. */
static int make_strategy(struct maker *m, struct batch_strategy *s, struct member *rows,
			 size_t n, const int64_t *rounds, size_t n_rounds)
{
	double *sizes = room_for(n, sizeof(*sizes)), *y;
	size_t k = 0;

	*s = (struct batch_strategy){ .name = rows->row->strategy, .reason = "" };
	s->row = room_for(n, sizeof(*s->row));
	s->curve.n = sizes;
	for (size_t i = 0; i < n; i++)
		if (!has_figure(rows[i].row) && !s->status) {
			s->status = rows[i].row->status;
			s->reason = rows[i].row->reason;
		}
	qsort(rows, n, sizeof(*rows), by_size);
	s->baseline = n == 1 && rows->n == 1;
	for (size_t i = 0; i < n; i++) {
		if (i && rows[i].n == rows[i - 1].n)
			return err_set(m->err, -EINVAL,
				       "%s and %s are the same strategy with the same "
				       "batch: not rows of one run",
				       rows[i - 1].row->id, rows[i].row->id);
		if (!has_figure(rows[i].row))
			continue;
		if (k == FIT_SIZES_MAX)
			return err_set(m->err, -E2BIG, "%s: more than %d batch sizes",
				       rows->row->id, FIT_SIZES_MAX);
		sizes[k] = rows[i].n;
		s->row[k++] = rows[i].row;
	}
	s->curve.sizes = k;
	s->curve.rounds = n_rounds;
	s->curve.y = y = room_for(k * n_rounds, sizeof(*y));
	for (size_t i = 0; i < k * n_rounds; i++)
		y[i] = NAN;
	for (size_t i = 0; i < k; i++)
		add_figures(m, s, i, y, rounds);
	return 0;
}

static void fit(struct batch_strategy *s)
{
	struct fit_line *line = room_for(s->curve.rounds, sizeof(*line));

	s->fitted = !fit_rounds(s->curve.n, s->curve.sizes, s->curve.y, s->curve.rounds,
				line, &s->fit);
	/* Only a curve that holds may stand for the figures. */
	if (s->fitted && (s->fit.verdict == FIT_HOLDS || s->fit.verdict == FIT_FEW))
		s->curve.line = line;
	else
		free(line);
}

/* Baselines by what a single call costs: the same at every size. */
static int by_cost(const void *a, const void *b)
{
	double x = (*(struct batch_strategy *const *)a)->row[0]->ns.mid;
	double y = (*(struct batch_strategy *const *)b)->row[0]->ns.mid;

	return (x > y) - (x < y);
}

/* Whether it makes one call an operation, however many are a batch. */
static bool is_one_by_one(const struct batch_strategy *s)
{
	bool any = false;

	for (size_t i = 0; i < s->curve.sizes; i++) {
		if (s->curve.n[i] > 1 && !(s->row[i]->enters.mid >= 1))
			return false;
		any |= s->curve.n[i] > 1;
	}
	return any;
}

static void find_baselines(struct batch_workload *w, const struct member *members,
			   size_t n)
{
	size_t others = 0;

	for (size_t i = 0; i < n; i++) {
		const char *base = members[i].row->base;

		for (size_t k = 0; k < w->n_strategies && *base; k++) {
			struct batch_strategy *s = &w->strategy[k];

			if (strcmp(s->name, members[i].row->strategy))
				for (size_t j = 0; j < s->curve.sizes; j++)
					s->baseline |= !strcmp(s->row[j]->id, base);
		}
	}
	w->baseline = room_for(w->n_strategies, sizeof(*w->baseline));
	for (size_t k = 0; k < w->n_strategies; k++) {
		struct batch_strategy *s = &w->strategy[k];

		s->baseline |= is_one_by_one(s);
		if (s->baseline && s->curve.sizes)
			w->baseline[w->n_baselines++] = s;
		others += !s->baseline;
	}
	w->choice = w->n_baselines && others;
	qsort(w->baseline, w->n_baselines, sizeof(*w->baseline), by_cost);
}

/* The members of one workload, which stand together, in the order of the table. */
static int make_workload(struct maker *m, struct batch_workload *w,
			 struct member *members, size_t n)
{
	struct member *rows = room_for(n, sizeof(*rows));
	bool *taken = room_for(n, sizeof(*taken));
	size_t count, figures = 0;
	int64_t *rounds;
	int ret = 0;

	*w = (struct batch_workload){ .name = members->row->workload,
				      .bytes = members->bytes };
	w->strategy = room_for(n, sizeof(*w->strategy));
	w->rounds = collect_rounds(m, members, n, &rounds);
	for (size_t i = 0; i < n; i++)
		figures += has_figure(members[i].row);
	if (w->rounds && figures > CELLS_MAX / w->rounds)
		ret = err_set(m->err, -E2BIG, "workload %s has too many rows and rounds",
			      w->name);
	for (size_t i = 0; i < n && !ret; i++) {
		if (taken[i])
			continue;
		count = 0;
		for (size_t j = i; j < n; j++)
			if (!strcmp(members[j].row->strategy, members[i].row->strategy)) {
				taken[j] = true;
				rows[count++] = members[j];
			}
		ret = make_strategy(m, &w->strategy[w->n_strategies++], rows, count,
				    rounds, w->rounds);
	}
	free(rows);
	free(taken);
	free(rounds);
	if (ret)
		return ret;
	for (size_t k = 0; k < w->n_strategies; k++)
		fit(&w->strategy[k]);
	find_baselines(w, members, n);
	for (size_t k = 0; k < w->n_strategies; k++) {
		struct batch_strategy *s = &w->strategy[k];

		s->against = room_for(w->n_baselines, sizeof(*s->against));
		for (size_t j = 0; j < w->n_baselines; j++)
			s->against[j] = breakeven(&s->curve, &w->baseline[j]->curve);
	}
	batch_advise(w);
	return 0;
}

static int find_members(struct maker *m, const struct table *results,
			struct member *members, size_t *n)
{
	*n = 0;
	for (size_t i = 0; i < results->n; i++) {
		const struct result_row *r = table_row(results, struct result_row, i);
		long batch = row_param(r->params, "batch");

		if (!*r->workload)
			continue;
		if (batch < 0)
			batch = r->ops > 0 ? r->ops : 1;
		if (!*r->strategy || !batch)
			return err_set(m->err, -EINVAL, "%s has a workload, but %s",
				       r->id, batch ? "no strategy" : "a batch of 0");
		members[(*n)++] = (struct member){
			.row = r,
			.bytes = row_param(r->params, "bytes"),
			.n = batch,
		};
	}
	qsort(members, *n, sizeof(*members), by_place);
	return 0;
}

int batching_make(struct batching *b, const struct table *results,
		  const struct table *rounds, struct err *err)
{
	struct maker m = { .err = err };
	struct member *members = room_for(results->n, sizeof(*members));
	size_t n, end;
	int ret = find_members(&m, results, members, &n);

	*b = (struct batching){ .workload = NULL };
	if (!ret && n) {
		index_make(&m.rounds, rounds);
		b->workload = room_for(n, sizeof(*b->workload));
	}
	for (size_t i = 0; i < n && !ret; i = end) {
		for (end = i + 1;
		     end < n && !compare_workloads(&members[i], &members[end]); end++)
			;
		ret = make_workload(&m, &b->workload[b->n++], members + i, end - i);
	}
	free(members);
	index_free(&m.rounds);
	if (ret)
		batching_free(b);
	return ret;
}

static void free_workload(struct batch_workload *w)
{
	for (size_t k = 0; k < w->n_strategies; k++) {
		struct batch_strategy *s = &w->strategy[k];

		free((void *)s->curve.n);
		free((void *)s->curve.y);
		free((void *)s->curve.line);
		free(s->row);
		free(s->against);
	}
	free(w->strategy);
	free(w->baseline);
	free(w->advice.equal);
}

void batching_free(struct batching *b)
{
	for (size_t i = 0; i < b->n; i++)
		free_workload(&b->workload[i]);
	free(b->workload);
	*b = (struct batching){ .workload = NULL };
}

static bool matches(const void *workloads, size_t i, const char *glob, bool away)
{
	const struct batch_workload *w = (const struct batch_workload *)workloads + i;
	char full[4200];

	(void)away;
	snprintf(full, sizeof(full), "%s/%ld", w->name, w->bytes);
	return !fnmatch(glob, w->name, 0) || (w->bytes >= 0 && !fnmatch(glob, full, 0));
}

const char *batching_select(struct batching *b, char *const *patterns, size_t n)
{
	const struct selectable all = { b->workload, b->n, matches };
	bool *keep = room_for(b->n, sizeof(*keep));
	const char *unmatched = select_by_globs(&all, patterns, n, keep);
	size_t kept = 0;

	for (size_t i = 0; i < b->n && !unmatched; i++) {
		if (keep[i])
			b->workload[kept++] = b->workload[i];
		else
			free_workload(&b->workload[i]);
	}
	if (!unmatched)
		b->n = kept;
	free(keep);
	return unmatched;
}
