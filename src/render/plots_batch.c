// SPDX-License-Identifier: MIT
/*
 * The figures of a batching sweep: the cost of an operation over the size of the batch,
 * the break-evens, wall against CPU time, and how long a batch takes. Everything drawn was
 * decided in compare/; titles are words for its numbers.
 */
#include <ctype.h>
#include <errno.h>
#include <glob.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch.h"
#include "render/plots_batch.h"
#include "render/say.h"

#define CURVE_POINTS 24 /* of a drawn curve */
#define CPU_LABELS   8

extern const char plot_batch_cost_gp[], plot_batch_cost_gp_end[];
extern const char plot_batch_breakeven_gp[], plot_batch_breakeven_gp_end[];
extern const char plot_batch_cpu_gp[], plot_batch_cpu_gp_end[];
extern const char plot_batch_wait_gp[], plot_batch_wait_gp_end[];

static void put_numbers(FILE *f, const double *v, int n)
{
	for (int i = 0; i < n; i++) {
		canvas_number(f, v[i]);
		fputc(i + 1 < n ? '\t' : '\n', f);
	}
}

#define PUT(f, ...)                               \
	put_numbers(f, (double[]){ __VA_ARGS__ }, \
		    sizeof((double[]){ __VA_ARGS__ }) / sizeof(double))

static double or_else(double v, double instead)
{
	return isfinite(v) ? v : instead;
}

/* A value on the axes of a panel. */
static void grow(struct canvas *g, int panel, double v)
{
	if (!(v > 0) || !isfinite(v))
		return;
	g->panel_min[panel] = fmin(g->panel_min[panel], v);
	g->panel_max[panel] = fmax(g->panel_max[panel], v);
}

static void put_points(struct canvas *g, int panel, const struct batch_strategy *s)
{
	for (size_t i = 0; i < s->curve.sizes; i++) {
		const struct result_row *r = s->row[i];

		PUT(g->dat, s->curve.n[i], r->ns.mid, figure_low(r->ns),
		    figure_high(r->ns));
		grow(g, panel, r->ns.mid);
		g->xmax = fmax(g->xmax, s->curve.n[i]);
		g->xmin = fmin(g->xmin, s->curve.n[i]);
	}
}

/* The curve of every round at n: the median and its interval. */
static int put_band(FILE *f, const struct batch_strategy *s, double n)
{
	double *x = calloc(s->curve.rounds + 1, sizeof(*x));
	struct figure e;
	size_t count = 0;

	if (!x)
		return -ENOMEM;
	for (size_t r = 0; r < s->curve.rounds; r++)
		if (!isnan(s->curve.line[r].a))
			x[count++] = fit_at(&s->curve.line[r], n);
	e = stats_figure(x, count, FIT_LEVEL);
	PUT(f, n, e.mid, figure_low(e), figure_high(e));
	free(x);
	return 0;
}

static int put_curve(struct canvas *g, const struct batch_strategy *s)
{
	const struct curve *c = &s->curve;
	int ret = 0;

	if (s->fitted && s->fit.parts) {
		for (unsigned int k = 0; k < s->fit.parts; k++) {
			const struct fit_part *p = &s->fit.part[k];
			struct fit_line f = { p->a.mid, p->b.mid };

			for (int i = 0; i <= CURVE_POINTS && !ret; i++) {
				double n = p->from *
					   pow(p->to / p->from, i / (double)CURVE_POINTS);

				if (c->line)
					ret = put_band(g->curves, s, n);
				else
					PUT(g->curves, n, fit_at(&f, n), NAN, NAN);
			}
			if (k + 1 < s->fit.parts)
				fputc('\n', g->curves); /* a gap at the knee */
		}
	} else { /* no curve: from point to point */
		for (size_t i = 0; i < c->sizes; i++)
			PUT(g->curves, c->n[i], s->row[i]->ns.mid, NAN, NAN);
	}
	/* Single calls cost the same in any number. */
	if (s->baseline && c->sizes && c->n[c->sizes - 1] < g->xmax)
		PUT(g->curves, g->xmax, s->row[c->sizes - 1]->ns.mid, NAN, NAN);
	return ret;
}

