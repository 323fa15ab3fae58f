/* SPDX-License-Identifier: MIT */
/*
 * What the suite needs to know of 64-bit RISC-V: the names that x86_64.h and generic.h
 * explain, with this CPU's instructions. It has been compiled, and not yet measured with.
 */
#ifndef SYSCOST_ARCH_RISCV64_H
#define SYSCOST_ARCH_RISCV64_H

#define ARCH_VDSO      "__vdso_"
#define ARCH_HAS_RDTSC false
#define ARCH_HAS_RDPMC false /* the CSR of a counter stands in the instruction itself */
#define ARCH_LACKS(X)  ARCH_LACKS_GENERIC(X), X(renameat)

/* include/uapi/asm-generic/signal.h in Linux, without SA_RESTORER. */
struct arch_sigaction {
	void (*handler)(int);
	unsigned long flags;
	unsigned long mask;
};

#define ARCH_SYSCALL "ecall"
#define ARCH_NUMBER  "a7"
#define ARCH_ARG(i)  "a" #i

/*
 * The time CSR. FENCE orders memory and devices, and the architecture has nothing that
 * orders all instructions: a core that runs ahead may read early. Unit: ticks, of the
 * rate that the device tree says: often 10 or 24 MHz.
 */
#define ARCH_READ	 "rdtime %0"
#define ARCH_FENCE	 "fence"
#define ARCH_CLOCKSOURCE "riscv_clocksource"

#define ARCH_CALL_BARE "mv a7, a0\n\tecall\n\tret\n"
#define ARCH_CALL_SHIELDED                    \
	"mv t1, ra\n\tmv a7, a0\n\tecall\n\t" \
	"jal ra, 1f\n\tebreak\n1:\tmv ra, t1\n\tret\n"

#define ARCH_NULL_CALL	   "mv a7, %2\n\tecall\n\tor %0, %0, a0"
#define ARCH_NULL_CLOBBERS "a0", "a7"

/* Of Zihintpause, by its encoding: a FENCE that does nothing where it is not known. */
#define ARCH_PAUSE ".4byte 0x0100000f"
#define ARCH_AGAIN "addi %0, %0, -1\n\tbnez %0, 1b"

#define ARCH_ADDS                                                       \
	"addi t0, t0, 1\n\taddi t1, t1, 1\n\taddi t2, t2, 1\n\tnop\n\t" \
	"addi t3, t3, 1\n\taddi t4, t4, 1\n\taddi t5, t5, 1\n\tnop\n\t"
#define ARCH_ADDS_CLOBBERS "t0", "t1", "t2", "t3", "t4", "t5"

#define ARCH_ZERO	  "li t0, 0"
#define ARCH_SUB	  "sub %1, %1, t0"
#define ARCH_SUB_CLOBBERS "t0"

#include "arch/generic.h"

#endif
