// SPDX-License-Identifier: MIT
/*
 * From the rows of a sweep to workloads, curves, break-evens and an advice.
 */
#include <errno.h>
#include <fnmatch.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "compare/batching.h"

#define CELLS_MAX (1 << 24) /* figures of one workload */

/* A row that belongs to a workload. */
struct member {
	const struct result_row *row;
	size_t order; /* in the table */
	long bytes;
	double n;
};

/* A row of rounds.csv, sorted by id and round. */
struct sample {
	const char *id;
	int64_t round;
	double ticks;
};

struct maker {
	struct sample *samples;
	size_t n_samples;
	struct err *err;
};

static void *room(size_t n, size_t size)
{
	void *p = calloc(n + 1, size);

	if (!p)
		abort(); /* as everywhere in tables; large ones have been refused before */
	return p;
}

static int by_place(const void *a, const void *b)
{
	const struct member *x = a, *y = b;
	int c = strcmp(x->row->workload, y->row->workload);

	if (!c)
		c = (x->bytes > y->bytes) - (x->bytes < y->bytes);
	return c ? c : (x->order > y->order) - (x->order < y->order);
}

static int by_size(const void *a, const void *b)
{
	const struct member *x = a, *y = b;

	return (x->n > y->n) - (x->n < y->n);
}

