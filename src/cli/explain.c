// SPDX-License-Identifier: MIT
/*
 * syscost explain: what a row measures, how, against what, and what it does not mean.
 * Also what a result folder has of it.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "render/stored.h"
#include "render/table.h"
#include "render/text.h"
#include "row/folder.h"
#include "row/select.h"

struct settings {
	const char *from; /* a result folder, or NULL */
};

static const struct option_spec options[] = {
	{ "from", 0, OPTION_FOLDER, "DIR", OPTION_FIELD(struct settings, from),
	  .help = "print also what this result folder has of the rows; of ab, its head" },
	{ OPTION_END },
};

/*
 * How an operation is made. Also what of the place that makes it is in the figure, where
 * an operation is one such call and nothing else.
 */
#define RETURN_COSTS                                                             \
	"the function's call and return are in the figure. Some mitigations "    \
	"(safe RET) spoil the prediction of returns: the return after a system " \
	"call then costs more, and that is in it too"

static const struct {
	const char *made, *site;
} ways[VIA_COUNT] = {
	[VIA_INLINE] = { "the system call instruction, in the timed loop itself",
			 "the figure holds the instruction and the one that keeps its "
			 "result; no user-space call or return is in it" },
	[VIA_LIBC] = { "the C library's function", RETURN_COSTS },
	[VIA_SYSCALL] = { "the syscall(2) function of the C library", RETURN_COSTS },
	[VIA_SHIELDED] = { "a function of our own whose return is kept off stale "
			   "predictions",
			   "the function's call and return are in the figure. A "
			   "mitigation that spoils the prediction of returns (safe RET) "
			   "does not make this return dearer" },
	[VIA_VDSO] = { "the vDSO's function, through a pointer", NULL },
	[VIA_CACHED] = { "user memory: the answer was kept from an earlier call", NULL },
	[VIA_RING] = { "io_uring, through liburing", NULL },
	[VIA_USER] = { "user code alone, no system call", NULL },
};

static void put_line(const char *word, const char *what)
{
	printf("  %-*s", STORED_LEFT - 2, word);
	table_wrap(stdout, what, STORED_LEFT, STORED_WIDTH);
}

static const char *site_of(const struct bench *b)
{
	bool one_call = b->pass > 1 && (!b->calls || !strchr(b->calls, ' '));

	return one_call && ways[b->via].site ? ways[b->via].site
					     : "all that the loop does for an operation: "
					       "see `measures`";
}

#define NEXT_TO_NOTHING "next to nothing of the branch back is in the figure"
#define ALL_OF_IT	"the branch back is in the figure"

/* `n`: iterations of a window, as a run had them; below 1: not known. */
static struct text loop_of(const struct bench *b, long n)
{
	if (b->pass <= 1)
		return text("one iteration a pass: " ALL_OF_IT);
	if (n < 1)
		return text("up to %d operations a pass: with as many " NEXT_TO_NOTHING,
			    BENCH_UNROLL);
	if (n < BENCH_UNROLL_LESS)
		return text("one operation a pass in this run, %ld a window: " ALL_OF_IT,
			    n);
	if (n < BENCH_UNROLL)
		return text("up to %d operations a pass in this run, %ld a window: "
			    "little of the branch back is in the figure",
			    BENCH_UNROLL_LESS, n);
	return text("%d operations a pass in this run: " NEXT_TO_NOTHING, BENCH_UNROLL);
}

/* `stored`: the row in a result folder, or NULL. */
static void explain(const struct variant *v, const struct result_row *stored)
{
	const struct bench *b = v->bench;
	/* The loops of an older folder, without metrics, were others. */
	long n = stored && *stored->metric ? stored->n : 0;

	printf("%s\n  measures     %s\n  made by      %s\n", v->id, b->desc,
	       ways[b->via].made);
	put_line("call site", site_of(b));
	put_line("loop", loop_of(b, n).s);
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

/* What the folder has of a row: NULL where it has none. */
static void put_stored(const struct result_row *row, const struct folder *folder)
{
	printf("  %-*s", STORED_LEFT - 2, row ? "stored in" : "not stored");
	fputs(row ? "" : "in ", stdout);
	table_text(stdout, folder->path, OPTION_PATH_MAX, false);
	puts(folder->of_head ? "/head" : "");
	if (row)
		stored_print(stdout, row, folder->run);
}

static void explain_all(const struct selection *s, const struct folder *folder)
{
	struct row_index rows = { 0 };

	if (folder)
		index_make(&rows, &folder->results);
	for (size_t i = 0; i < s->reg.n; i++) {
		const struct variant *v = &s->reg.rows[i];
		const void *const *row;
		size_t n;

		if (!s->chosen[i])
			continue;
		row = index_find(&rows, v->id, &n);
		explain(v, row ? *row : NULL);
		if (folder)
			put_stored(row ? *row : NULL, folder);
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
		if (folder_read(&folder, o->from, FOLDER_COMPARISON, &err))
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
