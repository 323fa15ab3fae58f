// SPDX-License-Identifier: MIT
/* Looks at bytes one after the other. */
#include <string.h>

#include "base/utf8.h"

bool utf8_valid(const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	while (p < end) {
		unsigned int c = *p++, more, least;

		if (c < 0x80)
			continue;
		if (c >= 0xc2 && c < 0xe0) {
			more = 1, least = 0x80, c &= 0x1f;
		} else if (c >= 0xe0 && c < 0xf0) {
			more = 2, least = 0x800, c &= 0x0f;
		} else if (c >= 0xf0 && c < 0xf5) {
			more = 3, least = 0x10000, c &= 0x07;
		} else {
			return false;
		}
		for (; more; more--, p++) {
			if (p == end || (*p & 0xc0) != 0x80)
				return false;
			c = c << 6 | (*p & 0x3f);
		}
		if (c < least || c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
			return false;
	}
	return true;
}

void utf8_repair(char *text)
{
	if (utf8_valid(text, strlen(text)))
		return;
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			*text = '?';
}

void utf8_trim(char *s)
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
