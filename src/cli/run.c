// SPDX-License-Identifier: MIT
/*
 * syscost run: measure, print, write the result folder.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/doctor.h"
#include "cli/report.h"
#include "cli/session.h"
#include "drive/record.h"
#include "render/table.h"
#include "row/csv.h"
#include "row/folder.h"

static const char help[] =
	"usage: syscost run [OPTION…] [PATTERN…]\n\n"
	"  -o, --output DIR     result folder (default: syscost-DATE-TIME)\n"
	"      --force          write into a folder that exists\n"
	"      --no-output      print only, write nothing\n"
	"      --no-plots       write CSV and JSON, no plots and no report\n"
	"      --quick          8 seconds instead of 50; of a sweep, 28 instead of 285\n"
	"      --seconds S      time budget for measuring\n"
	"      --precision P    stop when every interval is within +-P %% (default 1)\n"
	"      --timeout S      for one benchmark in one round (default 10)\n"
	"      --checkpoint S   write what there is every S seconds (default 10)\n"
	"      --cpu N          CPU to measure on (default: an isolated one, or the last)\n"
	"      --events LIST    also count these, by libpfm4's names: PAGE-FAULTS,CYCLES:u\n"
	"      --seed N         for the shuffles (default: random, stored)\n"
	"      --format F       table, csv or json on standard output\n"
	"      --host-name      store the host's name as it is, not hashed\n";

struct settings {
	struct run_options run;
	char output[512];
	const char *events; /* as asked for; or NULL */
	struct event_list count;
	bool force, no_output, no_plots, host_name, quick;
	enum cli_format format;
};

static bool parse(int argc, char **argv, struct settings *s)
{
	enum {
		FORCE = 256,
		NO_OUTPUT,
		NO_PLOTS,
		QUICK,
		SECONDS,
		PRECISION,
		TIMEOUT,
		CHECKPOINT,
		CPU,
		SEED,
		EVENTS,
		FORMAT,
		HOST_NAME
	};
	static const struct option options[] = {
		{ "output", required_argument, NULL, 'o' },
		{ "force", no_argument, NULL, FORCE },
		{ "no-output", no_argument, NULL, NO_OUTPUT },
		{ "no-plots", no_argument, NULL, NO_PLOTS },
		{ "quick", no_argument, NULL, QUICK },
		{ "seconds", required_argument, NULL, SECONDS },
		{ "precision", required_argument, NULL, PRECISION },
		{ "timeout", required_argument, NULL, TIMEOUT },
		{ "checkpoint", required_argument, NULL, CHECKPOINT },
		{ "cpu", required_argument, NULL, CPU },
		{ "seed", required_argument, NULL, SEED },
		{ "events", required_argument, NULL, EVENTS },
		{ "format", required_argument, NULL, FORMAT },
		{ "host-name", no_argument, NULL, HOST_NAME },
		{ 0 },
	};
	double x;
	int opt;

	while ((opt = getopt_long(argc, argv, "o:", options, NULL)) >= 0) {
		bool good = true;

		if (opt == 'o') {
			good = *optarg && strlen(optarg) < sizeof(s->output);
			if (good)
				strcpy(s->output, optarg);
			else
				cli_error("-o wants the path of a folder");
		} else if (opt == FORCE) {
			s->force = true;
		} else if (opt == NO_OUTPUT) {
			s->no_output = true;
		} else if (opt == NO_PLOTS) {
			s->no_plots = true;
		} else if (opt == QUICK) {
			s->quick = true;
		} else if (opt == SECONDS) {
			good = cli_number("--seconds", optarg, 0.1, 86400,
					  &s->run.seconds);
		} else if (opt == PRECISION) {
			good = cli_number("--precision", optarg, 0.01, 100, &x);
			if (good)
				s->run.precision = x / 100;
		} else if (opt == TIMEOUT) {
			good = cli_number("--timeout", optarg, 0.1, 3600,
					  &s->run.timeout);
		} else if (opt == CHECKPOINT) {
			good = cli_number("--checkpoint", optarg, 0.1, 86400,
					  &s->run.checkpoint_seconds);
		} else if (opt == CPU) {
			good = cli_number("--cpu", optarg, 0, 1e6, &x);
			if (good)
				s->run.cpu = x;
		} else if (opt == SEED) {
			char *end;

			s->run.seed = strtoull(optarg, &end, 10);
			good = *optarg >= '0' && *optarg <= '9' && !*end;
			if (!good)
				cli_error("--seed wants a whole number, not '%s'",
					  optarg);
		} else if (opt == EVENTS) {
			s->events = optarg;
		} else if (opt == FORMAT) {
			good = cli_format(optarg, &s->format);
		} else if (opt == HOST_NAME) {
			s->host_name = true;
		} else {
			good = false; /* getopt has said why */
		}
		if (!good)
			return false;
	}
	return true;
}

static bool power_of_16(long x)
{
	while (x > 1 && x % 16 == 0)
		x /= 16;
	return x == 1;
}

/*
 * A sweep is thousands of rows: it gets more time, and less of it for each row and round.
 * A quick one leaves out batch sizes, so that those that stay get enough rounds.
 */
