/* SPDX-License-Identifier: MIT */
/*
 * How the processes that measure are started: program, wrapper, environment and layers.
 * `run` has one launch, `ab` has two, one for each arm.
 */
#ifndef SYSCOST_LAUNCH_H
#define SYSCOST_LAUNCH_H

#include <stddef.h>

#include "base/err.h"
#include "measure/layers.h"

#define LAUNCH_WORDS 32
#define LAUNCH_ARGV  (2 * LAUNCH_WORDS + 4)

/* Never copied: it points into itself. All zero: this program, as it is. */
struct launch {
	const char *label;  /* of the arm, for messages: "base"; NULL: of a run */
	char text[512];	    /* as it was asked for */
	char program[4096]; /* another syscost; "": this one */
	char words[512];    /* of the wrapper, each ended by a NUL */
	char *wrapper[LAUNCH_WORDS]; /* point into words; wrapper[0] NULL: none */
	char env[512];		     /* "NAME=VALUE" or "" */
	struct layer_stack layers;
};

/*
 * Understand what a user writes for an arm:
 *
 *	self			this program, as it is
 *	PATH			another build of syscost
 *	exec:WORD… {} WORD…	this program started by a command; {} stands for it, and
 *				is the last word where it is missing. Words are split at
 *				spaces, nothing is quoted or expanded
 *	env:NAME=VALUE		with this variable set
 *	layer:NAME[:K][,…]	under these layers (see measure/layers.h)
 *
 * 0, or -EINVAL with one line in err.
 */
int launch_parse(struct launch *launch, const char *label, const char *text,
		 struct err *err);

/*
 * The words of the command that starts a worker into argv (room for LAUNCH_ARGV);
 * `program` is where this program is, the word for the worker's command follows.
 */
void launch_command(const struct launch *launch, const char *program, const char *command,
		    const char **argv);

#endif
