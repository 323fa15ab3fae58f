// SPDX-License-Identifier: MIT
/*
 * The command table.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"
#include "measure/worker.h"

static const struct {
	const char *name;
	int (*fn)(const struct registry *reg, int argc, char **argv);
	const char *summary;
} commands[] = {
	{ "run", cmd_run, "measure, print a table, write a result folder" },
	{ "list", cmd_list, "the benchmarks, one row each" },
	{ "explain", cmd_explain, "what a benchmark measures, and what it does not" },
	{ "doctor", cmd_doctor, "what this machine does to the numbers" },
	{ "batch", cmd_batch,
	  "which batching strategy pays off, and from which size on" },
	{ "ab", cmd_ab, "two arms side by side: did it get slower?" },
	{ "noise", cmd_noise, "compare this program with itself: what is no change?" },
	{ "compare", cmd_compare, "verdicts from stored runs: did it get slower?" },
	{ "report", cmd_report, "plots and an HTML page from a result folder" },
	{ "export", cmd_export, "a result folder in a format that other programs read" },
};

#define N_COMMANDS (sizeof(commands) / sizeof(commands[0]))

static int usage(FILE *out)
{
	fprintf(out,
		"syscost: what crossing into the Linux kernel costs on this machine\n\n"
		"usage: syscost COMMAND [OPTION…] [PATTERN…]\n\n");
	for (size_t i = 0; i < N_COMMANDS; i++)
		fprintf(out, "  %-9s %s\n", commands[i].name, commands[i].summary);
	fprintf(out,
		"\n'syscost COMMAND --help' has the options. Patterns are globs over ids:"
		" 'null/*' '!clock/*'.\n"
		"Exit status: 0 fine, 1 regression, 2 usage or trouble, 3 inconclusive or "
		"contaminated, 77 nothing could run.\n");
	return out == stdout ? EXIT_FINE : EXIT_TROUBLE;
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

bool cli_number(const char *option, const char *text, double min, double max, double *x)
{
	char *end;
	double value;

	errno = 0;
	value = strtod(text, &end);
	if (end == text || *end || errno || !(value >= min && value <= max)) {
		cli_error("%s wants a number from %g to %g, not '%s'", option, min, max,
			  text);
		return false;
	}
	*x = value;
	return true;
}

bool cli_format(const char *text, enum cli_format *format)
{
	static const char *const names[] = { "table", "csv", "json" };

	for (int i = 0; i < 3; i++)
		if (!strcmp(text, names[i])) {
			*format = i;
			return true;
		}
	cli_error("--format is table, csv or json, not '%s'", text);
	return false;
}

bool cli_color(void)
{
	const char *no = getenv("NO_COLOR");

	return isatty(STDOUT_FILENO) && !(no && *no);
}

/*
 * A standard stream that was closed is opened in the wrong direction: using it is an
 * error, as it should be, and no file that we open later is taken for it.
 */
static void keep_streams(void)
{
	for (int fd = 0; fd < 3; fd++)
		if (fcntl(fd, F_GETFD) < 0 &&
		    open("/dev/null", fd ? O_RDONLY : O_WRONLY) < 0)
			_exit(EXIT_TROUBLE);
}

static int run_command(int argc, char **argv)
{
	struct registry reg;
	int status = -1;

	if (argc < 2)
		return usage(stderr);
	if (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h") ||
	    !strcmp(argv[1], "help"))
		return usage(stdout);
	if (!strcmp(argv[1], "--version")) {
		puts("syscost " VERSION);
		return EXIT_FINE;
	}
	if (!strcmp(argv[1], WORKER_COMMAND))
		return worker_main();
	registry_load(&reg);
	for (size_t i = 0; i < N_COMMANDS; i++)
		if (!strcmp(argv[1], commands[i].name))
			status = commands[i].fn(&reg, argc - 1, argv + 1);
	registry_free(&reg);
	if (status < 0)
		return cli_error("'%s' is not a command: see 'syscost --help'", argv[1]);
	return status;
}

int main(int argc, char **argv)
{
	int status;

	keep_streams();
	/* A limit on file sizes is an error of the write that meets it, not our death. */
	signal(SIGXFSZ, SIG_IGN);
	status = run_command(argc, argv);
	if (fflush(stdout) || ferror(stdout))
		return cli_error("standard output: %s", strerror(errno));
	return status;
}
