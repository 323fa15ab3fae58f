// SPDX-License-Identifier: MIT
/*
 * Verdicts: which rows are compared, at which level and delta, and what that makes of them.
 * The values come from pairs.c, the statistics from stats/. It measures and prints nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "compare/gate.h"
#include "compare/pairs.h"
#include "compare/status.h"
#include "stats/shift.h"
#include "stats/stats.h"
#include "stats/test.h"

/* One row being compared. */
struct entry {
	struct verdict_row *out;
	struct values values;
	struct stats_shift shift; /* of log-ratios, sorted */
	double *logs;		  /* what shift points to */
	double delta;		  /* as a log-ratio */
	size_t quiet, contended, candidates;
	const char *trouble; /* why it can decide nothing, or NULL */
};

/* A comparison in the making. */
struct job {
	const struct gate_side *base, *head;
	size_t n_base, n_head;
	const struct gate_options *o;
	struct points base_points, head_points;
	struct statuses base_status, head_status;
	struct pairing how;
};

__attribute__((format(printf, 2, 3))) static void set(char **field, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	row_set(field, text);
}

static double percent(double log_ratio)
{
	return expm1(log_ratio) * 100;
}

static void entry_free(struct entry *e)
{
	free(e->values.pool);
	free(e->logs);
}

static int sides_ok(const struct gate_side *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!(s[i].ticks_per_ns > 0) || !isfinite(s[i].ticks_per_ns))
			return -EINVAL;
	return n ? 0 : -EINVAL;
}

static void job_free(struct job *j)
{
	free(j->base_points.p);
	free(j->head_points.p);
	free(j->base_status.rows);
	free(j->head_status.rows);
}

static int job_init(struct job *j, const struct gate_side *base, size_t n_base,
		    const struct gate_side *head, size_t n_head,
		    const struct gate_options *o)
{
	*j = (struct job){ .base = base,
			   .head = head,
			   .n_base = n_base,
			   .n_head = n_head,
			   .o = o,
			   .how.paired = o->paired };
	j->how.folders = !o->paired && n_base >= GATE_FOLDERS && n_head >= GATE_FOLDERS;
	if (sides_ok(base, n_base) || sides_ok(head, n_head) ||
	    (o->paired && n_base != n_head))
		return -EINVAL;
	if (points_gather(&j->base_points, base, n_base) ||
	    points_gather(&j->head_points, head, n_head) ||
	    statuses_gather(&j->base_status, base, n_base) ||
	    statuses_gather(&j->head_status, head, n_head)) {
		job_free(j);
		return -ENOMEM;
	}
	return 0;
}

/* Whether there are `need` values of which a comparison can be made. */
static bool enough(const struct job *j, const struct entry *e, size_t need)
{
	if (j->how.paired)
		return e->quiet + e->contended >= need;
	return e->quiet >= need || e->contended >= need;
}

/*
 * Paired: quiet pairs, if there are `need` of them and they are at least half of all, else
 * the contended ones too: the two rounds of a pair are always of one state. Unpaired: quiet
 * values if there are `need` of them, contended ones if there are of these, else whichever
 * are more.
 */
static int choose_values(const struct job *j, const char *id, size_t need,
			 struct entry *e)
{
	struct values other;
	bool quiet;
	int ret = pairs_collect(&e->values, &j->base_points, &j->head_points, id, j->how,
				false, &e->candidates);

	if (ret)
		return ret;
	ret = pairs_collect(&other, &j->base_points, &j->head_points, id, j->how, true,
			    NULL);
	if (ret)
		return ret;
	e->quiet = pairs_n(&e->values);
	e->contended = pairs_n(&other) - (j->how.paired ? e->quiet : 0);
	quiet = j->how.paired ? e->quiet >= need && 2 * e->quiet >= e->candidates
			      : e->quiet >= need || e->quiet >= e->contended;
	if (quiet || !e->contended) {
		free(other.pool);
		return 0;
	}
	free(e->values.pool);
	e->values = other;
	/* Unknown probes are not equal ones. */
	if (!j->how.paired &&
	    !(fabs(log(other.head_probe / other.base_probe)) <= log1p(GATE_SAME_STATE)))
		e->trouble = "neighbours of the two sides were not equally busy";
	return 0;
}

