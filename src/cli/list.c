// SPDX-License-Identifier: MIT
/*
 * syscost list: the benchmarks that there are.
 */
#include <jansson.h>
#include <stdio.h>

#include "cli/cli.h"
#include "cli/session.h"
#include "row/csv.h"

struct settings {
	enum cli_format format;
};

static const struct option_spec options[] = {
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word,
	  OPTION_FIELD(struct settings, format),
	  .help = "table, csv or json on standard output" },
	{ OPTION_END },
};

static void print_row(const struct variant *v, enum cli_format format, json_t *array)
{
	const char *via = bench_via_name(v->bench->via);

	if (format == FORMAT_CSV) {
		printf("%s,%s,%s,", v->id, via, v->params);
		csv_write_text(stdout, v->bench->desc);
		putchar('\n');
	} else if (format == FORMAT_TABLE) {
		printf("%-34s %-9s %s\n", v->id, via, v->bench->desc);
	} else {
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:s}", "id", v->id, "via", via,
					 "params", v->params, "desc", v->bench->desc));
	}
}

static int list(const struct call *call, void *settings)
{
	enum cli_format format = ((struct settings *)settings)->format;
	json_t *array = NULL;
	struct selection s;

	if (!session_select(call, true, &s))
		return EXIT_TROUBLE;
	if (format == FORMAT_JSON)
		array = json_array();
	if (format == FORMAT_CSV)
		puts("id,via,params,desc");
	for (size_t i = 0; i < s.reg.n; i++)
		if (s.chosen[i])
			print_row(&s.reg.rows[i], format, array);
	if (format == FORMAT_JSON)
		cli_print_json(array, 0);
	session_free(&s);
	return EXIT_FINE;
}

const struct command command_list = {
	.name = "list",
	.summary = "the benchmarks, one row each",
	.usage = "[--format F] [PATTERN…]",
	.options = options,
	.operand = OPERAND_PATTERN,
	.settings_size = sizeof(struct settings),
	.fn = list,
};
