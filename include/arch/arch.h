/* SPDX-License-Identifier: MIT */
/*
 * The instructions of the CPU that this is built for. Another CPU is another file beside
 * this one, with the names that x86_64.h explains, and a make fragment with its flags.
 */
#ifndef SYSCOST_ARCH_H
#define SYSCOST_ARCH_H

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>

#include "attributes.h"

#if defined(__x86_64__)
#include "arch/x86_64.h"
#elif defined(__aarch64__)
#include "arch/aarch64.h"
#elif defined(__riscv) && __riscv_xlen == 64
#include "arch/riscv64.h"
#else
#error "syscost does not know this CPU: see README, to add a CPU, and name it here"
#endif

/*
 * The names of system calls that this CPU's Linux lacks stay usable, as a number that no
 * system call has. A benchmark of one compiles, and its row says SKIP.
 */
#define ARCH_NO_CALL(name) SYS_##name = -1
enum { ARCH_LACKS(ARCH_NO_CALL) };

#define ARCH_NULL_BLOCK 512 /* calls in the block */

/*
 * A call without arguments and the instruction that keeps its result, again and again.
 * The self-test holds the suite's loop against it. Returns the OR.
 */
static always_inline long arch_null_block(long nr)
{
	long fold = 0;

	__asm__ volatile(".rept %c1\n\t" ARCH_NULL_CALL "\n\t.endr"
			 : "+r"(fold)
			 : "i"(ARCH_NULL_BLOCK), "r"(nr)
			 : ARCH_NULL_CLOBBERS, "memory");
	return fold;
}

/* Leave the core's units to a sibling hardware thread while spinning. */
static always_inline void arch_pause(void)
{
	__asm__ volatile(ARCH_PAUSE : : : "memory");
}

/*
 * Throughput-bound: `n` times six independent adds and two nops. It slows down as soon as
 * a neighbour on the sibling hardware thread takes issue slots, which a chain does not.
 */
static always_inline void arch_throughput_loop(unsigned long n)
{
	__asm__ volatile("1:\n\t" ARCH_ADDS ARCH_AGAIN : "+r"(n) : : ARCH_ADDS_CLOBBERS);
}

#define ARCH_CHAIN_LENGTH 16UL /* dependent instructions in one pass of the chain */

/*
 * Latency-bound: `n` times sixteen dependent subtractions of one core cycle each, behind
 * a result. It cannot start before `fed` is there, and `fed` comes back unchanged. It
 * subtracts another register, which is zero: itself would be a zeroing idiom, no chain.
 */
static always_inline long arch_chain_behind(long fed, unsigned long n)
{
	unsigned long a = fed;

	__asm__ volatile(ARCH_ZERO "\n1:\n\t.rept %c2\n\t" ARCH_SUB
				   "\n\t.endr\n\t" ARCH_AGAIN
			 : "+r"(n), "+r"(a)
			 : "i"(ARCH_CHAIN_LENGTH)
			 : ARCH_SUB_CLOBBERS);
	return a;
}

#endif
