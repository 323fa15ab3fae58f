// SPDX-License-Identifier: MIT
/*
 * From a run to rows, and from rows to files. Estimates nothing that measure/ has not.
 */
#include <errno.h>
#include <inttypes.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/json.h"
#include "drive/record.h"
#include "machine/env.h"
#include "row/fingerprint.h"
#include "row/csv.h"

static void identify(struct result_row *row, const struct run_row *from)
{
	const struct variant *v = from->variant;

	row_set(&row->id, v->id);
	row_set(&row->group, v->group);
	row_set(&row->name, v->name);
	row_set(&row->via, bench_via_name(v->bench->via));
	row_set(&row->params, v->params);
	row_set(&row->base, v->base);
	row_set(&row->calls, v->bench->calls);
	row_set(&row->mode, from->mode);
	row_set(&row->workload, v->bench->workload);
	row_set(&row->strategy, v->bench->strategy);
	row_set(&row->flags_asked, from->asked);
	row_set(&row->flags_in_force, from->in_force);
	row->overflow = from->overflow;
	row->ops = v->ops;
}

/* Counted cycles take the place of estimated ones. */
static void counts(struct result_row *row, const struct event_list *events,
		   const struct estimate *e)
{
	char text[COUNT_MAX * (sizeof(events->event[0].name) + 32)] = "";
	size_t at = 0;

	row->cycles_user = e->count[COUNT_CYCLES_USER];
	row->cycles_kernel = e->count[COUNT_CYCLES_KERNEL];
	row->instructions_user = e->count[COUNT_INSTRUCTIONS_USER];
	row->instructions_kernel = e->count[COUNT_INSTRUCTIONS_KERNEL];
	if (!isnan(e->counted_cycles.mid)) {
		row->cycles = e->counted_cycles.mid;
		row->cycles_lo = e->counted_cycles.lo;
		row->cycles_hi = e->counted_cycles.hi;
		row_set(&row->cycles_source, "counted");
	}
	for (uint32_t i = events ? events->n_own : 0; events && i < events->n; i++) {
		const struct event *ev = &events->event[i];

		if (!isnan(e->count[ev->slot]))
			at += snprintf(text + at, sizeof(text) - at, "%s%s=%.6g",
				       at ? " " : "", ev->name, e->count[ev->slot]);
	}
	row_set(&row->events, text);
}

static void figures(struct result_row *row, const struct run *run,
		    const struct run_row *from)
{
	const struct estimate *e = &from->estimate;
	double ns = 1 / run->ticks_per_ns;

	row->ticks = e->ticks.mid;
	row->ticks_lo = e->ticks.lo;
	row->ticks_hi = e->ticks.hi;
	row->ns = e->ticks.mid * ns;
	row->ns_lo = e->ticks.lo * ns;
	row->ns_hi = e->ticks.hi * ns;
	row->cycles = e->cycles.mid;
	row->cycles_lo = e->cycles.lo;
	row->cycles_hi = e->cycles.hi;
	row_set(&row->cycles_source, isnan(e->cycles.mid) ? "" : "estimated");
	counts(row, run->options.events, e);
	row->contended_ns = e->contended.mid * ns;
	row->contended_ns_lo = e->contended.lo * ns;
	row->contended_ns_hi = e->contended.hi * ns;
	row->quiet_share = e->quiet_share;
	row->rounds = e->rounds;
	row->quiet_rounds = e->quiet_rounds;
	row->windows = e->windows;
	row->dropped = e->dropped;
	row->migrations = e->migrated;
	row->n = from->n;
	row->min_ns = e->min * ns;
	row->p99_ns = e->p99 * ns;
	row->faults = e->faults.mid;
	row->faults_lo = e->faults.lo;
	row->faults_hi = e->faults.hi;
	row->switches = e->switches.mid;
	row->switches_lo = e->switches.lo;
	row->switches_hi = e->switches.hi;
	row->batch_ns = row->ns * row->ops;
	row->batch_ns_lo = row->ns_lo * row->ops;
	row->batch_ns_hi = row->ns_hi * row->ops;
	row->cpu_ns = e->cpu.mid;
	row->cpu_ns_lo = e->cpu.lo;
	row->cpu_ns_hi = e->cpu.hi;
	if (e->enters.mid > 0) {
		row->enters = e->enters.mid;
		row->enters_lo = e->enters.lo;
		row->enters_hi = e->enters.hi;
	}
}

