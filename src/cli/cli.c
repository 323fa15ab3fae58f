// SPDX-License-Identifier: MIT
/*
 * How commands talk to their user. It measures and reads nothing.
 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "cli/cli.h"

const char *cli_format_word(size_t i)
{
	static const char *const words[] = { "table", "json", "csv" };

	return i < 3 ? words[i] : NULL;
}

const char *cli_format_word_but_csv(size_t i)
{
	return i < FORMAT_CSV ? cli_format_word(i) : NULL;
}

int cli_error(const char *fmt, ...)
{
	va_list ap;

	fflush(stdout);
	fputs("syscost: ", stderr);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	putc('\n', stderr);
	return EXIT_TROUBLE;
}

bool cli_color(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

void cli_print_json(json_t *json, int digits)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(digits));
	putchar('\n');
	json_decref(json);
}
