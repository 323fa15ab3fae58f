// SPDX-License-Identifier: MIT
/*
 * Looks into tracefs, asks the audit subsystem for its status, and counts BPF programs.
 */
#include <errno.h>
#include <linux/audit.h>
#include <linux/bpf.h>
#include <linux/netlink.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <unistd.h>

#include "machine/tracers.h"

/* The first word of a file of tracefs, where it is mounted: 0 or -1. */
static int tracefs(const char *name, char word[32])
{
	static const char *const roots[] = { "/sys/kernel/tracing",
					     "/sys/kernel/debug/tracing" };
	int got = 0;

	for (int i = 0; i < 2 && got != 1; i++) {
		char path[128];
		FILE *f;

		snprintf(path, sizeof(path), "%s/%s", roots[i], name);
		f = fopen(path, "re");
		if (!f)
			continue;
		got = fscanf(f, "%31s", word);
		fclose(f);
	}
	return got == 1 ? 0 : -1;
}

/* AUDIT_GET, which only reads (include/uapi/linux/audit.h); it needs CAP_AUDIT_CONTROL. */
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
	const struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };
	const struct timeval patience = { .tv_usec = 100000 };
	int enabled = TRACERS_UNSEEN;
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_AUDIT);

	if (fd < 0)
		return TRACERS_UNSEEN;
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	if (sendto(fd, &msg, NLMSG_LENGTH(0), 0, (const struct sockaddr *)&kernel,
		   sizeof(kernel)) > 0 &&
	    recv(fd, &msg, sizeof(msg), 0) >= (ssize_t)NLMSG_LENGTH(8) &&
	    msg.head.nlmsg_type == AUDIT_GET)
		enabled = msg.status.enabled != 0;
	close(fd);
	return enabled;
}

static long bpf(int cmd, union bpf_attr *attr)
{
	return syscall(SYS_bpf, cmd, attr, sizeof(*attr));
}

static int bpf_programs(void)
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
			n += info.type == BPF_PROG_TYPE_KPROBE ||
			     info.type == BPF_PROG_TYPE_TRACEPOINT ||
			     info.type == BPF_PROG_TYPE_RAW_TRACEPOINT ||
			     info.type == BPF_PROG_TYPE_PERF_EVENT ||
			     info.type == BPF_PROG_TYPE_TRACING;
		close(fd);
	}
	return errno == ENOENT ? n : TRACERS_UNSEEN;
}

struct tracers tracers_look(void)
{
	struct tracers t = { TRACERS_UNSEEN, TRACERS_UNSEEN, audit_enabled(),
			     bpf_programs() };
	char word[32];

	if (!tracefs("events/enable", word))
		t.events = strcmp(word, "0") != 0;
	if (!tracefs("current_tracer", word))
		t.tracer = strcmp(word, "nop") != 0;
	return t;
}
