// SPDX-License-Identifier: MIT
/*
 * The plot of one workload: what an operation costs over the size of its batch, by
 * strategy, with the curves that fit and the break-evens. What is drawn was decided in
 * compare/.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/room.h"
#include "render/batch.h"
#include "render/plots_batch.h"

#define CURVE_POINTS 24 /* of a drawn curve */

/* A value on the axes of a panel. */
static void grow_panel(struct canvas *g, int panel, double v)
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

		CANVAS_LINE(g->dat, s->curve.n[i], r->ns.mid, figure_low(r->ns),
			    figure_high(r->ns));
		grow_panel(g, panel, r->ns.mid);
		g->xmax = fmax(g->xmax, s->curve.n[i]);
		g->xmin = fmin(g->xmin, s->curve.n[i]);
	}
}

/* The curve of every round at n: the median and its interval. */
static void put_band(FILE *f, const struct batch_strategy *s, double n)
{
	double *x = room_for(s->curve.rounds, sizeof(*x));
	struct figure e;
	size_t count = 0;

	for (size_t r = 0; r < s->curve.rounds; r++)
		if (!isnan(s->curve.line[r].a))
			x[count++] = fit_at(&s->curve.line[r], n);
	e = stats_figure(x, count, FIT_LEVEL);
	CANVAS_LINE(f, n, e.mid, figure_low(e), figure_high(e));
	free(x);
}

static void put_curve(struct canvas *g, const struct batch_strategy *s)
{
	const struct curve *c = &s->curve;

	if (s->fitted && s->fit.parts) {
		for (unsigned int k = 0; k < s->fit.parts; k++) {
			const struct fit_part *p = &s->fit.part[k];
			struct fit_line f = { p->a.mid, p->b.mid };

			for (int i = 0; i <= CURVE_POINTS; i++) {
				double n = p->from *
					   pow(p->to / p->from, i / (double)CURVE_POINTS);

				if (c->line)
					put_band(g->curves, s, n);
				else
					CANVAS_LINE(g->curves, n, fit_at(&f, n), NAN,
						    NAN);
			}
			if (k + 1 < s->fit.parts)
				fputc('\n', g->curves); /* a gap at the knee */
		}
	} else { /* no curve: from point to point */
		for (size_t i = 0; i < c->sizes; i++)
			CANVAS_LINE(g->curves, c->n[i], s->row[i]->ns.mid, NAN, NAN);
	}
	/* Single calls cost the same in any number. */
	if (s->baseline && c->sizes && c->n[c->sizes - 1] < g->xmax)
		CANVAS_LINE(g->curves, g->xmax, s->row[c->sizes - 1]->ns.mid, NAN, NAN);
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
		CANVAS_LINE(g->names, be->n.mid,
			    batching_row(w->baseline[0], be->n.mid)->ns.mid,
			    g->key[k].rgb);
		any = true;
	}
	if (!any)
		fputs("?\t?\t?\n", g->names);
	fputs("\n\n", g->names);
}

static struct text panel_title(const struct batch_workload *w)
{
	const struct batch_advice *a = &w->advice;
	struct text bytes = { "" }, best = text("%.40s", a->best->name);
	double saves = 100 * (1 - a->ratio.mid);

	if (w->bytes >= 0)
		bytes = text("%ld byte%s: ", w->bytes, w->bytes == 1 ? "" : "s");
	if (a->best == a->base)
		return text("%s%s is the cheapest at %.0f", bytes.s, a->base->name, a->n);
	if (!a->tested)
		return text("%s%s saves %.0f %% at %.0f, untested", bytes.s, best.s,
			    saves, a->n);
	return text("%s%s saves %.0f %% at %.0f%s", bytes.s, best.s, saves, a->n,
		    isnan(a->from) ? "" : text(", from %s on", batch_size(a->from).s).s);
}

static void cost_title(struct canvas *g, const struct batch_workload *const *panel)
{
	const struct batch_workload *most = NULL;

	for (int p = 0; p < g->panels; p++)
		if (panel[p]->advice.best != panel[p]->advice.base &&
		    (!most || panel[p]->advice.ratio.mid < most->advice.ratio.mid))
			most = panel[p];
	if (!most)
		g->title = text("%s: no strategy is cheaper than single calls",
				panel[0]->name);
	else
		g->title = text(
			"%s: %s in batches of %.0f saves %.0f %% of single calls%s",
			batch_title(most).s, most->advice.best->name, most->advice.n,
			100 * (1 - most->advice.ratio.mid),
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
void plots_cost(struct plotter *m, struct canvas *g)
{
	const struct batch_workload *panel[CANVAS_PANELS];

	g->xmin = INFINITY;
	for (size_t i = 0; i < m->batching->n && g->panels < CANVAS_PANELS; i++) {
		const struct batch_workload *w = &m->batching->workload[i];

		if (strcmp(w->name, g->arg) || sweep_of(w) < 3)
			continue;
		panel[g->panels++] = w;
	}
	put_keys(g, panel);
	for (int p = 0; p < g->panels; p++) {
		g->panel_min[p] = INFINITY;
		g->panel[p] = panel_title(panel[p]);
		for (int k = 0; k < g->keys; k++) {
			const struct batch_strategy *s = strategy_named(panel[p],
									g->key[k].name);

			if (s)
				put_points(g, p, s);
			else
				CANVAS_LINE(g->dat, NAN, NAN, NAN, NAN);
			fputs("\n\n", g->dat);
		}
		for (int k = 0; k < g->keys; k++) {
			const struct batch_strategy *s = strategy_named(panel[p],
									g->key[k].name);

			if (s)
				put_curve(g, s);
			else
				CANVAS_LINE(g->curves, NAN, NAN, NAN, NAN);
			fputs("\n\n", g->curves);
		}
		put_marks(g, panel[p]);
	}
	g->rows = g->panels;
	if (!g->rows)
		return;
	cost_title(g, panel);
	g->height = 90 + (g->panels > 1 ? (g->panels + 1) / 2 * 380 : 480) +
		    22 * (g->keys / 2 + 1);
}
