// SPDX-License-Identifier: MIT
/*
 * A run becomes rows and run.json. It estimates nothing, and writes no file.
 */
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/room.h"
#include "drive/record.h"
#include "drive/windows.h"
#include "machine/env.h"
#include "measure/live.h"
#include "row/fingerprint.h"
#include "row/state.h"

static void write_identity(struct result_row *row, const struct run *run,
			   const struct trial *from)
{
	const struct variant *v = from->variant;

	row_set(&row->id, v->id);
	row_set(&row->group, v->group);
	row_set(&row->name, v->name);
	row_set(&row->via, bench_via_name(v->bench->via));
	row_set(&row->params, v->params);
	row_set(&row->base, v->base);
	row_set(&row->calls, v->bench->calls);
	row_set(&row->mode, from->outcome.mode);
	row_set(&row->workload, v->bench->workload);
	row_set(&row->strategy, v->bench->strategy);
	row_set(&row->flags_asked, from->outcome.asked);
	row_set(&row->flags_in_force, from->outcome.in_force);
	row_set(&row->layers, run->launch->layers.text);
	row->overflow = from->outcome.overflow;
	row->ops = v->ops;
}

/* Counted cycles take the place of estimated ones. */
static void write_counts(struct result_row *row, const struct event_list *events,
			 const struct estimate *e)
{
	char text[COUNT_MAX * (sizeof(events->event[0].name) + 32)] = "";
	size_t at = 0;

	row->cycles_user = e->count[COUNT_CYCLES_USER];
	row->cycles_kernel = e->count[COUNT_CYCLES_KERNEL];
	row->instructions_user = e->count[COUNT_INSTRUCTIONS_USER];
	row->instructions_kernel = e->count[COUNT_INSTRUCTIONS_KERNEL];
	if (!isnan(e->counted_cycles.mid)) {
		row->cycles = e->counted_cycles;
		row->cycles_source = CYCLES_COUNTED;
	}
	for (uint32_t i = events ? events->n_own : 0; events && i < events->n; i++) {
		const struct event *ev = &events->event[i];

		if (!isnan(e->count[ev->slot]))
			at += snprintf(text + at, sizeof(text) - at, "%s%s=%.6g",
				       at ? " " : "", ev->name, e->count[ev->slot]);
	}
	row_set(&row->events, text);
}

static void write_levels(struct result_row *row, const struct run *run,
			 const struct trial *from, const struct windows *w)
{
	static const enum row_median_at words[] = {
		[LEVELS_ON] = MEDIAN_AT_LEVEL,
		[LEVELS_BETWEEN] = MEDIAN_AT_BETWEEN,
		[LEVELS_OFF] = MEDIAN_AT_ELSEWHERE,
	};
	struct levels l;

	if (w->n < LEVELS_LEAST)
		return; /* nobody looked */
	l = windows_levels(w, from, run->backend->step);
	row->levels = l.n;
	if (!l.n)
		return;
	row->level_low = l.level[0].at;
	row->level_top = l.level[l.top].at;
	row->level_share = l.level[l.top].share;
	row->median_at = words[levels_place(&l, from->estimate.cycles.mid)];
}

_Static_assert(REFERENCES == NOISE_REFERENCES, "the same reference calls");

/*
 * Under a layer the reference calls are dearer, whatever the state of the core is. And
 * what they are is no figure of their own: corrected by themselves, they never move.
 */
static struct figure figure_at_state(const struct run *run, const struct trial *from)
{
	const struct estimate *e = &from->estimate;
	size_t n = from->n_samples;
	double *cycles, (*ref)[REFERENCES], half;
	struct figure f;

	if (!run->options.noise || run->launch->layers.text[0] ||
	    live_is_reference(from->variant->id))
		return FIGURE_NONE;
	cycles = room_for(n, sizeof(*cycles));
	ref = room_for(n, sizeof(*ref));
	for (size_t i = 0; i < n; i++) {
		const struct sample *s = &from->samples[i];

		cycles[i] = s->figures.quiet.cycles / s->n / from->variant->ops;
		memcpy(ref[i], s->figures.ref, sizeof(ref[i]));
	}
	f = noise_at_state(run->options.noise, from->variant->id, cycles, ref, n);
	/* Half a step of the counter, as all figures have it: see run.c. */
	half = run->backend->step / 2.0 / from->samples[0].n / from->variant->ops;
	f.lo -= half * e->cycles.mid / e->ticks.mid;
	f.hi += half * e->cycles.mid / e->ticks.mid;
	free(ref);
	free(cycles);
	return f;
}

