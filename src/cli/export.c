// SPDX-License-Identifier: MIT
/*
 * syscost export: a result folder in a format that other programs read. The folder is
 * of a run, or of a comparison: then its verdicts come first, and the rows are those of
 * its base/ and head/, or, where it has no such folders, what the verdicts say of the
 * two.
 */
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
#include "base/json.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "render/export.h"
#include "row/csv.h"
#include "row/folder.h"

struct settings {
	int format; /* -1: not given; export_n_formats: list them */
	const char *output, *commit, *time;
	bool relative;
};

/* The formats, and a word that lists them. */
static const char *format_word(size_t i)
{
	if (i < export_n_formats)
		return export_formats[i].name;
	return i == export_n_formats ? "list" : NULL;
}

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "format", 0, OPTION_CHOICE, "F", .choice = format_word, FIELD(format),
	  .help = "one of those below; 'list' lists them" },
	{ "output", 'o', OPTION_FILE, "FILE", FIELD(output),
	  .help = "write there, not to standard output" },
	{ "relative", FIELD(relative),
	  .help = "ratios: to the base, or to the row's base row "
		  "(github-action-benchmark)" },
	{ "commit", 0, OPTION_TEXT, "C", FIELD(commit),
	  .help = "what was measured (otava)" },
	{ "time", 0, OPTION_TEXT, "T", FIELD(time),
	  .help = "when, 2026-01-31T12:00:00Z (otava; default: stored)" },
	{ OPTION_END },
};

static void print_formats(FILE *out)
{
	for (size_t i = 0; i < export_n_formats; i++)
		fprintf(out, "  %-24s %s\n", export_formats[i].name,
			export_formats[i].summary);
}

static bool is_time(const char *text)
{
	struct tm tm = { 0 };
	const char *end = strptime(text, "%Y-%m-%dT%H:%M:%S%z", &tm);

	return end && !*end;
}

/* The format, if the other options go with it; NULL: an error line says why not. */
static const struct export_format *check(const struct call *call,
					 const struct settings *s)
{
	const struct export_format *format = &export_formats[s->format];

	if (!call->n)
		cli_error("export wants a result folder: syscost export DIR --format %s",
			  format->name);
	else if (s->relative && format->fn != export_github_action_benchmark)
		cli_error("--relative goes with --format github-action-benchmark only");
	else if ((s->commit || s->time) && format->fn != export_otava)
		cli_error("--commit and --time go with --format otava only");
	else if (s->time && !is_time(s->time))
		cli_error("--time wants a date as 2026-01-31T12:00:00Z, not '%s'",
			  s->time);
	else
		return format;
	return NULL;
}

/* DIR/name, if there is such a file. */
static bool find_file(char *path, size_t len, const char *dir, const char *name)
{
	int n = snprintf(path, len, "%s/%s", dir, name);

	return n > 0 && (size_t)n < len && !access(path, F_OK);
}

/* The head's figures as rows of results, where only the verdicts were stored. */
static void rows_of_verdicts(struct table *results, const struct table *verdicts)
{
	for (size_t i = 0; i < verdicts->n; i++) {
		const struct verdict_row *v = table_row(verdicts, struct verdict_row, i);
		struct result_row *r;

		if (!isfinite(v->head_ns.mid))
			continue;
		r = table_add(results);
		row_set(&r->id, v->id);
		r->status = ROW_OK;
		r->ns = v->head_ns;
	}
}

/* The folder of a run; or that of a comparison, and those of its arms, if any. */
struct stored {
	struct folder head, base; /* head: the run, where there is only one */
	struct table verdicts;
	json_t *whole; /* compare.json */
	bool compared;
};

static int load(struct stored *s, const char *dir, struct err *err)
{
	char path[4096], arm[4096];
	struct stat st;
	int ret = 0;

	table_init(&s->head.results, &result_schema);
	table_init(&s->head.rounds, &round_schema);
	table_init(&s->base.results, &result_schema);
	table_init(&s->verdicts, &verdict_schema);
	if (stat(dir, &st) || !S_ISDIR(st.st_mode))
		return err_set(err, -ENOTDIR,
			       "%s is not a folder: export wants the folder of a run or "
			       "of a comparison",
			       dir);
	s->compared = find_file(path, sizeof(path), dir, "verdicts.csv");
	if (s->compared)
		ret = csv_read_file(&s->verdicts, &verdict_schema, path, err);
	if (!ret && s->compared && find_file(path, sizeof(path), dir, "compare.json"))
		s->whole = json_read(path, &ret, err);
	if (!ret && s->compared && find_file(arm, sizeof(arm), dir, "base"))
		ret = folder_read(&s->base, arm, err);
	if (ret)
		return ret;
	if (find_file(path, sizeof(path), dir, "results.csv"))
		return folder_read(&s->head, dir, err);
	if (!s->compared)
		return err_set(err, -ENOENT,
			       "%s has neither results.csv nor verdicts.csv: it is no "
			       "result folder",
			       dir);
	if (find_file(arm, sizeof(arm), dir, "head"))
		return folder_read(&s->head, arm, err);
	rows_of_verdicts(&s->head.results, &s->verdicts);
	return 0;
}

