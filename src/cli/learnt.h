/* SPDX-License-Identifier: MIT */
/* The noise file, as every command reads it. What is in it is row/noise.h's. */
#ifndef SYSCOST_CLI_LEARNT_H
#define SYSCOST_CLI_LEARNT_H

#include <stddef.h>

#include "row/noise.h"

enum {
	LEARNT_NONE = 1 << 0, /* read none */
	LEARNT_ANY = 1 << 1,  /* one of another class of machines, too */
	LEARNT_ADD = 1 << 2, /* it will be added to: it need not exist, but have a path */
};

/*
 * Read what is known of `machine`, a class of machines. `file` must exist and be of this
 * class; NULL stands for the file that `syscost noise` keeps, if there is one. `path`
 * gets the path that was read or will be written, or "". *noise is initialised in any
 * case, and noise_free() frees it. 0, or EXIT_TROUBLE and an error line.
 */
int learnt_read(struct noise *noise, const char *machine, const char *file,
		unsigned int flags, char *path, size_t len);

#endif