/* What comes from the windows themselves; gathered once for both tables. */
static void write_windows(struct result_row *row, struct table *windows,
			  const struct run *run, const struct trial *from)
{
	struct windows w = windows_gather(run, from);

	write_levels(row, run, from, &w);
	if (windows)
		windows_add(windows, from->variant->id, &w);
	free(w.cycles);
}

static void write_figures(struct result_row *row, struct table *windows,
			  const struct run *run, const struct trial *from)
{
	const struct estimate *e = &from->estimate;
	double ns = 1 / run->ticks_per_ns;

	row->cycles = e->cycles;
	row->cycles_source = isnan(e->cycles.mid) ? CYCLES_NONE : CYCLES_ESTIMATED;
	write_counts(row, run->options.events, e);
	row->ticks = e->ticks;
	row->ns = figure_scaled(e->ticks, ns);
	row->contended_ns = figure_scaled(e->contended, ns);
	row->contended_cycles = e->contended_cycles;
	row_set(&row->metric, trial_metric(from)->name);
	if (trial_metric(from) == &metric_cycles) {
		write_windows(row, windows, run, from);
		row->cycles_ref = figure_at_state(run, from);
	}
	row->quiet_share = e->quiet_share;
	row->rounds = e->rounds;
	row->quiet_rounds = e->quiet_rounds;
	row->windows = e->windows;
	row->dropped = e->dropped;
	row->migrations = e->migrated;
	row->n = from->samples[0].n;
	row->min_ns = e->min * ns;
	row->p99_ns = e->p99 * ns;
	row->faults = e->faults;
	row->switches = e->switches;
	row->batch_ns = figure_scaled(row->ns, from->variant->ops);
	row->cpu_ns = e->cpu;
	if (e->enters.mid > 0)
		row->enters = e->enters;
}

static struct sampled sampled(const struct trial *t)
{
	return (struct sampled){ t->samples, t->n_samples, t->variant->ops };
}

/* NAN: there is no base, or no figure of it. In time, if one of them is. */
static struct figure ratio_to_base(const struct run *run, const struct trial *from)
{
	const struct variant *v = from->variant;
	const struct variant *base = v->base[0] ? registry_find(run->reg, v->base) : NULL;
	struct figure ratio = FIGURE_NONE;
	const struct trial *other;

	if (!base)
		return ratio;
	other = &run->trials[base - run->reg->rows];
	if (other->outcome.status == OUTCOME_OK && other->n_samples)
		estimate_ratio(sampled(from), sampled(other),
			       trial_metric(from) == &metric_cycles &&
				       trial_metric(other) == &metric_cycles,
			       &ratio);
	return ratio;
}

static void add_rounds(struct table *rounds, const struct run *run,
		       const struct trial *from)
{
	for (size_t i = 0; i < from->n_samples; i++) {
		const struct sample *s = &from->samples[i];
		const struct sample_figures f = s->figures;
		double per_op = 1.0 / s->n / from->variant->ops;
		struct round_row *row = table_add(rounds);

		row->round = s->round;
		row->position = s->position;
		row->n = s->n;
		row->windows = f.kept;
		row->quiet = f.n_quiet;
		row->dropped = f.dropped;
		row->ticks = f.quiet.ticks * per_op;
		row->contended_ticks = f.contended.ticks * per_op;
		row->all_ticks = f.all.ticks * per_op;
		row->cycles = f.quiet.cycles * per_op;
		row->contended_cycles = f.contended.cycles * per_op;
		row->probe = f.probe / run->quiet_level;
		row->cycles_per_tick = s->cycles_per_tick;
		row->cpu_ns = f.cpu * per_op;
		row->ref_enosys = f.ref[0];
		row->ref_getuid = f.ref[1];
	}
}

