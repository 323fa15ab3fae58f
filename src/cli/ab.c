// SPDX-License-Identifier: MIT
/*
 * syscost ab: measure two arms side by side on this machine, and say which benchmarks got
 * slower.
 */
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "bench.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/session.h"
#include "cli/verdict.h"
#include "drive/ab.h"
#include "drive/process.h"
#include "drive/record.h"
#include "machine/env.h"
#include "row/fingerprint.h"
#include "row/folder.h"

static const char help[] =
	"usage: syscost ab --base ARM --head ARM [OPTION…] [PATTERN…]\n\n"
	"An ARM is the path of another syscost, or this one\n"
	"  self                 as it is\n"
	"  'exec:WORD… {}'      started by a command, with {} for the program\n"
	"  env:NAME=VALUE       with this variable set\n"
	"  layer:seccomp=K      under a seccomp filter of K instructions\n\n"
	"  -o, --output DIR     result folder (default: syscost-ab-DATE-TIME)\n"
	"      --force          write into a folder that exists\n"
	"      --no-output      print only, write nothing\n"
	"      --no-plots       write CSV and JSON, no plots\n"
	"      --quick          27 seconds instead of 110\n"
	"      --seconds S      time for all of it\n"
	"      --rounds N       pairs of rounds (default: chosen by a pilot's spread)\n"
	"      --timeout S      for one benchmark in one round (default 10)\n"
	"      --cpu N          CPU to measure on\n"
	"      --seed N         for the shuffles and the order of arms (default: random)\n"
	"      --noise FILE     what A/A comparisons showed (default: see 'syscost noise')\n"
	"      --no-noise       use no noise file\n"
	"      --strict         exit status 3 when a row is inconclusive\n"
	"      --all            print every row: also the same and all inconclusive ones\n"
	"      --format F       table, csv or json on standard output\n"
	"      --inject P       slow head down by P %, to see whether that is found\n"
	"      --inject-rows N  so many rows, chosen at random (default: all), of those where\n"
	"                       P % is 2 ns an iteration or more: below 1 ns none counts\n"
	"      --host-name      store the host's name as it is, not hashed\n";

struct settings {
	struct ab_options contest;
	struct verdict_options verdict;
	struct launch base, head;
	char output[512], noise[4096];
	bool force, no_output, no_plots, no_noise, host_name;
};

enum {
	BASE = 256,
	HEAD,
	FORCE,
	NO_OUTPUT,
	NO_PLOTS,
	QUICK,
	SECONDS,
	ROUNDS,
	TIMEOUT,
	CPU,
	SEED,
	NOISE,
	NO_NOISE,
	STRICT,
	ALL,
	FORMAT,
	INJECT,
	INJECT_ROWS,
	HOST_NAME
};

static bool copy(const char *option, const char *text, char *to, size_t len)
{
	if (!*text || strlen(text) >= len) {
		cli_error("%s wants a path", option);
		return false;
	}
	strcpy(to, text);
	return true;
}

static bool whole(const char *option, const char *text, uint64_t *to)
{
	char *end;

	*to = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end)
		return true;
	cli_error("%s wants a whole number, not '%s'", option, text);
	return false;
}

static bool parse_arm(struct launch *arm, const char *label, const char *text)
{
	struct err err = { 0 };

	if (!launch_parse(arm, label, text, &err))
		return true;
	cli_error("%s", err.text);
	return false;
}

