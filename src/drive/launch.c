// SPDX-License-Identifier: MIT
/*
 * What a user calls an arm, made a command. Starts nothing, and knows no shell.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "drive/launch.h"
#include "measure/layer.h"

static const char *after(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) ? NULL : text + len;
}

static int parse_wrapper(struct arm *arm, const char *text, struct err *err)
{
	size_t n = 0;
	char *save = NULL;

	strcpy(arm->words, text);
	for (char *word = strtok_r(arm->words, " \t", &save); word;
	     word = strtok_r(NULL, " \t", &save)) {
		if (n == ARM_WORDS - 1)
			return err_set(err, -EINVAL, "%s arm: more than %d words",
				       arm->label, ARM_WORDS - 1);
		arm->wrapper[n++] = word;
	}
	if (!n)
		return err_set(err, -EINVAL,
			       "%s arm: exec: wants a command, such as "
			       "'exec:strace -f {}'",
			       arm->label);
	return 0;
}

static int parse_layer(struct arm *arm, const char *text, struct err *err)
{
	const char *number = after(text, "seccomp=");
	char *end = NULL;
	unsigned long k = number ? strtoul(number, &end, 10) : 0;

	if (!number || *number < '0' || *number > '9' || *end || k < 1 ||
	    k > LAYER_FILTER_MAX)
		return err_set(err, -EINVAL,
			       "%s arm: a layer is 'layer:seccomp=K', K from 1 to %d "
			       "instructions, not '%s'",
			       arm->label, LAYER_FILTER_MAX, text);
	arm->filter = k;
	return 0;
}

int arm_parse(struct arm *arm, const char *label, const char *text, struct err *err)
{
	struct stat st;
	const char *rest;

	errno = EACCES; /* of a folder */
	*arm = (struct arm){ .label = label };
	if (strlen(text) >= sizeof(arm->text))
		return err_set(err, -EINVAL, "%s arm: longer than %zu bytes", label,
			       sizeof(arm->text) - 1);
	strcpy(arm->text, text);
	if (!strcmp(text, "self"))
		return 0;
	if ((rest = after(text, "exec:")))
		return parse_wrapper(arm, rest, err);
	if ((rest = after(text, "layer:")))
		return parse_layer(arm, rest, err);
	if ((rest = after(text, "env:"))) {
		if (*rest == '=' || !strchr(rest, '='))
			return err_set(err, -EINVAL,
				       "%s arm: env: wants NAME=VALUE, not '%s'", label,
				       rest);
		strcpy(arm->env, rest);
		return 0;
	}
	if (stat(text, &st) || !S_ISREG(st.st_mode) || access(text, X_OK) ||
	    !realpath(text, arm->program))
		return err_set(err, -EINVAL,
			       "%s arm: '%s' is no program (%s): give the path of a "
			       "syscost, exec:, env:, layer: or self",
			       label, text, strerror(errno));
	return 0;
}

void arm_command(const struct arm *arm, const char *program, const char *command,
		 const char **argv)
{
	bool placed = false;
	size_t n = 0;

	if (arm->program[0])
		program = arm->program;
	for (size_t i = 0; arm->wrapper[i]; i++) {
		if (strcmp(arm->wrapper[i], "{}")) {
			argv[n++] = arm->wrapper[i];
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