static int by_sample(const void *a, const void *b)
{
	const struct sample *x = a, *y = b;
	int c = strcmp(x->id, y->id);

	return c ? c : (x->round > y->round) - (x->round < y->round);
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

static bool same_place(const struct member *a, const struct member *b)
{
	return a->bytes == b->bytes && !strcmp(a->row->workload, b->row->workload);
}

/* The samples of a row: the first one, and how many. */
static const struct sample *samples_of(const struct maker *m, const char *id,
				       size_t *count)
{
	size_t lo = 0, hi = m->n_samples;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(m->samples[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < m->n_samples && !strcmp(m->samples[hi].id, id); hi++)
		;
	*count = hi - lo;
	return m->samples + lo;
}

/* All rounds in which a row of the workload has a figure, ascending, without doubles. */
static size_t collect_rounds(const struct maker *m, const struct member *members,
			     size_t n, int64_t **rounds)
{
	size_t all = 0, unique = 0, count;

	for (size_t i = 0; i < n; i++) {
		samples_of(m, members[i].row->id, &count);
		all += count;
	}
	*rounds = room(all, sizeof(**rounds));
	all = 0;
	for (size_t i = 0; i < n; i++) {
		const struct sample *s = samples_of(m, members[i].row->id, &count);

		for (size_t k = 0; k < count; k++)
			(*rounds)[all++] = s[k].round;
	}
	qsort(*rounds, all, sizeof(**rounds), by_round);
	for (size_t i = 0; i < all; i++)
		if (!unique || (*rounds)[i] != (*rounds)[unique - 1])
			(*rounds)[unique++] = (*rounds)[i];
	return unique;
}

/* One strategy from its rows, which are sorted by size here. */
static int make_strategy(struct maker *m, struct batch_strategy *s, struct member *rows,
			 size_t n, const int64_t *rounds, size_t n_rounds)
{
	double *sizes = room(n, sizeof(*sizes)), *y;
	size_t k = 0;

	*s = (struct batch_strategy){ .name = rows->row->strategy, .reason = "" };
	s->row = room(n, sizeof(*s->row));
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
	s->curve.y = y = room(k * n_rounds, sizeof(*y));
	for (size_t i = 0; i < k * n_rounds; i++)
		y[i] = NAN;
	for (size_t i = 0; i < k; i++) {
		size_t count;
		const struct sample *from = samples_of(m, s->row[i]->id, &count);

		for (size_t j = 0; j < count; j++) {
			const int64_t *at = bsearch(&from[j].round, rounds, n_rounds,
						    sizeof(*rounds), by_round);

			/* The run's own scale: nanoseconds a tick. */
			y[(at - rounds) * k + i] = from[j].ticks * s->row[i]->ns.mid /
						   s->row[i]->ticks.mid;
		}
	}
	return 0;
}

static int fit(struct maker *m, struct batch_strategy *s)
{
	struct fit_line *line = room(s->curve.rounds, sizeof(*line));
	int ret = fit_rounds(s->curve.n, s->curve.sizes, s->curve.y, s->curve.rounds,
			     line, &s->fit);

	s->fitted = !ret;
	/* Only a curve that holds may stand for the figures. */
	if (s->fitted && (s->fit.verdict == FIT_HOLDS || s->fit.verdict == FIT_FEW))
		s->curve.line = line;
	else
		free(line);
	return ret == -ENOMEM ? err_set(m->err, ret, "out of memory") : 0;
}

/* What a single call costs, for the order of baselines: the same at every size. */
static double single_cost(const struct batch_strategy *s)
{
	return s->row[0]->ns.mid;
}

static int by_cost(const void *a, const void *b)
{
	double x = single_cost(*(struct batch_strategy *const *)a);
	double y = single_cost(*(struct batch_strategy *const *)b);

	return (x > y) - (x < y);
}

/* A call an operation, however many of them are a batch. */
static bool one_by_one(const struct batch_strategy *s)
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
	w->baseline = room(w->n_strategies, sizeof(*w->baseline));
	for (size_t k = 0; k < w->n_strategies; k++) {
		struct batch_strategy *s = &w->strategy[k];

		s->baseline |= one_by_one(s);
		if (s->baseline && s->curve.sizes)
			w->baseline[w->n_baselines++] = s;
		others += !s->baseline;
	}
	w->choice = w->n_baselines && others;
	qsort(w->baseline, w->n_baselines, sizeof(*w->baseline), by_cost);
}

static size_t index_of(const struct batch_strategy *s, double n)
{
	size_t i = 0;

	while (i < s->curve.sizes && s->curve.n[i] != n)
		i++;
	return i;
}

const struct result_row *batching_row(const struct batch_strategy *s, double n)
{
	size_t i = index_of(s, n);

	if (i < s->curve.sizes)
		return s->row[i];
	if (!s->baseline || !s->curve.sizes)
		return NULL;
	/* The nearest size below, or else the smallest. */
	for (i = s->curve.sizes - 1; i && s->curve.n[i] > n; i--)
		;
	return s->row[i];
}

size_t batching_sizes(const struct batch_workload *w, double sizes[FIT_SIZES_MAX])
{
	size_t count = 0;

	for (size_t k = 0; k < w->n_strategies; k++)
		for (size_t i = 0; i < w->strategy[k].curve.sizes; i++) {
			double n = w->strategy[k].curve.n[i];
			size_t at = count;

			while (at && sizes[at - 1] >= n)
				at--;
			if ((at < count && sizes[at] == n) || count == FIT_SIZES_MAX)
				continue;
			memmove(sizes + at + 1, sizes + at,
				(count - at) * sizeof(*sizes));
			sizes[at] = n;
			count++;
		}
	return count;
}

const struct batch_strategy *batching_cheapest(const struct batch_workload *w, double n)
{
	const struct batch_strategy *best = NULL;

	for (size_t k = 0; k < w->n_strategies; k++) {
		const struct batch_strategy *s = &w->strategy[k];
		const struct result_row *r = batching_row(s, n);

		if (r && (!best || r->ns.mid < batching_row(best, n)->ns.mid))
			best = s;
	}
	return best;
}

/* BATCH_REF, or the largest size below it, or else the smallest that there is. */
static double reference(const struct batch_workload *w)
{
	double sizes[FIT_SIZES_MAX];
	size_t n = batching_sizes(w, sizes);

	while (n > 1 && sizes[n - 1] > BATCH_REF)
		n--;
	return n ? sizes[n - 1] : NAN;
}

static int advise(struct batch_workload *w)
{
	struct batch_advice *a = &w->advice;
	size_t i, at = 0;
	int ret = 0;

	*a = (struct batch_advice){ .n = reference(w), .from = NAN };
	a->ratio = a->from_ratio = FIGURE_NONE;
	a->equal = room(w->n_strategies, sizeof(*a->equal));
	a->base = w->n_baselines ? w->baseline[0] : NULL;
	a->best = batching_cheapest(w, a->n);
	if (!a->best)
		return 0;
	i = index_of(a->best, a->n);
	if (a->base && a->best != a->base && i < a->best->curve.sizes)
		ret = breakeven_ratio(&a->best->curve, &a->base->curve, i, &a->ratio);
	/* Without an interval (fewer than 6 rounds) the best by its median stands, untested. */
	a->tested = !isnan(a->ratio.hi);
	if (a->base && a->tested && a->ratio.hi >= 1)
		a->best = a->base;
	a->row = batching_row(a->best, a->n);
	if (!a->base || a->best == a->base)
		return ret;
	a->from = a->best->against[0].cheaper_from;
	if (!isnan(a->from) && !ret)
		ret = breakeven_ratio(&a->best->curve, &a->base->curve,
				      index_of(a->best, a->from), &a->from_ratio);
	for (size_t k = 0; k < w->n_strategies && !ret; k++) {
		const struct batch_strategy *s = &w->strategy[k];
		struct figure ratio;

		at = index_of(s, a->n);
		if (s == a->best || s->baseline || at == s->curve.sizes)
			continue;
		ret = breakeven_ratio(&s->curve, &a->best->curve, at, &ratio);
		/* Without an interval nothing is told apart, so nothing is claimed. */
		if (!ret && ratio.lo <= 1)
			a->equal[a->n_equal++] = s;
	}
	return ret;
}

/* The members of one workload, which stand together, in the order of the table. */
static int make_workload(struct maker *m, struct batch_workload *w,
			 struct member *members, size_t n)
{
	struct member *rows = room(n, sizeof(*rows));
	bool *taken = room(n, sizeof(*taken));
	size_t count, figures = 0;
	int64_t *rounds;
	int ret = 0;

	*w = (struct batch_workload){ .name = members->row->workload,
				      .bytes = members->bytes };
	w->strategy = room(n, sizeof(*w->strategy));
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
	for (size_t k = 0; k < w->n_strategies && !ret; k++)
		ret = fit(m, &w->strategy[k]);
	free(rows);
	free(taken);
	free(rounds);
	if (ret)
		return ret;
	find_baselines(w, members, n);
	for (size_t k = 0; k < w->n_strategies && !ret; k++) {
		struct batch_strategy *s = &w->strategy[k];

		s->against = room(w->n_baselines, sizeof(*s->against));
		for (size_t j = 0; j < w->n_baselines && !ret; j++)
			ret = breakeven(&s->curve, &w->baseline[j]->curve,
					&s->against[j]);
	}
	if (!ret)
		ret = advise(w);
	return ret ? err_set(m->err, ret, "out of memory") : 0;
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
			.order = i,
			.bytes = row_param(r->params, "bytes"),
			.n = batch,
		};
	}
	qsort(members, *n, sizeof(*members), by_place);
	return 0;
}

