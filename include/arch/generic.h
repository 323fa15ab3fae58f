/* SPDX-License-Identifier: MIT */
/*
 * What younger CPUs have in common: they lack old system calls and some instructions of
 * x86-64, and each argument of a system call has a register of its own. The CPU's header
 * includes this at its end. It names the registers (ARCH_NUMBER, ARCH_ARG) and the
 * instructions: ARCH_SYSCALL, ARCH_READ of the counter, and ARCH_FENCE on both sides.
 */
#ifndef SYSCOST_ARCH_GENERIC_H
#define SYSCOST_ARCH_GENERIC_H

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

/* The kernel keeps all registers but that of the first argument, which has the result. */
static always_inline long arch_syscall6(long nr, long a, long b, long c, long d, long e,
					long f)
{
	register long number __asm__(ARCH_NUMBER) = nr;
	register long r0 __asm__(ARCH_ARG(0)) = a;
	register long r1 __asm__(ARCH_ARG(1)) = b;
	register long r2 __asm__(ARCH_ARG(2)) = c;
	register long r3 __asm__(ARCH_ARG(3)) = d;
	register long r4 __asm__(ARCH_ARG(4)) = e;
	register long r5 __asm__(ARCH_ARG(5)) = f;

	__asm__ volatile(ARCH_SYSCALL
			 : "+r"(r0)
			 : "r"(number), "r"(r1), "r"(r2), "r"(r3), "r"(r4), "r"(r5)
			 : "memory");
	return r0;
}

static always_inline long arch_syscall3(long nr, long a, long b, long c)
{
	register long number __asm__(ARCH_NUMBER) = nr;
	register long r0 __asm__(ARCH_ARG(0)) = a;
	register long r1 __asm__(ARCH_ARG(1)) = b;
	register long r2 __asm__(ARCH_ARG(2)) = c;

	__asm__ volatile(ARCH_SYSCALL
			 : "+r"(r0)
			 : "r"(number), "r"(r1), "r"(r2)
			 : "memory");
	return r0;
}

static always_inline long arch_syscall0(long nr)
{
	register long number __asm__(ARCH_NUMBER) = nr;
	register long r0 __asm__(ARCH_ARG(0));

	__asm__ volatile(ARCH_SYSCALL : "=r"(r0) : "r"(number) : "memory");
	return r0;
}

static always_inline uint64_t arch_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile(ARCH_FENCE "\n\t" ARCH_READ "\n\t" ARCH_FENCE
			 : "=r"(ticks)
			 :
			 : "memory");
	return ticks;
}

static always_inline uint64_t arch_ticks_unfenced(void)
{
	uint64_t ticks;

	__asm__ volatile(ARCH_READ : "=r"(ticks));
	return ticks;
}

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
