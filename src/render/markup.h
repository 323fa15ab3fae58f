/* SPDX-License-Identifier: MIT */
/*
 * Markup of any kind with texts in it, each of which is escaped. The rules of that are
 * the caller's.
 */
#ifndef SYSCOST_RENDER_MARKUP_H
#define SYSCOST_RENDER_MARKUP_H

#include <stdio.h>

/* Write `form`, in which every %s stands for a text that goes through `escape`. */
void markup(FILE *out, void (*escape)(FILE *out, const char *text), const char *form,
	    ...);

#endif
