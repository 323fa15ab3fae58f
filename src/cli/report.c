// SPDX-License-Identifier: MIT
/*
 * syscost report: plots and an HTML page from stored rows, of any machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "compare/batching.h"
#include "render/html.h"
#include "render/plots.h"
#include "row/csv.h"
#include "row/folder.h"

struct page {
	const struct table *results;
	const json_t *json;
	const struct batching *batching;
	const char *dir;
};

static int fill_page(FILE *out, const void *arg)
{
	const struct page *p = arg;

	return html_write(out, p->results, p->json, p->batching, p->dir);
}

int report_folder(const char *dir, const struct table *results,
		  const struct table *rounds, const json_t *json)
{
	struct batching batching;
	struct page page = { results, json, &batching, dir };
	struct file_part part = { "report.html", fill_page, &page };
	struct err err = { 0 };
	int ret = batching_make(&batching, results, rounds, &err);

	if (ret)
		return cli_error("%s: %s", dir, err.text);
	ret = plots_make(results, rounds, &batching, dir, &err);
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

int cmd_report(const struct registry *reg, int argc, char **argv)
{
	struct err err = { 0 };
	struct folder folder;
	int status;

	(void)reg;
	if (argc != 2 || argv[1][0] == '-') {
		bool help = argc == 2 && !strcmp(argv[1], "--help");

		fputs("usage: syscost report DIR\n\n"
		      "Makes plots and report.html in a result folder from its stored rows.\n",
		      help ? stdout : stderr);
		return help ? EXIT_FINE : EXIT_TROUBLE;
	}
	if (folder_read(&folder, argv[1], FOLDER_ROUNDS | FOLDER_RUN, &err))
		status = cli_error("%s", err.text);
	else
		status = report_folder(argv[1], &folder.results, &folder.rounds,
				       folder.run);
	folder_free(&folder);
	return status;
}
