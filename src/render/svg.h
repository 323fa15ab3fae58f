/* SPDX-License-Identifier: MIT */
/*
 * Drawings that stand as files beside a page, put into it. They may have been changed by
 * anyone: what could run something is refused.
 */
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
