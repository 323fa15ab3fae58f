// SPDX-License-Identifier: MIT
/*
 * Checks and copies SVG text. It knows no more of SVG than what gnuplot writes.
 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "render/svg.h"

#define SVG_MAX (8 << 20)

static bool is_harmless(const char *svg)
{
	static const char *const no[] = { "<script", "<foreignobject", "<iframe",
					  "<image",  "<!entity",       "javascript:",
					  "<style",  "</svg:" };

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcasestr(svg, no[i]))
			return false;
	/* Event handlers: on…= inside of a tag. */
	for (const char *p = svg; (p = strchr(p, '<')); p++) {
		const char *end = strchr(p, '>');

		for (const char *q = p; end && q + 3 < end; q++)
			if (strchr(" \t\r\n\"'/", *q) && !strncasecmp(q + 1, "on", 2))
				return false;
	}
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

bool svg_inline(FILE *out, const char *path, const char *prefix)
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
	if (good)
		fwrite(copied, 1, size, out);
	free(copied);
	free(svg);
	return good;
}
