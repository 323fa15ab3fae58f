// SPDX-License-Identifier: MIT
/*
 * printf() into a struct. It knows nothing of what the text says.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "render/text.h"

/* Drop the last character of a UTF-8 text, if it was cut. */
static void drop_cut_character(char *s)
{
	size_t n = strlen(s), behind = 0;
	unsigned char first;

	while (behind < n && (s[n - 1 - behind] & 0xc0) == 0x80)
		behind++;
	if (behind == n)
		return;
	first = s[n - 1 - behind];
	if (behind < (size_t)(first >= 0xc0) + (first >= 0xe0) + (first >= 0xf0))
		s[n - 1 - behind] = 0;
}

struct text text(const char *fmt, ...)
{
	struct text t;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(t.s, sizeof(t.s), fmt, ap);
	va_end(ap);
	drop_cut_character(t.s);
	return t;
}
