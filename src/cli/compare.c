// SPDX-License-Identifier: MIT
/*
 * syscost compare: verdicts from stored runs. It measures nothing; `ab` does, and is to be
 * preferred where both sides can run on the same machine at the same time.
 */
#include <getopt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/session.h"
#include "cli/verdict.h"
#include "machine/env.h"
#include "row/folder.h"

#define BOOTS_LEAST 15 /* folders a side that make different kernels comparable */

static const char help[] =
	"usage: syscost compare [OPTION…] BASE HEAD\n"
	"       syscost compare [OPTION…] --base DIR… --head DIR…\n\n"
	"Compares result folders, benchmark by benchmark: did it get slower?\n\n"
	"      --base DIR       a folder of the base; more than once for several\n"
	"      --head DIR       a folder of the head, likewise\n"
	"      --delta P        smallest change that counts, per cent (default: 2, or 5 if\n"
	"                       the folders are not two arms of one 'syscost ab')\n"
	"      --noise FILE     what A/A comparisons showed on this class of machines\n"
	"                       (default: the file that 'syscost noise' keeps, if any)\n"
	"      --no-noise       use no such file\n"
	"      --force          compare although the machines differ; that is advisory only\n"
	"      --strict         exit status 3 if a benchmark is inconclusive\n"
	"      --all            print every row: also the same and all inconclusive ones\n"
	"      --format F       table, csv or json on standard output\n"
	"  -o, --output DIR     write verdicts.csv, compare.json and plots there\n"
	"      --no-plots       write no plots\n\n"
	"Exit status: 0 no regression, 1 regression, 2 trouble or a benchmark that fails in\n"
	"head alone, 3 contaminated (or inconclusive with --strict), 77 nothing to compare.\n";

struct paths {
	const char **path;
	size_t n;
};

struct settings {
	struct paths base, head;
	double delta; /* NAN: not given */
	const char *noise, *output;
	bool no_noise, force, no_plots;
	struct verdict_options show;
};

static void add_path(struct paths *p, const char *path)
{
	p->path = realloc(p->path, (p->n + 1) * sizeof(*p->path));
	if (!p->path)
		abort();
	p->path[p->n++] = path;
}

