// SPDX-License-Identifier: MIT
/* Formats the one line. It prints nothing and ends nothing. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "base/err.h"

int err_set(struct err *err, int ret, const char *fmt, ...)
{
	struct err filled;
	va_list ap;

	if (!err)
		return ret;
	va_start(ap, fmt);
	vsnprintf(filled.text, sizeof(filled.text), fmt, ap);
	va_end(ap);
	*err = filled; /* an argument may point into *err */
	return ret;
}

int err_memory(struct err *err)
{
	return err_set(err, -ENOMEM, "out of memory");
}