static int make_shift(struct entry *e, bool paired)
{
	const struct values *v = &e->values;
	double *logs = calloc(v->n_base + v->n_head + 1, sizeof(*logs));

	if (!logs)
		return -ENOMEM;
	e->logs = logs;
	if (paired) {
		for (size_t i = 0; i < v->n_head; i++)
			logs[i] = log(v->head[i]) - log(v->base[i]);
		stats_sort(logs, v->n_head);
		e->shift = (struct stats_shift){ .x = logs, .n_x = v->n_head };
		return 0;
	}
	for (size_t i = 0; i < v->n_head; i++)
		logs[i] = log(v->head[i]);
	for (size_t i = 0; i < v->n_base; i++)
		logs[v->n_head + i] = log(v->base[i]);
	stats_sort(logs, v->n_head);
	stats_sort(logs + v->n_head, v->n_base);
	e->shift = (struct stats_shift){ logs, logs + v->n_head, v->n_head, v->n_base };
	return 0;
}

/*
 * The deviation of values as a number of rounds is chosen for: the larger of the robust one
 * and of what the middle four fifths would have if they were normal (+-1.2816 sigma). Where
 * a row has two states, most pairs may agree to the last digit and some be far away.
 */
static double side_spread(const double *sorted, size_t n, double *scratch)
{
	double wide = (stats_quantile(sorted, n, 0.9) - stats_quantile(sorted, n, 0.1)) /
		      (2 * 1.2816);

	memcpy(scratch, sorted, n * sizeof(*scratch));
	return fmax(wide, stats_mad_sigma(scratch, n));
}

/* The spread of one value's log-ratio. Uses `scratch`, as long as the values. */
static double spread(const struct stats_shift *s, double *scratch)
{
	double x = side_spread(s->x, s->n_x, scratch), y;

	if (!s->y)
		return x;
	y = side_spread(s->y, s->n_y, scratch);
	return sqrt(x * x + y * y);
}

static double delta_of(const struct gate_options *o, const char *id, double base_ns,
		       int64_t ops)
{
	double delta = fmax(o->delta, o->floor_ns / (base_ns * ops));
	double noise = o->noise ? noise_delta(o->noise, id) : NAN;

	return fmax(delta, noise); /* fmax passes over a NAN */
}

/* Values, their shift and all figures of a row that need no level. */
static int prepare(const struct job *j, struct entry *e, size_t need, int64_t ops)
{
	struct figure base, head;
	int ret = choose_values(j, e->out->id, need, e);

	if (!ret)
		ret = make_shift(e, j->how.paired);
	if (ret)
		return ret;
	base = stats_figure(e->values.base, e->values.n_base, 0.95);
	head = stats_figure(e->values.head, e->values.n_head, 0.95);
	e->out->rounds = pairs_n(&e->values);
	if (!pairs_n(&e->values))
		return 0;
	e->out->ratio.mid = exp(stats_shift_median(&e->shift));
	e->out->base_ns = base;
	e->out->head_ns = head;
	e->out->delta = delta_of(j->o, e->out->id, base.mid, ops);
	e->delta = log1p(e->out->delta);
	/* The values are not needed any more, and their room is large enough. */
	e->out->sigma = spread(&e->shift, e->values.pool);
	return 0;
}

/* What the comparison as a whole says against the machine; fills disturbed and why. */
static int check_control(const struct job *j, struct entry *e, struct gate_summary *s)
{
	double moved;
	int ret = prepare(j, e, GATE_CONTROL_LEAST, 1);

	if (ret)
		return ret;
	e->out->level = 0.95;
	e->out->ratio.lo = exp(stats_shift_low(&e->shift, 0.025));
	e->out->ratio.hi = exp(stats_shift_high(&e->shift, 0.025));
	e->out->verdict = VERDICT_SAME;
	row_set(&e->out->reason, "the control, which nothing but the machine can change");
	e->out->delta = expm1(j->o->control_bound);
	if (pairs_n(&e->values) < GATE_CONTROL_LEAST) {
		s->disturbed = true;
		snprintf(s->why, sizeof(s->why),
			 "the control has too few rounds of one contention state");
	} else {
		s->control_ratio = e->out->ratio.mid;
		moved = log(e->out->ratio.mid);
		if (!(fabs(moved) <= j->o->control_bound)) {
			s->disturbed = true;
			snprintf(s->why, sizeof(s->why),
				 "the control moved by %+.1f %%: the machine changed",
				 percent(moved));
		}
	}
	if (s->disturbed) {
		e->out->verdict = VERDICT_CONTAMINATED;
		row_set(&e->out->reason, s->why);
	}
	return 0;
}

