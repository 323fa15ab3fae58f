// SPDX-License-Identifier: MIT
/*
 * printf() into a struct. A text that is cut may end within a character of UTF-8.
 */
#include <stdarg.h>
#include <stdio.h>

#include "render/text.h"

struct text text(const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	return t;
}
