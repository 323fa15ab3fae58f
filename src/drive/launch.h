/* SPDX-License-Identifier: MIT */
/*
 * An arm (never copied: it points into itself): one way of starting the processes that measure. `run` has one, this program as
 * it is; `ab` has two and compares them.
 */
#ifndef SYSCOST_ARM_H
#define SYSCOST_ARM_H

#include <stddef.h>

#include "base/err.h"

#define ARM_WORDS 32
#define ARM_ARGV  (2 * ARM_WORDS + 4)

struct arm {
	const char *label;	  /* for messages: "base", "head" */
	char text[512];		  /* as it was asked for */
	char program[4096];	  /* another syscost; "": this one */
	char words[512];	  /* of the wrapper, each ended by a NUL */
	char *wrapper[ARM_WORDS]; /* point into words; wrapper[0] NULL: none */
	char env[512];		  /* "NAME=VALUE" or "" */
	unsigned int filter;	  /* instructions of a seccomp filter; 0: none */
};

/*
 * Understand what a user writes:
 *
 *	self			this program, as it is
 *	PATH			another build of syscost
 *	exec:WORD… {} WORD…	this program started by a command; {} stands for it, and
 *				is the last word where it is missing. Words are split at
 *				spaces, nothing is quoted or expanded
 *	env:NAME=VALUE		with this variable set
 *	layer:seccomp=K		under a seccomp filter of K instructions that loads an
 *				argument
 *
 * 0, or -EINVAL with one line in err.
 */
int arm_parse(struct arm *arm, const char *label, const char *text, struct err *err);

/*
 * The words of the command that starts a worker of this arm into argv (room for
 * ARM_ARGV); `program` is where this program is, the word for the worker's command follows.
 */
void arm_command(const struct arm *arm, const char *program, const char *command,
		 const char **argv);

#endif