/* The sizes of the largest sweep among the strategies. */
static size_t sweep_of(const struct batch_workload *w)
{
	size_t most = 0;

	for (size_t k = 0; k < w->n_strategies; k++)
		if (w->strategy[k].curve.sizes > most)
			most = w->strategy[k].curve.sizes;
	return w->choice ? most : 0;
}

static const struct batch_strategy *strategy_named(const struct batch_workload *w,
						   const char *name)
{
	for (size_t k = 0; k < w->n_strategies; k++)
		if (!strncmp(w->strategy[k].name, name,
			     sizeof(((struct canvas_key *)0)->name) - 1) &&
		    w->strategy[k].curve.sizes)
			return &w->strategy[k];
	return NULL;
}

static void put_marks(struct canvas *g, const struct batch_workload *w)
{
	bool any = false;

	for (int k = 0; k < g->keys; k++) {
		const struct batch_strategy *s = strategy_named(w, g->key[k].name);
		const struct breakeven *be;

		if (!s || s->baseline)
			continue;
		be = &s->against[0];
		if (be->pays != PAYS_FROM || be->at_most)
			continue;
		PUT(g->names, be->n.mid, batching_row(w->baseline[0], be->n.mid)->ns.mid,
		    g->key[k].rgb);
		any = true;
	}
	if (!any)
		fputs("?\t?\t?\n", g->names);
	fputs("\n\n", g->names);
}

static void panel_title(char *buf, size_t len, const struct batch_workload *w)
{
	const struct batch_advice *a = &w->advice;
	char from[16];
	int at = 0;

	if (w->bytes >= 0)
		at = snprintf(buf, len, "%ld byte%s: ", w->bytes,
			      w->bytes == 1 ? "" : "s");
	if (a->best == a->base)
		snprintf(buf + at, len - at, "%s is the cheapest at %.0f", a->base->name,
			 a->n);
	else if (!a->tested)
		snprintf(buf + at, len - at, "%.40s saves %.0f %% at %.0f, untested",
			 a->best->name, 100 * (1 - a->ratio.mid), a->n);
	else
		snprintf(buf + at, len - at, "%.40s saves %.0f %% at %.0f, from %s on",
			 a->best->name, 100 * (1 - a->ratio.mid), a->n,
			 batch_size(from, sizeof(from), a->from));
}

static void cost_title(struct canvas *g, const struct batch_workload *const *panel)
{
	const struct batch_workload *most = NULL;
	char title[100];

	for (int p = 0; p < g->panels; p++)
		if (panel[p]->advice.best != panel[p]->advice.base &&
		    (!most || panel[p]->advice.ratio.mid < most->advice.ratio.mid))
			most = panel[p];
	if (!most)
		snprintf(g->title, sizeof(g->title),
			 "%s: no strategy is cheaper than single calls", panel[0]->name);
	else
		snprintf(g->title, sizeof(g->title),
			 "%s: %s in batches of %.0f saves %.0f %% of single calls%s",
			 batch_title(title, sizeof(title), most), most->advice.best->name,
			 most->advice.n, 100 * (1 - most->advice.ratio.mid),
			 most->advice.tested ? "" : " (untested)");
}

/* The strategies of all panels: single calls first, grey and dashed. */
static void put_keys(struct canvas *g, const struct batch_workload *const *panel)
{
	for (int single = 1; single >= 0; single--)
		for (int p = 0; p < g->panels; p++)
			for (size_t k = 0; k < panel[p]->n_strategies; k++) {
				const struct batch_strategy *s = &panel[p]->strategy[k];
				int key;

				if (!s->curve.sizes || s->baseline != single)
					continue;
				key = canvas_key(g, s->name);
				if (single) {
					g->key[key].dt = 2;
					g->key[key].rgb = 0x808080;
					g->key[key].pt = 6 + 2 * key % 8; /* hollow */
				}
			}
	/* The colours start with what is no single call. */
	for (int k = 0, colour = 0; k < g->keys; k++)
		if (g->key[k].dt == 1)
			canvas_colour(&g->key[k], colour++);
}

