/* SPDX-License-Identifier: MIT */
/*
 * What the suite needs to know of x86-64: the system call, the fenced time-stamp read,
 * and the instructions of the loops in arch.h. Nothing here calls, branches on a result
 * or touches memory that it was not given.
 *
 * What another CPU must offer to be supported is this file's list of names. arch.h
 * includes it. Flags of the compiler stand in the .mk beside it.
 */
#ifndef SYSCOST_ARCH_X86_64_H
#define SYSCOST_ARCH_X86_64_H

#define ARCH_VDSO      "__vdso_" /* what the names of the vDSO's functions begin with */
#define ARCH_HAS_RDTSC true
#define ARCH_HAS_RDPMC true
#define ARCH_LACKS(X)  X(riscv_flush_icache) /* system calls that other CPUs have */

/* What rt_sigaction takes: arch/x86/include/uapi/asm/signal.h in Linux. */
struct arch_sigaction {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

/*
 * The system call instruction, inlined. Returns what the kernel returned: a value, or
 * -errno. SYSCALL overwrites rcx (return address) and r11 (flags), and the kernel may
 * write any memory that it was pointed to. An inline call that leaves one of these three
 * out of its clobbers compiles, and is wrong.
 */
static always_inline long arch_syscall6(long nr, long a, long b, long c, long d, long e,
					long f)
{
	register long r10 __asm__("r10") = d;
	register long r8 __asm__("r8") = e;
	register long r9 __asm__("r9") = f;
	long ret = nr;

	__asm__ volatile("syscall"
			 : "+a"(ret)
			 : "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
			 : "rcx", "r11", "memory");
	return ret;
}

static always_inline long arch_syscall3(long nr, long a, long b, long c)
{
	long ret = nr;

	__asm__ volatile("syscall"
			 : "+a"(ret)
			 : "D"(a), "S"(b), "d"(c)
			 : "rcx", "r11", "memory");
	return ret;
}

static always_inline long arch_syscall0(long nr)
{
	long ret = nr;

	__asm__ volatile("syscall" : "+a"(ret) : : "rcx", "r11", "memory");
	return ret;
}

/*
 * One read of the time-stamp counter that neither older nor younger instructions cross
 * (LFENCE; RDTSC; LFENCE: Intel SDM vol. 2B, RDTSC; AMD APM vol. 3 with LFENCE made
 * serialising, which Linux does). Unit: ticks. Never CPUID: it traps in a guest.
 */
static always_inline uint64_t arch_ticks(void)
{
	uint32_t lo, hi;

	__asm__ volatile("lfence\n\trdtsc\n\tlfence" : "=a"(lo), "=d"(hi) : : "memory");
	return (uint64_t)hi << 32 | lo;
}

/* The counter alone, unfenced: what the `clock/rdtsc` rows measure, not for timing. */
static always_inline uint64_t arch_ticks_unfenced(void)
{
	uint32_t lo, hi;

	__asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
	return (uint64_t)hi << 32 | lo;
}

/*
 * A performance counter (Intel SDM vol. 2B and AMD APM vol. 3, RDPMC). It faults unless
 * the kernel allows it, which the counter's page says: see measure/counters.h.
 */
static always_inline uint64_t arch_rdpmc(uint32_t counter)
{
	uint32_t lo, hi;

	__asm__ volatile("rdpmc" : "=a"(lo), "=d"(hi) : "c"(counter));
	return (uint64_t)hi << 32 | lo;
}

#define ARCH_CLOCKSOURCE "tsc" /* of the kernel, when it reads the counter above */

/*
 * The flags in /proc/cpuinfo that make the counter one of time: it runs at one rate, and
 * in deep sleep too. Empty where the architecture promises that.
 */
#define ARCH_INVARIANT_FLAGS "constant_tsc", "nonstop_tsc",

static inline void arch_cpuid(uint32_t leaf, uint32_t regs[4])
{
	__asm__ volatile("cpuid"
			 : "=a"(regs[0]), "=b"(regs[1]), "=c"(regs[2]), "=d"(regs[3])
			 : "a"(leaf), "c"(0));
}

#define ARCH_HYPERVISOR_SIZE 13 /* of a signature, with a NUL */

/*
 * Is this a virtual machine? Bit 31 of ecx in CPUID's leaf 1 says so. Leaf 0x40000000 has
 * the hypervisor's signature in ebx, ecx and edx, such as "KVMKVMKVM" (Linux,
 * Documentation/virt/kvm/x86/cpuid.rst). Not for a timed region: it traps.
 */
static inline bool arch_hypervisor(char name[ARCH_HYPERVISOR_SIZE])
{
	uint32_t regs[4];

	memset(name, 0, ARCH_HYPERVISOR_SIZE);
	arch_cpuid(1, regs);
	if (!(regs[2] & 1u << 31))
		return false;
	arch_cpuid(0x40000000, regs);
	memcpy(name, &regs[1], ARCH_HYPERVISOR_SIZE - 1);
	return true;
}

/*
 * The text of two functions in assembly: the system call whose number is the argument,
 * and home again. SHIELDED: after the kernel is through, a call inside of the function
 * pushes a fresh entry onto the return predictor. It drops its own return address.
 */
#define ARCH_CALL_BARE "mov %edi, %eax\n\tsyscall\n\tret\n"
#define ARCH_CALL_SHIELDED              \
	"mov %edi, %eax\n\tsyscall\n\t" \
	"call 1f\n\tint3\n1:\tlea 8(%rsp), %rsp\n\tret\n"

/*
 * What the loops in arch.h are made of, with the registers that they use. ARCH_NULL_CALL:
 * call number %2, keep the result in %0. ARCH_AGAIN: one less in %0, back to 1 if not 0.
 */
#define ARCH_NULL_CALL	   "mov %k2, %%eax\n\tsyscall\n\tor %%rax, %0"
#define ARCH_NULL_CLOBBERS "rax", "rcx", "r11", "cc"

#define ARCH_PAUSE "pause"
#define ARCH_AGAIN "dec %0\n\tjnz 1b"

#define ARCH_ADDS                                                    \
	"add $1, %%rax\n\tadd $1, %%rdx\n\tadd $1, %%rsi\n\tnop\n\t" \
	"add $1, %%rdi\n\tadd $1, %%r8\n\tadd $1, %%r9\n\tnop\n\t"
#define ARCH_ADDS_CLOBBERS "rax", "rdx", "rsi", "rdi", "r8", "r9", "cc"

#define ARCH_ZERO	  "xor %%ecx, %%ecx"
#define ARCH_SUB	  "sub %%rcx, %1"
#define ARCH_SUB_CLOBBERS "rcx", "cc"

#endif