/* Median quiet level of a side in nanoseconds; NAN if one is unknown. */
static double quiet_level(const struct gate_side *sides, size_t n)
{
	double *x = calloc(n, sizeof(*x)), level = NAN;
	size_t known = 0;

	for (size_t i = 0; x && i < n; i++)
		if (sides[i].quiet_level > 0)
			x[known++] = sides[i].quiet_level / sides[i].ticks_per_ns;
	if (known == n && n) {
		stats_sort(x, n);
		level = stats_median(x, n);
	}
	free(x);
	return level;
}

static void check_quiet_level(const struct job *j, struct gate_summary *s)
{
	double moved = log(quiet_level(j->head, j->n_head) /
			   quiet_level(j->base, j->n_base));

	if (s->disturbed || !(fabs(moved) > log1p(GATE_SAME_STATE)))
		return;
	s->disturbed = true;
	snprintf(
		s->why, sizeof(s->why),
		"the probe's quiet level moved by %+.1f %%: a neighbour stayed all through "
		"one side, or the clock speed changed",
		percent(moved));
}

/* Holm's step-down over n p-values, one direction: the tail of each, negative: rejected. */
static int step_down(const double *p, size_t n, double error, double *tail)
{
	double *adjusted = calloc(n + 1, sizeof(*adjusted));
	size_t *order = calloc(n + 1, sizeof(*order)), stop = 0;
	int ret = adjusted && order ? 0 : -ENOMEM;

	if (!ret) {
		stats_holm(p, n, order, adjusted);
		while (stop < n && adjusted[order[stop]] <= error)
			stop++;
		for (size_t i = 0; i < n; i++)
			tail[order[i]] = i < stop ? -error / (n - i) : error / (n - stop);
	}
	free(adjusted);
	free(order);
	return ret;
}

/*
 * The tail of each row's interval: Holm over the chances of being slower, and over those of
 * being faster. A row that neither rejects gets the smaller of the tails at which they stop;
 * none can be in both, as its p-values are not both below one half.
 */
static int holm_tails(const struct entry *e, size_t n, double error, double *tail)
{
	double *p = calloc(2 * n, sizeof(*p)), *faster = p ? p + n : NULL;
	int ret = p ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && !ret; i++)
		p[i] = e[i].out->p_slower;
	if (!ret)
		ret = step_down(p, n, error, tail);
	for (size_t i = 0; i < n && !ret; i++)
		p[i] = e[i].out->p_faster;
	if (!ret)
		ret = step_down(p, n, error, faster);
	for (size_t i = 0; i < n && !ret; i++)
		tail[i] = tail[i] < 0	  ? -tail[i]
			  : faster[i] < 0 ? -faster[i]
					  : fmin(tail[i], faster[i]);
	free(p);
	return ret;
}

static int advise(const struct entry *e, size_t n)
{
	double *p = calloc(2 * n, sizeof(*p)), *adjusted = p + n;
	size_t *order = calloc(n, sizeof(*order));
	int ret = p && order ? 0 : -ENOMEM;

	for (size_t i = 0; i < n && !ret; i++)
		p[i] = e[i].out->p_differs;
	if (!ret)
		stats_bh(p, n, order, adjusted);
	for (size_t i = 0; i < n && !ret; i++)
		if (adjusted[i] <= GATE_FDR)
			e[i].out->advice = e[i].out->ratio.mid > 1 ? ADVICE_SLOWER
								   : ADVICE_FASTER;
	free(order);
	free(p);
	return ret;
}

static void p_values(struct entry *e)
{
	struct verdict_row *r = e->out;
	bool none = e->trouble || !pairs_n(&e->values);

	r->p_slower = none ? 1 : stats_shift_above(&e->shift, e->delta);
	r->p_faster = none ? 1 : stats_shift_below(&e->shift, -e->delta);
	r->p_differs = none ? 1
			    : fmin(1, 2 * fmin(stats_shift_above(&e->shift, 0),
					       stats_shift_below(&e->shift, 0)));
}

/* Why there is no interval: too few rounds, or rounds in the wrong states. */
static void say_few(const struct entry *e, const struct job *j, double tail)
{
	size_t need = stats_shift_least(j->how.paired, tail);
	const char *what = j->how.paired    ? "pairs of rounds"
			   : j->how.folders ? "folders a side"
					    : "rounds a side";

	if (!e->candidates)
		row_set(&e->out->reason, "no rounds of both sides");
	else if (!e->quiet && !e->contended)
		row_set(&e->out->reason,
			"no rounds of the same contention state, probe and window length");
	else
		set(&e->out->reason,
		    "too few %s: %zu quiet, %zu contended of %zu; %zu%s are needed", what,
		    e->quiet, e->contended, e->candidates, need,
		    j->how.paired ? "" : " of one kind");
}