/* A panel for each size of one workload, a series for each strategy. */
static int fill_cost(struct plotter *m, struct canvas *g)
{
	const struct batch_workload *panel[CANVAS_PANELS];
	int ret = 0;

	g->xmin = INFINITY;
	for (size_t i = 0; i < m->batching->n && g->panels < CANVAS_PANELS; i++) {
		const struct batch_workload *w = &m->batching->workload[i];

		if (strcmp(w->name, g->arg) || sweep_of(w) < 3)
			continue;
		panel[g->panels++] = w;
	}
	put_keys(g, panel);
	for (int p = 0; p < g->panels && !ret; p++) {
		g->panel_min[p] = INFINITY;
		panel_title(g->panel[p], sizeof(g->panel[p]), panel[p]);
		for (int k = 0; k < g->keys; k++) {
			const struct batch_strategy *s = strategy_named(panel[p],
									g->key[k].name);

			if (s)
				put_points(g, p, s);
			else
				PUT(g->dat, NAN, NAN, NAN, NAN);
			fputs("\n\n", g->dat);
		}
		for (int k = 0; k < g->keys && !ret; k++) {
			const struct batch_strategy *s = strategy_named(panel[p],
									g->key[k].name);

			if (s)
				ret = put_curve(g, s);
			else
				PUT(g->curves, NAN, NAN, NAN, NAN);
			fputs("\n\n", g->curves);
		}
		put_marks(g, panel[p]);
	}
	g->rows = g->panels;
	if (!g->rows)
		return ret;
	cost_title(g, panel);
	g->height = 90 + (g->panels > 1 ? (g->panels + 1) / 2 * 380 : 480) +
		    22 * (g->keys / 2 + 1);
	return ret;
}

static int fill_breakeven(struct plotter *m, struct canvas *g)
{
	size_t cheaper = 0, never = 0;
	int always = canvas_key(g, "from a batch of one on"),
	    from = canvas_key(g, "from n on");
	int no = canvas_key(g, "not in the sizes that were measured");

	g->key[always].rgb = 0x009e73;
	g->key[from].rgb = 0x0072b2;
	g->key[no].rgb = 0xd55e00;
	for (size_t i = 0; i < m->batching->n; i++) {
		const struct batch_workload *w = &m->batching->workload[i];

		for (size_t k = 0; w->choice && k < w->n_strategies; k++) {
			const struct batch_strategy *s = &w->strategy[k];
			const struct breakeven *be = &s->against[0];
			char label[300], title[100], mid[32], words[64];
			bool never_here;
			int key;

			if (s->baseline || !s->curve.sizes || be->pays == PAYS_UNKNOWN)
				continue;
			never_here = be->pays == PAYS_NEVER || be->pays == PAYS_BEYOND;
			key = never_here ? no : be->pays == PAYS_ALWAYS ? always : from;
			never += never_here;
			cheaper += !never_here;
			snprintf(label, sizeof(label), "%s: %s",
				 batch_title(title, sizeof(title), w), s->name);
			canvas_label(g->dat, label);
			if (never_here)
				snprintf(words, sizeof(words), "not up to %.0f",
					 be->largest);
			else
				snprintf(words, sizeof(words), "%s",
					 batch_size(mid, sizeof(mid), be->n.mid));
			fprintf(g->dat, "\t%d\t%s\t%u\t", g->rows, words,
				g->key[key].rgb);
			/* -1: open, or not there */
			PUT(g->dat, never_here ? -1 : be->n.mid,
			    fmin(or_else(be->n.lo, be->n.mid), be->largest),
			    or_else(isnan(be->n.hi) ? be->n.mid : be->n.hi, -1));
			g->xmax = fmax(g->xmax, be->largest);
			g->rows++;
		}
	}
	g->xmin = 0.9;
	g->xmax *= 2.5;
	g->height = 150 + 19 * g->rows;
	snprintf(
		g->title, sizeof(g->title),
		"%zu of %zu strategies get cheaper than single calls within the sizes measured",
		cheaper, cheaper + never);
	return 0;
}