static bool parse(int argc, char **argv, struct settings *s)
{
	enum {
		BASE = 256,
		HEAD,
		DELTA,
		NOISE,
		NO_NOISE,
		FORCE,
		STRICT,
		ALL,
		FORMAT,
		NO_PLOTS
	};
	static const struct option options[] = {
		{ "base", required_argument, NULL, BASE },
		{ "head", required_argument, NULL, HEAD },
		{ "delta", required_argument, NULL, DELTA },
		{ "noise", required_argument, NULL, NOISE },
		{ "no-noise", no_argument, NULL, NO_NOISE },
		{ "force", no_argument, NULL, FORCE },
		{ "strict", no_argument, NULL, STRICT },
		{ "all", no_argument, NULL, ALL },
		{ "format", required_argument, NULL, FORMAT },
		{ "output", required_argument, NULL, 'o' },
		{ "no-plots", no_argument, NULL, NO_PLOTS },
		{ 0 },
	};
	int opt;

	while ((opt = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		if (opt == BASE)
			add_path(&s->base, optarg);
		else if (opt == HEAD)
			add_path(&s->head, optarg);
		else if (opt == DELTA &&
			 cli_number("--delta", optarg, 0, 1000, &s->delta))
			s->delta /= 100;
		else if (opt == NOISE)
			s->noise = optarg;
		else if (opt == NO_NOISE)
			s->no_noise = true;
		else if (opt == FORCE)
			s->force = true;
		else if (opt == STRICT)
			s->show.strict = true;
		else if (opt == ALL)
			s->show.all = true;
		else if (opt == 'o')
			s->output = optarg;
		else if (opt == NO_PLOTS)
			s->no_plots = true;
		else if (opt != FORMAT || !cli_format(optarg, &s->show.format))
			return false; /* the reason has been said */
	}
	if (!s->base.n && !s->head.n && argc - optind == 2) {
		add_path(&s->base, argv[optind]);
		add_path(&s->head, argv[optind + 1]);
	} else if (!s->base.n || !s->head.n || argc != optind) {
		cli_error("compare wants two folders, or --base DIR and --head DIR: see "
			  "'syscost compare --help'");
		return false;
	}
	return true;
}

struct side {
	struct folder *folders;
	struct gate_side *views;
	size_t n;
};

static int side_read(struct side *s, const struct paths *p)
{
	struct err err = { 0 };

	s->folders = calloc(p->n, sizeof(*s->folders));
	s->views = calloc(p->n, sizeof(*s->views));
	if (!s->folders || !s->views)
		abort();
	for (; s->n < p->n; s->n++) {
		struct folder *f = &s->folders[s->n];

		if (folder_read(f, p->path[s->n], FOLDER_ROUNDS | FOLDER_RUN, &err) ||
		    folder_comparable(f, &err)) {
			folder_free(f);
			return cli_error("%s", err.text);
		}
		s->views[s->n] = (struct gate_side){ &f->results, &f->rounds,
						     f->ticks_per_ns, f->quiet_level };
	}
	return 0;
}

static void side_free(struct side *s)
{
	for (size_t i = 0; i < s->n; i++)
		folder_free(&s->folders[i]);
	free(s->folders);
	free(s->views);
}

/* How a folder's machine differs from the first one of the base; false: not at all. */
static bool differs(const struct side *base, const struct side *side, char *buf,
		    size_t len)
{
	char what[3000];

	for (size_t i = 0; i < side->n; i++) {
		if (!env_differences(base->folders[0].environment,
				     side->folders[i].environment, what, sizeof(what)))
			continue;
		snprintf(buf, len, "%s and %s are of different machines: %s",
			 base->folders[0].path, side->folders[i].path, what);
		return true;
	}
	return false;
}

/* Kernels against each other on the same hardware, with enough boots of each. */
static bool boots_are_the_unit(const struct side *base, const struct side *head)
{
	char first[17], other[17];

	if (base->n < BOOTS_LEAST || head->n < BOOTS_LEAST)
		return false;
	env_machine_class(base->folders[0].environment, first);
	for (size_t i = 0; i < base->n + head->n; i++) {
		const struct folder *f = i < base->n ? &base->folders[i]
						     : &head->folders[i - base->n];

		env_machine_class(f->environment, other);
		if (strcmp(first, other))
			return false;
	}
	return true;
}

/* Folder k of both sides is of the same `ab`, for every k. */
static bool are_paired(const struct side *base, const struct side *head)
{
	for (size_t i = 0; i < base->n && base->n == head->n; i++) {
		const char *a = base->folders[i].pairing, *b = head->folders[i].pairing;

		if (!a || !b || !*a || strcmp(a, b))
			return false;
	}
	return base->n == head->n;
}

static json_t *path_array(const struct paths *p)
{
	json_t *array = json_array();

	for (size_t i = 0; i < p->n; i++)
		json_array_append_new(array, json_string(p->path[i]));
	return array;
}

static const char *unit_of(const struct gate_options *o, const struct side *base,
			   const struct side *head)
{
	if (o->paired)
		return "pairs of rounds of one ab";
	if (base->n >= GATE_FOLDERS && head->n >= GATE_FOLDERS)
		return "folders";
	return "rounds of separate runs: what changed between the runs is not in the "
	       "interval";
}

static int write_output(const struct settings *s, const struct gate_options *o,
			const char *unit, const char *noise, const char *command,
			const struct table *verdicts, const struct gate_summary *summary)
{
	json_t *record = json_pack("{s:i, s:s, s:o, s:o, s:s, s:f, s:f, s:s?}", "schema",
				   SCHEMA_VERSION, "command", command, "base",
				   path_array(&s->base), "head", path_array(&s->head),
				   "unit", unit, "delta", o->delta, "family_error",
				   o->family_error, "noise", noise);
	struct err err = { 0 };
	int ret = verdict_write(s->output, verdicts, summary, s->show.advisory, record,
				o->noise, !s->no_plots, &err);

	json_decref(record);
	return ret ? cli_error("%s", err.text) : 0;
}

/* Both sides are read: compare, print, write. */
static int compare(struct settings *s, const struct side *base, const struct side *head,
		   const char *command)
{
	struct gate_options o = GATE_OPTIONS;
	struct gate_summary summary;
	struct table verdicts;
	struct noise noise;
	char used[4096] = "", class[17], why[4096];
	struct err err = { 0 };
	const char *unit;
	int status;

	if (differs(base, base, why, sizeof(why)) ||
	    differs(base, head, why, sizeof(why))) {
		if (!s->force)
			return cli_error("%s; --force compares them all the same, as an "
					 "advice",
					 why);
		if (!boots_are_the_unit(base, head))
			s->show.advisory = why;
	}
	env_machine_class(head->folders[0].environment, class);
	noise_init(&noise, class);
	if (!s->no_noise &&
	    verdict_noise(s->noise, class, s->force, &noise, used, sizeof(used))) {
		noise_free(&noise);
		return EXIT_TROUBLE;
	}
	o.paired = are_paired(base, head);
	unit = unit_of(&o, base, head);
	if (!o.paired && (base->n < GATE_FOLDERS || head->n < GATE_FOLDERS))
		o.delta = GATE_DELTA_UNPAIRED;
	if (isfinite(s->delta))
		o.delta = s->delta;
	if (*used)
		o.noise = &noise;
	if (gate(base->views, base->n, head->views, head->n, &o, &verdicts, &summary)) {
		noise_free(&noise);
		return cli_error("not enough memory to compare");
	}
	if (s->output && file_folder(s->output, false, &err)) {
		status = access(s->output, F_OK)
				 ? cli_error("%s", err.text)
				 : cli_error("%s exists: choose another with -o",
					     s->output);
	} else {
		status = verdict_print(&verdicts, &summary, &s->show);
		if (s->show.format == FORMAT_TABLE)
			printf("unit: %s\n", unit);
		if (s->output && write_output(s, &o, unit, *used ? used : NULL, command,
					      &verdicts, &summary))
			status = EXIT_TROUBLE;
	}
	table_free(&verdicts);
	noise_free(&noise);
	return status;
}

int cmd_compare(const struct registry *reg, int argc, char **argv)
{
	struct settings s = { .delta = NAN };
	struct side base = { 0 }, head = { 0 };
	int status = EXIT_TROUBLE;
	char command[1024];

	(void)reg;
	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(help, stdout);
		return EXIT_FINE;
	}
	session_command(argc, argv, command, sizeof(command));
	if (parse(argc, argv, &s) && !side_read(&base, &s.base) &&
	    !side_read(&head, &s.head))
		status = compare(&s, &base, &head, command);
	side_free(&base);
	side_free(&head);
	free(s.base.path);
	free(s.head.path);
	return status;
}