/* Ids are keys in most formats: a table with an empty one, or one twice, is refused. */
static bool index_all(struct export_source *src, const char *dir)
{
	const char *twice;
	size_t n;

	index_make(&src->by_id, &src->base); /* only for this check */
	twice = index_doubled(&src->by_id);
	index_free(&src->by_id);
	index_make(&src->by_id, &src->results);
	index_make(&src->rounds_by_id, &src->rounds);
	index_make(&src->verdicts_by_id, &src->verdicts);
	twice = twice ?: index_doubled(&src->by_id);
	twice = twice ?: index_doubled(&src->verdicts_by_id);
	if (index_find(&src->by_id, "", &n) || index_find(&src->verdicts_by_id, "", &n)) {
		cli_error("%s has a row without an id", dir);
		return false;
	}
	if (twice)
		cli_error("%s has the row %.60s twice", dir, twice);
	return !twice;
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

/* A file is written whole or not at all. A device, such as /dev/stderr, is written to. */
static int write_text(const char *output, const struct text *t)
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

static int export_folder(const char *dir, const struct export_format *format,
			 const struct export_source *src, const char *output)
{
	struct err err = { 0 };
	char *data = NULL;
	struct text text;
	int ret;
	FILE *out = open_memstream(&data, &text.len);

	if (!out)
		return cli_error("out of memory");
	ret = format->fn(out, src, &err);
	if (fclose(out) && !ret)
		ret = -errno;
	text.data = data;
	if (!ret)
		ret = write_text(output, &text);
	else if (ret == -ENODATA) {
		cli_error("%s has nothing that %s can hold: no row with a figure%s", dir,
			  format->name,
			  src->relative ? " and a ratio" : ", or no rounds");
		ret = EXIT_NOTHING;
	} else {
		ret = cli_error("%s", *err.text ? err.text : strerror(-ret));
	}
	free(data);
	return ret;
}

static int export_stored(const struct call *call, const struct settings *s,
			 const struct export_format *format, struct stored *st)
{
	struct table *tables[] = { &st->head.results, &st->head.rounds, &st->base.results,
				   &st->verdicts };
	const char *unmatched, *dir = call->operands[0];
	struct export_source src;
	int ret = EXIT_TROUBLE;

	unmatched = select_rows(tables, 4, call->operands + 1, call->n - 1);
	if (unmatched)
		return cli_error("no row of %s matches '%s'", dir, unmatched);
	src = (struct export_source){
		.results = st->head.results,
		.rounds = st->head.rounds,
		.base = st->base.results,
		.verdicts = st->verdicts,
		.compared = st->compared,
		.run = st->head.run,
		.whole = st->whole,
		.ticks_per_ns = st->head.run ? st->head.ticks_per_ns : NAN,
		.relative = s->relative,
		.commit = s->commit,
		.time = s->time,
	};
	if (index_all(&src, dir))
		ret = export_folder(dir, format, &src, s->output);
	index_free(&src.by_id);
	index_free(&src.rounds_by_id);
	index_free(&src.verdicts_by_id);
	return ret;
}

static int export(const struct call *call, void *settings)
{
	const struct settings *s = settings;
	const struct export_format *format;
	struct stored st = { 0 };
	struct err err = { 0 };
	int ret;

	if (s->format < 0)
		return cli_error("export wants --format F: see 'syscost export --format "
				 "list'");
	if (s->format == (int)export_n_formats) {
		print_formats(stdout);
		return EXIT_FINE;
	}
	format = check(call, s);
	if (!format)
		return EXIT_TROUBLE;
	if (load(&st, call->operands[0], &err))
		ret = cli_error("%s", err.text);
	else
		ret = export_stored(call, s, format, &st);
	folder_free(&st.head);
	folder_free(&st.base);
	table_free(&st.verdicts);
	json_decref(st.whole);
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
