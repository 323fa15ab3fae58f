// SPDX-License-Identifier: MIT
/*
 * syscost compare: verdicts from stored runs. It measures nothing. Where both sides can
 * run on one machine at the same time, `ab` is better.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/room.h"
#include "base/utf8.h"
#include "cli/command.h"
#include "cli/learnt.h"
#include "cli/verdict.h"
#include "row/fingerprint.h"
#include "row/folder.h"

#define BOOTS_LEAST 15 /* folders a side that make different kernels comparable */

struct settings {
	struct option_list base, head;
	double delta; /* NAN: not given */
	const char *noise, *output;
	bool no_noise, force, no_plots;
	struct verdict_options show;
};

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "base", 0, OPTION_FOLDER, "DIR", .repeat = true, FIELD(base),
	  .help = "a folder of the base; repeat it for several" },
	{ "head", 0, OPTION_FOLDER, "DIR", .repeat = true, FIELD(head),
	  .help = "a folder of the head; repeat it for several" },
	{ "delta", 0, OPTION_PERCENT, "P", 0, 1000, FIELD(delta),
	  .help = "smallest change that counts, per cent (default: 2; 5 for separate "
		  "runs, fewer than 6 folders a side, where 'syscost noise --apart' has "
		  "not told how far they differ)" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise),
	  .help = "what A/A comparisons and separate runs showed on this class of "
		  "machines (default: the file that 'syscost noise' keeps, if any)" },
	{ "no-noise", FIELD(no_noise), .help = "use no noise file" },
	{ "force", FIELD(force),
	  .help = "compare although the machines differ: then all verdicts are advice, "
		  "unless the hardware is the same and there are 15 folders a side" },
	{ "strict", FIELD(show.strict),
	  .help = "exit with status 3 if a benchmark is inconclusive" },
	{ "all", FIELD(show.all),
	  .help = "print every row, also those that are the same and all inconclusive "
		  "ones" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word, FIELD(show.format),
	  .help = "table, csv or json on standard output" },
	{ "output", 'o', OPTION_FOLDER, "DIR", FIELD(output),
	  .help = "write verdicts.csv, compare.json and plots there" },
	{ "no-plots", FIELD(no_plots), .help = "write no plots" },
	{ OPTION_END },
};

struct side {
	const char *const *paths;
	size_t n; /* folders that are read */
	struct folder *folders;
	struct gate_side *views;
};

static bool side_read(struct side *s, const char *const *paths, size_t n)
{
	struct err err = { 0 };

	s->paths = paths;
	s->folders = room_for(n, sizeof(*s->folders));
	s->views = room_for(n, sizeof(*s->views));
	for (; s->n < n; s->n++) {
		struct folder *f = &s->folders[s->n];

		if (folder_read(f, paths[s->n], FOLDER_ROUNDS | FOLDER_RUN, &err) ||
		    folder_comparable(f, &err)) {
			folder_free(f);
			cli_error("%s", err.text);
			return false;
		}
		s->views[s->n] = (struct gate_side){ &f->results, &f->rounds,
						     f->ticks_per_ns, f->quiet_level };
	}
	return true;
}

static void side_free(struct side *s)
{
	for (size_t i = 0; i < s->n; i++)
		folder_free(&s->folders[i]);
	free(s->folders);
	free(s->views);
}

/* Whether a folder is of another machine than the first one of the base, and in what. */
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
		utf8_repair(buf);
		return true;
	}
	return false;
}

/* Whether this compares kernels on the same hardware, with enough boots of each. */
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

/* Whether folder k of both sides is of the same `ab`, for every k. */
static bool are_paired(const struct side *base, const struct side *head)
{
	for (size_t i = 0; i < base->n && base->n == head->n; i++) {
		const char *a = base->folders[i].pairing, *b = head->folders[i].pairing;

		if (!a || !b || !*a || strcmp(a, b))
			return false;
	}
	return base->n == head->n;
}

