/* SPDX-License-Identifier: MIT */
/*
 * What the suite needs to know of 64-bit RISC-V: the names that x86_64.h explains, made
 * of this CPU's instructions. It has been compiled, and not yet measured with.
 */
#ifndef SYSCOST_ARCH_RISCV64_H
#define SYSCOST_ARCH_RISCV64_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>

#include "arch/generic.h"
#include "attributes.h"

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

/*
 * ECALL: the number in a7, arguments from a0 on. The kernel keeps all registers but a0.
 */
static always_inline long arch_syscall6(long nr, long a, long b, long c, long d, long e,
					long f)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;
	register long a3 __asm__("a3") = d;
	register long a4 __asm__("a4") = e;
	register long a5 __asm__("a5") = f;

	__asm__ volatile("ecall"
			 : "+r"(a0)
			 : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5)
			 : "memory");
	return a0;
}

static always_inline long arch_syscall3(long nr, long a, long b, long c)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0") = a;
	register long a1 __asm__("a1") = b;
	register long a2 __asm__("a2") = c;

	__asm__ volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2) : "memory");
	return a0;
}

static always_inline long arch_syscall0(long nr)
{
	register long a7 __asm__("a7") = nr;
	register long a0 __asm__("a0");

	__asm__ volatile("ecall" : "=r"(a0) : "r"(a7) : "memory");
	return a0;
}

/*
 * The time CSR between two fences. FENCE orders memory and devices, and the architecture
 * has nothing that orders all instructions: a core that runs ahead may read early. Unit:
 * ticks, of the rate that the device tree says: often 10 or 24 MHz.
 */
static always_inline uint64_t arch_ticks(void)
{
	uint64_t ticks;

	__asm__ volatile("fence\n\trdtime %0\n\tfence" : "=r"(ticks) : : "memory");
	return ticks;
}

static always_inline uint64_t arch_ticks_unfenced(void)
{
	uint64_t ticks;

	__asm__ volatile("rdtime %0" : "=r"(ticks));
	return ticks;
}

#define ARCH_CLOCKSOURCE "riscv_clocksource"

#define ARCH_CALL_BARE "mv a7, a0\n\tecall\n\tret\n"
#define ARCH_CALL_SHIELDED                    \
	"mv t1, ra\n\tmv a7, a0\n\tecall\n\t" \
	"jal ra, 1f\n\tebreak\n1:\tmv ra, t1\n\tret\n"

#define ARCH_NULL_BLOCK 512

static always_inline long arch_null_block(long nr)
{
	long fold = 0;

	__asm__ volatile(".rept %1\n\tmv a7, %2\n\tecall\n\tor %0, %0, a0\n\t.endr"
			 : "+r"(fold)
			 : "i"(ARCH_NULL_BLOCK), "r"(nr)
			 : "a0", "a7", "memory");
	return fold;
}

/*
 * PAUSE of Zihintpause, by its encoding: a FENCE that does nothing where it is not known.
 */
static always_inline void arch_pause(void)
{
	__asm__ volatile(".4byte 0x0100000f" : : : "memory");
}

static always_inline void arch_throughput_loop(unsigned long n)
{
	__asm__ volatile("1:\n\t"
			 "addi t0, t0, 1\n\taddi t1, t1, 1\n\taddi t2, t2, 1\n\tnop\n\t"
			 "addi t3, t3, 1\n\taddi t4, t4, 1\n\taddi t5, t5, 1\n\tnop\n\t"
			 "addi %0, %0, -1\n\tbnez %0, 1b"
			 : "+r"(n)
			 :
			 : "t0", "t1", "t2", "t3", "t4", "t5");
}

#define ARCH_CHAIN_LENGTH 16UL

static always_inline long arch_chain_behind(long fed, unsigned long n)
{
	unsigned long a = fed;

	__asm__ volatile("li t0, 0\n"
			 "1:\n\t"
			 ".rept %2\n\tsub %1, %1, t0\n\t.endr\n\t"
			 "addi %0, %0, -1\n\tbnez %0, 1b"
			 : "+r"(n), "+r"(a)
			 : "i"(ARCH_CHAIN_LENGTH)
			 : "t0");
	return a;
}

#endif
