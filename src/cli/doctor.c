// SPDX-License-Identifier: MIT
/*
 * syscost doctor: what this machine does to the numbers, one finding a line. It measures
 * the clock, reads /proc and /sys, and changes nothing.
 */
#include <jansson.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/doctor.h"
#include "machine/tracers.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "stats/stats.h"

enum level { FINDING_OK, FINDING_NOTE, FINDING_WARN };

static const char *const levels[] = { "ok", "note", "warn" };

static void __attribute__((format(printf, 4, 5)))
find(json_t *findings, enum level level, const char *effect, const char *fmt, ...)
{
	char what[400];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	json_array_append_new(findings,
			      json_pack("{s:s, s:s, s:s}", "level", levels[level], "what",
					what, "effect", effect));
}

/* The first line of a file into buf; false where it cannot be read. */
static bool first_line(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "re");
	bool got = f && fgets(buf, len, f);

	if (f)
		fclose(f);
	if (got)
		buf[strcspn(buf, "\n")] = '\0';
	return got;
}

static bool cpuinfo_has(const char *flag)
{
	char line[4096], padded[64];
	FILE *f = fopen("/proc/cpuinfo", "re");
	bool has = false;

	snprintf(padded, sizeof(padded), " %s ", flag);
	while (f && fgets(line, sizeof(line), f)) {
		if (strncmp(line, "flags", 5))
			continue;
		line[strcspn(line, "\n")] = ' ';
		has = strstr(line, padded);
		break;
	}
	if (f)
		fclose(f);
	return has;
}

static void look_at_clock(json_t *findings)
{
	struct clock_point start = clock_point();
	char source[64] = "unknown";
	unsigned int step = clock_step();
	double ratio, probes[200];

	for (int i = 0; i < 200; i++) {
		probes[i] = clock_probe();
		usleep(2500);
	}
	ratio = clock_cycles_per_tick();
	find(findings, FINDING_OK, "turns ticks into nanoseconds",
	     "the time-stamp counter runs at %.6f GHz",
	     clock_ticks_per_ns(start, clock_point()));
	if (cpuinfo_has("constant_tsc") && cpuinfo_has("nonstop_tsc"))
		find(findings, FINDING_OK, "ticks are time", "the counter is invariant");
	else
		find(findings, FINDING_WARN, "ticks may not be time: trust no figure",
		     "the counter is not said to be invariant");
	first_line("/sys/devices/system/clocksource/clocksource0/current_clocksource",
		   source, sizeof(source));
	if (!strcmp(source, "tsc"))
		find(findings, FINDING_OK, "vDSO clocks stay in user mode",
		     "the clocksource is tsc");
	else
		find(findings, FINDING_NOTE,
		     "vDSO clocks may be real calls: see their rows",
		     "the clocksource is %s", source);
	find(findings, FINDING_OK, "a window is at least 1000 steps long",
	     "the counter advances in steps of %u ticks", step);
	find(findings, FINDING_OK, "is taken off every window",
	     "an empty window costs %llu ticks", (unsigned long long)clock_overhead());
	find(findings, FINDING_OK, "core cycles are estimated by it",
	     "%.3f core cycles a tick (estimated)", ratio);
	stats_sort(probes, 200);
	if (stats_quantile(probes, 200, 0.9) > 1.05 * stats_quantile(probes, 200, 0.02))
		find(findings, FINDING_WARN,
		     "figures come from the quiet windows; rows without enough are noisy",
		     "a neighbour shares the core at times: the probe takes %.0f to %.0f ticks",
		     stats_quantile(probes, 200, 0.02), stats_quantile(probes, 200, 0.9));
	else
		find(findings, FINDING_OK, "the core was quiet just now",
		     "the contention probe takes %.0f to %.0f ticks",
		     stats_quantile(probes, 200, 0.02), stats_quantile(probes, 200, 0.9));
}

static void look_at_system(json_t *findings)
{
	char text[256];

	if (cpuinfo_has("hypervisor"))
		find(findings, FINDING_NOTE, "neighbours are not under your control",
		     "this is a virtual machine");
	if (!first_line("/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor", text,
			sizeof(text)))
		find(findings, FINDING_NOTE,
		     "the frequency may change: see core cycles a tick",
		     "no frequency governor is visible");
	else
		find(findings, strcmp(text, "performance") ? FINDING_WARN : FINDING_OK,
		     "any governor but performance changes the frequency under load",
		     "the governor is %s", text);
	if (first_line("/sys/devices/system/cpu/smt/active", text, sizeof(text)))
		find(findings, text[0] == '1' ? FINDING_NOTE : FINDING_OK,
		     "a sibling thread takes issue slots: the probe sees it",
		     "simultaneous multithreading is %s", text[0] == '1' ? "on" : "off");
	if (sysconf(_SC_NPROCESSORS_ONLN) < 2)
		find(findings, FINDING_WARN,
		     "cross-CPU rows are skipped, the program itself disturbs",
		     "there is one CPU");
}

