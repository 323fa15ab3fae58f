// SPDX-License-Identifier: MIT
/*
 * A seccomp filter that loads an argument, makes K additions and allows the call. It runs
 * on every call: the kernel's bitmap of allowed numbers cannot answer for it.
 *
 * It is written by hand, because libseccomp makes filters that look at the number alone.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "layer.h"

#define MOST 4000 /* the kernel takes 4096 instructions in all (BPF_MAXINSNS) */

static int install(long k, struct err *err)
{
	const struct sock_filter add = BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 1);
	const struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[MOST + 2] = { BPF_STMT(
		BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[0])) };
	struct sock_fprog program = { .len = k + 2, .filter = code };

	for (long i = 1; i <= k; i++)
		code[i] = add;
	code[k + 1] = allow;
	/* Needed of an unprivileged process, and harmless for this one. */
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program))
		return err_set(err, -errno, "seccomp(2): %s", strerror(errno));
	return 0;
}

LAYER(seccomp) = {
	.name = "seccomp",
	.summary = "a filter that loads an argument and makes K additions",
	.where = LAYER_WORKER,
	.value = "instructions",
	.least = 1,
	.most = MOST,
	.install = install,
};
