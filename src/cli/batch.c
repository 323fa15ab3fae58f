// SPDX-License-Identifier: MIT
/* syscost batch: which batching strategy pays off, from the stored rows of a sweep. */
#include <glob.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "compare/batching.h"
#include "render/batch.h"
#include "row/csv.h"
#include "row/folder.h"
#include "row/json.h"

struct settings {
	enum cli_format format;
	bool brief;
};

static const struct option_spec options[] = {
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word,
	  OPTION_FIELD(struct settings, format),
	  .help = "table, csv or json on standard output" },
	{ "short", OPTION_FIELD(struct settings, brief),
	  .help = "the decision table alone" },
	{ OPTION_END },
};

/* The newest folder that `run` made: the names sort by time. */
static const char *find_newest(char *dir, size_t len)
{
	glob_t found;
	bool any = !glob("syscost-[0-9]*-[0-9]*/results.csv", 0, NULL, &found);

	if (any) {
		const char *last = found.gl_pathv[found.gl_pathc - 1];

		snprintf(dir, len, "%.*s", (int)(strrchr(last, '/') - last), last);
		fprintf(stderr, "syscost: the rows of %s\n", dir);
	}
	globfree(&found);
	return any ? dir : NULL;
}

static void print_rows(const struct batching *b, enum cli_format format)
{
	struct table rows;

	batching_rows(b, &rows);
	if (format == FORMAT_CSV)
		csv_write(stdout, &rows);
	else
		cli_print_json(table_json(&rows), 9);
	table_free(&rows);
}

static int print_folder(const char *dir, char *const *patterns, size_t n_patterns,
			const struct settings *s)
{
	struct folder folder;
	const char *unmatched;
	struct batching b;
	struct err err = { 0 };
	int status = EXIT_TROUBLE;

	if (folder_read(&folder, dir, FOLDER_ROUNDS, &err)) {
		cli_error("%s", err.text);
		goto out;
	}
	if (batching_make(&b, &folder.results, &folder.rounds, &err)) {
		cli_error("%s: %s", dir, err.text);
		goto out;
	}
	unmatched = batching_select(&b, patterns, n_patterns);
	if (!b.n) {
		cli_error("%s has no rows of a batching sweep: syscost run 'batch/*' "
			  "makes some",
			  dir);
	} else if (unmatched) {
		cli_error("no workload matches '%s': the first one is %s", unmatched,
			  b.workload[0].name);
	} else {
		status = EXIT_FINE;
		if (s->format != FORMAT_TABLE) {
			print_rows(&b, s->format);
		} else {
			batch_print(stdout, &b, cli_color());
			if (!s->brief)
				batch_print_details(stdout, &b, cli_color());
		}
	}
	batching_free(&b);
out:
	folder_free(&folder);
	return status;
}

void batch_advice(const struct table *results, const struct table *rounds,
		  const char *dir)
{
	struct batching b;
	bool choice = false;
	struct err err = { 0 };

	if (batching_make(&b, results, rounds, &err))
		return; /* the page says why */
	for (size_t i = 0; i < b.n; i++)
		choice |= b.workload[i].choice;
	if (choice) {
		putchar('\n');
		batch_print(stdout, &b, cli_color());
		fflush(stdout);
		if (dir)
			fprintf(stderr,
				"syscost: 'syscost batch %s' has curves and "
				"break-evens\n",
				dir);
	}
	batching_free(&b);
}

static int batch(const struct call *call, void *settings)
{
	char newest[4096];
	const char *dir = call->n ? call->operands[0]
				  : find_newest(newest, sizeof(newest));

	if (!dir)
		return cli_error(
			"no syscost-DATE-TIME folder here: name a result folder");
	return print_folder(dir, call->operands + 1, call->n ? call->n - 1 : 0, settings);
}

static const char about[] =
	"Says which batching strategy pays off, from which batch size on, and what it\n"
	"costs. It reads the rows of a sweep. DIR is its result folder (default: the\n"
	"newest syscost-DATE-TIME here). Patterns are globs over workloads: 'write-*',\n"
	"'write-null/64'; '!pipe*' takes away.\n";

const struct command command_batch = {
	.name = "batch",
	.summary = "which batching strategy pays off, and from which size on",
	.usage = "[OPTION…] [DIR [PATTERN…]]",
	.about = about,
	.options = options,
	.operand = OPERAND_FOLDER,
	.settings_size = sizeof(struct settings),
	.fn = batch,
};
