// SPDX-License-Identifier: MIT
/*
 * syscost report: plots and an HTML page from stored rows, of any machine.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/report.h"
#include "compare/batching.h"
#include "render/html.h"
#include "render/plots.h"
#include "store/csv.h"
#include "store/result.h"

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
	char err[600];
	int ret = batching_make(&batching, results, rounds, err, sizeof(err));

	if (ret)
		return cli_error("%s: %s", dir, err);
	ret = plots_make(results, rounds, &batching, dir, err, sizeof(err));
	if (ret == -ENOENT)
		fprintf(stderr, "syscost: %s\n", err);
	if (ret == -ENOENT || !ret)
		ret = result_file(dir, "report.html", fill_page, &page, err, sizeof(err));
	batching_free(&batching);
	return ret ? cli_error("%s", err) : EXIT_FINE;
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
	char path[4096], err[600];
	struct table results, rounds;
	json_error_t json_err;
	json_t *json;
	int status;

	(void)reg;
	if (argc != 2 || argv[1][0] == '-') {
		bool help = argc == 2 && !strcmp(argv[1], "--help");

		fputs("usage: syscost report DIR\n\n"
		      "Makes plots and report.html in a result folder from its stored rows.\n",
		      help ? stdout : stderr);
		return help ? EXIT_FINE : EXIT_TROUBLE;
	}
	snprintf(path, sizeof(path), "%s/results.csv", argv[1]);
	if (csv_read_file(&results, &result_schema, path, err, sizeof(err)))
		return cli_error("%s", err);
	snprintf(path, sizeof(path), "%s/rounds.csv", argv[1]);
	if (csv_read_file(&rounds, &round_schema, path, err, sizeof(err))) {
		table_free(&results);
		return cli_error("%s", err);
	}
	snprintf(path, sizeof(path), "%s/run.json", argv[1]);
	json = json_load_file(path, JSON_REJECT_DUPLICATES, &json_err);
	if (json)
		status = report_folder(argv[1], &results, &rounds, json);
	else
		status = cli_error("%s, line %d: %s", path, json_err.line, json_err.text);
	json_decref(json);
	table_free(&results);
	table_free(&rounds);
	return status;
}
