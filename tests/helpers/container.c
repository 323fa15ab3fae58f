// SPDX-License-Identifier: MIT
/*
 * container ERRNO COMMAND…: run a command under a seccomp filter like the ones that
 * container runtimes put on by default. It allows most calls, and refuses those that
 * reach for the kernel itself with EPERM or ENOSYS. For tests; it is not a sandbox.
 */
#include <errno.h>
#include <sched.h>
#include <seccomp.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/* What Docker's default profile withholds from a container without capabilities. */
static const char *const withheld[] = {
	"acct",
	"add_key",
	"bpf",
	"clock_settime",
	"delete_module",
	"finit_module",
	"fsopen",
	"init_module",
	"ioperm",
	"iopl",
	"io_uring_enter",
	"io_uring_register",
	"io_uring_setup",
	"kcmp",
	"kexec_load",
	"keyctl",
	"mount",
	"move_mount",
	"open_by_handle_at",
	"open_tree",
	"perf_event_open",
	"pivot_root",
	"process_vm_readv",
	"process_vm_writev",
	"ptrace",
	"quotactl",
	"reboot",
	"request_key",
	"setns",
	"settimeofday",
	"swapoff",
	"swapon",
	"umount2",
	"unshare",
	"userfaultfd",
	"vhangup",
};

static int filter(int error)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int ret = ctx ? 0 : -ENOMEM;

	for (size_t i = 0; i < sizeof(withheld) / sizeof(withheld[0]) && !ret; i++)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(error),
				       seccomp_syscall_resolve_name(withheld[i]), 0);
	/* Its flags are behind a pointer: the C library has to fall back to clone. */
	if (!ret)
		ret = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(ENOSYS), SCMP_SYS(clone3), 0);
	if (!ret)
		ret = seccomp_rule_add(
			ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(clone), 1,
			SCMP_A0(SCMP_CMP_MASKED_EQ, CLONE_NEWUSER, CLONE_NEWUSER));
	if (!ret)
		ret = seccomp_load(ctx);
	seccomp_release(ctx);
	return ret;
}

int main(int argc, char **argv)
{
	int error, ret;

	if (argc < 3 || (strcmp(argv[1], "EPERM") && strcmp(argv[1], "ENOSYS"))) {
		fputs("usage: container EPERM|ENOSYS COMMAND…\n", stderr);
		return 125;
	}
	error = strcmp(argv[1], "EPERM") ? ENOSYS : EPERM;
	ret = filter(error);
	if (ret) {
		fprintf(stderr, "container: no filter: %s\n", strerror(-ret));
		return 125;
	}
	execvp(argv[2], argv + 2);
	perror(argv[2]);
	return 127;
}