/* Where the rows have CPU time: one point a strategy, at the size of the advice. */
static int fill_cpu(struct plotter *m, struct canvas *g)
{
	const struct batch_strategy *most = NULL;
	double worst = 0;
	const char *labelled = NULL, *of = NULL;
	int busy = 0, labels = 0;

	for (size_t i = 0; i < m->batching->n; i++) {
		const struct batch_workload *w = &m->batching->workload[i];

		for (size_t k = 0; w->choice && k < w->n_strategies; k++) {
			const struct batch_strategy *s = &w->strategy[k];
			const struct result_row *r = batching_row(s, w->advice.n);
			double share;
			int key;

			if (!r || !(r->cpu_ns.mid > 0) || !(r->ns.mid > 0))
				continue;
			key = canvas_key(g, w->name);
			share = r->cpu_ns.mid / r->ns.mid;
			busy += share > 1.25;
			if (share > worst) {
				worst = share;
				most = s;
			}
			PUT(g->dat, r->ns.mid, r->cpu_ns.mid, figure_low(r->ns),
			    figure_high(r->ns), figure_low(r->cpu_ns),
			    figure_high(r->cpu_ns), g->key[key].rgb, g->key[key].pt);
			/* The same strategy at other sizes lies close by. */
			if (share > 1.25 && labels < CPU_LABELS &&
			    (!labelled || strcmp(w->name, of) ||
			     strcmp(s->name, labelled))) {
				labels++;
				labelled = s->name;
				of = w->name;
				canvas_label(g->names, s->name);
				fputc('\t', g->names);
				PUT(g->names, r->ns.mid, r->cpu_ns.mid);
			}
			canvas_grow(g, r->ns.mid);
			canvas_grow(g, r->cpu_ns.mid);
			g->rows++;
		}
	}
	if (!g->rows)
		return 0;
	if (!labels)
		fputs("\t?\t?\n", g->names);
	g->xmin = g->min / 1.5;
	g->xmax = g->max * 1.5;
	g->height = 640;
	if (busy)
		snprintf(
			g->title, sizeof(g->title),
			"%d of %d strategies use more CPU time than they take; most: %s, %.1f "
			"CPUs",
			busy, g->rows, most->name, worst);
	else
		snprintf(g->title, sizeof(g->title),
			 "No strategy uses more CPU time than it takes");
	return 0;
}

