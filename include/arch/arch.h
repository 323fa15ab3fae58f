/* SPDX-License-Identifier: MIT */
/*
 * The instructions of the CPU that this is built for. Another CPU is another file beside
 * this one, with the names that x86_64.h explains, and a make fragment with its flags.
 */
#ifndef SYSCOST_ARCH_H
#define SYSCOST_ARCH_H

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

#endif