static void find_samples(struct maker *m, const struct table *rounds)
{
	m->samples = room(rounds->n, sizeof(*m->samples));
	for (size_t i = 0; i < rounds->n; i++) {
		const struct round_row *r = table_row(rounds, struct round_row, i);

		if (r->ticks > 0 && r->round >= 0)
			m->samples[m->n_samples++] = (struct sample){ r->id, r->round,
								      r->ticks };
	}
	qsort(m->samples, m->n_samples, sizeof(*m->samples), by_sample);
}

int batching_make(struct batching *b, const struct table *results,
		  const struct table *rounds, struct err *err)
{
	struct maker m = { .err = err };
	struct member *members = room(results->n, sizeof(*members));
	size_t n, end;
	int ret = find_members(&m, results, members, &n);

	*b = (struct batching){ .workload = NULL };
	if (!ret && n) {
		find_samples(&m, rounds);
		b->workload = room(n, sizeof(*b->workload));
	}
	for (size_t i = 0; i < n && !ret; i = end) {
		for (end = i + 1; end < n && same_place(&members[i], &members[end]);
		     end++)
			;
		ret = make_workload(&m, &b->workload[b->n++], members + i, end - i);
	}
	free(members);
	free(m.samples);
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

static bool matches(const struct batch_workload *w, const char *pattern)
{
	char full[4200];

	snprintf(full, sizeof(full), "%s/%ld", w->name, w->bytes);
	return !fnmatch(pattern, w->name, 0) ||
	       (w->bytes >= 0 && !fnmatch(pattern, full, 0));
}

const char *batching_select(struct batching *b, char *const *patterns, size_t n)
{
	bool *keep = room(b->n, sizeof(*keep)), adds = false;
	const char *unmatched = NULL;
	size_t kept = 0;

	for (size_t p = 0; p < n; p++)
		adds |= *patterns[p] != '!';
	for (size_t i = 0; i < b->n; i++)
		keep[i] = !adds;
	for (size_t p = 0; p < n && !unmatched; p++) {
		bool add = *patterns[p] != '!', any = false;

		for (size_t i = 0; i < b->n; i++)
			if (matches(&b->workload[i], patterns[p] + !add)) {
				keep[i] = add;
				any = true;
			}
		if (!any)
			unmatched = patterns[p];
	}
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

static const char *const verdicts[] = { [FIT_NONE] = "none",
					[FIT_FEW] = "untested",
					[FIT_HOLDS] = "fits",
					[FIT_KNEE] = "knee" };
static const char *const pays[] = { [PAYS_UNKNOWN] = "",
				    [PAYS_ALWAYS] = "always",
				    [PAYS_FROM] = "from",
				    [PAYS_BEYOND] = "beyond",
				    [PAYS_NEVER] = "never" };

static void put_fit(struct batch_row *row, const struct fit *f)
{
	row_set(&row->model, verdicts[f->verdict]);
	row->worst = f->worst;
	row->worst_n = f->worst_at;
	if (f->parts > 0) {
		row->a_ns = f->part[0].a;
		row->b_ns = f->part[0].b;
	}
	if (f->parts > 1) {
		row->knee_n = f->part[1].from;
		row->a2_ns = f->part[1].a;
		row->b2_ns = f->part[1].b;
	}
}

static void put_breakeven(struct batch_row *row, const struct breakeven *be)
{
	row_set(&row->pays, pays[be->pays]);
	row->breakeven_n = be->n;
	if (isinf(be->n.lo))
		row->breakeven_n.lo = be->largest;
	row_set(&row->breakeven_by, be->pays == PAYS_UNKNOWN ? ""
				    : be->at_most	     ? "bound"
				    : be->fitted	     ? "fit"
							     : "sizes");
	row->largest_n = be->largest;
	row->cheaper_from_n = be->cheaper_from;
}

static void put_strategy(struct table *rows, const struct batch_workload *w,
			 const struct batch_strategy *s, size_t base)
{
	const struct result_row *r = batching_row(s, w->advice.n);
	struct batch_row *row = table_add(rows);
	size_t i = index_of(s, w->advice.n);

	row_set(&row->workload, w->name);
	row->bytes = w->bytes;
	row_set(&row->strategy, s->name);
	row_set(&row->best, s == w->advice.best ? "yes" : "no");
	row->rounds = w->rounds;
	if (s->fitted)
		put_fit(row, &s->fit);
	if (base < w->n_baselines) {
		row_set(&row->baseline, w->baseline[base]->name);
		put_breakeven(row, &s->against[base]);
	}
	row->at_n = w->advice.n;
	if (r) {
		row->ns = r->ns;
		row->batch_ns = r->batch_ns.mid;
		row->cpu_ns = r->cpu_ns.mid;
		row->enters = r->enters.mid;
		row_set(&row->mode, r->mode);
	}
	if (base < w->n_baselines && i < s->curve.sizes)
		breakeven_ratio(&s->curve, &w->baseline[base]->curve, i, &row->ratio);
	row->status = s->curve.sizes ? ROW_OK : s->status;
	row_set(&row->reason, s->reason);
}

void batching_rows(const struct batching *b, struct table *rows)
{
	table_init(rows, &batch_schema);
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_workload *w = &b->workload[i];

		for (size_t k = 0; k < w->n_strategies; k++) {
			const struct batch_strategy *s = &w->strategy[k];

			if (s->baseline || !w->n_baselines)
				put_strategy(rows, w, s, w->n_baselines);
			for (size_t j = 0; j < w->n_baselines && !s->baseline; j++)
				put_strategy(rows, w, s, j);
		}
	}
}
