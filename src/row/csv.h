/* SPDX-License-Identifier: MIT */
/*
 * Tables as CSV: RFC 4180, header first, no comments, C locale, empty = not available.
 */
#ifndef SYSCOST_CSV_H
#define SYSCOST_CSV_H

#include <stdio.h>
#include "base/err.h"
#include "row/row.h"

/*
 * Write header and rows, numbers with nine significant digits. 0 or -errno: -EINVAL, with
 * nothing written, for text that csv_read() would refuse (over 4,096 bytes, not UTF-8).
 */
int csv_write(FILE *out, const struct table *t);
/* The same: for struct file_part. */
int csv_fill(FILE *out, const void *table);

/* One field, quoted where RFC 4180 asks for it. */
void csv_write_text(FILE *out, const char *text);

/*
 * Read a table of `schema` from `len` bytes. Strict: exact header names in order (columns
 * appended by a newer version are skipped, those that an older one did not have yet are not
 * available), every field of its type, finite numbers, every
 * row whole and ended by a newline, text in UTF-8, no NUL, at most 2,000,000 rows and 4,096
 * bytes a field. Returns 0, or -EINVAL with one line "line 3, column ns: …" in err. On
 * failure the table is left empty.
 */
int csv_read(struct table *t, const struct schema *schema, const char *text, size_t len,
	     struct err *err);

/* The same from a file; the message starts with the path. At most 256 MiB. */
int csv_read_file(struct table *t, const struct schema *schema, const char *path,
		  struct err *err);

#endif
