/* SPDX-License-Identifier: MIT */
/*
 * The commands, and what they share. Only this layer exits.
 */
#ifndef SYSCOST_CLI_H
#define SYSCOST_CLI_H

#include <stdbool.h>
#include "measure/registry.h"

#define VERSION "0.1"

enum exit_status {
	EXIT_FINE = 0,
	EXIT_REGRESSED = 1,
	EXIT_TROUBLE = 2,
	EXIT_UNDECIDED = 3,
	EXIT_NOTHING = 77,
};

enum cli_format { FORMAT_TABLE, FORMAT_CSV, FORMAT_JSON };

int cmd_run(const struct registry *reg, int argc, char **argv);
int cmd_list(const struct registry *reg, int argc, char **argv);
int cmd_explain(const struct registry *reg, int argc, char **argv);
int cmd_doctor(const struct registry *reg, int argc, char **argv);
int cmd_batch(const struct registry *reg, int argc, char **argv);
int cmd_ab(const struct registry *reg, int argc, char **argv);
int cmd_noise(const struct registry *reg, int argc, char **argv);
int cmd_compare(const struct registry *reg, int argc, char **argv);
int cmd_report(const struct registry *reg, int argc, char **argv);
int cmd_export(const struct registry *reg, int argc, char **argv);

/* "syscost: …" on stderr; returns EXIT_TROUBLE. */
int cli_error(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A number within bounds into *x; an error line and false otherwise. */
bool cli_number(const char *option, const char *text, double min, double max, double *x);
bool cli_format(const char *text, enum cli_format *format);
/* Colours are for a terminal, and not with NO_COLOR set (no-color.org). */
bool cli_color(void);

#endif
