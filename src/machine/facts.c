// SPDX-License-Identifier: MIT
/* Reads /proc, /sys and tracefs, and asks the kernel. It judges and changes nothing. */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "arch/arch.h"
#include "base/file.h"
#include "machine/facts.h"

#define CPU	    "/sys/devices/system/cpu/"
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

#define AUDIT_PATIENCE_US 100000 /* for the answer of the audit subsystem */

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

/* A file of tracefs: 0 where its text is `off`, 1 where it is another. */
static int tracefs_is_on(const char *name, const char *off)
{
	static const char *const roots[] = { "/sys/kernel/tracing",
					     "/sys/kernel/debug/tracing" };

	for (int i = 0; i < 2; i++) {
		char path[128], text[64];

		snprintf(path, sizeof(path), "%s/%s", roots[i], name);
		if (file_line(path, text, sizeof(text)))
			return strcmp(text, off) != 0;
	}
	return TRACERS_UNSEEN;
}

/* AUDIT_GET only reads (include/uapi/linux/audit.h). It needs CAP_AUDIT_CONTROL. */
static int audit_enabled(void)
{
	struct {
		struct nlmsghdr head;
		union {
			struct audit_status status;
			struct nlmsgerr error;
		};
	} msg = { .head = { .nlmsg_len = NLMSG_LENGTH(0),
			    .nlmsg_type = AUDIT_GET,
			    .nlmsg_flags = NLM_F_REQUEST } };
	/* Up to what is read of it: later fields came with later kernels. */
	const ssize_t least = NLMSG_LENGTH(offsetof(struct audit_status, failure));
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct timeval patience = { .tv_usec = AUDIT_PATIENCE_US };
	int enabled = TRACERS_UNSEEN;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0)
		return TRACERS_UNSEEN;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (sendto(fd, &msg, NLMSG_LENGTH(0), 0, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) > 0 &&
	    recv(fd, &msg, sizeof(msg), 0) >= least && msg.head.nlmsg_type == AUDIT_GET)
		enabled = msg.status.enabled != 0;
	close(fd);
	return enabled;
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

/* May a program of this type run at a system call? */
static bool is_for_tracing(uint32_t type)
{
	return type == BPF_PROG_TYPE_KPROBE || type == BPF_PROG_TYPE_TRACEPOINT ||
	       type == BPF_PROG_TYPE_RAW_TRACEPOINT || type == BPF_PROG_TYPE_PERF_EVENT ||
	       type == BPF_PROG_TYPE_TRACING;
}

static int tracing_programs(void)
{
	union bpf_attr at = { 0 };
	int n = 0;

	while (!bpf(BPF_PROG_GET_NEXT_ID, &at)) {
		struct bpf_prog_info info = { 0 };
		union bpf_attr open = { .prog_id = at.next_id }, ask = { 0 };
		int fd = bpf(BPF_PROG_GET_FD_BY_ID, &open);

		at.start_id = at.next_id;
		if (fd < 0)
			continue;
		ask.info.bpf_fd = fd;
		ask.info.info_len = sizeof(info);
		ask.info.info = (uintptr_t)&info;
		if (!bpf(BPF_OBJ_GET_INFO_BY_FD, &ask))
			n += is_for_tracing(info.type);
		close(fd);
	}
	return errno == ENOENT ? n : TRACERS_UNSEEN;
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
		.tracers = { .events = tracefs_is_on("events/enable", "0"),
			     .tracer = tracefs_is_on("current_tracer", "nop"),
			     .audit = audit_enabled(),
			     .programs = tracing_programs() },
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
