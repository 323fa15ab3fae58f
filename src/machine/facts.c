// SPDX-License-Identifier: MIT
/* Reads /proc and /sys. It judges nothing and changes nothing. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/file.h"
#include "machine/facts.h"

#define CPU	    "/sys/devices/system/cpu/"
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

/* Does /proc/cpuinfo have all flags that make the CPU's counter one of time? */
static bool is_invariant(void)
{
	static const char *const wanted[] = { ARCH_INVARIANT_FLAGS NULL };
	char flags[4096] = " ";

	if (file_value("/proc/cpuinfo", "flags", flags + 1, sizeof(flags) - 2))
		strcat(flags, " ");
	for (size_t i = 0; wanted[i]; i++) {
		char padded[64];

		snprintf(padded, sizeof(padded), " %s ", wanted[i]);
		if (!strstr(flags, padded))
			return false;
	}
	return true;
}

static bool status_is_set(const char *key)
{
	char text[32];

	return file_value("/proc/self/status", key, text, sizeof(text)) && atoi(text);
}

void facts_read(struct machine_facts *facts)
{
	char name[ARCH_HYPERVISOR_SIZE];

	*facts = (struct machine_facts){
		.invariant = is_invariant(),
		.hypervisor = arch_hypervisor(name),
		.cpus = sysconf(_SC_NPROCESSORS_ONLN),
		.seccomp = status_is_set("Seccomp"),
		.tracer = status_is_set("TracerPid"),
		.mitigation = { { .name = "meltdown" },
				{ .name = "spec_rstack_overflow" } },
		.tracers = tracers_look(),
	};
	file_line(CLOCKSOURCE, facts->clocksource, sizeof(facts->clocksource));
	file_line(CPU "cpu0/cpufreq/scaling_governor", facts->governor,
		  sizeof(facts->governor));
	file_line(CPU "smt/active", facts->smt, sizeof(facts->smt));
	for (int i = 0; i < FACT_MITIGATIONS; i++) {
		char path[128];

		snprintf(path, sizeof(path), CPU "vulnerabilities/%s",
			 facts->mitigation[i].name);
		file_line(path, facts->mitigation[i].text,
			  sizeof(facts->mitigation[i].text));
	}
}
