// SPDX-License-Identifier: MIT
/*
 * syscost doctor --self-test: prints what selftest.c measures.
 */
#include <jansson.h>
#include <math.h>
#include <stdio.h>

#include "base/err.h"
#include "base/json.h"
#include "cli/cli.h"
#include "cli/doctor.h"
#include "cli/session.h"
#include "drive/process.h"
#include "drive/selftest.h"

#define SHORT_RUN 2.5 /* seconds */

static const char *const words[] = {
	[SELFTEST_PASS] = "pass", [SELFTEST_NOISY] = "noisy", [SELFTEST_FAIL] = "fail"
};

static void print_json(const struct selftest_line *lines)
{
	json_t *all = json_array();

	for (int i = 0; i < SELFTEST_LINES; i++) {
		const struct selftest_line *l = &lines[i];

		json_array_append_new(
			all,
			json_pack("{s:s, s:s, s:s, s:o, s:o, s:o, s:f, s:f, s:o}",
				  "verdict", words[l->verdict], "what", l->what, "unit",
				  l->unit, "figure", json_real_or_null(l->figure.mid),
				  "figure_lo", json_real_or_null(l->figure.lo),
				  "figure_hi", json_real_or_null(l->figure.hi),
				  "bound_lo", l->low, "bound_hi", l->high, "quiet_share",
				  json_real_or_null(l->quiet_share)));
	}
	cli_print_json(all, 0);
	json_decref(all);
}

static void print_table(const struct selftest_line *lines)
{
	for (int i = 0; i < SELFTEST_LINES; i++) {
		const struct selftest_line *l = &lines[i];
		const struct figure *f = &l->figure;
		const char *space = l->unit[0] ? " " : "";

		printf("%-5s  %s: ", words[l->verdict], l->what);
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

int doctor_self_test(enum cli_format format)
{
	struct selftest_line lines[SELFTEST_LINES];
	struct run_options options;
	int status = EXIT_FINE, ret;
	struct err err = { 0 };
	struct process_backend process;
	struct registry reg;

	session_options(&options);
	options.seconds = SHORT_RUN;
	process_backend(&process);
	registry_load(&reg);
	ret = selftest(&process.backend, &reg, &options, lines, &err);
	session_progress_end(&options);
	registry_free(&reg);
	if (ret)
		return cli_error("%s", err.text);
	if (format == FORMAT_JSON)
		print_json(lines);
	else
		print_table(lines);
	for (int i = 0; i < SELFTEST_LINES; i++) {
		if (lines[i].verdict == SELFTEST_FAIL)
			status = EXIT_TROUBLE;
		else if (lines[i].verdict == SELFTEST_NOISY && status == EXIT_FINE)
			status = EXIT_UNDECIDED;
	}
	return status;
}
