/* SPDX-License-Identifier: MIT */
/* Commands, the entries of main.c's table: how one is chosen, parsed and called. */
#ifndef SYSCOST_CLI_COMMAND_H
#define SYSCOST_CLI_COMMAND_H

#include "cli/option.h"

/* What stands behind the options; for completions, too. */
enum operand_kind {
	OPERAND_NONE,
	OPERAND_PATTERN, /* globs over the ids of benchmarks */
	OPERAND_FOLDER,
	OPERAND_COMMAND,
	OPERAND_WORD,
};

struct call {
	const struct command *const *commands; /* all that there are; NULL ends them */
	const struct command *command;
	const char *line; /* as it was given, in UTF-8: "syscost run -o out" */
	char **operands;
	size_t n;
};

struct command {
	const char *name, *summary; /* no summary: not for users, and not in help */
	const char *usage; /* behind the name; several lines make several usages */
	const char *about, *notes; /* of --help: above and below the options, or NULL */
	void (*more)(FILE *out);   /* prints what is no literal below them, or NULL */
	const struct option_spec *options;
	enum operand_kind operand;
	size_t least, most;		  /* operands; most 0: as many as there are */
	size_t settings_size;		  /* of the struct that the options fill in */
	void (*defaults)(void *settings); /* into zeroed memory; may be NULL */
	int (*fn)(const struct call *call, void *settings); /* returns an exit status */
};

extern const struct command command_help;

/* All of main(): run the command that argv names. Returns an exit status. */
int command_main(const struct command *const *commands, int argc, char **argv);

/*
 * Parse argv from the command's name on into `settings` and call->operands, which has
 * room for argc. 0; OPTION_WANTS_HELP, the rest unread; -EINVAL with one line in err.
 */
int command_parse(struct call *call, int argc, char **argv, void *settings,
		  struct err *err);

/* Returns EXIT_FINE. */
int command_print_help(FILE *out, const struct command *command);

#endif