static void decide(struct entry *e, const struct job *j, double tail, bool disturbed)
{
	const char *beside = !e->values.contended	 ? ""
			     : e->quiet && j->how.paired ? ", partly next to a busy "
							   "neighbour"
							 : ", next to a busy neighbour";
	struct verdict_row *r = e->out;
	double low = stats_shift_low(&e->shift, tail);
	double high = stats_shift_high(&e->shift, tail), bound = r->delta * 100;

	r->level = 1 - 2 * tail;
	r->ratio.lo = exp(low);
	r->ratio.hi = exp(high);
	if (e->trouble) {
		r->verdict = VERDICT_INCONCLUSIVE;
		row_set(&r->reason, e->trouble);
	} else if (isnan(low) || isnan(high)) {
		r->verdict = VERDICT_INCONCLUSIVE;
		say_few(e, j, tail);
	} else if (low > e->delta) {
		r->verdict = disturbed ? VERDICT_CONTAMINATED : VERDICT_REGRESSED;
		set(&r->reason, "the whole interval is slower than %+.1f %%%s", bound,
		    beside);
	} else if (high < -e->delta) {
		r->verdict = disturbed ? VERDICT_CONTAMINATED : VERDICT_IMPROVED;
		set(&r->reason, "the whole interval is faster than %+.1f %%%s",
		    percent(-e->delta), beside);
	} else if (low >= -e->delta && high <= e->delta) {
		r->verdict = VERDICT_SAME;
		set(&r->reason, "the whole interval is within %.1f %%%s", bound, beside);
	} else {
		r->verdict = VERDICT_INCONCLUSIVE;
		set(&r->reason, "the interval reaches from %+.1f %% to %+.1f %%%s",
		    percent(low), percent(high), beside);
	}
}

/* When most rows lack rounds of one state though there were enough, it was the machine. */
static void check_busy(const struct job *j, const struct entry *e, size_t n, size_t need,
		       struct gate_summary *s)
{
	size_t busy = 0;

	for (size_t i = 0; i < n; i++)
		busy += e[i].candidates >= need && !enough(j, &e[i], need) &&
			(j->how.paired || e[i].quiet + e[i].contended > 0);
	if (s->disturbed || 2 * busy <= n || j->how.folders)
		return;
	s->disturbed = true;
	snprintf(s->why, sizeof(s->why),
		 "a neighbour came and went: %zu of %zu rows have too few rounds of one "
		 "contention state",
		 busy, n);
}

static int decide_all(const struct job *j, struct entry *e, size_t n, size_t need,
		      struct gate_summary *s)
{
	double *tail;
	int ret;

	if (!n)
		return 0;
	tail = calloc(n, sizeof(*tail));
	if (!tail)
		return -ENOMEM;
	for (size_t i = 0; i < n; i++)
		p_values(&e[i]);
	check_quiet_level(j, s);
	check_busy(j, e, n, need, s);
	ret = holm_tails(e, n, j->o->family_error, tail);
	for (size_t i = 0; i < n && !ret; i++)
		decide(&e[i], j, tail[i], s->disturbed);
	if (!ret && !s->disturbed)
		ret = advise(e, n);
	free(tail);
	return ret;
}

/* Fills `e` with the rows to compare, and the control last; the others become skip. */
static size_t sort_out(const struct job *j, struct table *verdicts, struct entry *e,
		       int64_t *ops, bool *control)
{
	struct verdict_row *found = NULL;
	size_t n = 0;

	for (size_t i = 0; i < verdicts->n; i++) {
		struct verdict_row *row = table_row(verdicts, struct verdict_row, i);
		struct status base = status_find(&j->base_status, row->id);
		struct status head = status_find(&j->head_status, row->id);

		if (!status_comparable(&base, &head, row))
			continue;
		if (!strcmp(row->id, j->o->control)) {
			found = row;
			continue;
		}
		ops[n] = base.ops;
		e[n++].out = row;
	}
	*control = found;
	e[n].out = found;
	return n;
}

