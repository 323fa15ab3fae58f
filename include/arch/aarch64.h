/* SPDX-License-Identifier: MIT */
/*
 * What the suite needs to know of 64-bit Arm: the names that x86_64.h explains, made of
 * this CPU's instructions. It has been compiled, and not yet measured with.
 */
#ifndef SYSCOST_ARCH_AARCH64_H
#define SYSCOST_ARCH_AARCH64_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "arch/generic.h"
#include "attributes.h"

#define ARCH_VDSO      "__kernel_"
#define ARCH_HAS_RDTSC false
#define ARCH_HAS_RDPMC false /* only for events that ask for it, which ours do not */
#define ARCH_LACKS(X)  ARCH_LACKS_GENERIC(X), X(riscv_flush_icache)

/*
 * arch/arm64/include/uapi/asm/signal.h in Linux has SA_RESTORER, hence the third field.
 */
struct arch_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/* SVC: the number in x8, arguments from x0 on. The kernel keeps all registers but x0. */
static always_inline long arch_syscall6(long nr, long a, long b, long c, long d, long e,
					long f)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;
	register long x3 __asm__("x3") = d;
	register long x4 __asm__("x4") = e;
	register long x5 __asm__("x5") = f;

	__asm__ volatile("svc 0"
			 : "+r"(x0)
			 : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5)
			 : "memory");
	return x0;
}

static always_inline long arch_syscall3(long nr, long a, long b, long c)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0") = a;
	register long x1 __asm__("x1") = b;
	register long x2 __asm__("x2") = c;

	__asm__ volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2) : "memory");
	return x0;
}

static always_inline long arch_syscall0(long nr)
{
	register long x8 __asm__("x8") = nr;
	register long x0 __asm__("x0");

	__asm__ volatile("svc 0" : "=r"(x0) : "r"(x8) : "memory");
	return x0;
}

/*
 * The virtual counter between two context synchronisation events. ISB waits for what is
 * older and holds back what is younger (Arm ARM, "Reads of the counter"). Unit: ticks, of
 * the rate in CNTFRQ_EL0: often 24, 25 or 54 MHz, so that one tick is many cycles.
 */
static always_inline uint64_t arch_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("isb\n\tmrs %0, cntvct_el0\n\tisb" : "=r"(ticks) : : "memory");
	return ticks;
}

static always_inline uint64_t arch_ticks_unfenced(void)
{
	uint64_t ticks;

	__asm__ volatile("mrs %0, cntvct_el0" : "=r"(ticks));
	return ticks;
}

#define ARCH_CLOCKSOURCE "arch_sys_counter"

#define ARCH_CALL_BARE "mov x8, x0\n\tsvc 0\n\tret\n"
#define ARCH_CALL_SHIELDED                       \
	"mov x9, x30\n\tmov x8, x0\n\tsvc 0\n\t" \
	"bl 1f\n\tbrk 1\n1:\tmov x30, x9\n\tret\n"

#define ARCH_NULL_BLOCK 512

static always_inline long arch_null_block(long nr)
{
	long fold = 0;

	__asm__ volatile(".rept %c1\n\tmov x8, %2\n\tsvc 0\n\torr %0, %0, x0\n\t.endr"
			 : "+r"(fold)
			 : "i"(ARCH_NULL_BLOCK), "r"(nr)
			 : "x0", "x8", "memory");
	return fold;
}

static always_inline void arch_pause(void)
{
	__asm__ volatile("yield" : : : "memory");
}

static always_inline void arch_throughput_loop(unsigned long n)
{
	__asm__ volatile(
		"1:\n\t"
		"add x9, x9, 1\n\tadd x10, x10, 1\n\tadd x11, x11, 1\n\tnop\n\t"
		"add x12, x12, 1\n\tadd x13, x13, 1\n\tadd x14, x14, 1\n\tnop\n\t"
		"subs %0, %0, 1\n\tb.ne 1b"
		: "+r"(n)
		:
		: "x9", "x10", "x11", "x12", "x13", "x14", "cc");
}

#define ARCH_CHAIN_LENGTH 16UL

static always_inline long arch_chain_behind(long fed, unsigned long n)
{
	unsigned long a = fed;

	__asm__ volatile("mov x9, 0\n"
			 "1:\n\t"
			 ".rept %c2\n\tsub %1, %1, x9\n\t.endr\n\t"
			 "subs %0, %0, 1\n\tb.ne 1b"
			 : "+r"(n), "+r"(a)
			 : "i"(ARCH_CHAIN_LENGTH)
			 : "x9", "cc");
	return a;
}

#endif