/* Whether separate runs, as far as they are known, say that it does not repeat. */
static bool differs_apart(const struct run *run, const struct trial *from, char *why,
			  size_t len)
{
	double range = run->options.noise
			       ? noise_apart_range(run->options.noise, from->variant->id)
			       : NAN;

	if (!(range > RECORD_APART))
		return false;
	snprintf(why, len, "separate runs of it differed by %.1f %%", range * 100);
	return true;
}

/* The status of a trial, and the reason where it is not ok. */
static enum row_status judge_trial(const struct run *run, const struct trial *from,
				   char *why, size_t len)
{
	double precision = run->options.precision * RECORD_PRECISION_SLACK;

	snprintf(why, len, "%s", from->outcome.reason);
	if (from->outcome.status != OUTCOME_OK)
		return from->outcome.status == OUTCOME_SKIP ? ROW_SKIP : ROW_FAIL;
	if (from->n_samples)
		return trial_noisy(from, precision, why, len) ||
				       differs_apart(run, from, why, len)
			       ? ROW_NOISY
			       : ROW_OK;
	snprintf(why, len, "the run ended before its turn");
	return ROW_SKIP;
}

void record_rows(const struct run *run, struct table *results, struct table *rounds,
		 struct table *windows)
{
	*results = (struct table)TABLE(result_schema);
	*rounds = (struct table)TABLE(round_schema);
	if (windows)
		*windows = (struct table)TABLE(window_schema);
	for (size_t i = 0; i < run->reg->n; i++) {
		const struct trial *from = &run->trials[i];
		size_t first = rounds->n;
		struct result_row *row;
		struct figure ratio;
		enum row_status status;
		char why[160];

		if (!run->plan[i].wanted)
			continue;
		ratio = ratio_to_base(run, from);
		status = judge_trial(run, from, why, sizeof(why));
		row = table_add(results);
		row->status = status;
		if (status == ROW_OK || status == ROW_NOISY) {
			row->ratio = ratio;
			write_figures(row, windows, run, from);
			add_rounds(rounds, run, from);
		}
		write_identity(row, run, from);
		row_set(&row->reason, why);
		for (size_t k = first; k < rounds->n; k++)
			row_set(&table_row(rounds, struct round_row, k)->id, row->id);
	}
}

static json_t *options_json(const struct run *run)
{
	const struct run_options *o = &run->options;

	return json_pack("{s:i, s:f, s:f, s:f}", "cpu", run->backend->cpu, "seconds",
			 o->seconds, "timeout", o->timeout, "precision", o->precision);
}

static json_t *calibration_json(const struct run *run)
{
	const struct noise *noise = run->options.noise;

	return json_pack(
		"{s:o, s:o, s:o, s:o, s:o, s:i, s:o, s:o}", "ticks_per_ns",
		json_real_or_null(run->ticks_per_ns), "cycles_per_tick_estimated",
		json_real_or_null(run->cycles_per_tick), "clock_ghz_lo",
		json_real_or_null(run->clock_lo), "clock_ghz_hi",
		json_real_or_null(run->clock_hi), "quiet_probe_cycles",
		json_real_or_null(run->quiet_level), "tick_step", (int)run->backend->step,
		/* The state at which cycles_ref is stated. */
		"state_enosys_cycles", json_real_or_null(noise ? noise->state[0] : NAN),
		"state_getuid_cycles", json_real_or_null(noise ? noise->state[1] : NAN));
}

json_t *record_json(const struct run *run, const char *command, bool with_hostname)
{
	char fingerprint[FINGERPRINT_SIZE], seed[24];
	json_t *env = env_record(with_hostname);

	env_fingerprint(env, fingerprint);
	snprintf(seed, sizeof(seed), "%" PRIu64, run->options.seed);
	return json_pack("{s:i, s:o, s:s, s:s, s:s, s:o, s:o, s:i, s:f, s:f, s:b, s:o}",
			 "schema", SCHEMA_VERSION, "command", json_text_or_null(command),
			 "seed", seed, "fingerprint", fingerprint, "layers",
			 run->launch->layers.text, "options", options_json(run),
			 "calibration", calibration_json(run), "rounds", (int)run->rounds,
			 "seconds", run->seconds, "window_share", run->window_share,
			 "stopped", run->stopped, "environment", env);
}
