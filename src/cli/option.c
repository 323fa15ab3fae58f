// SPDX-License-Identifier: MIT
/* Finds, checks and prints options. It knows no command and prints no error. */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/option.h"
#include "render/table.h"

#define LINE_WIDTH 88
#define SLIP_MAX   40 /* bytes of a word that may be a slip of another one */

const struct option_spec option_none[] = { { OPTION_END } };

static size_t least_of(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* Letters to add, drop, replace or exchange with their neighbour to make a into b. */
static size_t count_edits(const char *a, const char *b)
{
	size_t cost[SLIP_MAX + 1][SLIP_MAX + 1];
	size_t n = strlen(a), m = strlen(b);

	if (n > SLIP_MAX || m > SLIP_MAX)
		return SIZE_MAX;
	for (size_t i = 0; i <= n; i++) {
		for (size_t j = 0; j <= m; j++) {
			size_t *c = &cost[i][j];

			if (!i || !j) {
				*c = i + j;
				continue;
			}
			*c = least_of(cost[i - 1][j], cost[i][j - 1]) + 1;
			*c = least_of(*c, cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]));
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1])
				*c = least_of(*c, cost[i - 2][j - 2] + 1);
		}
	}
	return cost[n][m];
}

bool option_nearer(const char *text, const char *word, size_t *edits)
{
	size_t n = count_edits(text, word);

	/* One wrong letter in three is a slip; more of them are another word. */
	if (n >= *edits || n > (strlen(text) + 1) / 3)
		return false;
	*edits = n;
	return true;
}

bool option_has_value(const struct option_spec *o)
{
	return o->kind != OPTION_FLAG && o->kind != OPTION_HELP;
}

const struct option_spec *option_find(const struct option_spec *options, const char *name,
				      size_t len, struct err *err)
{
	const struct option_spec *first = NULL, *second = NULL, *near = NULL;
	char text[SLIP_MAX + 2];
	size_t edits = SIZE_MAX;

	snprintf(text, sizeof(text), "%.*s", (int)len, name);
	for (const struct option_spec *o = options; o; o = option_next(o)) {
		if (!strncmp(o->name, name, len)) {
			if (!o->name[len])
				return o;
			second = first ? o : NULL;
			first = first ?: o;
		}
		if (option_nearer(text, o->name, &edits))
			near = o;
	}
	if (first && !second)
		return first;
	if (first)
		err_set(err, -EINVAL, "--%s is short for --%s and for --%s", text,
			first->name, second->name);
	else if (near)
		err_set(err, -EINVAL, "there is no option --%s: did you mean --%s?", text,
			near->name);
	else
		err_set(err, -EINVAL, "there is no option --%.*s: --help lists them",
			(int)len, name);
	return NULL;
}

const struct option_spec *option_find_letter(const struct option_spec *options,
					     char letter, struct err *err)
{
	for (const struct option_spec *o = options; o; o = option_next(o))
		if (o->letter == letter)
			return o;
	err_set(err, -EINVAL, "there is no option -%c: --help lists them", letter);
	return NULL;
}

/* What the option takes, in words. */
static void describe_value(const struct option_spec *o, char *buf, size_t len)
{
	size_t at = 0;

	if (o->kind == OPTION_WHOLE && !o->max)
		snprintf(buf, len, "a whole number from %.0f to %ju", o->min,
			 UINTMAX_MAX);
	else if (o->kind == OPTION_WHOLE)
		snprintf(buf, len, "a whole number from %.0f to %.0f", o->min, o->max);
	else if (o->kind == OPTION_NUMBER || o->kind == OPTION_PERCENT)
		snprintf(buf, len, "a number from %.15g to %.15g", o->min, o->max);
	else if (o->kind != OPTION_CHOICE)
		snprintf(buf, len, "%s", o->value);
	else
		for (size_t i = 0; o->choice(i) && at < len; i++)
			at += snprintf(buf + at, len - at, "%s%s",
				       i ? o->choice(i + 1) ? ", " : " or " : "",
				       o->choice(i));
}

