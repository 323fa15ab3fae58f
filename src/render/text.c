// SPDX-License-Identifier: MIT
/*
 * printf() into a struct. It knows nothing of what the text says.
 */
#include <stdarg.h>
#include <stdio.h>

#include "base/utf8.h"
#include "render/text.h"

struct text text(const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	utf8_trim(t.s);
	return t;
}
