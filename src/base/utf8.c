// SPDX-License-Identifier: MIT
/* Asks jansson what is UTF-8. */
#include <jansson.h>
#include <string.h>

#include "base/utf8.h"

bool utf8_valid(const char *text, size_t len)
{
	size_t ascii = 0;
	json_t *json;
	bool valid;

	while (ascii < len && !(text[ascii] & 0x80))
		ascii++;
	if (ascii == len)
		return true;
	json = json_stringn(text + ascii, len - ascii); /* jansson refuses what is not */
	valid = json;
	json_decref(json);
	return valid;
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
