// SPDX-License-Identifier: MIT
/*
 * The filter is written by hand: libseccomp makes filters that decide by the number, and
 * the kernel answers those from a bitmap without running them.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "measure/layer.h"

int layer_filter(unsigned int instructions)
{
	struct sock_filter code[LAYER_FILTER_MAX + 2];
	struct sock_fprog program = { .filter = code };

	if (instructions > LAYER_FILTER_MAX)
		return -EINVAL;
	code[program.len++] = (struct sock_filter)BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0]));
	for (unsigned int i = 0; i < instructions; i++)
		code[program.len++] = (struct sock_filter)BPF_STMT(
			BPF_ALU | BPF_ADD | BPF_K, 1);
	code[program.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K,
							   SECCOMP_RET_ALLOW);
	/* Needed of an unprivileged process, and harmless for this one. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return -errno;
	return 0;
}
