// SPDX-License-Identifier: MIT
/* Checks and copies SVG text. It knows no more of SVG than what gnuplot writes. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "render/svg.h"

#define SVG_MAX (8 << 20)

/* Whether a word at p is the name of an event handler: on…= */
static bool is_handler(const char *p)
{
	size_t len = 2;

	if (strncasecmp(p, "on", 2))
		return false;
	while (isalpha((unsigned char)p[len]))
		len++;
	return len > 2 && p[len + strspn(p + len, " \t\r\n\f")] == '=';
}

/*
 * Where a tag ends is not asked: quotes can hide that. So words of a label that look like
 * a handler or a link make a drawing one not to trust, too.
 */
static bool is_harmless(const char *svg)
{
	static const char *const no[] = { "<script", "<foreignobject", "<iframe",
					  "<image",  "<!entity",       "javascript:",
					  "<style",  "</svg:" };

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcasestr(svg, no[i]))
			return false;
	for (const char *p = svg; *p; p++)
		if (strchr(" \t\r\n\f\"'/", *p) && is_handler(p + 1))
			return false;
	/* A link leads to a part of the drawing. */
	for (const char *p = svg; (p = strcasestr(p, "href")); p++)
		if (strncmp(p + 4, "=\"#", 3) && strncmp(p + 4, "='#", 3))
			return false;
	return true;
}

/* Behind a title, a description or a comment that starts at p; p if none does. */
static const char *skip_words(const char *p, const char *last)
{
	static const char *const drop[][2] = { { "<title", "</title>" },
					       { "<desc", "</desc>" },
					       { "<!--", "-->" } };

	for (int i = 0; i < 3; i++) {
		const char *end;

		if (strncmp(p, drop[i][0], strlen(drop[i][0])))
			continue;
		end = strstr(p, drop[i][1]);
		return end && end <= last ? end + strlen(drop[i][1]) : NULL;
	}
	return p;
}

/* How much of the text at p stands before an id: 0, if there is none. */
static size_t before_id(const char *p)
{
	static const char *const refs[] = { "id=\"", "id='", "href=\"#", "href='#",
					    "url(#" };

	for (size_t i = 0; i < 5; i++)
		if (!strncmp(p, refs[i], strlen(refs[i])) &&
		    (i >= 2 || strchr(" \t\n", p[-1])))
			return strlen(refs[i]);
	return 0;
}

static bool copy(FILE *out, const char *svg, const char *prefix)
{
	const char *p = strstr(svg, "<svg"), *last = NULL;

	for (const char *q = p; q && (q = strstr(q, "</svg>")); q++)
		last = q;
	if (!last || !is_harmless(p))
		return false;
	while (p < last) {
		const char *behind = skip_words(p, last);
		size_t len = before_id(p);

		if (!behind)
			return false;
		if (behind > p) {
			p = behind;
			continue;
		}
		if (len)
			fprintf(out, "%.*s%s-", (int)len, p, prefix);
		else
			fputc(*p, out);
		p += len ? len : 1;
	}
	fputs("</svg>", out);
	return true;
}

char *svg_inline(const char *path, const char *prefix)
{
	char *svg = NULL, *copied = NULL;
	size_t len = 0, size = 0;
	bool good = false;
	FILE *mem = NULL;

	if (!file_read(path, SVG_MAX, &svg, &len, NULL) && !memchr(svg, 0, len))
		mem = open_memstream(&copied, &size);
	if (mem) {
		good = copy(mem, svg, prefix);
		good = !fclose(mem) && good;
	}
	free(svg);
	if (good)
		return copied;
	free(copied);
	return NULL;
}
