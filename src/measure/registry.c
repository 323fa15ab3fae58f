// SPDX-License-Identifier: MIT
/* Expands the linker section of descriptors into rows. Does not run anything. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/calls.h"
#include "measure/registry.h"
#include "row/select.h"

#define AXIS_VALUES 24 /* of one parameter */

/* The linker makes these from the section's name (GNU ld, "Orphan sections"). */
extern const struct bench *const __start_bench_registry[] __attribute__((weak));
extern const struct bench *const __stop_bench_registry[] __attribute__((weak));

static const char *const via_names[VIA_COUNT] = {
	[VIA_INLINE] = "inline",     [VIA_LIBC] = "libc", [VIA_SYSCALL] = "syscall",
	[VIA_SHIELDED] = "shielded", [VIA_VDSO] = "vdso", [VIA_CACHED] = "cached",
	[VIA_RING] = "ring",	     [VIA_USER] = "user",
};

const char *bench_via_name(enum bench_via via)
{
	return via_names[via];
}

static int refuse(struct err *err, const struct bench *b, const char *what)
{
	return err_set(err, -EINVAL, "benchmark '%s': %s", b->id ? b->id : "?", what);
}

struct axis {
	char name[PARAM_NAME_MAX];
	long value[AXIS_VALUES];
	unsigned int n;
};

/*
 * "batch=1,8 bytes=64" into axes: how many, or -EINVAL. *params moves behind their ';'.
 */
static int parse_params(const struct bench *b, const char **params, struct axis *axes,
			struct err *err)
{
	const char *p = *params;
	int n = 0;

	while (*p && *p != ';') {
		struct axis *a = &axes[n];
		size_t len = strcspn(p, "=");

		if (n++ == VARIANT_PARAMS || !len || len >= sizeof(a->name) || !p[len])
			return refuse(err, b, "bad params");
		memcpy(a->name, p, len);
		a->name[len] = '\0';
		a->n = 0;
		p += len;
		do {
			char *end;

			if (a->n == AXIS_VALUES)
				return refuse(err, b, "too many values of a parameter");
			a->value[a->n++] = strtol(p + 1, &end, 10);
			if (end == p + 1)
				return refuse(err, b, "bad params");
			p = end;
		} while (*p == ',');
		p += strspn(p, " ");
	}
	if (*p == ';')
		p += 1 + strspn(p + 1, " ");
	*params = p;
	return n;
}

static int append_text(const struct bench *b, char *text, const char *more,
		       struct err *err)
{
	if (strlen(text) + strlen(more) >= VARIANT_ID_MAX)
		return refuse(err, b, "id or params too long");
	strcat(text, more);
	return 0;
}

/* What does not depend on the parameters. */
static int check_bench(const struct bench *b, struct err *err)
{
	char call[CALL_NAME_MAX];
	const char *slash;

	if (!b->desc || !b->batch)
		return refuse(err, b, "desc and batch are required");
	slash = strchr(b->id, '/');
	if (!slash || slash == b->id || !slash[1] || slash - b->id >= VARIANT_GROUP_MAX)
		return refuse(err, b, "the id must be group/name");
	if (b->id[strspn(b->id, "abcdefghijklmnopqrstuvwxyz0123456789/_-")])
		return refuse(err, b,
			      "the id has a character that is not a-z, 0-9, '_' or '-'");
	if (b->calls && calls_check(b->calls, call) == -EINVAL)
		return err_set(err, -EINVAL,
			       "benchmark '%s': no CPU has a system call %s", b->id,
			       call);
	return 0;
}

/* The row that is number `combination` of all that the axes make. */
static int make_row(struct variant *v, const struct bench *b, const struct axis *axes,
		    unsigned int n_axes, unsigned int combination, bool name_all,
		    struct err *err)
{
	int ret;

