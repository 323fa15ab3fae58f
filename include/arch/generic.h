/* SPDX-License-Identifier: MIT */
/*
 * The system calls of x86-64 that Linux does not have on younger CPUs, which start from
 * the table in include/uapi/asm-generic/unistd.h. Their names stay usable there, as a
 * number that no system call has: see arch.h.
 */
#ifndef SYSCOST_ARCH_GENERIC_H
#define SYSCOST_ARCH_GENERIC_H

#define ARCH_LACKS_GENERIC(X)                                                            \
	X(access), X(alarm), X(arch_prctl), X(chmod), X(chown), X(creat), X(dup2),       \
		X(epoll_create), X(epoll_wait), X(eventfd), X(fork), X(futimesat),       \
		X(get_thread_area), X(getdents), X(getpgrp), X(inotify_init), X(ioperm), \
		X(iopl), X(lchown), X(link), X(lstat), X(mkdir), X(mknod),               \
		X(modify_ldt), X(open), X(pause), X(pipe), X(poll), X(readlink),         \
		X(rename), X(rmdir), X(select), X(set_thread_area), X(signalfd),         \
		X(stat), X(symlink), X(sysfs), X(time), X(unlink), X(uselib), X(ustat),  \
		X(utime), X(utimes), X(vfork)

#endif
