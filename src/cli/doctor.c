// SPDX-License-Identifier: MIT
/* syscost doctor: what drive/ finds of this machine, or with --self-test of itself. */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "drive/doctor.h"
#include "drive/process.h"
#include "drive/selftest.h"

#define SELFTEST_SECONDS 2.5 /* of each run */

static const char *const selftest_words[] = { [SELFTEST_PASS] = "pass",
					      [SELFTEST_NOISY] = "noisy",
					      [SELFTEST_FAIL] = "fail",
					      [SELFTEST_SKIP] = "skip" };

static void print_selftest_json(const struct selftest_line *lines)
{
	json_t *all = json_array();

	for (int i = 0; i < SELFTEST_LINES; i++) {
		const struct selftest_line *l = &lines[i];

		json_array_append_new(
			all,
			json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:f, s:f, s:o, s:s*}",
				  "verdict", selftest_words[l->verdict], "what", l->what,
				  "unit", l->unit, "figure",
				  json_real_or_null(l->figure.mid), "figure_lo",
				  json_real_or_null(l->figure.lo), "figure_hi",
				  json_real_or_null(l->figure.hi), "bound_lo", l->low,
				  "bound_hi", l->high, "quiet_share",
				  json_real_or_null(l->quiet_share), "lacks", l->lacks));
	}
	cli_print_json(all, 0);
}

static void print_selftest(const struct selftest_line *lines)
{
	for (int i = 0; i < SELFTEST_LINES; i++) {
		const struct selftest_line *l = &lines[i];
		const struct figure *f = &l->figure;
		const char *space = l->unit[0] ? " " : "";

		printf("%-5s  %s: ", selftest_words[l->verdict], l->what);
		if (l->lacks) {
			printf("this machine has no %s\n", l->lacks);
			continue;
		}
		if (isnan(f->mid))
			fputs("not available", stdout);
		else
			printf("%.4g%s%s", f->mid, space, l->unit);
		if (f->lo < f->hi)
			printf(" (%.4g to %.4g)", f->lo, f->hi);
		printf("; bound %.4g to %.4g%s%s", l->low, l->high, space, l->unit);
		if (!isnan(l->quiet_share))
			printf("; %.0f %% quiet", l->quiet_share * 100);
		putchar('\n');
	}
}

static int run_selftest(enum cli_format format)
{
	struct selftest_line lines[SELFTEST_LINES];
	struct run_options options;
	int status = EXIT_FINE, ret;
	struct err err = { 0 };
	struct process_backend process;
	struct registry reg;

	session_options(&options);
	options.seconds = SELFTEST_SECONDS;
	process_backend(&process);
	registry_load(&reg);
	ret = selftest(&process.backend, &reg, &options, lines, &err);
	session_progress_end(&options);
	registry_free(&reg);
	if (ret)
		return cli_error("%s", err.text);
	if (format == FORMAT_JSON)
		print_selftest_json(lines);
	else
		print_selftest(lines);
	for (int i = 0; i < SELFTEST_LINES; i++) {
		if (lines[i].verdict == SELFTEST_FAIL)
			status = EXIT_TROUBLE;
		else if (lines[i].verdict == SELFTEST_NOISY && status == EXIT_FINE)
			status = EXIT_UNDECIDED;
	}
	return status;
}

static void print(const struct findings *findings, enum cli_format format)
{
	if (format == FORMAT_JSON) {
		cli_print_json(findings_json(findings), 0);
		return;
	}
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->at[i];

		printf("%-4s  %s: %s\n", finding_words[f->level], f->what, f->effect);
	}
}

struct settings {
	bool self_test;
	enum cli_format format;
};

static const struct option_spec options[] = {
	{ "self-test", OPTION_FIELD(struct settings, self_test),
	  .help = "measure the suite itself, against bounds, for about four seconds: "
		  "exit status 0 within them, 2 outside, 3 too noisy to tell" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word_but_csv,
	  OPTION_FIELD(struct settings, format),
	  .help = "table or json on standard output" },
	{ OPTION_END },
};

static int doctor(const struct call *call, void *settings)
{
	const struct settings *s = settings;
	struct findings findings;

	(void)call;
	if (s->self_test)
		return run_selftest(s->format);
	doctor_look(&findings);
	print(&findings, s->format);
	return EXIT_FINE;
}

const struct command command_doctor = {
	.name = "doctor",
	.summary = "what this machine does to the numbers",
	.usage = "[--self-test] [--format F]",
	.options = options,
	.settings_size = sizeof(struct settings),
	.fn = doctor,
};
