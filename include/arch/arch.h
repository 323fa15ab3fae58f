/* SPDX-License-Identifier: MIT */
/*
 * The instructions of the CPU that this is built for. Another CPU is another file beside
 * this one, with the names that the files here share.
 */
#ifndef SYSCOST_ARCH_H
#define SYSCOST_ARCH_H

#if defined(__x86_64__)
#include "arch/x86_64.h"
#else
#error "syscost knows the instructions of x86-64 only: add include/arch/ for this CPU"
#endif

#endif
