/* SPDX-License-Identifier: MIT */
/* Tables as CSV: RFC 4180, header first, C locale, empty where not available. Strict. */
#ifndef SYSCOST_CSV_H
#define SYSCOST_CSV_H

#include <stdio.h>
#include "base/err.h"
#include "row/row.h"

/*
 * Write header and rows, numbers with nine significant digits. 0 or -errno. -EINVAL, with
 * nothing written: text is over 4,096 bytes or not UTF-8, as csv_read() refuses it.
 */
int csv_write(FILE *out, const struct table *t);
/* The same: for struct file_part. */
int csv_fill(FILE *out, const void *table);

/* One field, quoted where RFC 4180 asks for it. */
void csv_write_text(FILE *out, const char *text);

/*
 * Read a table of `schema` from `len` bytes. The header has the names of its columns in
 * their order. Columns that a newer version appended are skipped; those that an older one
 * did not have yet are not available. Every field is of its type, every row whole and
 * ended by a newline. Numbers are finite; text is UTF-8 without a NUL. There are at most
 * 2,000,000 rows, and 4,096 bytes a field.
 * 0, or -EINVAL with one line "line 3, column ns: …" in err; then the table is empty.
 */
int csv_read(struct table *t, const struct schema *schema, const char *text, size_t len,
	     struct err *err);

/* The same from a file; the message starts with the path. At most 256 MiB. */
int csv_read_file(struct table *t, const struct schema *schema, const char *path,
		  struct err *err);

#endif
