// SPDX-License-Identifier: MIT
/*
 * syscost export: a result folder in a format that other programs read. The folder is of a
 * run, or of a comparison: then its verdicts come first, and the rows are those of its
 * base/ and head/, or, where it has no such folders, what the verdicts say of the two.
 */
#include <errno.h>
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "render/export.h"
#include "row/folder.h"

struct settings {
	const struct export_format *format;
	const char *dir, *output, *commit, *time;
	bool relative;
};

static void print_formats(FILE *out)
{
	for (size_t i = 0; i < export_n_formats; i++)
		fprintf(out, "  %-24s %s\n", export_formats[i].name,
			export_formats[i].summary);
}

static void usage(FILE *out)
{
	fputs("usage: syscost export DIR --format F [OPTION…] [PATTERN…]\n\n"
	      "      --format F       one of those below; 'list' lists them\n"
	      "  -o, --output FILE    write there, not to standard output\n"
	      "      --relative       ratios: to the base, or to the row's base row\n"
	      "                       (github-action-benchmark)\n"
	      "      --commit C       what was measured (otava)\n"
	      "      --time T         when, 2026-01-31T12:00:00Z (otava; default: stored)\n\n",
	      out);
	print_formats(out);
}

static bool is_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);

	return end && !*end;
}

static bool parse(int argc, char **argv, struct settings *s)
{
	enum { FORMAT = 256, RELATIVE, COMMIT, TIME };
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "format", required_argument, NULL, FORMAT },
		{ "relative", no_argument, NULL, RELATIVE },
		{ "commit", required_argument, NULL, COMMIT },
		{ "time", required_argument, NULL, TIME },
		{ 0 },
	};
	const char *format = NULL;
	int opt;

	while ((opt = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		if (opt == 'o')
			s->output = optarg;
		else if (opt == FORMAT)
			format = optarg;
		else if (opt == RELATIVE)
			s->relative = true;
		else if (opt == COMMIT)
			s->commit = optarg;
		else if (opt == TIME)
			s->time = optarg;
		else
			return false; /* getopt has said why */
	}
	if (!format) {
		cli_error("export wants --format F: see 'syscost export --format list'");
		return false;
	}
	for (size_t i = 0; i < export_n_formats; i++)
		if (!strcmp(format, export_formats[i].name))
			s->format = &export_formats[i];
	if (!s->format && strcmp(format, "list"))
		cli_error("'%s' is no format: see 'syscost export --format list'",
			  format);
	else if (s->format && optind == argc)
		cli_error("export wants a result folder: syscost export DIR --format %s",
			  format);
	else if (s->relative && s->format->fn != export_github_action_benchmark)
		cli_error("--relative goes with --format github-action-benchmark only");
	else if ((s->commit || s->time) && s->format->fn != export_otava)
		cli_error("--commit and --time go with --format otava only");
	else if (s->time && !is_time(s->time))
		cli_error("--time wants a date as 2026-01-31T12:00:00Z, not '%s'",
			  s->time);
	else if (s->output && !*s->output)
		cli_error("-o wants the path of a file");
	else {
		s->dir = argv[optind];
		return true;
	}
	return false;
}

struct text {
	const char *data;
	size_t len;
};

static int fill(FILE *out, const void *arg)
{
	const struct text *t = arg;

	return fwrite(t->data, 1, t->len, out) == t->len ? 0 : -EIO;
}

/* All of it or nothing; what is no plain file, such as /dev/stderr, is just written to. */
static int put_out(const char *output, const struct text *t)
{
	const char *slash = output ? strrchr(output, '/') : NULL;
	struct file_part part = { slash ? slash + 1 : output, fill, t };
	char dir[4096] = ".";
	struct err err = { 0 };
	struct stat st;

	if (!output) {
		fwrite(t->data, 1, t->len, stdout); /* main() looks for errors */
		return EXIT_FINE;
	}
	if (!stat(output, &st) && !S_ISREG(st.st_mode)) {
		FILE *out = fopen(output, "we");
		int ret = out ? fill(out, t) : -errno;

		if (out && fclose(out) && !ret)
			ret = -errno;
		return ret ? cli_error("%s cannot be written: %s", output, strerror(-ret))
			   : EXIT_FINE;
	}
	if (slash)
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - output + 1), output);
	if (file_write(dir, &part, 1, &err))
		return cli_error("%s", err.text);
	return EXIT_FINE;
}

static int export_folder(const struct settings *s, struct export_source *src)
{
	struct err err = { 0 };
	char *data = NULL;
	struct text text;
	int ret;
	FILE *out = open_memstream(&data, &text.len);

	if (!out)
		return cli_error("out of memory");
	ret = s->format->fn(out, src, &err);
	if (fclose(out) && !ret)
		ret = -errno;
	text.data = data;
	if (!ret)
		ret = put_out(s->output, &text);
	else if (ret == -ENODATA) {
		cli_error("%s has nothing that %s can hold: no row with a figure%s",
			  s->dir, s->format->name,
			  s->relative ? " and a ratio" : ", or no rounds");
		ret = EXIT_NOTHING;
	} else {
		ret = cli_error("%s", *err.text ? err.text : strerror(-ret));
	}
	free(data);
	return ret;
}

int cmd_export(const struct registry *reg, int argc, char **argv)
{
	struct settings s = { 0 };
	struct folder f;
	struct export_source src = { .folder = &f };
	struct table *tables[] = { &f.results, &f.rounds, &f.base, &f.verdicts };
	struct err err = { 0 };
	const char *unmatched;
	int ret = EXIT_TROUBLE;

	(void)reg;
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		usage(stdout);
		return EXIT_FINE;
	}
	if (!parse(argc, argv, &s))
		return EXIT_TROUBLE;
	if (!s.format) {
		print_formats(stdout);
		return EXIT_FINE;
	}
	src.relative = s.relative;
	src.commit = s.commit;
	src.time = s.time;
	if (folder_read(&f, s.dir, FOLDER_RUN | FOLDER_COMPARISON, &err)) {
		cli_error("%s", err.text);
		goto out;
	}
	unmatched = select_rows(tables, 4, argv + optind + 1, argc - optind - 1);
	if (unmatched) {
		cli_error("no row of %s matches '%s'", s.dir, unmatched);
		goto out;
	}
	export_open(&src);
	ret = export_folder(&s, &src);
	export_close(&src);
out:
	folder_free(&f);
	return ret;
}
