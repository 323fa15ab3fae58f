/* SPDX-License-Identifier: MIT */
/* Drawings from files, put into a page. What could run something is refused. */
#ifndef SYSCOST_RENDER_SVG_H
#define SYSCOST_RENDER_SVG_H

/*
 * The drawing of a file, without its titles, every id in it below `prefix`; to be freed.
 * NULL: there is none, or it is not one to trust.
 */
char *svg_inline(const char *path, const char *prefix);

#endif
