/* SPDX-License-Identifier: MIT */
/*
 * Short texts by value, for words in the middle of a printf(). They need no buffer, and
 * are cut between two characters where they are too long.
 */
#ifndef SYSCOST_RENDER_TEXT_H
#define SYSCOST_RENDER_TEXT_H

struct text {
	char s[500];
};

struct text text(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
