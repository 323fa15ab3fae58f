// SPDX-License-Identifier: MIT
/*
 * syscost explain: what a row measures, how, against what, and what it does not mean.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/session.h"

static const char *const ways[VIA_COUNT] = {
	[VIA_INLINE] = "the system call instruction, in the timed loop itself",
	[VIA_LIBC] = "the C library's function",
	[VIA_SYSCALL] = "the syscall(2) function of the C library",
	[VIA_SHIELDED] =
		"a function of our own whose return is kept off stale predictions",
	[VIA_VDSO] = "the vDSO's function, through a pointer",
	[VIA_CACHED] = "user memory: the answer was kept from an earlier call",
	[VIA_RING] = "io_uring, through liburing",
	[VIA_USER] = "user code alone, no call",
};

static void explain(const struct variant *v)
{
	const struct bench *b = v->bench;

	printf("%s\n  measures     %s\n  made by      %s\n", v->id, b->desc,
	       ways[b->via]);
	if (b->calls)
		printf("  system calls %s\n", b->calls);
	if (v->params[0])
		printf("  parameters   %s\n", v->params);
	if (v->ops > 1)
		printf("  a figure is  one of the %lu operations of an iteration\n",
		       v->ops);
	if (v->base[0])
		printf("  read against %s\n", v->base);
	printf("  checked      every result%s\n",
	       b->verify ? ", and that the work was done" : "");
	if (b->caveat)
		printf("  beware       %s\n", b->caveat);
}

static int explain_chosen(const struct call *call, void *settings)
{
	struct selection s;

	(void)settings;
	if (!session_select(call, true, &s))
		return EXIT_TROUBLE;
	for (size_t i = 0; i < s.reg.n; i++)
		if (s.chosen[i])
			explain(&s.reg.rows[i]);
	session_free(&s);
	return EXIT_FINE;
}

const struct command command_explain = {
	.name = "explain",
	.summary = "what a benchmark measures, and what it does not",
	.usage = "PATTERN…",
	.options = option_none,
	.operand = OPERAND_PATTERN,
	.least = 1,
	.fn = explain_chosen,
};
