// SPDX-License-Identifier: MIT
/* syscost export: a result folder in a format of other programs; see render/. */
#include <errno.h>
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
#include "cli/command.h"
#include "render/export.h"
#include "row/folder.h"

struct settings {
	int format; /* -1: not given; behind the last: list them */
	const char *output;
	struct export_source src;
};

/* The formats, and a word that lists them. */
static const char *format_word(size_t i)
{
	if (export_format(i))
		return export_format(i)->name;
	return !i || export_format(i - 1) ? "list" : NULL;
}

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "format", 0, OPTION_CHOICE, "F", .choice = format_word, FIELD(format),
	  .help = "one of those below; 'list' lists them" },
	{ "output", 'o', OPTION_FILE, "FILE", FIELD(output),
	  .help = "write there, not to standard output" },
	{ "relative", FIELD(src.relative),
	  .help = "ratios: to the base, or to the row's base row "
		  "(github-action-benchmark)" },
	{ "commit", 0, OPTION_TEXT, "C", FIELD(src.commit),
	  .help = "the commit that was measured (otava)" },
	{ "time", 0, OPTION_TEXT, "T", FIELD(src.time),
	  .help = "when it was measured, as 2026-01-31T12:00:00Z (otava; default: as "
		  "stored)" },
	{ OPTION_END },
};

static void print_formats(FILE *out)
{
	const struct export_format *f;

	for (size_t i = 0; (f = export_format(i)); i++)
		fprintf(out, "  %-24s %s\n", f->name, f->summary);
}

static bool is_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);

	return end && !*end;
}

/* Whether the other options go with the format; false: an error line says why not. */
static bool options_agree(const struct call *call, const struct export_format *format,
			  const struct export_source *src)
{
	if (!call->n)
		cli_error("export wants a result folder: syscost export DIR --format %s",
			  format->name);
	else if (src->relative && !format->relative)
		cli_error("--relative goes with --format github-action-benchmark only");
	else if ((src->commit || src->time) && !format->point_in_time)
		cli_error("--commit and --time go with --format otava only");
	else if (src->time && !is_time(src->time))
		cli_error("--time wants a date as 2026-01-31T12:00:00Z, not '%s'",
			  src->time);
	else
		return true;
	return false;
}

/* A file is written whole or not at all. A device, such as /dev/stderr, is written to. */
static int write_text(const char *output, const struct file_bytes *t)
{
	const char *slash = output ? strrchr(output, '/') : NULL;
	struct file_part part = { slash ? slash + 1 : output, file_fill_bytes, t };
	char dir[4096] = ".";
	struct err err = { 0 };
	struct stat st;

	if (!output) {
		file_fill_bytes(stdout, t); /* main() looks for errors */
		return EXIT_FINE;
	}
	if (!stat(output, &st) && !S_ISREG(st.st_mode)) {
		FILE *out = fopen(output, "we");
		int ret = out ? file_fill_bytes(out, t) : -errno;

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

static int export_folder(const char *dir, const struct export_format *format,
			 const struct export_source *src, const char *output)
{
	struct file_bytes text = { 0 };
	FILE *out = open_memstream(&text.at, &text.n);
	int ret;

	if (!out)
		return cli_error("out of memory");
	ret = format->write(out, src);
	if (fclose(out) && !ret)
		ret = -errno;
	if (!ret)
		ret = write_text(output, &text);
	else if (ret == -ENODATA) {
		cli_error("%s has nothing that %s can hold: no row with a figure%s", dir,
			  format->name,
			  src->relative ? " and a ratio" : ", or no rounds");
		ret = EXIT_NOTHING;
	} else {
		ret = cli_error("%s", *src->err->text ? src->err->text : strerror(-ret));
	}
	free(text.at);
	return ret;
}

static int export(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct err err = { 0 };
	struct folder f;
	struct table *tables[] = { &f.results, &f.rounds, &f.base, &f.verdicts };
	const struct export_format *format = export_format(s->format);
	const char *unmatched, *dir = call->operands[0];
	int ret = EXIT_TROUBLE;

	if (s->format < 0)
		return cli_error("export wants --format F: see 'syscost export --format "
				 "list'");
	if (!format) {
		print_formats(stdout);
		return EXIT_FINE;
	}
	if (!options_agree(call, format, &s->src))
		return EXIT_TROUBLE;
	if (folder_read(&f, dir, FOLDER_RUN | FOLDER_COMPARISON, &err)) {
		cli_error("%s", err.text);
		goto out;
	}
	unmatched = select_rows(tables, 4, call->operands + 1, call->n - 1);
	if (unmatched) {
		cli_error("no row of %s matches '%s'", dir, unmatched);
		goto out;
	}
	s->src.folder = &f;
	s->src.err = &err;
	export_open(&s->src);
	ret = export_folder(dir, format, &s->src, s->output);
	export_close(&s->src);
out:
	folder_free(&f);
	return ret;
}

static void defaults(void *settings)
{
	((struct settings *)settings)->format = -1;
}

const struct command command_export = {
	.name = "export",
	.summary = "a result folder in a format that other programs read",
	.usage = "DIR --format F [OPTION…] [PATTERN…]",
	.more = print_formats,
	.options = options,
	.operand = OPERAND_FOLDER,
	.settings_size = sizeof(struct settings),
	.defaults = defaults,
	.fn = export,
};