static void fit_sweep(const struct registry *reg, bool *chosen, struct settings *s)
{
	bool sweep = false;

	for (size_t i = 0; i < reg->n; i++) {
		const struct variant *v = &reg->rows[i];

		if (!chosen[i] || !(v->bench->flags & BENCH_SWEEP))
			continue;
		sweep = true;
		for (unsigned int p = 0; p < v->n_params && s->quick; p++)
			if (!strcmp(v->param_name[p], "batch") &&
			    !power_of_16(v->param[p]))
				chosen[i] = false;
	}
	if (sweep)
		s->run.round_us = s->quick ? 300 : 2000;
	if (!s->run.seconds)
		s->run.seconds = sweep ? s->quick ? 28 : 285 : s->quick ? 8 : 50;
}

/* What is counted: the suite's own where the machine lets it, and all that was asked for. */
static bool choose_events(struct settings *s)
{
	char own[256];
	struct err err = { 0 };

	events_own(&s->count);
	if ((s->events && events_parse(s->events, &s->count, &err)) ||
	    counters_try(&s->count, own, sizeof(own), &err)) {
		cli_error("%s", err.text);
		return false;
	}
	s->run.events = &s->count;
	return true;
}

static void print(const struct settings *s, const struct table *results,
		  const struct table *rounds, const json_t *json)
{
	if (s->format == FORMAT_CSV) {
		csv_write(stdout, results);
	} else if (s->format == FORMAT_JSON) {
		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
	} else {
		table_print(stdout, results, cli_color());
		batch_advice(results, rounds, s->no_output ? NULL : s->output);
	}
	fflush(stdout);
}

/*
 * The result folder as it is now. A page and plots of an older result do not go with it.
 * `complete`: nothing more will come.
 */
static int write_folder(const struct settings *s, const struct table *results,
			const struct table *rounds, json_t *json, bool complete,
			struct err *err)
{
	int ret;

	json_object_set_new(json, "complete", json_boolean(complete));
	ret = folder_write(s->output, results, rounds, json, err);
	if (!ret)
		report_clear(s->output);
	return ret;
}

struct keeper {
	const struct settings *settings;
	const char *command;
};

/* Failing is no news yet: the end of the run tries again, and tells. */
static void keep(void *arg, const struct run *run)
{
	const struct keeper *k = arg;
	struct table results, rounds;
	json_t *json = result_json(run, k->command, k->settings->host_name);
	struct err err = { 0 };

	result_rows(run, &results, &rounds);
	write_folder(k->settings, &results, &rounds, json, false, &err);
	json_decref(json);
	table_free(&results);
	table_free(&rounds);
}

/* 77 when every row was skipped or failed: there is no figure. */
static int verdict(const struct table *results)
{
	bool figure = false, failed = false;

	for_rows (result_row, row, results) {
		if (row->status == ROW_OK || row->status == ROW_NOISY)
			figure = true;
		if (row->status == ROW_FAIL) {
			failed = true;
			cli_error("%s failed: %s", row->id, row->reason);
		}
	}
	return failed ? EXIT_TROUBLE : figure ? EXIT_FINE : EXIT_NOTHING;
}

int cmd_run(const struct registry *reg, int argc, char **argv)
{
	struct settings s = { 0 };
	struct table results, rounds;
	struct err err = { 0 };
	char command[1024];
	struct keeper keeper = { &s, command };
	const char *unmatched;
	json_t *json = NULL;
	struct run run;
	bool *chosen;
	int ret;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		printf(help);
		return EXIT_FINE;
	}
	session_options(&s.run);
	session_command(argc, argv, command, sizeof(command));
	if (!parse(argc, argv, &s) || !choose_events(&s))
		return EXIT_TROUBLE;
	if (!s.output[0])
		session_folder("syscost", s.output, sizeof(s.output));
	chosen = calloc(reg->n, sizeof(*chosen));
	unmatched = registry_select(reg, argv + optind, argc - optind,
				    BENCH_TEST | BENCH_SWEEP, chosen);
	if (unmatched) {
		free(chosen);
		return cli_error("no benchmark matches '%s': see 'syscost list'",
				 unmatched);
	}
	fit_sweep(reg, chosen, &s);
	if (!s.no_output && file_folder(s.output, s.force, &err)) {
		free(chosen);
		return cli_error("%s", err.text);
	}
	if (!s.no_output) {
		s.run.checkpoint = keep;
		s.run.checkpoint_arg = &keeper;
	}

	ret = run_all(&run, reg, chosen, &s.run, &err);
	free(chosen);
	session_progress_end(&s.run);
	if (ret) {
		run_free(&run);
		if (!s.no_output)
			rmdir(s.output); /* only if it is empty */
		return cli_error("%s", err.text);
	}
	result_rows(&run, &results, &rounds);
	json = result_json(&run, command, s.host_name);
	json_object_set_new(json, "findings", doctor_findings());
	run_free(&run);
	print(&s, &results, &rounds, json);
	ret = verdict(&results);
	if (!s.no_output && write_folder(&s, &results, &rounds, json, true, &err)) {
		rmdir(s.output); /* only if it is empty */
		ret = cli_error("%s", err.text);
	} else if (!s.no_output) {
		if (!s.no_plots)
			report_folder(s.output, &results, &rounds, json);
		fprintf(stderr, "syscost: results are in %s\n", s.output);
	}
	json_decref(json);
	table_free(&results);
	table_free(&rounds);
	return ret;
}
