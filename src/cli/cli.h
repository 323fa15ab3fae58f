/* SPDX-License-Identifier: MIT */
/* What all commands share, also those that only read stored rows: no measuring. */
#ifndef SYSCOST_CLI_H
#define SYSCOST_CLI_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#define VERSION "0.1"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_REGRESSED = 1,
	EXIT_TROUBLE = 2,
	EXIT_UNDECIDED = 3,
	EXIT_NOTHING = 77,
};

enum cli_format { FORMAT_TABLE, FORMAT_JSON, FORMAT_CSV };

/* Words of --format, for an option's table: all three, or those without CSV. */
const char *cli_format_word(size_t i);
const char *cli_format_word_but_csv(size_t i);

/* "syscost: …" in one line on stderr, no control characters. Returns EXIT_TROUBLE. */
int cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Colours are for a terminal, and not with NO_COLOR set (no-color.org). */
bool cli_color(void);

/* Text of a command line for JSON, as utf8_repair() leaves it. */
json_t *cli_json_text(const char *text);

/* Print JSON and a newline, reals with so many digits, 0: all. Takes the reference. */
void cli_print_json(json_t *json, int digits);

#endif
