// SPDX-License-Identifier: MIT
/* One function for each kind of fact, in the order of the report. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "arch/arch.h"
#include "machine/findings.h"
#include "row/clock.h"

const char *const finding_words[] = {
	[FINDING_OK] = "ok", [FINDING_NOTE] = "note", [FINDING_WARN] = "warn"
};

static void __attribute__((format(printf, 4, 5)))
add(struct findings *out, enum finding_level level, const char *effect, const char *fmt,
    ...)
{
	struct finding *f = &out->at[out->n];
	va_list ap;

	if (out->n == FINDINGS_MAX)
		return;
	f->level = level;
	f->effect = effect;
	va_start(ap, fmt);
	vsnprintf(f->what, sizeof(f->what), fmt, ap);
	va_end(ap);
	out->n++;
}

static void judge_clock(const struct clock_facts *c, const struct machine_facts *m,
			struct findings *out)
{
	add(out, FINDING_OK, "turns ticks into nanoseconds",
	    "the time-stamp counter runs at %.6f GHz", c->ticks_per_ns);
	if (m->invariant)
		add(out, FINDING_OK, "ticks are time", "the counter is invariant");
	else
		add(out, FINDING_WARN, "ticks may not be time: trust no figure",
		    "the counter is not said to be invariant");
	if (!strcmp(m->clocksource, ARCH_CLOCKSOURCE))
		add(out, FINDING_OK, "vDSO clocks stay in user mode",
		    "the clocksource is %s", m->clocksource);
	else
		add(out, FINDING_NOTE, "vDSO clocks may be real calls: see their rows",
		    "the clocksource is %s",
		    m->clocksource[0] ? m->clocksource : "unknown");
	add(out, FINDING_OK, "a window is at least 1000 steps long",
	    "the counter advances in steps of %u ticks", c->step);
	add(out, FINDING_OK, "is taken off every window",
	    "an empty window costs %llu ticks", (unsigned long long)c->overhead);
	if (clock_moved(c->ghz_lo, c->ghz_hi))
		add(out, FINDING_NOTE, "nanoseconds move with it, cycles do not",
		    "the core's clock moved from %.2f to %.2f GHz (estimated)", c->ghz_lo,
		    c->ghz_hi);
	else
		add(out, FINDING_OK, "it turns nanoseconds into core cycles",
		    "the core's clock stood at %.2f GHz (estimated)", c->ghz_lo);
	if (c->neighbour)
		add(out, FINDING_WARN,
		    "figures come from the quiet windows; rows without enough are noisy",
		    "a neighbour shares the core at times: the probe takes %.0f to %.0f "
		    "cycles",
		    c->probe_lo, c->probe_hi);
	else
		add(out, FINDING_OK, "the core was quiet just now",
		    "the contention probe takes %.0f to %.0f cycles", c->probe_lo,
		    c->probe_hi);
}

static void judge_system(const struct machine_facts *m, struct findings *out)
{
	bool smt = m->smt[0] == '1';

	if (m->hypervisor)
		add(out, FINDING_NOTE, "neighbours are not under your control",
		    "this is a virtual machine");
	if (!m->governor[0])
		add(out, FINDING_NOTE,
		    "the core's clock may change: nanoseconds move with it, cycles do "
		    "not",
		    "no frequency governor is visible");
	else
		add(out, strcmp(m->governor, "performance") ? FINDING_WARN : FINDING_OK,
		    "any governor but performance changes the frequency under load",
		    "the governor is %s", m->governor);
	if (m->smt[0])
		add(out, smt ? FINDING_NOTE : FINDING_OK,
		    smt ? "a sibling thread takes issue slots: the probe sees it"
			: "no sibling thread takes issue slots",
		    "simultaneous multithreading is %s", smt ? "on" : "off");
	if (m->cpus < 2)
		add(out, FINDING_WARN,
		    "cross-CPU rows are skipped, the program itself disturbs",
		    "there is one CPU");
}

static void judge_self(const struct machine_facts *m, struct findings *out)
{
	add(out, m->seccomp ? FINDING_WARN : FINDING_OK,
	    m->seccomp ? "a filter is part of every call's cost"
		       : "a filter would be part of every call's cost",
	    m->seccomp ? "a seccomp filter is on this process"
		       : "no seccomp filter is on this process");
	add(out, m->tracer ? FINDING_WARN : FINDING_OK,
	    m->tracer ? "a tracer is part of every call's cost"
		      : "a tracer would be part of every call's cost",
	    m->tracer ? "a tracer is attached" : "no tracer is attached");
	for (int i = 0; i < FACT_MITIGATIONS; i++) {
		bool affected = strcmp(m->mitigation[i].text, "Not affected") != 0;

		if (m->mitigation[i].text[0])
			add(out, affected ? FINDING_NOTE : FINDING_OK,
			    affected ? "mitigations are part of every call's cost; "
				       "run.json lists all"
				     : "no mitigation for it is in a call",
			    "%s: %s", m->mitigation[i].name, m->mitigation[i].text);
	}
}

static void judge_counters(const struct counter_facts *c, struct findings *out)
{
	switch (c->cycles) {
	case COUNTED_ALL:
		add(out, FINDING_OK, "core cycles are counted, user and kernel apart",
		    "cycles and instructions can be counted");
		break;
	case COUNTED_USER:
		add(out, FINDING_NOTE,
		    "core cycles are estimated, and the kernel's share is not counted",
		    "only user mode can be counted: %s", c->why);
		break;
	case COUNTED_NOT:
		add(out, FINDING_NOTE,
		    "core cycles are estimated, never counted; columns of counts are "
		    "empty",
		    "cycles are not counted: %s", c->why);
	}
}

static void judge_tracers(const struct tracers *t, struct findings *out)
{
	bool seen = t->events >= 0 && t->tracer >= 0 && t->audit >= 0 && t->programs >= 0;
	bool none = t->events <= 0 && t->tracer <= 0 && t->audit <= 0 && t->programs <= 0;

	if (t->events > 0)
		add(out, FINDING_WARN, "an event on system calls slows every process",
		    "trace events are enabled");
	if (t->tracer > 0)
		add(out, FINDING_WARN, "it runs in every function of the kernel",
		    "a kernel tracer is on");
	if (t->audit > 0)
		add(out, FINDING_WARN, "it sees every call of every new process",
		    "the audit subsystem is enabled");
	if (t->programs > 0)
		add(out, FINDING_NOTE, "one on system calls slows every process",
		    "%d BPF programs for tracing are loaded", t->programs);
	if (none && seen)
		add(out, FINDING_OK, "nobody else's tool is part of a call's cost",
		    "no tracer, audit or tracing program is on");
	else if (!seen)
		add(out, FINDING_NOTE,
		    "a tool that traces system calls would be part of their cost",
		    "hidden from this process:%s%s%s",
		    t->events < 0 || t->tracer < 0
			    ? " trace events (for root, where tracefs is mounted)"
			    : "",
		    t->audit < 0 ? " audit (for root)" : "",
		    t->programs < 0 ? " BPF programs (for root)" : "");
}

void findings_judge(const struct facts *facts, struct findings *out)
{
	out->n = 0;
	judge_clock(&facts->clock, &facts->machine, out);
	judge_system(&facts->machine, out);
	judge_self(&facts->machine, out);
	judge_counters(&facts->counters, out);
	judge_tracers(&facts->machine.tracers, out);
}

json_t *findings_json(const struct findings *findings)
{
	json_t *array = json_array();

	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->at[i];

		json_array_append_new(array, json_pack("{s:s, s:s, s:s}", "level",
						       finding_words[f->level], "what",
						       f->what, "effect", f->effect));
	}
	return array;
}
