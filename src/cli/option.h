/* SPDX-License-Identifier: MIT */
/* The options of a command in a table: for parsing, help, completions and tests. */
#ifndef SYSCOST_CLI_OPTION_H
#define SYSCOST_CLI_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "base/err.h"

/* Bytes of an option's path: what is written below it must fit into PATH_MAX. */
#define OPTION_PATH_MAX 3800

enum option_kind {
	OPTION_FLAG,	/* bool; the option takes no value */
	OPTION_HELP,	/* no field, no value; ends every table */
	OPTION_NUMBER,	/* double, from min to max */
	OPTION_PERCENT, /* the same, kept as a share: 2 becomes 0.02 */
	OPTION_WHOLE,	/* a whole number of 4 or 8 bytes, from min to max */
	OPTION_CHOICE,	/* int or enum: which one of the choices */
	OPTION_TEXT,	/* const char *, never empty */
	OPTION_FILE,	/* the same: the path of a file */
	OPTION_FOLDER,	/* the same: the path of a folder */
};

/* What a repeatable option was given, in that order. */
struct option_list {
	const char **text;
	size_t n;
};

struct option_spec {
	const char *name; /* behind two dashes */
	char letter;	  /* behind one dash, or 0 */
	enum option_kind kind;
	const char *value;		 /* its name in help: "DIR" */
	double min, max;		 /* max 0: what 64 bits hold */
	const char *(*choice)(size_t i); /* the words; NULL behind the last one */
	bool repeat;			 /* of texts: the field is a struct option_list */
	size_t offset, size;		 /* of the field in the command's settings */
	const char *help;
};

/* Where the value of an option goes. */
#define OPTION_FIELD(type, member) \
	.offset = offsetof(type, member), .size = sizeof(((type *)NULL)->member)
/* The last line of every table. */
#define OPTION_END "help", 'h', OPTION_HELP, .help = "print this"

/* Nothing but that line. */
extern const struct option_spec option_none[];

static inline const struct option_spec *option_next(const struct option_spec *o)
{
	return o->kind == OPTION_HELP ? NULL : o + 1;
}

bool option_has_value(const struct option_spec *o);

/*
 * The option of this name, `len` bytes long, or the only one that begins so; the one of
 * this letter. NULL, and one line in err, without one.
 */
const struct option_spec *option_find(const struct option_spec *options, const char *name,
				      size_t len, struct err *err);
const struct option_spec *option_find_letter(const struct option_spec *options,
					     char letter, struct err *err);

#define OPTION_WANTS_HELP 1

/*
 * Put a value into the settings; NULL: a flag, or it is missing. 0; OPTION_WANTS_HELP;
 * or -EINVAL with one line in err.
 */
int option_set(const struct option_spec *o, const char *text, void *settings,
	       struct err *err);
/* Free the lists in the settings. */
void option_free(const struct option_spec *options, void *settings);

/* Print the table, for --help. */
void option_print(FILE *out, const struct option_spec *options);

/*
 * Is `text` more likely a slip of `word` than of the words before? *edits is what the
 * best of those differed by, and SIZE_MAX at first.
 */
bool option_nearer(const char *text, const char *word, size_t *edits);

#endif