	memset(v, 0, sizeof(*v));
	v->bench = b;
	v->ops = b->ops;
	memcpy(v->group, b->id, strchr(b->id, '/') - b->id);
	ret = append_text(b, v->id, b->id, err);
	for (unsigned int i = 0; i < n_axes && !ret; i++) {
		const struct axis *a = &axes[i];
		long value = a->value[combination % a->n];
		char pair[PARAM_NAME_MAX + 24];

		combination /= a->n;
		snprintf(pair, sizeof(pair), ":%.*s=%ld", PARAM_NAME_MAX - 1, a->name,
			 value);
		if (a->n > 1 || name_all)
			ret = append_text(b, v->id, pair, err);
		pair[0] = ' '; /* between two of them */
		ret = ret ?: append_text(b, v->params, i ? pair : pair + 1, err);
		strcpy(v->param_name[i], a->name);
		v->param[i] = value;
		if (!v->ops && !strcmp(a->name, "batch"))
			v->ops = value;
	}
	if (ret)
		return ret;
	v->n_params = n_axes;
	v->ops = v->ops ?: 1;
	strcpy(v->name, strchr(v->id, '/') + 1);
	return 0;
}

/* Rows of one family. */
static int by_params(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;

	for (unsigned int i = 0; i < x->n_params; i++)
		if (x->param[i] != y->param[i])
			return x->param[i] < y->param[i] ? -1 : 1;
	return 0;
}

