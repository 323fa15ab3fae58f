// SPDX-License-Identifier: MIT
/* The plots of a batching sweep. What is drawn was decided in compare/. */
#include <ctype.h>
#include <dirent.h>
#include <math.h>
#include <string.h>

#include "render/batch.h"
#include "render/plots_batch.h"
#include "render/say.h"

#define CPU_LABELS 8

extern const char plot_batch_cost_gp[];
extern const char plot_batch_breakeven_gp[];
extern const char plot_batch_cpu_gp[];
extern const char plot_batch_wait_gp[];

static double finite_or(double v, double instead)
{
	return isfinite(v) ? v : instead;
}

static void draw_breakeven(struct plotter *m, struct canvas *g)
{
	int cheaper = 0;
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
			bool never_here;
			int key;

			if (s->baseline || !s->curve.sizes || be->pays == PAYS_UNKNOWN)
				continue;
			never_here = be->pays == PAYS_NEVER || be->pays == PAYS_BEYOND;
			key = never_here ? no : be->pays == PAYS_ALWAYS ? always : from;
			cheaper += !never_here;
			canvas_label(g->dat, text("%s: %s", batch_title(w).s, s->name).s);
			fprintf(g->dat, "\t%d\t%s\t%u\t", g->rows,
				never_here ? text("not up to %.0f", be->largest).s
					   : batch_size(be->n.mid).s,
				g->key[key].rgb);
			/* -1: open, or not there */
			CANVAS_LINE(
				g->dat, never_here ? -1 : be->n.mid,
				fmin(finite_or(be->n.lo, be->n.mid), be->largest),
				finite_or(isnan(be->n.hi) ? be->n.mid : be->n.hi, -1));
			g->xmax = fmax(g->xmax, be->largest);
			g->rows++;
		}
	}
	g->xmin = 0.9;
	g->xmax *= 2.5;
	g->height = 150 + 19 * g->rows;
	g->title = text(
		"%d of %d strategies get cheaper than single calls within the sizes measured",
		cheaper, g->rows);
}

/* Where the rows have CPU time: one point a strategy, at the size of the advice. */
static void draw_cpu(struct plotter *m, struct canvas *g)
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
			CANVAS_LINE(g->dat, r->ns.mid, r->cpu_ns.mid, figure_low(r->ns),
				    figure_high(r->ns), figure_low(r->cpu_ns),
				    figure_high(r->cpu_ns), g->key[key].rgb,
				    g->key[key].pt);
			/* The same strategy at other sizes lies close by. */
			if (share > 1.25 && labels < CPU_LABELS &&
			    (!labelled || strcmp(w->name, of) ||
			     strcmp(s->name, labelled))) {
				labels++;
				labelled = s->name;
				of = w->name;
				canvas_label(g->names, s->name);
				fputc('\t', g->names);
				CANVAS_LINE(g->names, r->ns.mid, r->cpu_ns.mid);
			}
			canvas_grow(g, r->ns.mid);
			canvas_grow(g, r->cpu_ns.mid);
			g->rows++;
		}
	}
	if (!g->rows)
		return;
	if (!labels)
		fputs("\t?\t?\n", g->names);
	g->xmin = g->min / 1.5;
	g->xmax = g->max * 1.5;
	g->height = 640;
	if (busy)
		g->title = text(
			"%d of %d strategies use more CPU time than they take; most: %s, %.1f "
			"CPUs",
			busy, g->rows, most->name, worst);
	else
		g->title = text("No strategy uses more CPU time than it takes");
}

/* A line for each workload: the batches of its best strategy. */
static void draw_wait(struct plotter *m, struct canvas *g)
{
	const struct batch_workload *lo = NULL, *hi = NULL; /* quickest and slowest */
	double least = INFINITY, most = 0;

	g->xmin = INFINITY;
	for (size_t i = 0; i < m->batching->n; i++) {
		const struct batch_workload *w = &m->batching->workload[i];
		const struct batch_strategy *s = w->advice.best;
		double takes;

		if (!w->choice || !s || s == w->advice.base || s->curve.sizes < 3 ||
		    g->keys == CANVAS_KEYS - 1)
			continue;
		canvas_key(g, text("%s: %s", batch_title(w).s, s->name).s);
		for (size_t k = 0; k < s->curve.sizes; k++) {
			const struct result_row *r = s->row[k];

			CANVAS_LINE(g->dat, s->curve.n[k], r->batch_ns.mid / 1000,
				    figure_low(r->batch_ns) / 1000,
				    figure_high(r->batch_ns) / 1000);
			canvas_grow(g, r->batch_ns.mid / 1000);
			g->xmin = fmin(g->xmin, s->curve.n[k]);
			g->xmax = fmax(g->xmax, s->curve.n[k]);
		}
		fputs("\n\n", g->dat);
		g->rows++;
		if (w->advice.n != BATCH_REF || !w->advice.row)
			continue;
		takes = w->advice.row->batch_ns.mid;
		if (takes > 0 && takes < least) {
			least = takes;
			lo = w;
		}
		if (takes > most) {
			most = takes;
			hi = w;
		}
	}
	if (!(g->max > 0))
		g->rows = 0;
	g->xmin /= 1.1;
	g->xmax *= 1.1;
	g->height = 480 + 22 * ((g->keys + 1) / 2);
	if (lo && lo != hi)
		g->title = text("A batch of %d takes from %s (%s) to %s (%s)", BATCH_REF,
				say_ns(least).s, batch_title(lo).s, say_ns(most).s,
				batch_title(hi).s);
	else
		g->title = text("How long a batch takes");
}

#define PLOTS 3

static const struct plot plots[PLOTS] = {
	{ "batch-breakeven", plot_batch_breakeven_gp, draw_breakeven, NULL },
	{ "batch-cpu", plot_batch_cpu_gp, draw_cpu, NULL },
	{ "batch-wait", plot_batch_wait_gp, draw_wait, NULL },
};

struct text plots_batch_name(const struct batch_workload *w)
{
	struct text name = text("batch-cost-%.60s", w->name);

	for (char *p = name.s; *p; p++)
		if (!isalnum((unsigned char)*p) && *p != '-')
			*p = '_';
	return name;
}

/* The batch-cost-* of workloads that the rows may not have any more are removed too. */
void plots_batch_clear(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);

	for (size_t i = 0; i < PLOTS; i++)
		plot_remove(dir, plots[i].name);
	while (d && (entry = readdir(d))) {
		const char *name = entry->d_name, *end = strstr(name, ".svg");

		if (say_after(name, "batch-cost-") && end && !end[4])
			plot_remove(dir, text("%.*s", (int)(end - name), name).s);
	}
	if (d)
		closedir(d);
}

int plots_batch(struct plotter *m)
{
	int ret = 0;

	plots_batch_clear(m->out);
	if (!m->batching->n)
		return 0;
	for (size_t i = 0; i < PLOTS && !ret; i++)
		ret = plot_make(m, &plots[i]);
	/* Workloads of one name stand together. */
	for (size_t i = 0; i < m->batching->n && !ret; i++) {
		const struct batch_workload *w = &m->batching->workload[i];
		struct text name = plots_batch_name(w);
		struct plot f = { name.s, plot_batch_cost_gp, plots_cost, w->name };

		if (!i || strcmp(w->name, w[-1].name))
			ret = plot_make(m, &f);
	}
	return ret;
}