static void look_at_self(json_t *findings)
{
	char line[256];
	FILE *f = fopen("/proc/self/status", "re");
	int seccomp = 0, tracer = 0;

	while (f && fgets(line, sizeof(line), f)) {
		sscanf(line, "Seccomp: %d", &seccomp);
		sscanf(line, "TracerPid: %d", &tracer);
	}
	if (f)
		fclose(f);
	find(findings, seccomp ? FINDING_WARN : FINDING_OK,
	     "a filter is part of every call's cost", "%s",
	     seccomp ? "a seccomp filter is on this process"
		     : "no seccomp filter is on this process");
	find(findings, tracer ? FINDING_WARN : FINDING_OK,
	     "a tracer is part of every call's cost", "%s",
	     tracer ? "a tracer is attached" : "no tracer is attached");
	for (int i = 0; i < 2; i++) {
		static const char *const names[] = { "meltdown", "spec_rstack_overflow" };
		char path[128], text[200];

		snprintf(path, sizeof(path), "/sys/devices/system/cpu/vulnerabilities/%s",
			 names[i]);
		if (first_line(path, text, sizeof(text)))
			find(findings, FINDING_NOTE,
			     "mitigations are part of every call's cost; run.json lists all",
			     "%s: %s", names[i], text);
	}
}

static void look_at_counters(json_t *findings)
{
	struct event_list list = { 0 };
	char own[256];
	struct err err = { 0 };

	events_own(&list);
	counters_try(&list, own, sizeof(own), &err);
	if (list.n_own == COUNT_OWN)
		find(findings, FINDING_OK,
		     "core cycles are counted, user and kernel apart",
		     "cycles and instructions can be counted");
	else if (list.n_own)
		find(findings, FINDING_NOTE,
		     "core cycles are estimated, and the kernel's share is not counted",
		     "only user mode can be counted: %s", own);
	else
		find(findings, FINDING_NOTE,
		     "core cycles are estimated, never counted; columns of counts are empty",
		     "cycles are not counted: %s", own);
}

static void look_at_tracers(json_t *findings)
{
	struct tracers t = tracers_look();
	bool seen = t.events >= 0 && t.tracer >= 0 && t.audit >= 0 && t.programs >= 0;
	bool none = t.events <= 0 && t.tracer <= 0 && t.audit <= 0 && t.programs <= 0;

	if (t.events > 0)
		find(findings, FINDING_WARN,
		     "an event on system calls slows every process",
		     "trace events are enabled");
	if (t.tracer > 0)
		find(findings, FINDING_WARN, "it runs in every function of the kernel",
		     "a kernel tracer is on");
	if (t.audit > 0)
		find(findings, FINDING_WARN, "it sees every call of every new process",
		     "the audit subsystem is enabled");
	if (t.programs > 0)
		find(findings, FINDING_NOTE, "one on system calls slows every process",
		     "%d BPF programs for tracing are loaded", t.programs);
	if (none && seen)
		find(findings, FINDING_OK, "nobody else's tool is part of a call's cost",
		     "no tracer, audit or tracing program is on");
	else if (!seen)
		find(findings, FINDING_NOTE,
		     "a tool that traces system calls would be part of their cost",
		     "hidden from this process:%s%s%s",
		     t.events < 0 || t.tracer < 0
			     ? " trace events (for root, where tracefs is mounted)"
			     : "",
		     t.audit < 0 ? " audit (for root)" : "",
		     t.programs < 0 ? " BPF programs (for root)" : "");
}

json_t *doctor_findings(void)
{
	json_t *findings = json_array();

	look_at_clock(findings);
	look_at_system(findings);
	look_at_self(findings);
	look_at_counters(findings);
	look_at_tracers(findings);
	return findings;
}

struct settings {
	bool self_test;
	enum cli_format format;
};

static const struct option_spec options[] = {
	{ "self-test", OPTION_FIELD(struct settings, self_test),
	  .help = "measure the suite itself, against bounds, for about four seconds: exit "
		  "status 0 within them, 2 outside, 3 too noisy to tell" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word_but_csv,
	  OPTION_FIELD(struct settings, format),
	  .help = "table or json on standard output" },
	{ OPTION_END },
};

static int doctor(const struct call *call, void *settings)
{
	const struct settings *s = settings;
	json_t *findings, *f;
	size_t i;

	(void)call;
	if (s->self_test)
		return doctor_self_test(s->format);
	findings = doctor_findings();
	if (s->format == FORMAT_JSON) {
		cli_print_json(findings, 0);
	} else {
		json_array_foreach (findings, i, f) {
			const char *level, *what, *effect;

			json_unpack(f, "{s:s, s:s, s:s}", "level", &level, "what", &what,
				    "effect", &effect);
			printf("%-4s  %s: %s\n", level, what, effect);
		}
	}
	json_decref(findings);
	return EXIT_FINE;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "what this machine does to the numbers",
	.usage = "[--self-test] [--format F]",
	.options = options,
	.settings_size = sizeof(struct settings),
	.fn = doctor,
};