static bool set_number(const struct option_spec *o, const char *text, double *to)
{
	char *end;
	double x;

	errno = 0;
	x = strtod(text, &end);
	/* strtod() takes more than people call a number: " 1", "0x1p3", "inf". */
	if (!*text || *end || errno || text[strspn(text, "0123456789.eE+-")] ||
	    !(x >= o->min && x <= o->max))
		return false;
	*to = o->kind == OPTION_PERCENT ? x / 100 : x;
	return true;
}

static bool set_whole(const struct option_spec *o, const char *text, void *to)
{
	uint64_t x;

	errno = 0;
	x = strtoull(text, NULL, 10);
	if (!*text || text[strspn(text, "0123456789")] || errno || x < o->min ||
	    (o->max && x > o->max))
		return false;
	if (o->size == sizeof(uint32_t))
		*(uint32_t *)to = x;
	else
		*(uint64_t *)to = x;
	return true;
}

static bool set_choice(const struct option_spec *o, const char *text, int *to)
{
	for (int i = 0; o->choice(i); i++)
		if (!strcmp(text, o->choice(i))) {
			*to = i;
			return true;
		}
	return false;
}

static bool set_text(const struct option_spec *o, const char *text, void *to)
{
	struct option_list *list = to;

	if (!*text)
		return false;
	if (!o->repeat) {
		*(const char **)to = text;
		return true;
	}
	list->text = reallocarray(list->text, list->n + 1, sizeof(*list->text));
	if (!list->text)
		abort();
	list->text[list->n++] = text;
	return true;
}

int option_set(const struct option_spec *o, const char *text, void *settings,
	       struct err *err)
{
	void *to = (char *)settings + o->offset;
	bool path = o->kind == OPTION_FILE || o->kind == OPTION_FOLDER, good;
	char wants[512];

	if (!option_has_value(o)) {
		if (text)
			return err_set(err, -EINVAL, "--%s takes no value, not '%s'",
				       o->name, text);
		if (o->kind == OPTION_HELP)
			return OPTION_WANTS_HELP;
		*(bool *)to = true;
		return 0;
	}
	if (path && text && strlen(text) > OPTION_PATH_MAX)
		return err_set(err, -EINVAL, "--%s wants a path of %d bytes at most",
			       o->name, OPTION_PATH_MAX);
	if (!text)
		good = false;
	else if (o->kind == OPTION_NUMBER || o->kind == OPTION_PERCENT)
		good = set_number(o, text, to);
	else if (o->kind == OPTION_WHOLE)
		good = set_whole(o, text, to);
	else if (o->kind == OPTION_CHOICE)
		good = set_choice(o, text, to);
	else
		good = set_text(o, text, to);
	if (good)
		return 0;
	describe_value(o, wants, sizeof(wants));
	if (!text)
		return err_set(err, -EINVAL, "--%s wants %s", o->name, wants);
	return err_set(err, -EINVAL, "--%s wants %s, not '%s'", o->name, wants, text);
}

void option_free(const struct option_spec *options, void *settings)
{
	for (const struct option_spec *o = options; o; o = option_next(o))
		if (o->repeat) {
			void *field = (char *)settings + o->offset;

			free(((struct option_list *)field)->text);
		}
}

/* "-o, --output DIR" */
static size_t name_option(const struct option_spec *o, char *buf, size_t len)
{
	char letter[] = "    ";

	if (o->letter)
		snprintf(letter, sizeof(letter), "-%c, ", o->letter);
	return snprintf(buf, len, "%s--%s%s%s", letter, o->name, o->value ? " " : "",
			o->value ?: "");
}

void option_print(FILE *out, const struct option_spec *options)
{
	size_t width = 0;
	char name[80];

	for (const struct option_spec *o = options; o; o = option_next(o)) {
		size_t n = name_option(o, name, sizeof(name));

		width = n > width ? n : width;
	}
	for (const struct option_spec *o = options; o; o = option_next(o)) {
		name_option(o, name, sizeof(name));
		fprintf(out, "  %-*s  ", (int)width, name);
		table_wrap(out, o->help, width + 4, LINE_WIDTH);
	}
}
