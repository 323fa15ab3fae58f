// SPDX-License-Identifier: MIT
/*
 * Names of system calls. It makes none.
 */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "bench.h"
#include "measure/calls.h"

#define NAME(call) #call

#define COUNT(x) (sizeof(x) / sizeof((x)[0]))

static const char *const here[] = {
#include "measure/calls.inc"
};
static const char *const elsewhere[] = { ARCH_LACKS(NAME) };

static bool has_name(const char *const *names, size_t n, const char *name)
{
	while (n && strcmp(names[n - 1], name))
		n--;
	return n;
}

int calls_check(const char *names, char which[CALL_NAME_MAX])
{
	while (*names) {
		int len = strcspn(names, " ");

		snprintf(which, CALL_NAME_MAX, "%.*s", len, names);
		if (!has_name(here, COUNT(here), which))
			return has_name(elsewhere, COUNT(elsewhere), which) ? -ENOSYS
									    : -EINVAL;
		names += len + strspn(names + len, " ");
	}
	return 0;
}
