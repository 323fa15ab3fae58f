// SPDX-License-Identifier: MIT
/* Chooses a command, reads its command line, and calls it. It knows none by name. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/room.h"
#include "base/utf8.h"
#include "cli/cli.h"
#include "cli/command.h"

static int print_overview(FILE *out, const struct command *const *commands)
{
	fputs("syscost: what crossing into the Linux kernel costs on this machine\n\n"
	      "usage: syscost COMMAND [OPTION…] [PATTERN…]\n\n",
	      out);
	for (; *commands; commands++)
		if ((*commands)->summary)
			fprintf(out, "  %-12s %s\n", (*commands)->name,
				(*commands)->summary);
	fputs("\n'syscost COMMAND --help' has the options. Patterns are globs over ids: "
	      "'null/*' '!clock/*'.\n'syscost --version' prints the version.\n"
	      "Exit status: 0 fine, 1 regression, 2 usage or trouble, 3 undecided, "
	      "77 nothing could run.\n",
	      out);
	return EXIT_FINE;
}

int command_print_help(FILE *out, const struct command *command)
{
	const char *usage = command->usage, *lead = "usage:";

	for (; *usage; lead = "      ") {
		size_t len = strcspn(usage, "\n");

		fprintf(out, "%s syscost %s %.*s\n", lead, command->name, (int)len,
			usage);
		usage += len + (usage[len] == '\n');
	}
	if (command->about)
		fprintf(out, "\n%s", command->about);
	putc('\n', out);
	option_print(out, command->options);
	if (command->notes || command->more)
		putc('\n', out);
	if (command->notes)
		fputs(command->notes, out);
	if (command->more)
		command->more(out);
	return EXIT_FINE;
}

/* The command of this name, or NULL and an error line. */
static const struct command *find_command(const struct command *const *commands,
					  const char *name)
{
	const char *near = NULL;
	size_t edits = SIZE_MAX;

	for (; *commands; commands++) {
		if (!strcmp((*commands)->name, name))
			return *commands;
		if ((*commands)->summary &&
		    option_nearer(name, (*commands)->name, &edits))
			near = (*commands)->name;
	}
	if (near)
		cli_error("'%s' is not a command: did you mean '%s'?", name, near);
	else
		cli_error("'%s' is not a command: see 'syscost --help'", name);
	return NULL;
}

/* The option at argv[0]; *used says how many arguments it and its value are. */
static int parse_option(const struct option_spec *options, char **argv, void *settings,
			int *used, struct err *err)
{
	const struct option_spec *o;
	const char *text;

	if (argv[0][1] == '-') {
		size_t len = strcspn(argv[0] + 2, "=");

		text = argv[0] + 2 + len;
		text = *text ? text + 1 : NULL;
		o = option_find(options, argv[0] + 2, len, err);
	} else {
		text = argv[0][2] ? argv[0] + 2 : NULL;
		o = option_find_letter(options, argv[0][1], err);
	}
	if (!o)
		return -EINVAL;
	*used = 1;
	if (!text && option_has_value(o) && (text = argv[1]))
		*used = 2;
	return option_set(o, text, settings, err);
}

int command_parse(struct call *call, int argc, char **argv, void *settings,
		  struct err *err)
{
	const struct command *c = call->command;
	bool only_operands = false;
	size_t most;
	int used, ret;

	for (int i = 1; i < argc; i += used) {
		used = 1;
		if (only_operands || argv[i][0] != '-' || !argv[i][1]) {
			call->operands[call->n++] = argv[i];
		} else if (!strcmp(argv[i], "--")) {
			only_operands = true;
		} else {
			ret = parse_option(c->options, argv + i, settings, &used, err);
			if (ret)
				return ret;
		}
	}
	most = c->most || !c->operand ? c->most : SIZE_MAX;
	if (call->n > most)
		return err_set(err, -EINVAL, "%s takes no '%s': see 'syscost %s --help'",
			       c->name, call->operands[most], c->name);
	if (call->n < c->least)
		return err_set(err, -EINVAL, "%s wants %s: see 'syscost %s --help'",
			       c->name, c->usage, c->name);
	return 0;
}

static int call_command(struct call *call, int argc, char **argv)
{
	const struct command *c = call->command;
	void *settings = room_for(1, c->settings_size + 1);
	struct err err = { 0 };
	int ret, status;

	call->operands = room_for(argc, sizeof(*call->operands));
	if (c->defaults)
		c->defaults(settings);
	ret = command_parse(call, argc, argv, settings, &err);
	if (!ret)
		status = c->fn(call, settings);
	else if (ret == OPTION_WANTS_HELP)
		status = command_print_help(stdout, c);
	else
		status = cli_error("%s", err.text);
	option_free(c->options, settings);
	free(settings);
	free(call->operands);
	return status;
}

static int help_of_command(const struct call *call, void *settings)
{
	const struct command *command;

	(void)settings;
	if (!call->n)
		return print_overview(stdout, call->commands);
	command = find_command(call->commands, call->operands[0]);
	return command ? command_print_help(stdout, command) : EXIT_TROUBLE;
}

const struct command command_help = {
	.name = "help",
	.summary = "the commands, or the options of one",
	.usage = "[COMMAND]",
	.options = option_none,
	.operand = OPERAND_COMMAND,
	.most = 1,
	.fn = help_of_command,
};

/*
 * One that was closed is opened in the wrong direction: to use it is then an error. No
 * file that is opened later is taken for it.
 */
static void open_closed_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			_exit(EXIT_TROUBLE);
}

/* The words of a command line with spaces between them, to be freed. */
static char *join_words(int argc, char **argv)
{
	size_t len;
	char *line;
	FILE *out = open_memstream(&line, &len);

	if (!out)
		abort();
	fputs("syscost", out);
	for (int i = 1; i < argc; i++)
		fprintf(out, " %s", argv[i]);
	fclose(out);
	utf8_repair(line);
	return line;
}

static int choose_command(struct call *call, int argc, char **argv)
{
	char *line;
	int status;

	if (argc < 2) {
		print_overview(stderr, call->commands);
		return EXIT_TROUBLE;
	}
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))
		return print_overview(stdout, call->commands);
	if (!strcmp(argv[1], "--version")) {
		puts("syscost " VERSION);
		return EXIT_FINE;
	}
	call->command = find_command(call->commands, argv[1]);
	if (!call->command)
		return EXIT_TROUBLE;
	call->line = line = join_words(argc, argv);
	status = call_command(call, argc - 1, argv + 1);
	free(line);
	return status;
}

int command_main(const struct command *const *commands, int argc, char **argv)
{
	struct call call = { .commands = commands };
	int status;

	open_closed_streams();
	/* A limit on file sizes is an error of the write that meets it, not our death. */
	signal(SIGXFSZ, SIG_IGN);
	status = choose_command(&call, argc, argv);
	if (fflush(stdout) || ferror(stdout))
		return cli_error("standard output: %s", strerror(errno));
	return status;
}
