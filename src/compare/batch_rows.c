// SPDX-License-Identifier: MIT
/* A sweep's strategies, break-evens and advice as rows. It decides nothing. */
#include <math.h>

#include "compare/batching.h"

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
		row->ratio = batching_ratio(s, w->baseline[base], w->advice.n);
	}
	row->at_n = w->advice.n;
	if (r) {
		row->ns = r->ns;
		row->batch_ns = r->batch_ns.mid;
		row->cpu_ns = r->cpu_ns.mid;
		row->enters = r->enters.mid;
		row_set(&row->mode, r->mode);
	}
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