int gate(const struct gate_side *base, size_t n_base, const struct gate_side *head,
	 size_t n_head, const struct gate_options *options, struct table *verdicts,
	 struct gate_summary *summary)
{
	struct gate_summary s = { .control_ratio = NAN };
	struct entry *e = NULL;
	int64_t *ops = NULL;
	size_t n = 0, need;
	bool control;
	struct job j;
	int ret;

	ret = job_init(&j, base, n_base, head, n_head, options);
	if (ret)
		return ret;
	table_init(verdicts, &verdict_schema);
	ret = status_ids(verdicts, base, n_base, head, n_head);
	e = calloc(verdicts->n + 1, sizeof(*e));
	ops = calloc(verdicts->n + 1, sizeof(*ops));
	if (!e || !ops)
		ret = -ENOMEM;
	if (ret)
		goto out;
	n = sort_out(&j, verdicts, e, ops, &control);
	need = stats_shift_least(options->paired, options->family_error / (n ? n : 1));
	for (size_t i = 0; i < n && !ret; i++)
		ret = prepare(&j, &e[i], need, ops[i]);
	if (!ret && control)
		ret = check_control(&j, &e[n], &s);
	if (!ret)
		ret = decide_all(&j, e, n, need, &s);
out:
	for (size_t i = 0; e && i <= verdicts->n; i++)
		entry_free(&e[i]);
	free(e);
	free(ops);
	job_free(&j);
	if (ret) {
		table_free(verdicts);
		return ret;
	}
	gate_count(verdicts, &s);
	*summary = s;
	return 0;
}

bool gate_flagged(const struct verdict_row *row)
{
	return row->verdict == VERDICT_REGRESSED || row->verdict == VERDICT_IMPROVED;
}

static void not_confirmed(struct verdict_row *row, enum row_verdict verdict,
			  const char *why)
{
	set(&row->reason, "%s at first, not confirmed: %s", verdict_words[row->verdict],
	    why);
	row->verdict = verdict;
}

/* A flagged row and what its fresh rounds say. */
struct retry {
	struct verdict_row *row;
	struct entry e;
};

/* Fills *r from the fresh rounds; the p-value is of the direction that was flagged. */
static int try_again(const struct job *j, struct retry *r, size_t need, bool slower,
		     double *p)
{
	double delta = log1p(r->row->delta);
	int ret = choose_values(j, r->row->id, need, &r->e);

	if (!ret)
		ret = make_shift(&r->e, j->how.paired);
	if (ret)
		return ret;
	*p = slower ? stats_shift_above(&r->e.shift, delta)
		    : stats_shift_below(&r->e.shift, -delta);
	if (r->e.trouble || !pairs_n(&r->e.values))
		*p = 1;
	return 0;
}

static void confirm_row(struct retry *r, double tail, const char *disturbed)
{
	struct verdict_row *row = r->row;
	double low = stats_shift_low(&r->e.shift, fabs(tail));
	double high = stats_shift_high(&r->e.shift, fabs(tail));
	size_t n = pairs_n(&r->e.values);
	char text[120];

	row->confirm_rounds = n;
	row->confirm_level = 1 - 2 * fabs(tail);
	row->confirm.mid = n ? exp(stats_shift_median(&r->e.shift)) : NAN;
	row->confirm.lo = exp(low);
	row->confirm.hi = exp(high);
	if (disturbed) {
		not_confirmed(row, VERDICT_CONTAMINATED, disturbed);
	} else if (r->e.trouble) {
		not_confirmed(row, VERDICT_INCONCLUSIVE, r->e.trouble);
	} else if (tail > 0) {
		snprintf(text, sizeof(text), "fresh rounds say %+.1f %%, interval %s",
			 percent(log(row->confirm.mid)),
			 isnan(low) ? "not available" : "not beyond delta");
		not_confirmed(row, VERDICT_INCONCLUSIVE, n ? text : "no fresh rounds");
	} else {
		set(&row->reason, "%s; fresh rounds agree", row->reason);
	}
}

