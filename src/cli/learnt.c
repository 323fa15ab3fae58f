// SPDX-License-Identifier: MIT
/*
 * Finds and reads the noise file. A file that is there and cannot be used is an error: to
 * measure without it would say less than was asked for, and nobody would notice.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "cli/cli.h"
#include "cli/learnt.h"

int learnt_read(struct noise *noise, const char *machine, const char *file,
		unsigned int flags, char *path, size_t len)
{
	struct err err = { 0 };
	int ret;

	noise_init(noise, machine);
	*path = '\0';
	if (flags & LEARNT_NONE)
		return EXIT_FINE;
	if (file)
		snprintf(path, len, "%s", file);
	else if (noise_path(machine, path, len))
		*path = '\0';
	if (!*path)
		return flags & LEARNT_ADD ? cli_error("there is no home for the noise "
						      "file: use --noise FILE")
					  : EXIT_FINE;
	/* A home that may not be looked into is another user's: HOME outlives setpriv. */
	if (!file && !(flags & LEARNT_ADD) && access(path, F_OK)) {
		*path = '\0';
		return EXIT_FINE;
	}
	ret = noise_read(noise, path, &err);
	if (ret == -ENOENT && flags & LEARNT_ADD) {
		noise_init(noise, machine);
		return EXIT_FINE;
	}
	if (ret)
		return cli_error("%s", err.text);
	if (!strcmp(noise->machine, machine) || flags & LEARNT_ANY)
		return EXIT_FINE;
	return cli_error("%s is of another class of machines (%s) than this (%s): use "
			 "another file%s",
			 path, noise->machine, machine,
			 flags & LEARNT_ADD ? "" : ", or --no-noise");
}
