// SPDX-License-Identifier: MIT
/*
 * syscost doctor: prints what this machine does to the numbers, one finding a line.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>

#include "base/json.h"
#include "cli/cli.h"
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

static const char help[] =
	"usage: syscost doctor [--self-test] [--format table|json]\n\n"
	"  --self-test   measure the suite itself, against bounds, for about four seconds:\n"
	"                exit status 0 within them, 2 outside, 3 too noisy to tell\n"
	"  --format F    table or json on standard output\n";

int cmd_doctor(const struct registry *reg, int argc, char **argv)
{
	static const struct option options[] = {
		{ "format", required_argument, NULL, 'f' },
		{ "self-test", no_argument, NULL, 's' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	enum cli_format format = FORMAT_TABLE;
	bool self_test = false;
	struct findings findings;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		if (opt == 'h') {
			fputs(help, stdout);
			return EXIT_FINE;
		}
		if (opt == 's')
			self_test = true;
		else if (opt != 'f' || !cli_format(optarg, &format))
			return EXIT_TROUBLE;
	}
	if (format == FORMAT_CSV)
		return cli_error("doctor prints table or json");
	if (optind < argc)
		return cli_error("doctor takes no '%s'", argv[optind]);
	if (self_test)
		return doctor_self_test(reg, format);
	doctor_look(&findings);
	print(&findings, format);
	return EXIT_FINE;
}
