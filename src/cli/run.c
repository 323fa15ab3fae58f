// SPDX-License-Identifier: MIT
/*
 * syscost run: measure, print, write the result folder.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/batch.h"
#include "cli/cli.h"
#include "cli/report.h"
#include "cli/session.h"
#include "drive/doctor.h"
#include "drive/process.h"
#include "drive/record.h"
#include "render/table.h"
#include "row/csv.h"
#include "row/folder.h"

struct settings {
	struct run_options run;
	const char *output, *events, *noise; /* as asked for; or NULL */
	struct option_list layers;	     /* NAME[:K] each */
	struct launch launch;		     /* with these layers */
	char folder[64];		     /* where nothing else was asked for */
	struct event_list count;
	bool force, no_output, no_plots, no_noise, host_name, quick;
	enum cli_format format;
};

/* The layers that there are, for completions. */
static const char *layer_word(size_t i)
{
	size_t n;
	const struct layer *const *all = layer_all(&n);

	for (size_t at = 0; at < n; at++)
		if (!all[at]->hidden && !i--)
			return all[at]->name;
	return NULL;
}

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "output", 'o', OPTION_FOLDER, "DIR", FIELD(output),
	  .help = "result folder (default: syscost-DATE-TIME)" },
	{ "force", FIELD(force), .help = "write into a folder that exists" },
	{ "no-output", FIELD(no_output), .help = "print only, write nothing" },
	{ "no-plots", FIELD(no_plots),
	  .help = "write CSV and JSON, no plots and no report" },
	{ "quick", FIELD(quick),
	  .help = "measure for 8 seconds instead of 50; a sweep for 28 instead of 285" },
	{ "seconds", 0, OPTION_NUMBER, "S", 0.1, 86400, FIELD(run.seconds),
	  .help = "time budget for measuring" },
	{ "precision", 0, OPTION_PERCENT, "P", 0.01, 100, FIELD(run.precision),
	  .help = "stop when every interval is within +-P % (default 1)" },
	{ "timeout", 0, OPTION_NUMBER, "S", 0.1, 3600, FIELD(run.timeout),
	  .help = "longest time for one benchmark in one round (default 10)" },
	{ "checkpoint", 0, OPTION_NUMBER, "S", 0.1, 86400, FIELD(run.checkpoint_seconds),
	  .help = "write what there is every S seconds (default 10)" },
	{ "cpu", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(run.cpu),
	  .help = "CPU to measure on (default: an isolated one, or the last)" },
	{ "events", 0, OPTION_TEXT, "LIST", FIELD(events),
	  .help = "count these events too, by libpfm4's names: PAGE-FAULTS,CYCLES:u" },
	{ "layer", 0, OPTION_TEXT, "NAME[:K]", .choice = layer_word, .repeat = true,
	  FIELD(layers),
	  .help = "measure under this layer; repeat it for a stack of layers" },
	{ "seed", 0, OPTION_WHOLE, "N", FIELD(run.seed),
	  .help = "seed of the shuffles (default: random, stored)" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise),
	  .help = "what separate runs showed, for cycles_ref (default: see 'syscost "
		  "noise')" },
	{ "no-noise", FIELD(no_noise), .help = "use no noise file" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word, FIELD(format),
	  .help = "table, csv or json on standard output" },
	{ "host-name", FIELD(host_name),
	  .help = "store the host's name as it is, not hashed" },
	{ OPTION_END },
};

/*
 * Count the suite's own events, where the machine lets us, and those that were asked
 * for.
 */
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

static bool choose_layers(struct settings *s)
{
	struct err err = { 0 };

	for (size_t i = 0; i < s->layers.n; i++)
		if (layer_stack_add(&s->launch.layers, s->layers.text[i], &err)) {
			cli_error("--layer: %s", err.text);
			return false;
		}
	return true;
}

static void print(const struct settings *s, const struct table *results,
		  const struct table *rounds, const json_t *json)
{
	if (s->format == FORMAT_CSV) {
		csv_write(stdout, results);
	} else if (s->format == FORMAT_JSON) {
		json_fill(stdout, json);
	} else {
		table_print(stdout, results, json, cli_color());
		batch_advice(results, rounds, s->no_output ? NULL : s->output);
	}
	fflush(stdout);
}

/*
 * Write the result folder as it is now, and remove the page and plots of an older result.
 * `complete`: it will not change any more.
 */
