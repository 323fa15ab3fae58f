// SPDX-License-Identifier: MIT
/*
 * syscost explain: what a row measures, how, against what, and what it does not mean.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

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

int cmd_explain(const struct registry *reg, int argc, char **argv)
{
	const char *unmatched;
	bool *chosen;

	if (argc < 2 || argv[1][0] == '-') {
		bool help = argc > 1 && !strcmp(argv[1], "--help");

		fputs("usage: syscost explain PATTERN…\n", help ? stdout : stderr);
		return help ? EXIT_FINE : EXIT_TROUBLE;
	}
	chosen = calloc(reg->n, sizeof(*chosen));
	unmatched = registry_select(reg, argv + 1, argc - 1, BENCH_TEST, chosen);
	for (size_t i = 0; i < reg->n && !unmatched; i++)
		if (chosen[i])
			explain(&reg->rows[i]);
	free(chosen);
	if (unmatched)
		return cli_error("no benchmark matches '%s': see 'syscost list'",
				 unmatched);
	return EXIT_FINE;
}
