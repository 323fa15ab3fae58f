// SPDX-License-Identifier: MIT
/*
 * syscost doctor: prints what this machine does to the numbers, one finding a line.
 */
#include <jansson.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
#include "cli/command.h"
#include "cli/doctor.h"
#include "drive/doctor.h"

static void print(const struct findings *findings, enum cli_format format)
{
	if (format == FORMAT_JSON) {
		json_t *json = findings_json(findings);

		json_fill(stdout, json);
		json_decref(json);
		return;
	}
	for (size_t i = 0; i < findings->n; i++) {
		const struct finding *f = &findings->at[i];

		printf("%-4s  %s: %s\n", finding_level_name(f->level), f->what,
		       f->effect);
	}
}

struct settings {
	bool self_test;
	enum cli_format format;
};

static const struct option_spec options[] = {
	{ "self-test", OPTION_FIELD(struct settings, self_test),
	  .help = "measure the suite itself, against bounds, for about four seconds: exit "
		  "status 0 within them, 2 outside, 3 too noisy to tell" },
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
		return doctor_self_test(s->format);
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