/* The first row of the family `id`, or else the first one behind its place. */
static size_t first_of_family(const struct registry *reg, const char *id, size_t len)
{
	size_t lo = 0, hi = reg->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const char *other = reg->rows[mid].bench->id;
		int order = strncmp(other, id, len);

		if (order < 0 || (!order && strlen(other) < len))
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

/* Is `base` the one call that v's batches are made of: batch=1, the rest as in v? */
static bool is_single(const struct variant *base, const struct variant *v)
{
	for (unsigned int i = 0; i < base->n_params; i++) {
		bool batch = !strcmp(base->param_name[i], "batch"), same = false;

		for (unsigned int j = 0; j < v->n_params; j++)
			if (!strcmp(base->param_name[i], v->param_name[j]))
				same = base->param[i] == v->param[j];
		if (batch ? base->param[i] != 1 : !same)
			return false;
	}
	return true;
}

/*
 * The row that v is read against: the id as it is, or with v's own parameters, or with
 * batch=1 and the others v's own. A row is not read against itself.
 */
static int resolve_base(const struct registry *reg, struct variant *v, struct err *err)
{
	const char *id = v->bench->base;
	size_t own = strcspn(v->id, ":");

	if (!id)
		return 0;
	if (append_text(v->bench, v->base, id, err))
		return -EINVAL;
	if (registry_find(reg, v->base))
		return 0;
	if (append_text(v->bench, v->base, v->id + own, err))
		return -EINVAL;
	if (strcmp(v->base, v->id) && registry_find(reg, v->base))
		return 0;
	for (size_t i = first_of_family(reg, id, strlen(id)); i < reg->n; i++) {
		const struct variant *base = &reg->rows[i];

		if (strcmp(base->bench->id, id))
			break;
		if (is_single(base, v)) {
			strcpy(v->base, base == v ? "" : base->id);
			return 0;
		}
	}
	return refuse(err, v->bench, "its base is not a row");
}

static struct variant *add_row(struct registry *reg)
{
	if (reg->n == reg->room) {
		size_t room = reg->room ? 2 * reg->room : 8;
		struct variant *rows = realloc(reg->rows, room * sizeof(*rows));

		if (!rows)
			return NULL;
		reg->rows = rows;
		reg->room = room;
	}
	return &reg->rows[reg->n++];
}

/* All rows of one benchmark. */
static int expand_bench(struct registry *reg, const struct bench *b, struct err *err)
{
	const char *params = b->params ? b->params : "";
	bool alternatives = strchr(params, ';');
	int ret = check_bench(b, err);

	if (ret)
		return ret;
	do {
		struct axis axes[VARIANT_PARAMS + 1];
		int n_axes = parse_params(b, &params, axes, err);
		unsigned int combinations = 1;

		if (n_axes < 0)
			return n_axes;
		for (int i = 0; i < n_axes; i++)
			combinations *= axes[i].n;
		for (unsigned int c = 0; c < combinations; c++) {
			struct variant *v = add_row(reg);

			ret = v ? make_row(v, b, axes, n_axes, c, alternatives, err)
				: err_memory(err);
			if (ret)
				return ret;
		}
	} while (*params);
	return 0;
}

bool registry_row(const char *id, struct variant *v)
{
	size_t len = strcspn(id, ":");

	for (const struct bench *const *e = __start_bench_registry;
	     e < __stop_bench_registry; e++) {
		struct registry reg = { 0 };
		const struct variant *found = NULL;

		if (strncmp((*e)->id, id, len) || (*e)->id[len])
			continue;
		if (!expand_bench(&reg, *e, NULL))
			found = registry_find(&reg, id);
		if (found)
			*v = *found;
		registry_free(&reg);
		return found;
	}
	return false;
}

static int by_bench_id(const void *a, const void *b)
{
	const struct bench *const *x = a, *const *y = b;

	return strcmp((*x)->id, (*y)->id);
}

/* Few benchmarks are sorted before they become many rows, each of them a large one. */
static int expand_all(struct registry *reg, const struct bench *const *benches, size_t n,
		      struct err *err)
{
	const struct bench **sorted = calloc(n + 1, sizeof(*sorted));
	int ret = sorted ? 0 : err_memory(err);

	for (size_t i = 0; i < n && !ret; i++) {
		sorted[i] = benches[i];
		if (!sorted[i]->id)
			ret = refuse(err, sorted[i], "it has no id");
	}
	if (!ret)
		qsort(sorted, n, sizeof(*sorted), by_bench_id);
	for (size_t i = 0; i < n && !ret; i++) {
		size_t first = reg->n;

		ret = expand_bench(reg, sorted[i], err);
		if (!ret)
			qsort(reg->rows + first, reg->n - first, sizeof(*reg->rows),
			      by_params);
	}
	free(sorted);
	return ret;
}

int registry_make(struct registry *reg, const struct bench *const *benches, size_t n,
		  struct err *err)
{
	int ret;

	*reg = (struct registry){ 0 };
	ret = expand_all(reg, benches, n, err);
	if (!ret && !reg->n)
		ret = err_set(err, -EINVAL, "no benchmark was linked in");
	for (size_t i = 1; i < reg->n && !ret; i++)
		if (!strcmp(reg->rows[i].id, reg->rows[i - 1].id))
			ret = refuse(err, reg->rows[i].bench, "this id is taken");
	for (size_t i = 0; i < reg->n && !ret; i++)
		ret = resolve_base(reg, &reg->rows[i], err);
	return ret;
}

void registry_load(struct registry *reg)
{
	size_t n = __stop_bench_registry - __start_bench_registry;
	struct err err;

	if (registry_make(reg, __start_bench_registry, n, &err)) {
		fprintf(stderr, "syscost: %s\n", err.text);
		abort();
	}
}

void registry_free(struct registry *reg)
{
	free(reg->rows);
	memset(reg, 0, sizeof(*reg));
}

const struct variant *registry_find(const struct registry *reg, const char *id)
{
	size_t len = strcspn(id, ":");

	for (size_t i = first_of_family(reg, id, len); i < reg->n; i++) {
		const struct variant *v = &reg->rows[i];

		if (strncmp(v->bench->id, id, len) || v->bench->id[len])
			break;
		if (!strcmp(v->id, id))
			return v;
	}
	return NULL;
}

struct hiding {
	const struct registry *reg;
	unsigned int flags;
};

/* A hidden row is taken away by any pattern, and added by one that names its family. */
static bool row_matches(const void *hiding, size_t i, const char *glob, bool away)
{
	const struct hiding *h = hiding;
	const struct variant *v = &h->reg->rows[i];

	return id_matches(v->id, glob) && (away || !(v->bench->flags & h->flags) ||
					   !strncmp(glob, v->group, strlen(v->group)));
}

const char *registry_select(const struct registry *reg, char *const *patterns,
			    size_t n_patterns, unsigned int hidden, bool *chosen)
{
	const struct hiding hiding = { reg, hidden };
	const struct selectable all = { &hiding, reg->n, row_matches };

	return select_by_globs(&all, patterns, n_patterns, chosen);
}