static void compare_with_base(struct result_row *row, const struct run *run,
			      const struct run_row *from)
{
	struct stats_estimate ratio;
	const struct variant *v = from->variant, *base;
	const struct run_row *other;

	base = v->base[0] ? registry_find(run->reg, v->base) : NULL;
	if (!base)
		return;
	other = &run->rows[base - run->reg->rows];
	if (other->status != ROW_OK || !other->n_samples ||
	    estimate_ratio(from->samples, from->n_samples, v->ops, other->samples,
			   other->n_samples, base->ops, run->quiet_level, &ratio))
		return;
	row->ratio = ratio.mid;
	row->ratio_lo = ratio.lo;
	row->ratio_hi = ratio.hi;
}

static void add_rounds(struct table *rounds, const struct run *run,
		       const struct run_row *from)
{
	for (size_t i = 0; i < from->n_samples; i++) {
		const struct sample *s = &from->samples[i];
		struct sample_figures f = estimate_sample(s, run->quiet_level);
		double per_op = 1.0 / s->n / from->variant->ops;
		struct round_row *row = table_add(rounds);

		row_set(&row->id, from->variant->id);
		row->round = s->round;
		row->position = s->position;
		row->n = s->n;
		row->windows = f.kept;
		row->quiet = f.n_quiet;
		row->dropped = f.dropped;
		row->ticks = f.quiet * per_op;
		row->contended_ticks = f.contended * per_op;
		row->all_ticks = f.all * per_op;
		row->probe = f.probe / run->quiet_level;
		row->cycles_per_tick = s->cycles_per_tick;
		row->cpu_ns = f.cpu * per_op;
	}
}

void result_rows(const struct run *run, struct table *results, struct table *rounds)
{
	static const char *const words[] = {
		[ROW_OK] = "ok", [ROW_SKIP] = "skip", [ROW_FAIL] = "fail"
	};
	char why[160];

	table_init(results, &result_schema);
	table_init(rounds, &round_schema);
	for (size_t i = 0; i < run->reg->n; i++) {
		const struct run_row *from = &run->rows[i];
		struct result_row *row;
		const char *noisy = NULL;

		if (!from->planned)
			continue;
		row = table_add(results);
		identify(row, from);
		row_set(&row->status, words[from->status]);
		row_set(&row->reason, from->reason);
		if (from->status != ROW_OK)
			continue;
		if (!from->n_samples) {
			row_set(&row->status, "skip");
			row_set(&row->reason, "the run ended before its turn");
			continue;
		}
		noisy = run_row_noisy(from,
				      run->options.precision * RESULT_PRECISION_SLACK,
				      why, sizeof(why));
		if (noisy) {
			row_set(&row->status, "noisy");
			row_set(&row->reason, noisy);
		}
		figures(row, run, from);
		compare_with_base(row, run, from);
		add_rounds(rounds, run, from);
	}
}

json_t *result_json(const struct run *run, const char *command, bool with_hostname)
{
	json_t *env = env_record(with_hostname);
	char fingerprint[17], seed[24];

	env_fingerprint(env, fingerprint);
	snprintf(seed, sizeof(seed), "%" PRIu64, run->options.seed);
	return json_pack(
		"{s:i, s:s, s:s, s:s, s:{s:i, s:f, s:f, s:f}, s:{s:o, s:o, s:o, s:i},"
		" s:i, s:f, s:f, s:b, s:o}",
		"schema", SCHEMA_VERSION, "command", command, "seed", seed, "fingerprint",
		fingerprint, "options", "cpu", run->cpu, "seconds", run->options.seconds,
		"timeout", run->options.timeout, "precision", run->options.precision,
		"calibration", "ticks_per_ns", json_real_or_null(run->ticks_per_ns),
		"cycles_per_tick_estimated", json_real_or_null(run->cycles_per_tick),
		"quiet_probe_ticks", json_real_or_null(run->quiet_level), "tick_step",
		(int)run->step, "rounds", (int)run->rounds, "seconds", run->seconds,
		"window_share", run->window_share, "stopped", run->stopped, "environment",
		env);
}
