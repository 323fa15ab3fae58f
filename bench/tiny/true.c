// SPDX-License-Identifier: MIT
/*
 * The smallest program: all that it does is to exit with 0. The process rows execute it
 * so that they cost what the kernel costs: no dynamic linker, no C library.
 */
#include "bench.h"

_Noreturn void _start(void);

_Noreturn void _start(void)
{
	SYS(exit_group, 0);
	__builtin_unreachable();
}