static int write_folder(const struct settings *s, const struct table *results,
			const struct table *rounds, const struct table *windows,
			json_t *json, bool complete, struct err *err)
{
	int ret;

	json_object_set_new(json, "complete", json_boolean(complete));
	ret = folder_write(s->output, results, rounds, windows, json, err);
	if (!ret)
		report_clear(s->output);
	return ret;
}

struct checkpoint {
	const struct settings *settings;
	const char *command;
};

/* An error is not reported here: the end of the run writes again, and reports it. */
static void write_checkpoint(void *arg, const struct run *run)
{
	const struct checkpoint *k = arg;
	struct table results, rounds, windows;
	json_t *json = record_json(run, k->command, k->settings->host_name);
	struct err err = { 0 };

	record_rows(run, &results, &rounds, &windows);
	write_folder(k->settings, &results, &rounds, &windows, json, false, &err);
	json_decref(json);
	table_free(&results);
	table_free(&rounds);
	table_free(&windows);
}

/* The exit status, by what became of the rows; one line for each that failed. */
static int judge_rows(const struct table *results)
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

static void defaults(void *settings)
{
	session_options(&((struct settings *)settings)->run);
}

static int run_chosen(const struct call *call, struct settings *s,
		      const struct selection *selection, const struct noise *noise)
{
	struct table results, rounds, windows;
	struct err err = { 0 };
	struct checkpoint checkpoint = { s, call->line };
	struct findings findings;
	json_t *json = NULL;
	struct process_backend process;
	struct run run;
	int ret, status;

	session_fit(selection, s->quick, &s->run);
	if (!s->no_output && file_folder(s->output, s->force, &err))
		return cli_error("%s", err.text);
	if (!s->no_output) {
		s->run.checkpoint = write_checkpoint;
		s->run.checkpoint_arg = &checkpoint;
	}
	s->run.noise = noise;
	process_backend(&process);
	ret = run_all(&run, &process.backend, &selection->reg, selection->chosen,
		      &s->launch, &s->run, &err);
	session_progress_end(&s->run);
	if (ret) {
		run_free(&run);
		if (!s->no_output)
			rmdir(s->output); /* only if it is empty */
		return cli_error("%s", err.text);
	}
	record_rows(&run, &results, &rounds, &windows);
	json = record_json(&run, call->line, s->host_name);
	doctor_look(&findings);
	json_object_set_new(json, "findings", findings_json(&findings));
	run_free(&run);
	/* Printing comes last: a reader of the output may close it early. */
	if (!s->no_output)
		ret = write_folder(s, &results, &rounds, &windows, json, true, &err);
	if (!s->no_output && !ret && !s->no_plots)
		report_folder(s->output, &results, &rounds, &windows, json);
	print(s, &results, &rounds, json);
	status = judge_rows(&results);
	if (ret) {
		rmdir(s->output); /* only if it is empty */
		status = cli_error("%s", err.text);
	} else if (!s->no_output) {
		fprintf(stderr, "syscost: results are in %s\n", s->output);
	}
	json_decref(json);
	table_free(&results);
	table_free(&rounds);
	table_free(&windows);
	return status;
}

static int measure(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct selection selection;
	struct noise noise;
	char path[OPTION_PATH_MAX];
	int status;

	if (!choose_events(s) || !choose_layers(s))
		return EXIT_TROUBLE;
	if (!s->output) {
		session_folder("syscost", s->folder, sizeof(s->folder));
		s->output = s->folder;
	}
	if (!session_select(call, false, &selection))
		return EXIT_TROUBLE;
	status = session_noise(&noise, s->noise, s->no_noise ? LEARNT_NONE : 0, path,
			       sizeof(path));
	if (!status)
		status = run_chosen(call, s, &selection, &noise);
	noise_free(&noise);
	session_free(&selection);
	return status;
}

static void print_layers(FILE *out)
{
	size_t n;
	const struct layer *const *all = layer_all(&n);

	fputs("Layers:\n", out);
	for (size_t i = 0; i < n; i++)
		if (!all[i]->hidden)
			fprintf(out, "  %s%-*s %s\n", all[i]->name,
				18 - (int)strlen(all[i]->name), all[i]->value ? ":K" : "",
				all[i]->summary);
}

const struct command command_run = {
	.name = "run",
	.summary = "measure, print a table, write a result folder",
	.usage = "[OPTION…] [PATTERN…]",
	.more = print_layers,
	.options = options,
	.operand = OPERAND_PATTERN,
	.settings_size = sizeof(struct settings),
	.defaults = defaults,
	.fn = measure,
};
