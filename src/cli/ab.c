// SPDX-License-Identifier: MIT
/*
 * syscost ab: measure two arms side by side on this machine, and say which benchmarks got
 * slower.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "cli/verdict.h"
#include "drive/ab.h"
#include "drive/process.h"
#include "drive/record.h"
#include "row/folder.h"

struct settings {
	struct ab_options ab;
	struct verdict_options verdict;
	const char *base_text, *head_text, *output, *noise;
	struct launch base, head;
	char folder[64]; /* where nothing else was asked for */
	double seconds;	 /* 0: not given */
	bool quick, force, no_output, no_plots, no_noise, host_name;
};

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "base", 0, OPTION_FILE, "ARM", FIELD(base_text),
	  .help = "the side to compare with" },
	{ "head", 0, OPTION_FILE, "ARM", FIELD(head_text),
	  .help = "the side that is judged" },
	{ "output", 'o', OPTION_FOLDER, "DIR", FIELD(output),
	  .help = "result folder (default: syscost-ab-DATE-TIME)" },
	{ "force", FIELD(force), .help = "write into a folder that exists" },
	{ "no-output", FIELD(no_output), .help = "print only, write nothing" },
	{ "no-plots", FIELD(no_plots), .help = "write CSV and JSON, no plots" },
	{ "quick", FIELD(quick), .help = "take 27 seconds instead of 110" },
	{ "seconds", 0, OPTION_NUMBER, "S", 1, 86400, FIELD(seconds),
	  .help = "time for all of it" },
	{ "rounds", 0, OPTION_WHOLE, "N", 1, 4000, FIELD(ab.rounds),
	  .help = "pairs of rounds (default: chosen by a pilot's spread)" },
	{ "timeout", 0, OPTION_NUMBER, "S", 0.1, 3600, FIELD(ab.run.timeout),
	  .help = "longest time for one benchmark in one round (default 10)" },
	{ "cpu", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(ab.run.cpu),
	  .help = "CPU to measure on (default: an isolated one, or the last)" },
	{ "seed", 0, OPTION_WHOLE, "N", FIELD(ab.run.seed),
	  .help = "seed of the shuffles and of the order of arms (default: random, "
		  "stored)" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise),
	  .help = "what A/A comparisons showed (default: see 'syscost noise')" },
	{ "no-noise", FIELD(no_noise), .help = "use no noise file" },
	{ "strict", FIELD(verdict.strict),
	  .help = "exit with status 3 if a benchmark is inconclusive" },
	{ "all", FIELD(verdict.all),
	  .help = "print every row, also those that are the same and all inconclusive "
		  "ones" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word,
	  FIELD(verdict.format), .help = "table, csv or json on standard output" },
	{ "inject", 0, OPTION_PERCENT, "P", 0.1, 1000, FIELD(ab.inject),
	  .help = "slow head down by P %, to see whether that is found" },
	{ "inject-rows", 0, OPTION_WHOLE, "N", 1, 1e6, FIELD(ab.inject_rows),
	  .help = "slow down N rows, chosen at random (default: all), of those where P % "
		  "is at least 8 core cycles an iteration (of time: 2 ns)" },
	{ "host-name", FIELD(host_name),
	  .help = "store the host's name as it is, not hashed" },
	{ OPTION_END },
};

static bool parse_arm(struct launch *arm, const char *label, const char *text)
{
	struct err err = { 0 };

	if (!text)
		cli_error("ab wants --base ARM and --head ARM: see 'syscost ab --help'");
	else if (launch_parse(arm, label, text, &err))
		cli_error("%s", err.text);
	else
		return true;
	return false;
}

/* Write the result folder of one arm, below the comparison's. */
static int write_arm(const struct ab *c, int arm, const struct settings *s,
		     const char *command, const char *pairing, struct err *err)
{
	const struct launch *a = arm ? &s->head : &s->base;
	char path[OPTION_PATH_MAX + 8];
	json_t *json;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", s->output, arm ? "head" : "base");
	ret = file_folder(path, true, err);
	if (ret)
		return ret;
	json = record_json(&c->pair.arm[arm], command, s->host_name);
	json_object_set_new(json, "pairing", json_string(pairing));
	json_object_set_new(json, "arm", cli_json_text(a->text));
	ret = folder_write(path, &c->results[arm], &c->rounds[arm], NULL, json, err);
	json_decref(json);
	return ret;
}

