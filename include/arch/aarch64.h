/* SPDX-License-Identifier: MIT */
/*
 * What the suite needs to know of 64-bit Arm: the names that x86_64.h and generic.h
 * explain, with this CPU's instructions. It has been compiled, and not yet measured with.
 */
#ifndef SYSCOST_ARCH_AARCH64_H
#define SYSCOST_ARCH_AARCH64_H

#define ARCH_VDSO      "__kernel_"
#define ARCH_HAS_RDTSC false
#define ARCH_HAS_RDPMC false /* only for events that ask for it, which ours do not */
#define ARCH_LACKS(X)  ARCH_LACKS_GENERIC(X), X(riscv_flush_icache)

/* arch/arm64/include/uapi/asm/signal.h in Linux has SA_RESTORER: the third field. */
struct arch_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

#define ARCH_SYSCALL "svc 0"
#define ARCH_NUMBER  "x8"
#define ARCH_ARG(i)  "x" #i

/*
 * The virtual counter. ISB waits for what is older and holds back what is younger (Arm
 * ARM, "Reads of the counter"). Unit: ticks, of the rate in CNTFRQ_EL0: often 24, 25 or
 * 54 MHz, so that one tick is many cycles.
 */
#define ARCH_READ	 "mrs %0, cntvct_el0"
#define ARCH_FENCE	 "isb"
#define ARCH_CLOCKSOURCE "arch_sys_counter"

#define ARCH_CALL_BARE "mov x8, x0\n\tsvc 0\n\tret\n"
#define ARCH_CALL_SHIELDED                       \
	"mov x9, x30\n\tmov x8, x0\n\tsvc 0\n\t" \
	"bl 1f\n\tbrk 1\n1:\tmov x30, x9\n\tret\n"

#define ARCH_NULL_CALL	   "mov x8, %2\n\tsvc 0\n\torr %0, %0, x0"
#define ARCH_NULL_CLOBBERS "x0", "x8"

#define ARCH_PAUSE "yield"
#define ARCH_AGAIN "subs %0, %0, 1\n\tb.ne 1b"

#define ARCH_ADDS                                                        \
	"add x9, x9, 1\n\tadd x10, x10, 1\n\tadd x11, x11, 1\n\tnop\n\t" \
	"add x12, x12, 1\n\tadd x13, x13, 1\n\tadd x14, x14, 1\n\tnop\n\t"
#define ARCH_ADDS_CLOBBERS "x9", "x10", "x11", "x12", "x13", "x14", "cc"

#define ARCH_ZERO	  "mov x9, 0"
#define ARCH_SUB	  "sub %1, %1, x9"
#define ARCH_SUB_CLOBBERS "x9", "cc"

#include "arch/generic.h"

#endif
