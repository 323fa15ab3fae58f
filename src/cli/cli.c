// SPDX-License-Identifier: MIT
/* How commands talk to their user. It measures and reads nothing. */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/room.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "render/table.h"

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
	char line[2 * ERR_MAX], shown[sizeof(line)];
	FILE *to_shown = fmemopen(shown, sizeof(shown), "w");
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	if (!to_shown)
		abort();
	table_text(to_shown, line, sizeof(line), false);
	fclose(to_shown);
	fflush(stdout);
	fprintf(stderr, "syscost: %s\n", shown);
	return EXIT_TROUBLE;
}

bool cli_color(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

json_t *cli_json_text(const char *text)
{
	char *copy = room_for(strlen(text) + 1, 1);
	json_t *json;

	strcpy(copy, text);
	utf8_repair(copy);
	json = json_string(copy);
	free(copy);
	return json;
}

void cli_print_json(json_t *json, int digits)
{
	json_dumpf(json, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(digits));
	putchar('\n');
	json_decref(json);
}