/* An option that takes a number, or that only says yes. */
static bool take_option(struct settings *s, int opt)
{
	struct ab_options *c = &s->contest;
	double x = 0;
	uint64_t n = 0;
	bool good = true;

	switch (opt) {
	case SECONDS:
		return cli_number("--seconds", optarg, 1, 86400, &c->run.seconds);
	case TIMEOUT:
		return cli_number("--timeout", optarg, 0.1, 3600, &c->run.timeout);
	case ROUNDS:
		if (!whole("--rounds", optarg, &n) ||
		    !cli_number("--rounds", optarg, 1, 4000, &x))
			return false;
		c->rounds = n;
		return true;
	case CPU:
		good = cli_number("--cpu", optarg, 0, 1e6, &x);
		c->run.cpu = x;
		return good;
	case INJECT:
		good = cli_number("--inject", optarg, 0.1, 1000, &x);
		c->inject = x / 100;
		return good;
	case INJECT_ROWS:
		good = whole("--inject-rows", optarg, &n);
		c->inject_rows = n;
		return good;
	case SEED:
		return whole("--seed", optarg, &c->run.seed);
	case QUICK:
		ab_quick(c);
		return true;
	case FORCE:
		return s->force = true;
	case NO_OUTPUT:
		return s->no_output = true;
	case NO_PLOTS:
		return s->no_plots = true;
	case NO_NOISE:
		return s->no_noise = true;
	case STRICT:
		return s->verdict.strict = true;
	case ALL:
		return s->verdict.all = true;
	case HOST_NAME:
		return s->host_name = true;
	}
	return false; /* getopt has said why */
}

