/* SPDX-License-Identifier: MIT */
/*
 * What younger CPUs lack that x86-64 has: old system calls, and some instructions. The
 * other names that x86_64.h explains are each CPU's own.
 */
#ifndef SYSCOST_ARCH_GENERIC_H
#define SYSCOST_ARCH_GENERIC_H

#include <stdbool.h>
#include <stdint.h>

#include "attributes.h"

/*
 * System calls of x86-64. Linux starts on these CPUs from a shorter table,
 * include/uapi/asm-generic/unistd.h. Their names stay usable: see arch.h.
 */
#define ARCH_LACKS_GENERIC(X)                                                            \
	X(access), X(alarm), X(arch_prctl), X(chmod), X(chown), X(creat), X(dup2),       \
		X(epoll_create), X(epoll_wait), X(eventfd), X(fork), X(futimesat),       \
		X(get_thread_area), X(getdents), X(getpgrp), X(inotify_init), X(ioperm), \
		X(iopl), X(lchown), X(link), X(lstat), X(mkdir), X(mknod),               \
		X(modify_ldt), X(open), X(pause), X(pipe), X(poll), X(readlink),         \
		X(rename), X(rmdir), X(select), X(set_thread_area), X(signalfd),         \
		X(stat), X(symlink), X(sysfs), X(time), X(unlink), X(uselib), X(ustat),  \
		X(utime), X(utimes), X(vfork)

/* Never called: see ARCH_HAS_RDPMC. */
static always_inline uint64_t arch_rdpmc(uint32_t counter)
{
	return counter & 0;
}

#define ARCH_INVARIANT_FLAGS /* none: the architecture promises one rate */
#define ARCH_HYPERVISOR_SIZE 1

/* No instruction tells a program that it runs in a virtual machine. */
static inline bool arch_hypervisor(char name[ARCH_HYPERVISOR_SIZE])
{
	name[0] = '\0';
	return false;
}

#endif
