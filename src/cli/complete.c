// SPDX-License-Identifier: MIT
/*
 * syscost complete: what could stand where the cursor is, for a shell. One line a word, a
 * tab and what it does; /files and /folders tell the shell to add its own.
 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "cli/command.h"
#include "measure/registry.h"

/* Print a word that starts with `begin`; before it `lead`, as at the cursor. */
static void offer(const char *lead, const char *word, const char *begin, const char *help)
{
	if (!strncmp(word, begin, strlen(begin)))
		printf("%s%s\t%s\n", lead, word, help);
}

static void offer_value(const struct option_spec *o, const char *lead, const char *begin)
{
	for (size_t i = 0; o->choice && o->choice(i); i++)
		offer(lead, o->choice(i), begin, "");
	if (o->kind == OPTION_FILE)
		puts("/files");
	if (o->kind == OPTION_FOLDER)
		puts("/folders");
}

static void offer_commands(const struct command *const *commands, const char *begin)
{
	for (; *commands; commands++)
		if ((*commands)->summary)
			offer("", (*commands)->name, begin, (*commands)->summary);
}

/* Without parameters, which names all rows of one: shells split words at ':'. */
static void offer_benchmarks(const char *begin)
{
	const struct bench *last = NULL;
	struct registry reg;

	registry_load(&reg);
	for (size_t i = 0; i < reg.n; i++) {
		const struct bench *b = reg.rows[i].bench;

		if (b != last && !(b->flags & BENCH_TEST))
			offer("", b->id, begin, b->desc);
		last = b;
	}
	registry_free(&reg);
}

static void offer_operands(const struct call *call, const struct command *c,
			   const char *begin)
{
	if (c->operand == OPERAND_PATTERN)
		offer_benchmarks(begin);
	if (c->operand == OPERAND_COMMAND)
		offer_commands(call->commands, begin);
	if (c->operand == OPERAND_FOLDER)
		puts("/folders");
}

/* The option that `word` is, if it wants a value. */
static const struct option_spec *value_of(const struct option_spec *options,
					  const char *word, size_t len)
{
	const struct option_spec *o = NULL;

	if (len > 2 && word[0] == '-' && word[1] == '-')
		o = option_find(options, word + 2, len - 2, NULL);
	else if (len == 2 && word[0] == '-')
		o = option_find_letter(options, word[1], NULL);
	return o && option_has_value(o) ? o : NULL;
}

/* The last of the words is where the cursor is; the first one is the command. */
static void offer_behind(const struct call *call, const struct command *c,
			 char *const *words, size_t n)
{
	const char *now = words[n - 1], *value = strchr(now, '=');
	const struct option_spec *o;

	/* Bash makes three words of --name=value. */
	if (!strcmp(now, "="))
		now = "";
	else if (n > 2 && !strcmp(words[n - 2], "="))
		n--;
	o = value_of(c->options, words[n - 2], strlen(words[n - 2]));
	if (o) {
		offer_value(o, "", now);
	} else if (value && (o = value_of(c->options, now, value - now))) {
		char lead[64];

		snprintf(lead, sizeof(lead), "%.*s=", (int)(value - now), now);
		offer_value(o, lead, value + 1);
	} else if (now[0] == '-') {
		for (o = c->options; o; o = option_next(o))
			if (now[1] == '-' || !now[1])
				offer("--", o->name, now[1] ? now + 2 : "", o->help);
	} else {
		offer_operands(call, c, now);
	}
}

static int complete(const struct call *call, void *settings)
{
	const char *name = call->operands[0];

	(void)settings;
	if (call->n == 1) {
		offer_commands(call->commands, name);
		offer("", "--help", name, "print the commands");
		offer("", "--version", name, "print the version");
		return EXIT_FINE;
	}
	for (size_t i = 0; call->commands[i]; i++)
		if (!strcmp(call->commands[i]->name, name))
			offer_behind(call, call->commands[i], call->operands, call->n);
	return EXIT_FINE;
}

const struct command command_complete = {
	.name = "complete",
	.usage = "-- WORD…",
	.options = option_none,
	.operand = OPERAND_WORD,
	.least = 1,
	.fn = complete,
};
