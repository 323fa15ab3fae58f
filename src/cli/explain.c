// SPDX-License-Identifier: MIT
/*
 * syscost explain: what a row measures, how, against what, and what it does not mean.
 * Also what a result folder has of it.
 */
#include <stdio.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "render/stored.h"
#include "render/table.h"
#include "row/folder.h"
#include "row/select.h"

struct settings {
	const char *from; /* a result folder, or NULL */
};

static const struct option_spec options[] = {
	{ "from", 0, OPTION_FOLDER, "DIR", OPTION_FIELD(struct settings, from),
	  .help = "print also what this result folder has of the rows" },
	{ OPTION_END },
};

/* How an operation is made, and what of the place that makes it is in the figure. */
#define RETURN_COSTS                                                                   \
	"the function's call and return are in the figure; on CPUs whose mitigations " \
	"spoil the prediction of returns (safe RET), the return after a system call "  \
	"costs, and that is in it too"

static const struct {
	const char *made, *site;
} ways[VIA_COUNT] = {
	[VIA_INLINE] = { "the system call instruction, in the timed loop itself",
			 "the instruction itself and the one that keeps the result are "
			 "in the figure; no user-space call or return is" },
	[VIA_LIBC] = { "the C library's function", RETURN_COSTS },
	[VIA_SYSCALL] = { "the syscall(2) function of the C library", RETURN_COSTS },
	[VIA_SHIELDED] = { "a function of our own whose return is kept off stale "
			   "predictions",
			   "the function's call and return are in the figure; a "
			   "mitigation that spoils the prediction of returns (safe RET) "
			   "does not make this return dearer" },
	[VIA_VDSO] = { "the vDSO's function, through a pointer",
		       "the call through the pointer and the return are in the figure" },
	[VIA_CACHED] = { "user memory: the answer was kept from an earlier call",
			 "user code alone: the kernel is not entered" },
	[VIA_RING] = { "io_uring, through liburing",
		       "what liburing does in user space, and the system calls that it "
		       "makes" },
	[VIA_USER] = { "user code alone, no call", "that code, and what keeps its "
						   "result" },
};

#define LINE_WIDTH 97

static void put_line(const char *word, const char *what)
{
	printf("  %-*s", STORED_LEFT - 2, word);
	table_wrap(stdout, what, STORED_LEFT, LINE_WIDTH);
}

static void explain(const struct variant *v)
{
	const struct bench *b = v->bench;

	printf("%s\n  measures     %s\n  made by      %s\n", v->id, b->desc,
	       ways[b->via].made);
	put_line("call site", ways[b->via].site);
	put_line("loop", b->pass == BENCH_UNROLL
				 ? "64 operations a pass: next to nothing of the "
				   "branch back is in the figure"
				 : "one iteration a pass: the branch back is in the "
				   "figure");
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

/* What the folder has of a row. */
static void put_stored(const char *id, const struct folder *folder,
		       const struct row_index *rows)
{
	size_t n;
	const void *const *row = index_find(rows, id, &n);

	printf("  %-*s", STORED_LEFT - 2, row ? "stored in" : "not stored");
	fputs(row ? "" : "in ", stdout);
	table_text(stdout, folder->path, OPTION_PATH_MAX, false);
	putchar('\n');
	if (row)
		stored_print(stdout, *row, folder->run);
}

static void explain_all(const struct selection *s, const struct folder *folder)
{
	struct row_index rows = { 0 };

	if (folder)
		index_make(&rows, &folder->results);
	for (size_t i = 0; i < s->reg.n; i++) {
		if (!s->chosen[i])
			continue;
		explain(&s->reg.rows[i]);
		if (folder)
			put_stored(s->reg.rows[i].id, folder, &rows);
	}
	index_free(&rows);
}

static int explain_chosen(const struct call *call, void *settings)
{
	const struct settings *o = settings;
	struct folder folder;
	struct selection s;
	struct err err = { 0 };
	int status = EXIT_FINE;

	if (!session_select(call, true, &s))
		return EXIT_TROUBLE;
	if (!o->from) {
		explain_all(&s, NULL);
	} else {
		if (folder_read(&folder, o->from, 0, &err))
			status = cli_error("%s", err.text);
		else
			explain_all(&s, &folder);
		folder_free(&folder);
	}
	session_free(&s);
	return status;
}

const struct command command_explain = {
	.name = "explain",
	.summary = "what a benchmark measures, and what it does not",
	.usage = "[--from DIR] PATTERN…",
	.options = options,
	.operand = OPERAND_PATTERN,
	.least = 1,
	.settings_size = sizeof(struct settings),
	.fn = explain_chosen,
};
