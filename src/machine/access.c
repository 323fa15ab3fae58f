// SPDX-License-Identifier: MIT
/* Looks at what decides, and explains. It opens no counter. */
#include <errno.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "machine/access.h"

#define PMUS "/sys/bus/event_source/devices/"

/* The PMU of the CPU is called "cpu", or has a file "cpus" (drivers/perf/arm_pmu.c). */
static bool has_cpu_pmu(void)
{
	glob_t found;
	bool has = !glob(PMUS "{cpu,*/cpus}", GLOB_NOSORT | GLOB_BRACE, NULL, &found);

	globfree(&found);
	return has;
}

struct counter_access counter_access_read(void)
{
	struct counter_access a = { .paranoid = -1, .hardware = has_cpu_pmu() };
	char text[32];

	if (file_line("/proc/sys/kernel/perf_event_paranoid", text, sizeof(text)))
		a.paranoid = atoi(text);
	if (file_value("/proc/self/status", "Seccomp", text, sizeof(text)))
		a.seccomp = atoi(text) > 0;
	return a;
}

/* Which errno means what: perf_event_open(2), ERRORS, and the kernel's own checks. */
const char *counter_access_reason(const struct counter_access *a, int err,
				  bool hardware_event, char *buf, size_t len)
{
	if (err == ENOSYS && !a->seccomp)
		snprintf(buf, len, "this kernel is built without perf events");
	else if ((err == EPERM || err == ENOSYS) && a->seccomp)
		snprintf(buf, len,
			 "a seccomp filter refuses perf_event_open (%s): start the "
			 "container with a profile that allows it",
			 strerror(err));
	else if (err == EACCES && a->paranoid >= 2)
		snprintf(buf, len,
			 "kernel.perf_event_paranoid is %d: 'sudo sysctl "
			 "kernel.perf_event_paranoid=1' allows it",
			 a->paranoid);
	else if (err == EACCES || err == EPERM)
		snprintf(buf, len,
			 "perf_event_open was refused (%s): the capability CAP_PERFMON "
			 "allows it, unless a security module forbids it",
			 strerror(err));
	else if ((err == ENOENT || err == ENODEV || err == EOPNOTSUPP) &&
		 hardware_event && !a->hardware)
		snprintf(buf, len,
			 "this machine shows no hardware counters: a virtual machine "
			 "needs a virtual PMU from its host");
	else if (err == ENOENT || err == ENODEV || err == EOPNOTSUPP)
		snprintf(buf, len, "the kernel does not count this event on this CPU");
	else if (err == EBUSY)
		snprintf(buf, len,
			 "the counters are taken: by another profiler, or by the "
			 "watchdog ('sudo sysctl kernel.nmi_watchdog=0')");
	else
		snprintf(buf, len, "perf_event_open: %s", strerror(err));
	return buf;
}
