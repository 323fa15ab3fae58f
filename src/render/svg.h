/* SPDX-License-Identifier: MIT */
/* Drawings from files, put into a page. What could run something is refused. */
#ifndef SYSCOST_RENDER_SVG_H
#define SYSCOST_RENDER_SVG_H

#include <stdbool.h>
#include <stdio.h>

/*
 * Write the drawing of a file, without its titles, every id in it below `prefix`. False,
 * with nothing written: there is none, or it is not one to trust.
 */
bool svg_inline(FILE *out, const char *path, const char *prefix);

#endif
