// SPDX-License-Identifier: MIT
/*
 * The control: a chain of dependent instructions that no kernel, filter or library can
 * make slower. When it moves between two runs, the machine has changed, not the calls.
 *
 * Its number is the core's clock rate in disguise, and says nothing about calls.
 */
#include "bench.h"

#define PASSES 16

/* The chain starts at what the last one left, and its result is of no interest. */
BATCH(chain)
{
	long fed = (long)run->done;

	REPEAT (n)
		fed = arch_chain_behind(fed, PASSES);
	return fed & 0; /* it cannot fail */
}

BENCH_OF(chain, .id = "control/chain", .via = VIA_USER,
	 .desc = "a chain of 256 dependent one-cycle instructions",
	 .caveat = "not a call: the core's clock rate, to tell machines from calls");