/* All rows that were flagged in one direction: Holm's step-down over them alone. */
static int confirm_direction(const struct job *j, struct table *verdicts, bool slower,
			     const char *disturbed)
{
	enum row_verdict flagged = slower ? VERDICT_REGRESSED : VERDICT_IMPROVED;
	struct retry *r = calloc(verdicts->n + 1, sizeof(*r));
	double *p = calloc(2 * verdicts->n + 1, sizeof(*p));
	double *tail = p ? p + verdicts->n : NULL;
	size_t n = 0, need;
	int ret = r && p ? 0 : -ENOMEM;

	for (size_t i = 0; i < verdicts->n && !ret; i++) {
		struct verdict_row *row = table_row(verdicts, struct verdict_row, i);

		if (row->verdict == flagged)
			r[n++].row = row;
	}
	need = stats_shift_least(j->how.paired, j->o->family_error / (n ? n : 1));
	for (size_t i = 0; i < n && !ret; i++)
		ret = try_again(j, &r[i], need, slower, &p[i]);
	if (!ret)
		ret = step_down(p, n, j->o->family_error, tail);
	for (size_t i = 0; i < n && !ret; i++)
		confirm_row(&r[i], tail[i], disturbed);
	for (size_t i = 0; r && i < n; i++)
		entry_free(&r[i].e);
	free(r);
	free(p);
	return ret;
}

/* The control of the fresh rounds alone, through a table of its own. */
static int confirm_control(const struct job *j, struct gate_summary *s)
{
	struct table one;
	struct entry e = { 0 };
	struct status base = status_find(&j->base_status, j->o->control);
	struct status head = status_find(&j->head_status, j->o->control);
	int ret = 0;

	table_init(&one, &verdict_schema);
	e.out = table_add(&one);
	row_set(&e.out->id, j->o->control);
	if (base.kind == STATUS_FINE && head.kind == STATUS_FINE)
		ret = check_control(j, &e, s);
	check_quiet_level(j, s);
	entry_free(&e);
	table_free(&one);
	return ret;
}

int gate_confirm(struct table *verdicts, const struct gate_side *base,
		 const struct gate_side *head, const struct gate_options *options,
		 struct gate_summary *summary)
{
	struct gate_summary fresh = { .control_ratio = NAN };
	struct job j;
	int ret = job_init(&j, base, 1, head, 1, options);

	if (ret)
		return ret;
	ret = confirm_control(&j, &fresh);
	for (int slower = 0; slower < 2 && !ret; slower++)
		ret = confirm_direction(&j, verdicts, slower,
					fresh.disturbed ? fresh.why : NULL);
	job_free(&j);
	if (ret)
		return ret;
	if (fresh.disturbed && !summary->disturbed) {
		summary->disturbed = true;
		snprintf(summary->why, sizeof(summary->why), "in the fresh rounds %.170s",
			 fresh.why);
	}
	gate_count(verdicts, summary);
	return 0;
}

size_t gate_rounds(const struct gate_side *base, const struct gate_side *head,
		   const char *id, size_t rows, double effect,
		   const struct gate_options *options, double *sigma)
{
	double tail = options->family_error / (rows ? rows : 1), s;
	size_t n = GATE_ROUNDS_MAX, usable;
	struct entry e = { 0 };
	struct job j;

	if (job_init(&j, base, 1, head, 1, options))
		return 0;
	if (choose_values(&j, id, 0, &e) || make_shift(&e, options->paired)) {
		entry_free(&e);
		job_free(&j);
		return 0;
	}
	usable = pairs_n(&e.values);
	s = usable >= 3 ? spread(&e.shift, e.values.pool) : NAN;
	if (usable >= 3) {
		n = stats_sign_rounds(s, effect, tail, GATE_POWER, GATE_ROUNDS_MAX);
		n = (n * e.candidates + usable - 1) / usable;
	}
	if (n > GATE_ROUNDS_MAX)
		n = GATE_ROUNDS_MAX;
	if (sigma)
		*sigma = s;
	if (!e.candidates)
		n = 0;
	entry_free(&e);
	job_free(&j);
	return n;
}

bool gate_broken(const struct verdict_row *row)
{
	return row->verdict == VERDICT_SKIP &&
	       !strncmp(row->reason, GATE_BROKEN, strlen(GATE_BROKEN));
}

void gate_count(const struct table *verdicts, struct gate_summary *s)
{
	s->compared = s->regressed = s->improved = s->same = s->inconclusive = 0;
	s->contaminated = s->skipped = s->broken = 0;
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict_row *r = table_row(verdicts, struct verdict_row, i);

		s->regressed += r->verdict == VERDICT_REGRESSED;
		s->improved += r->verdict == VERDICT_IMPROVED;
		s->same += r->verdict == VERDICT_SAME;
		s->inconclusive += r->verdict == VERDICT_INCONCLUSIVE;
		s->contaminated += r->verdict == VERDICT_CONTAMINATED;
		s->skipped += r->verdict == VERDICT_SKIP;
		s->broken += gate_broken(r);
	}
	s->compared = verdicts->n - s->skipped;
}
