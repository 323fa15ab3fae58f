// SPDX-License-Identifier: MIT
/*
 * The last step of a comparison: verdicts are printed and written. It judges no row; it
 * only makes an exit status of what was judged.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/file.h"
#include "base/json.h"
#include "cli/verdict.h"
#include "render/plots.h"
#include "render/verdicts.h"
#include "row/csv.h"

int verdict_exit(const struct gate_summary *s, bool strict, bool advisory)
{
	if (s->regressed && !advisory)
		return EXIT_REGRESSED;
	if (s->broken)
		return EXIT_TROUBLE;
	if (!gate_can_tell(s))
		return EXIT_UNDECIDED;
	if (strict && (s->inconclusive || s->regressed))
		return EXIT_UNDECIDED;
	return s->decided || s->undecided ? EXIT_FINE : EXIT_NOTHING;
}

const char verdict_notes[] =
	"Exit status: 1 regression, 2 trouble or a benchmark that fails in head alone, 3\n"
	"undecided, 77 nothing to compare, 0 none of these. Undecided is what is\n"
	"contaminated or suspected, and what is interrupted. It is also where more\n"
	"benchmarks are undecided than decided, and, with --strict, where one is.\n";

int verdict_print(const struct table *verdicts, const struct gate_summary *s,
		  const struct verdict_options *o)
{
	if (o->format == FORMAT_CSV) {
		if (csv_write(stdout, verdicts) == -EINVAL)
			return cli_error(
				"a text of these verdicts is no UTF-8 or too long for "
				"CSV: use --format json");
	} else if (o->format == FORMAT_JSON) {
		cli_print_json(verdicts_json(verdicts, s, o->advisory), 9);
	} else {
		struct verdicts_view view = { o->all, cli_color(), o->advisory };

		verdicts_print(stdout, verdicts, s, &view);
	}
	fflush(stdout);
	return verdict_exit(s, o->strict, o->advisory);
}

int verdict_write(const char *dir, const struct table *verdicts,
		  const struct gate_summary *s, const char *advisory, json_t *record,
		  const struct noise *noise, bool plots, struct err *err)
{
	json_t *said = verdicts_json(verdicts, s, advisory);
	const struct file_part parts[] = { { "verdicts.csv", csv_fill, verdicts },
					   { "compare.json", json_fill, record } };
	int ret;

	json_object_set_new(record, "schema", json_integer(SCHEMA_VERSION));
	json_object_set(record, "summary", json_object_get(said, "summary"));
	json_decref(said);
	ret = file_write(dir, parts, 2, err);
	if (ret || !plots)
		return ret;
	ret = plots_gate(verdicts, s, noise, dir, err);
	if (ret == -ENOENT) {
		fprintf(stderr, "syscost: %s\n", err->text);
		ret = 0;
	}
	return ret;
}
