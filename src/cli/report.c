// SPDX-License-Identifier: MIT
/* syscost report: plots and an HTML page from stored rows, of any machine. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/report.h"
#include "compare/batching.h"
#include "render/html.h"
#include "render/plots.h"
#include "row/folder.h"

int report_folder(const char *dir, const struct table *results,
		  const struct table *rounds, const struct table *windows,
		  const json_t *json)
{
	struct batching batching;
	struct html_page page = { results, json, &batching, dir };
	struct file_part part = { "report.html", html_write, &page };
	struct err err = { 0 };
	int ret = batching_make(&batching, results, rounds, &err);

	if (ret)
		return cli_error("%s: %s", dir, err.text);
	ret = plots_make(results, rounds, windows, &batching, dir, &err);
	if (ret == -ENOENT)
		fprintf(stderr, "syscost: %s\n", err.text);
	if (ret == -ENOENT || !ret)
		ret = file_write(dir, &part, 1, &err);
	batching_free(&batching);
	return ret ? cli_error("%s", err.text) : EXIT_FINE;
}

void report_clear(const char *dir)
{
	char path[4096];

	plots_clear(dir);
	snprintf(path, sizeof(path), "%s/report.html", dir);
	unlink(path);
}

static int report(const struct call *call, void *settings)
{
	const char *dir = call->operands[0];
	struct err err = { 0 };
	struct folder folder;
	int status;

	(void)settings;
	if (folder_read(&folder, dir, FOLDER_ROUNDS | FOLDER_RUN, &err))
		status = cli_error("%s", err.text);
	else
		status = report_folder(dir, &folder.results, &folder.rounds,
				       &folder.windows, folder.run);
	folder_free(&folder);
	return status;
}

const struct command command_report = {
	.name = "report",
	.summary = "plots and an HTML page from a result folder",
	.usage = "DIR",
	.about = "Makes plots and report.html in a result folder from its stored rows.\n",
	.options = option_none,
	.operand = OPERAND_FOLDER,
	.least = 1,
	.most = 1,
	.fn = report,
};