static json_t *path_array(const struct side *s)
{
	json_t *array = json_array();

	for (size_t i = 0; i < s->n; i++)
		json_array_append_new(array, cli_json_text(s->paths[i]));
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

/* What was asked for, and the folders that are compared. */
struct comparison {
	struct settings *s;
	struct side base, head;
	const char *line;
};

static int write_output(const struct comparison *c, const struct gate_options *o,
			const char *unit, const char *noise, const struct table *verdicts,
			const struct gate_summary *summary, struct err *err)
{
	json_t *record = json_pack(
		"{s:s, s:o, s:o, s:s, s:f, s:f, s:f, s:o}", "command", c->line, "base",
		path_array(&c->base), "head", path_array(&c->head), "unit", unit, "delta",
		o->delta, "delta_unknown", o->delta_unknown, "family_error",
		o->family_error, "noise", noise ? cli_json_text(noise) : json_null());
	int ret = verdict_write(c->s->output, verdicts, summary, c->s->show.advisory,
				record, o->noise, !c->s->no_plots, err);

	json_decref(record);
	return ret;
}

/* Both sides are read: compare, print, write. */
static int compare_sides(const struct comparison *c)
{
	const struct side *base = &c->base, *head = &c->head;
	struct gate_options o = GATE_OPTIONS;
	struct settings *s = c->s;
	struct gate_summary summary;
	struct table verdicts;
	struct noise noise;
	char used[4096] = "", class[17], why[4096];
	struct err err = { 0 };
	const char *unit;
	int status, ret = 0;

	if (differs(base, base, why, sizeof(why)) ||
	    differs(base, head, why, sizeof(why))) {
		if (!s->force)
			return cli_error("%s; --force compares them, and the verdicts "
					 "are advice",
					 why);
		if (!boots_are_the_unit(base, head))
			s->show.advisory = why;
	}
	env_machine_class(head->folders[0].environment, class);
	if (learnt_read(&noise, class, s->noise,
			(s->no_noise ? LEARNT_NONE : 0) | (s->force ? LEARNT_ANY : 0),
			used, sizeof(used))) {
		noise_free(&noise);
		return EXIT_TROUBLE;
	}
	o.paired = are_paired(base, head);
	unit = unit_of(&o, base, head);
	if (isfinite(s->delta))
		o.delta = o.delta_unknown = s->delta;
	if (*used)
		o.noise = &noise;
	if (gate(base->views, base->n, head->views, head->n, &o, &verdicts, &summary)) {
		noise_free(&noise);
		return cli_error("a folder has no rate of its counter: it cannot be "
				 "compared");
	}
	if (s->output && file_folder(s->output, false, &err)) {
		status = access(s->output, F_OK)
				 ? cli_error("%s", err.text)
				 : cli_error("%s exists: choose another with -o",
					     s->output);
	} else {
		/* Printing comes last: a reader of the output may close it early. */
		if (s->output)
			ret = write_output(c, &o, unit, *used ? used : NULL, &verdicts,
					   &summary, &err);
		status = verdict_print(&verdicts, &summary, &s->show);
		if (s->show.format == FORMAT_TABLE)
			printf("unit: %s\n", unit);
		if (ret)
			status = cli_error("%s", err.text);
	}
	table_free(&verdicts);
	noise_free(&noise);
	return status;
}

static void defaults(void *settings)
{
	((struct settings *)settings)->delta = NAN;
}

static int compare(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct comparison c = { .s = s, .line = call->line };
	bool two = call->n == 2 && !s->base.n && !s->head.n;
	const char *const *operands = (const char *const *)call->operands;
	int status = EXIT_TROUBLE;

	if (!two && (call->n || !s->base.n || !s->head.n))
		return cli_error("compare wants two folders, or --base DIR and --head "
				 "DIR: see 'syscost compare --help'");
	if (two ? side_read(&c.base, operands, 1) && side_read(&c.head, operands + 1, 1)
		: side_read(&c.base, s->base.text, s->base.n) &&
			    side_read(&c.head, s->head.text, s->head.n))
		status = compare_sides(&c);
	side_free(&c.base);
	side_free(&c.head);
	return status;
}

const struct command command_compare = {
	.name = "compare",
	.summary = "verdicts from stored runs: did it get slower?",
	.usage = "[OPTION…] BASE HEAD\n[OPTION…] --base DIR… --head DIR…",
	.about = "Compares result folders, benchmark by benchmark: did it get slower?\n",
	.notes = verdict_notes,
	.options = options,
	.operand = OPERAND_FOLDER,
	.settings_size = sizeof(struct settings),
	.defaults = defaults,
	.fn = compare,
};
