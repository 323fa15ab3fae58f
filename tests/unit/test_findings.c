// SPDX-License-Identifier: MIT
/* doctor's findings from facts written by hand. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "arch/arch.h"
#include "machine/findings.h"

/* A machine that nothing is to be said against. */
static struct facts good(void)
{
	return (struct facts){
		.clock = { .ticks_per_ns = 2.6,
			   .ghz_lo = 4.2,
			   .ghz_hi = 4.22,
			   .step = 26,
			   .overhead = 52,
			   .probe_lo = 1000,
			   .probe_hi = 1020 },
		.counters = { .cycles = COUNTED_ALL },
		.machine = { .invariant = true,
			     .clocksource = ARCH_CLOCKSOURCE,
			     .governor = "performance",
			     .smt = "0",
			     .cpus = 2 },
	};
}

static const struct finding *find(const struct findings *f, const char *what)
{
	for (size_t i = 0; i < f->n; i++)
		if (strstr(f->at[i].what, what))
			return &f->at[i];
	return NULL;
}

/* The level of the finding with these words in it; -1: there is none. */
static int level_of(const struct facts *facts, const char *what)
{
	static struct findings found;
	const struct finding *f;

	findings_judge(facts, &found);
	f = find(&found, what);
	return f ? (int)f->level : -1;
}

static void test_good_machine(void **state)
{
	struct facts facts = good();
	struct findings found;

	(void)state;
	findings_judge(&facts, &found);
	assert_int_equal(found.n, 13);
	for (size_t i = 0; i < found.n; i++) {
		assert_int_equal(found.at[i].level, FINDING_OK);
		assert_non_null(found.at[i].effect);
	}
	assert_string_equal(found.at[0].what,
			    "the time-stamp counter runs at 2.600000 GHz");
	assert_string_equal(found.at[3].what,
			    "the counter advances in steps of 26 ticks");
	assert_string_equal(found.at[4].what, "an empty window costs 52 ticks");
}

/* Each of these facts changes one finding. */
static void test_each_fact(void **state)
{
	struct facts f = good();

	(void)state;
	f.machine.invariant = false;
	assert_int_equal(level_of(&f, "not said to be invariant"), FINDING_WARN);
	strcpy(f.machine.clocksource, "hpet");
	assert_int_equal(level_of(&f, "clocksource is hpet"), FINDING_NOTE);
	f.machine.clocksource[0] = '\0';
	assert_int_equal(level_of(&f, "clocksource is unknown"), FINDING_NOTE);
	f.clock.neighbour = true;
	assert_int_equal(level_of(&f, "the probe takes 1000 to 1020"), FINDING_WARN);
	assert_int_equal(level_of(&f, "virtual machine"), -1);
	f.machine.hypervisor = true;
	assert_int_equal(level_of(&f, "virtual machine"), FINDING_NOTE);
	strcpy(f.machine.governor, "powersave");
	assert_int_equal(level_of(&f, "governor is powersave"), FINDING_WARN);
	f.machine.governor[0] = '\0';
	assert_int_equal(level_of(&f, "no frequency governor"), FINDING_NOTE);
	strcpy(f.machine.smt, "1");
	assert_int_equal(level_of(&f, "multithreading is on"), FINDING_NOTE);
	f.machine.smt[0] = '\0';
	assert_int_equal(level_of(&f, "multithreading"), -1);
	f.machine.cpus = 1;
	assert_int_equal(level_of(&f, "there is one CPU"), FINDING_WARN);
	f.machine.seccomp = true;
	assert_int_equal(level_of(&f, "no seccomp"), -1);
	assert_int_equal(level_of(&f, "a seccomp filter is on"), FINDING_WARN);
	f.machine.tracer = true;
	assert_int_equal(level_of(&f, "a tracer is attached"), FINDING_WARN);
	f.machine.mitigation[0].name = "meltdown";
	strcpy(f.machine.mitigation[0].text, "Mitigation: PTI");
	assert_int_equal(level_of(&f, "meltdown: Mitigation: PTI"), FINDING_NOTE);
}

static void test_counters(void **state)
{
	struct facts f = good();

	(void)state;
	strcpy(f.counters.why, "no PMU");
	f.counters.cycles = COUNTED_USER;
	assert_int_equal(level_of(&f, "only user mode can be counted: no PMU"),
			 FINDING_NOTE);
	f.counters.cycles = COUNTED_NOT;
	assert_int_equal(level_of(&f, "cycles are not counted: no PMU"), FINDING_NOTE);
}

static void test_tracers(void **state)
{
	struct facts f = good();

	(void)state;
	assert_int_equal(level_of(&f, "no tracer, audit or"), FINDING_OK);
	f.machine.tracers.audit = TRACERS_UNSEEN;
	assert_int_equal(level_of(&f, "no tracer, audit or"), -1);
	assert_int_equal(level_of(&f, "hidden from this process: audit (for root)"),
			 FINDING_NOTE);
	f.machine.tracers = (struct tracers){ 1, 1, 1, 3 };
	assert_int_equal(level_of(&f, "trace events are enabled"), FINDING_WARN);
	assert_int_equal(level_of(&f, "a kernel tracer is on"), FINDING_WARN);
	assert_int_equal(level_of(&f, "audit subsystem is enabled"), FINDING_WARN);
	assert_int_equal(level_of(&f, "3 BPF programs"), FINDING_NOTE);
	assert_int_equal(level_of(&f, "hidden"), -1);
}

/* As many findings as there can be; none is lost. */
static void test_all_at_once(void **state)
{
	struct facts f = good();
	struct findings found;

	(void)state;
	f.machine.hypervisor = true;
	f.machine.cpus = 1;
	for (int i = 0; i < FACT_MITIGATIONS; i++) {
		f.machine.mitigation[i].name = "name";
		strcpy(f.machine.mitigation[i].text, "text");
	}
	f.machine.tracers = (struct tracers){ 1, 1, TRACERS_UNSEEN, 3 };
	findings_judge(&f, &found);
	assert_int_equal(found.n, 13 + 1 + 1 + FACT_MITIGATIONS + 3);
	assert_true(found.n < FINDINGS_MAX);
}

static void test_json(void **state)
{
	struct facts facts = good();
	struct findings found;
	json_t *json, *first;

	(void)state;
	findings_judge(&facts, &found);
	json = findings_json(&found);
	assert_int_equal(json_array_size(json), found.n);
	first = json_array_get(json, 1);
	assert_int_equal(json_object_size(first), 3);
	assert_string_equal(json_string_value(json_object_get(first, "level")), "ok");
	assert_string_equal(json_string_value(json_object_get(first, "what")),
			    "the counter is invariant");
	assert_string_equal(json_string_value(json_object_get(first, "effect")),
			    "ticks are time");
	json_decref(json);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_machine), cmocka_unit_test(test_each_fact),
		cmocka_unit_test(test_counters),     cmocka_unit_test(test_tracers),
		cmocka_unit_test(test_all_at_once),  cmocka_unit_test(test_json),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
