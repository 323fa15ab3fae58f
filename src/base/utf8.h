/* SPDX-License-Identifier: MIT */
/* Whether text is UTF-8, which every file of results is. It knows no other encoding. */
#ifndef SYSCOST_UTF8_H
#define SYSCOST_UTF8_H

#include <stdbool.h>
#include <stddef.h>

/* Well-formed UTF-8: no overlong forms, no surrogates, nothing past U+10FFFF. */
bool utf8_valid(const char *text, size_t len);

/* If the text is not, every byte that is not ASCII becomes a '?'. */
void utf8_repair(char *text);

/* Take the last character away, if the text was cut within it. */
void utf8_trim(char *s);

#endif
