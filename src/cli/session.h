/* SPDX-License-Identifier: MIT */
/*
 * What the commands that measure have in common: being interrupted, showing how far they
 * are, a seed, a folder's name.
 */
#ifndef SYSCOST_SESSION_H
#define SYSCOST_SESSION_H

#include <stddef.h>
#include <stdint.h>

#include "drive/run.h"

/* Catch SIGINT and SIGTERM from now on; what is returned becomes non-zero with the first. */
volatile const int *session_stop(void);

/* Defaults, a progress line where stderr is a terminal, a random seed, session_stop(). */
void session_options(struct run_options *options);
/* Take the progress line away. */
void session_progress_end(const struct run_options *options);

/* The command as it was given. */
void session_command(int argc, char **argv, char *out, size_t len);
/* "PREFIX-DATE-TIME" */
void session_folder(const char *prefix, char *out, size_t len);

#endif