static bool parse(int argc, char **argv, struct settings *s)
{
	static const struct option options[] = {
		{ "base", required_argument, NULL, BASE },
		{ "head", required_argument, NULL, HEAD },
		{ "output", required_argument, NULL, 'o' },
		{ "force", no_argument, NULL, FORCE },
		{ "no-output", no_argument, NULL, NO_OUTPUT },
		{ "no-plots", no_argument, NULL, NO_PLOTS },
		{ "quick", no_argument, NULL, QUICK },
		{ "seconds", required_argument, NULL, SECONDS },
		{ "rounds", required_argument, NULL, ROUNDS },
		{ "timeout", required_argument, NULL, TIMEOUT },
		{ "cpu", required_argument, NULL, CPU },
		{ "seed", required_argument, NULL, SEED },
		{ "noise", required_argument, NULL, NOISE },
		{ "no-noise", no_argument, NULL, NO_NOISE },
		{ "strict", no_argument, NULL, STRICT },
		{ "all", no_argument, NULL, ALL },
		{ "format", required_argument, NULL, FORMAT },
		{ "inject", required_argument, NULL, INJECT },
		{ "inject-rows", required_argument, NULL, INJECT_ROWS },
		{ "host-name", no_argument, NULL, HOST_NAME },
		{ 0 },
	};
	bool good = true;
	int opt;

	while (good && (opt = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		if (opt == BASE)
			good = parse_arm(&s->base, "base", optarg);
		else if (opt == HEAD)
			good = parse_arm(&s->head, "head", optarg);
		else if (opt == 'o')
			good = copy("-o", optarg, s->output, sizeof(s->output));
		else if (opt == NOISE)
			good = copy("--noise", optarg, s->noise, sizeof(s->noise));
		else if (opt == FORMAT)
			good = cli_format(optarg, &s->verdict.format);
		else
			good = take_option(s, opt);
	}
	if (good && (!s->base.label || !s->head.label)) {
		cli_error("ab wants --base ARM and --head ARM: see 'syscost ab --help'");
		return false;
	}
	return good;
}

/* What is known of this machine class, if anything is. */
static bool load_noise(const struct settings *s, struct noise *noise)
{
	char machine[17], path[4096];
	json_t *env;

	noise_init(noise, "");
	if (s->no_noise)
		return true;
	env = env_record(false);
	env_machine_class(env, machine);
	json_decref(env);
	return !verdict_noise(s->noise[0] ? s->noise : NULL, machine, false, noise, path,
			      sizeof(path));
}

/* The result folder of one arm, below the comparison's. */
static int write_arm(const struct ab *c, int arm, const struct settings *s,
		     const char *command, const char *pairing, struct err *err)
{
	const struct launch *a = arm ? &s->head : &s->base;
	char path[600];
	json_t *json;
	int ret;

	snprintf(path, sizeof(path), "%s/%s", s->output, arm ? "head" : "base");
	ret = file_folder(path, true, err);
	if (ret)
		return ret;
	json = record_json(&c->pair.arm[arm], command, s->host_name);
	json_object_set_new(json, "pairing", json_string(pairing));
	json_object_set_new(json, "arm", json_string(a->text));
	ret = folder_write(path, &c->results[arm], &c->rounds[arm], json, err);
	json_decref(json);
	return ret;
}

static int write_all(const struct ab *c, const struct settings *s,
		     const struct noise *noise, const char *command, struct err *err)
{
	const struct ab_options *o = &s->contest;
	char pairing[64];
	json_t *record;
	int ret = 0;

	snprintf(pairing, sizeof(pairing), "%" PRIu64, o->run.seed);
	for (int arm = 0; arm < 2 && !ret; arm++)
		ret = write_arm(c, arm, s, command, pairing, err);
	if (ret)
		return ret;
	record = json_pack("{s:s, s:s, s:s, s:s, s:f, s:f, s:f, s:i, s:f, s:b}",
			   "command", command, "base", s->base.text, "head", s->head.text,
			   "seed", pairing, "delta", o->gate.delta, "family_error",
			   GATE_FAMILY_ERROR, "seconds", c->seconds,
			   "flagged_before_confirmation", (int)c->flagged,
			   "injected_share", o->inject, "stopped", (int)c->stopped);
	ret = verdict_write(s->output, &c->verdicts, &c->summary, s->verdict.advisory,
			    record, noise, !s->no_plots, err);
	json_decref(record);
	return ret;
}

static int ab(const struct registry *reg, const bool *chosen, struct settings *s,
	      const struct noise *noise, const char *command)
{
	struct err err = { 0 };
	struct process_backend process;
	struct ab c;
	int ret, status;

	s->contest.gate.noise = noise->n ? noise : NULL;
	if (!s->no_output && file_folder(s->output, s->force, &err))
		return cli_error("%s", err.text);
	process_backend(&process);
	ret = ab_measure(&c, &process.backend, reg, chosen, &s->base, &s->head,
			 &s->contest, &err);
	session_progress_end(&s->contest.run);
	if (ret) {
		ab_free(&c);
		if (!s->no_output)
			rmdir(s->output); /* only if it is empty */
		return cli_error("%s", err.text);
	}
	if (s->contest.inject && !c.injected)
		fprintf(stderr, "syscost: no row is slow enough to be slowed down\n");
	if (c.stopped)
		s->verdict.advisory = "interrupted: the rounds are fewer than planned";
	/* Written first: who reads what is printed may leave early. */
	if (!s->no_output)
		ret = write_all(&c, s, noise, command, &err);
	status = verdict_print(&c.verdicts, &c.summary, &s->verdict);
	if (status == EXIT_FINE && c.stopped)
		status = EXIT_UNDECIDED;
	fflush(stdout);
	if (ret)
		status = cli_error("%s", err.text);
	else if (!s->no_output)
		fprintf(stderr,
			"syscost: results are in %s; again with --seed %" PRIu64 "\n",
			s->output, s->contest.run.seed);
	ab_free(&c);
	return status;
}

int cmd_ab(const struct registry *reg, int argc, char **argv)
{
	struct settings s = { 0 };
	const char *unmatched;
	char command[1024];
	struct noise noise;
	bool *chosen;
	int status;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		fputs(help, stdout);
		return EXIT_FINE;
	}
	session_options(&s.contest.run);
	ab_defaults(&s.contest, &s.contest.run);
	s.contest.inject_rows = reg->n;
	session_command(argc, argv, command, sizeof(command));
	if (!parse(argc, argv, &s))
		return EXIT_TROUBLE;
	if (!s.output[0])
		session_folder("syscost-ab", s.output, sizeof(s.output));
	chosen = calloc(reg->n, sizeof(*chosen));
	unmatched = registry_select(reg, argv + optind, argc - optind,
				    BENCH_TEST | BENCH_SWEEP, chosen);
	if (unmatched)
		status = cli_error("no benchmark matches '%s': see 'syscost list'",
				   unmatched);
	else if (!load_noise(&s, &noise))
		status = EXIT_TROUBLE;
	else
		status = ab(reg, chosen, &s, &noise, command);
	if (!unmatched)
		noise_free(&noise);
	free(chosen);
	return status;
}
