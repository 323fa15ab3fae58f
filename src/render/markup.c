// SPDX-License-Identifier: MIT
/* Replaces %s and nothing else: any other percent sign is a percent sign. */
#include <stdarg.h>
#include <string.h>

#include "render/markup.h"

void markup(FILE *out, void (*escape)(FILE *out, const char *text), const char *form, ...)
{
	va_list ap;

	va_start(ap, form);
	for (const char *p; (p = strstr(form, "%s")); form = p + 2) {
		fwrite(form, 1, p - form, out);
		escape(out, va_arg(ap, const char *));
	}
	va_end(ap);
	fputs(form, out);
}
