/* SPDX-License-Identifier: MIT */
/* Files whole or not at all, and only regular ones: they come from strangers. */
#ifndef SYSCOST_FILE_H
#define SYSCOST_FILE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/*
 * All of a regular file of at most `max` bytes, for the caller to free, with a NUL that
 * *len does not count. 0, or -errno with the path in err, *text untouched.
 */
int file_read(const char *path, size_t max, char **text, size_t *len, struct err *err);

/* The first line of a file (of /proc or /sys) without its newline; false: none. */
bool file_line(const char *path, char *buf, size_t len);

/* The value of the first line "key: value" or "key : value" of a file; false: none. */
bool file_value(const char *path, const char *key, char *buf, size_t len);

/* Bytes for file_fill_bytes(). */
struct file_bytes {
	char *at;
	size_t n;
};

/* Writes a struct file_bytes: for struct file_part. */
int file_fill_bytes(FILE *out, const void *bytes);

/* One file of a folder: its name, and what fills it (0 or -errno). */
struct file_part {
	const char *name;
	int (*fill)(FILE *out, const void *arg);
	const void *arg;
};

/*
 * Write all parts into `dir` or none: what can run out of space is over before the first
 * rename. 0, or -errno with the path in err.
 */
int file_write(const char *dir, const struct file_part *parts, size_t n, struct err *err);

/* Make a folder; `force`: one that can be written will do. 0, or -errno and err. */
int file_folder(const char *dir, bool force, struct err *err);

/* Remove all that is in a folder, and with `itself` the folder too, as far as it can. */
void file_remove_all(const char *dir, bool itself);

#endif