static int write_all(const struct ab *c, const struct settings *s,
		     const struct noise *noise, const char *command, struct err *err)
{
	const struct ab_options *o = &s->ab;
	char pairing[64];
	json_t *record;
	int ret = 0;

	snprintf(pairing, sizeof(pairing), "%" PRIu64, o->run.seed);
	for (int arm = 0; arm < 2 && !ret; arm++)
		ret = write_arm(c, arm, s, command, pairing, err);
	if (ret)
		return ret;
	record = json_pack("{s:s, s:o, s:o, s:s, s:f, s:f, s:f, s:i, s:f, s:b}",
			   "command", command, "base", cli_json_text(s->base.text),
			   "head", cli_json_text(s->head.text), "seed", pairing, "delta",
			   o->gate.delta, "family_error", GATE_FAMILY_ERROR, "seconds",
			   c->seconds, "flagged_before_confirmation", (int)c->flagged,
			   "injected_share", o->inject, "stopped", (int)c->stopped);
	ret = verdict_write(s->output, &c->verdicts, &c->summary, s->verdict.advisory,
			    record, noise, !s->no_plots, err);
	json_decref(record);
	return ret;
}

static int compare_arms(const struct call *call, struct settings *s,
			const struct selection *selection, const struct noise *noise)
{
	struct err err = { 0 };
	struct process_backend process;
	struct ab c;
	int ret, status;

	s->ab.gate.noise = noise->n ? noise : NULL;
	if (!s->no_output && file_folder(s->output, s->force, &err))
		return cli_error("%s", err.text);
	process_backend(&process);
	ret = ab_measure(&c, &process.backend, &selection->reg, selection->chosen,
			 &s->base, &s->head, &s->ab, &err);
	session_progress_end(&s->ab.run);
	if (ret) {
		ab_free(&c);
		if (!s->no_output)
			rmdir(s->output); /* only if it is empty */
		return cli_error("%s", err.text);
	}
	if (s->ab.inject && !c.injected)
		fprintf(stderr, "syscost: no row is slow enough to be slowed down\n");
	if (c.stopped)
		s->verdict.advisory = "interrupted: the rounds are fewer than planned";
	/* Printing comes last: a reader of the output may close it early. */
	if (!s->no_output)
		ret = write_all(&c, s, noise, call->line, &err);
	status = verdict_print(&c.verdicts, &c.summary, &s->verdict);
	if (status == EXIT_FINE && c.stopped)
		status = EXIT_UNDECIDED;
	fflush(stdout);
	if (ret)
		status = cli_error("%s", err.text);
	else if (!s->no_output)
		fprintf(stderr,
			"syscost: results are in %s; again with --seed %" PRIu64 "\n",
			s->output, s->ab.run.seed);
	ab_free(&c);
	return status;
}

static void defaults(void *settings)
{
	struct settings *s = settings;
	struct run_options run;

	session_options(&run);
	ab_defaults(&s->ab, &run);
}

static int ab(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct selection selection;
	struct noise noise;
	char path[OPTION_PATH_MAX];
	int status = EXIT_TROUBLE;

	if (s->quick)
		ab_quick(&s->ab);
	if (s->seconds)
		s->ab.run.seconds = s->seconds;
	if (!parse_arm(&s->base, "base", s->base_text) ||
	    !parse_arm(&s->head, "head", s->head_text))
		return EXIT_TROUBLE;
	if (!s->output) {
		session_folder("syscost-ab", s->folder, sizeof(s->folder));
		s->output = s->folder;
	}
	if (!session_select(call, false, &selection))
		return EXIT_TROUBLE;
	if (!s->ab.inject_rows)
		s->ab.inject_rows = selection.reg.n;
	if (!session_noise(&noise, s->noise, s->no_noise ? LEARNT_NONE : 0, path,
			   sizeof(path)))
		status = compare_arms(call, s, &selection, &noise);
	noise_free(&noise);
	session_free(&selection);
	return status;
}

static const char about[] =
	"An ARM is the path of another syscost, or it is this one in one of these ways:\n"
	"  self                 as it is\n"
	"  'exec:WORD… {}'      started by a command, with {} for the program\n"
	"  env:NAME=VALUE       with this variable set\n"
	"  layer:NAME[:K]       under a layer, as 'run --layer' takes it\n";

const struct command command_ab = {
	.name = "ab",
	.summary = "two arms side by side: did it get slower?",
	.usage = "--base ARM --head ARM [OPTION…] [PATTERN…]",
	.about = about,
	.notes = verdict_notes,
	.options = options,
	.operand = OPERAND_PATTERN,
	.settings_size = sizeof(struct settings),
	.defaults = defaults,
	.fn = ab,
};
