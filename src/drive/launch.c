// SPDX-License-Identifier: MIT
/*
 * The words that a user writes for an arm become a command. It starts nothing, and uses
 * no shell.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "drive/launch.h"
#include "measure/layers.h"

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static int parse_wrapper(struct launch *launch, const char *text, struct err *err)
{
	size_t n = 0;
	char *save = NULL;

	strcpy(launch->words, text);
	for (char *word = strtok_r(launch->words, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (n == LAUNCH_WORDS - 1)
			return err_set(err, -EINVAL, "%s arm: more than %d words",
				       launch->label, LAUNCH_WORDS - 1);
		launch->wrapper[n++] = word;
	}
	if (!n)
		return err_set(err, -EINVAL,
			       "%s arm: exec: wants a command, such as "
			       "'exec:strace -f {}'",
			       launch->label);
	return 0;
}

static int parse_layers(struct launch *launch, const char *text, struct err *err)
{
	struct err why = { "" };

	if (layer_stack_add(&launch->layers, text, &why))
		return err_set(err, -EINVAL, "%s arm: %s", launch->label, why.text);
	return 0;
}

int launch_parse(struct launch *launch, const char *label, const char *text,
		 struct err *err)
{
	struct stat st;
	const char *rest;

	errno = EACCES; /* of a folder */
	*launch = (struct launch){ .label = label };
	if (strlen(text) >= sizeof(launch->text))
		return err_set(err, -EINVAL, "%s arm: longer than %zu bytes", label,
			       sizeof(launch->text) - 1);
	strcpy(launch->text, text);
	if (!strcmp(text, "self"))
		return 0;
	if ((rest = after(text, "exec:")))
		return parse_wrapper(launch, rest, err);
	if ((rest = after(text, "layer:")))
		return parse_layers(launch, rest, err);
	if ((rest = after(text, "env:"))) {
		if (*rest == '=' || !strchr(rest, '='))
			return err_set(err, -EINVAL,
				       "%s arm: env: wants NAME=VALUE, not '%s'", label,
				       rest);
		strcpy(launch->env, rest);
		return 0;
	}
	if (stat(text, &st) || !S_ISREG(st.st_mode) || access(text, X_OK) ||
	    !realpath(text, launch->program))
		return err_set(err, -EINVAL,
			       "%s arm: '%s' is no program (%s): give the path of a "
			       "syscost, exec:, env:, layer: or self",
			       label, text, strerror(errno));
	return 0;
}

void launch_command(const struct launch *launch, const char *program, const char *command,
		    const char **argv)
{
	bool placed = false;
	size_t n = 0;

	if (launch->program[0])
		program = launch->program;
	for (size_t i = 0; launch->wrapper[i]; i++) {
		if (strcmp(launch->wrapper[i], "{}")) {
			argv[n++] = launch->wrapper[i];
			continue;
		}
		argv[n++] = program;
		argv[n++] = command;
		placed = true;
	}
	if (!placed) {
		argv[n++] = program;
		argv[n++] = command;
	}
	argv[n] = NULL;
}
