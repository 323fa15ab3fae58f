// SPDX-License-Identifier: MIT
/*
 * syscost list: the rows that there are.
 */
#include <getopt.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>

#include "cli/cli.h"

static void print_row(const struct variant *v, enum cli_format format, json_t *array)
{
	const char *via = bench_via_name(v->bench->via);

	/* None of these fields can hold a comma or a quote but the description. */
	if (format == FORMAT_CSV)
		printf("%s,%s,%s,\"%s\"\n", v->id, via, v->params, v->bench->desc);
	else if (format == FORMAT_TABLE)
		printf("%-34s %-9s %s\n", v->id, via, v->bench->desc);
	else
		json_array_append_new(
			array, json_pack("{s:s, s:s, s:s, s:s}", "id", v->id, "via", via,
					 "params", v->params, "desc", v->bench->desc));
}

int cmd_list(const struct registry *reg, int argc, char **argv)
{
	static const struct option options[] = { { "format", required_argument, NULL,
						   'f' },
						 { "help", no_argument, NULL, 'h' },
						 { 0 } };
	enum cli_format format = FORMAT_TABLE;
	json_t *array = NULL;
	const char *unmatched;
	bool *chosen;
	int opt;

	while ((opt = getopt_long(argc, argv, "h", options, NULL)) >= 0) {
		if (opt == 'h') {
			puts("usage: syscost list [--format table|csv|json] [PATTERN…]");
			return EXIT_FINE;
		}
		if (opt != 'f' || !cli_format(optarg, &format))
			return EXIT_TROUBLE;
	}
	chosen = calloc(reg->n, sizeof(*chosen));
	unmatched = registry_select(reg, argv + optind, argc - optind, BENCH_TEST,
				    chosen);
	if (unmatched) {
		free(chosen);
		return cli_error("no benchmark matches '%s': see 'syscost list'",
				 unmatched);
	}
	if (format == FORMAT_CSV)
		puts("id,via,params,desc");
	if (format == FORMAT_JSON)
		array = json_array();
	for (size_t i = 0; i < reg->n; i++)
		if (chosen[i])
			print_row(&reg->rows[i], format, array);
	if (format == FORMAT_JSON) {
		json_dumpf(array, stdout, JSON_INDENT(2));
		putchar('\n');
	}
	json_decref(array);
	free(chosen);
	return EXIT_FINE;
}
