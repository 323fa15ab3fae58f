/* SPDX-License-Identifier: MIT */
/* What went wrong, in one line: filled in where it happens, printed by the command. */
#ifndef SYSCOST_ERR_H
#define SYSCOST_ERR_H

/* Bytes of a message, with the NUL: room for one path of PATH_MAX and a sentence. */
#define ERR_MAX 4608

struct err {
	char text[ERR_MAX];
};

/* Fill in the line, cut to ERR_MAX; err may be NULL. Returns `ret`, a negative errno. */
int err_set(struct err *err, int ret, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* "out of memory". Returns -ENOMEM. */
int err_memory(struct err *err);

#endif