/* A line for each workload: the batches of its best strategy. */
static int fill_wait(struct plotter *m, struct canvas *g)
{
	const struct batch_workload *lo = NULL, *hi = NULL;
	char a[32], b[32], title[100], title2[100];

	g->xmin = INFINITY;
	for (size_t i = 0; i < m->batching->n; i++) {
		const struct batch_workload *w = &m->batching->workload[i];
		const struct batch_strategy *s = w->advice.best;
		const struct result_row *at;
		char key[200];

		if (!w->choice || !s || s == w->advice.base || s->curve.sizes < 3 ||
		    g->keys == CANVAS_KEYS - 1)
			continue;
		snprintf(key, sizeof(key), "%s: %s", batch_title(title, sizeof(title), w),
			 s->name);
		canvas_key(g, key);
		for (size_t k = 0; k < s->curve.sizes; k++) {
			const struct result_row *r = s->row[k];

			PUT(g->dat, s->curve.n[k], r->batch_ns.mid / 1000,
			    figure_low(r->batch_ns) / 1000,
			    figure_high(r->batch_ns) / 1000);
			canvas_grow(g, r->batch_ns.mid / 1000);
			g->xmin = fmin(g->xmin, s->curve.n[k]);
			g->xmax = fmax(g->xmax, s->curve.n[k]);
		}
		fputs("\n\n", g->dat);
		g->rows++;
		at = w->advice.n == BATCH_REF ? w->advice.row : NULL;
		if (at && at->batch_ns.mid > 0) {
			lo = !lo || at->batch_ns.mid < lo->advice.row->batch_ns.mid ? w
										    : lo;
			hi = !hi || at->batch_ns.mid > hi->advice.row->batch_ns.mid ? w
										    : hi;
		}
	}
	if (!(g->max > 0))
		g->rows = 0;
	g->xmin /= 1.1;
	g->xmax *= 1.1;
	g->height = 480 + 22 * ((g->keys + 1) / 2);
	if (lo && lo != hi)
		snprintf(g->title, sizeof(g->title),
			 "A batch of %d takes from %s (%s) to %s (%s)", BATCH_REF,
			 say_ns(a, sizeof(a), lo->advice.row->batch_ns.mid),
			 batch_title(title, sizeof(title), lo),
			 say_ns(b, sizeof(b), hi->advice.row->batch_ns.mid),
			 batch_title(title2, sizeof(title2), hi));
	else
		snprintf(g->title, sizeof(g->title), "How long a batch takes");
	return 0;
}

char *plots_batch_name(char *buf, size_t len, const struct batch_workload *w)
{
	snprintf(buf, len, "batch-cost-%.60s", w->name);
	for (char *p = buf; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-')
			*p = '_';
	return buf;
}

void plots_batch_clear(const char *dir)
{
	static const char *const fixed[] = { "batch-breakeven", "batch-cpu",
					     "batch-wait" };
	char pattern[4300], name[100];
	glob_t found;

	for (size_t i = 0; i < sizeof(fixed) / sizeof(fixed[0]); i++)
		plot_remove(dir, fixed[i]);
	/* The folder's name may have characters that mean something to glob. */
	for (size_t i = 0, at = 0; at < sizeof(pattern) - 30; i++) {
		if (!dir[i]) {
			strcpy(pattern + at, "/batch-cost-*.svg");
			break;
		}
		if (strchr("*?[\\", dir[i]))
			pattern[at++] = '\\';
		pattern[at++] = dir[i];
		pattern[at] = 0;
	}
	if (!glob(pattern, 0, NULL, &found))
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *base = strrchr(found.gl_pathv[i], '/') + 1;

			snprintf(name, sizeof(name), "%.*s", (int)strlen(base) - 4, base);
			plot_remove(dir, name);
		}
	globfree(&found);
}

int plots_batch(struct plotter *m)
{
	static const struct plot plots[] = {
		{ "batch-breakeven", plot_batch_breakeven_gp, plot_batch_breakeven_gp_end,
		  fill_breakeven, NULL },
		{ "batch-cpu", plot_batch_cpu_gp, plot_batch_cpu_gp_end, fill_cpu, NULL },
		{ "batch-wait", plot_batch_wait_gp, plot_batch_wait_gp_end, fill_wait,
		  NULL },
	};
	int ret = 0;

	plots_batch_clear(m->out);
	if (!m->batching->n)
		return 0;
	for (size_t i = 0; i < sizeof(plots) / sizeof(plots[0]) && !ret; i++)
		ret = plot_make(m, &plots[i]);
	/* Workloads of one name stand together. */
	for (size_t i = 0; i < m->batching->n && !ret; i++) {
		const struct batch_workload *w = &m->batching->workload[i];
		char name[100];
		struct plot f = { plots_batch_name(name, sizeof(name), w),
				  plot_batch_cost_gp, plot_batch_cost_gp_end, fill_cost,
				  w->name };

		if (!i || strcmp(w->name, w[-1].name))
			ret = plot_make(m, &f);
	}
	return ret;
}
