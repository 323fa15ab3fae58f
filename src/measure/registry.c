// SPDX-License-Identifier: MIT
/*
 * Expands the linker section of descriptors into rows. Does not run anything.
 */
#include <ctype.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "measure/registry.h"

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

static _Noreturn void bad(const struct bench *b, const char *what)
{
	fprintf(stderr, "syscost: benchmark '%s': %s\n", b && b->id ? b->id : "?", what);
	abort();
}

struct axis {
	char name[16];
	long value[24];
	unsigned int n;
};

/* "batch=1,8 bytes=64" into axes; *params moves behind the ';' that ends them, if any. */
static unsigned int parse_params(const struct bench *b, const char **params,
				 struct axis *axes)
{
	const char *p = *params;
	unsigned int n = 0;

	while (*p && *p != ';') {
		struct axis *a = &axes[n];
		size_t len = strcspn(p, "=");

		if (n++ == VARIANT_PARAMS || !len || len >= sizeof(a->name) || !p[len])
			bad(b, "bad params");
		memcpy(a->name, p, len);
		a->name[len] = '\0';
		a->n = 0;
		p += len;
		do {
			char *end;

			if (a->n == sizeof(a->value) / sizeof(a->value[0]))
				bad(b, "too many values of a parameter");
			a->value[a->n++] = strtol(p + 1, &end, 10);
			if (end == p + 1)
				bad(b, "bad params");
			p = end;
		} while (*p == ',');
		p += strspn(p, " ");
	}
	if (*p == ';')
		p += 1 + strspn(p + 1, " ");
	*params = p;
	return n;
}

static void append(const struct bench *b, char *text, const char *more)
{
	if (strlen(text) + strlen(more) >= VARIANT_ID_MAX)
		bad(b, "id or params too long");
	strcat(text, more);
}

static void fill(struct variant *v, const struct bench *b, const struct axis *axes,
		 unsigned int n_axes, unsigned int combination, bool name_all)
{
	const char *slash = strchr(b->id, '/');

	if (!slash || slash == b->id || !slash[1] ||
	    (size_t)(slash - b->id) >= sizeof(v->group))
		bad(b, "the id must be group/name");
	for (const char *c = b->id; *c; c++)
		if (!islower(*c) && !isdigit(*c) && !strchr("/_-", *c))
			bad(b, "the id has a character that is not a-z, 0-9, '_' or '-'");
	memset(v, 0, sizeof(*v));
	v->bench = b;
	v->ops = b->ops;
	append(b, v->id, b->id);
	memcpy(v->group, b->id, slash - b->id);
	for (unsigned int i = 0; i < n_axes; i++) {
		const struct axis *a = &axes[i];
		long value = a->value[combination % a->n];
		char pair[48];

		combination /= a->n;
		snprintf(pair, sizeof(pair), ":%.15s=%ld", a->name, value);
		if (a->n > 1 || name_all)
			append(b, v->id, pair);
		if (i)
			append(b, v->params, " ");
		append(b, v->params, pair + 1);
		strcpy(v->param_name[i], a->name);
		v->param[i] = value;
		if (!v->ops && !strcmp(a->name, "batch"))
			v->ops = value;
	}
	v->n_params = n_axes;
	if (!v->ops)
		v->ops = 1;
	strcpy(v->name, strchr(v->id, '/') + 1);
}

static int by_id(const void *a, const void *b)
{
	const struct variant *x = a, *y = b;
	int order = strcmp(x->bench->id, y->bench->id);

	if (order)
		return order;
	for (unsigned int i = 0; i < x->n_params; i++)
		if (x->param[i] != y->param[i])
			return x->param[i] < y->param[i] ? -1 : 1;
	return 0;
}

/* The first row of the family `id`, or one behind its place. */
static size_t family(const struct registry *reg, const char *id, size_t len)
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
static void resolve_base(const struct registry *reg, struct variant *v)
{
	const char *id = v->bench->base;
	size_t own = strcspn(v->id, ":");

	if (!id)
		return;
	append(v->bench, v->base, id);
	if (registry_find(reg, v->base))
		return;
	append(v->bench, v->base, v->id + own);
	if (strcmp(v->base, v->id) && registry_find(reg, v->base))
		return;
	for (size_t i = family(reg, id, strlen(id)); i < reg->n; i++) {
		const struct variant *base = &reg->rows[i];

		if (strcmp(base->bench->id, id))
			break;
		if (is_single(base, v)) {
			strcpy(v->base, base == v ? "" : base->id);
			return;
		}
	}
	bad(v->bench, "its base is not a row");
}

static struct variant *add_row(struct registry *reg, const struct bench *b, size_t *room)
{
	if (reg->n == *room) {
		*room = *room ? 2 * *room : 8;
		reg->rows = realloc(reg->rows, *room * sizeof(*reg->rows));
		if (!reg->rows)
			bad(b, "out of memory");
	}
	return &reg->rows[reg->n++];
}

/* All rows of one benchmark. */
static void expand(struct registry *reg, const struct bench *b, size_t *room)
{
	const char *params = b->params ? b->params : "";
	bool alternatives = strchr(params, ';');

	if (!b->id || !b->desc || !b->batch)
		bad(b, "id, desc and batch are required");
	do {
		struct axis axes[VARIANT_PARAMS + 1];
		unsigned int n_axes = parse_params(b, &params, axes);
		unsigned int combinations = 1;

		for (unsigned int i = 0; i < n_axes; i++)
			combinations *= axes[i].n;
		for (unsigned int c = 0; c < combinations; c++)
			fill(add_row(reg, b, room), b, axes, n_axes, c, alternatives);
	} while (*params);
}

bool registry_row(const char *id, struct variant *v)
{
	size_t len = strcspn(id, ":");

	for (const struct bench *const *e = __start_bench_registry;
	     e < __stop_bench_registry; e++) {
		struct registry reg = { 0 };
		bool found = false;
		size_t room = 0;

		if (strncmp((*e)->id, id, len) || (*e)->id[len])
			continue;
		expand(&reg, *e, &room);
		for (size_t i = 0; i < reg.n && !found; i++) {
			found = !strcmp(reg.rows[i].id, id);
			if (found)
				*v = reg.rows[i];
		}
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
void registry_load(struct registry *reg)
{
	size_t n = __stop_bench_registry - __start_bench_registry, room = 0;
	const struct bench **all = calloc(n + 1, sizeof(*all));

	memset(reg, 0, sizeof(*reg));
	if (!all)
		bad(NULL, "out of memory");
	for (size_t i = 0; i < n; i++) {
		all[i] = __start_bench_registry[i];
		if (!all[i]->id)
			bad(all[i], "id, desc and batch are required");
	}
	qsort(all, n, sizeof(*all), by_bench_id);
	for (size_t i = 0; i < n; i++) {
		size_t first = reg->n;

		expand(reg, all[i], &room);
		qsort(reg->rows + first, reg->n - first, sizeof(*reg->rows), by_id);
	}
	free(all);
	if (!reg->n)
		bad(NULL, "no benchmark was linked in");
	for (size_t i = 1; i < reg->n; i++)
		if (!strcmp(reg->rows[i].id, reg->rows[i - 1].id))
			bad(reg->rows[i].bench, "this id is taken");
	for (size_t i = 0; i < reg->n; i++)
		resolve_base(reg, &reg->rows[i]);
}

void registry_free(struct registry *reg)
{
	free(reg->rows);
	memset(reg, 0, sizeof(*reg));
}

const struct variant *registry_find(const struct registry *reg, const char *id)
{
	size_t len = strcspn(id, ":");

	for (size_t i = family(reg, id, len); i < reg->n; i++) {
		const struct variant *v = &reg->rows[i];

		if (strncmp(v->bench->id, id, len) || v->bench->id[len])
			break;
		if (!strcmp(v->id, id))
			return v;
	}
	return NULL;
}

const char *registry_select(const struct registry *reg, char *const *patterns,
			    size_t n_patterns, unsigned int hidden, bool *chosen)
{
	bool all = true;

	for (size_t p = 0; p < n_patterns; p++)
		if (patterns[p][0] != '!')
			all = false;
	for (size_t i = 0; i < reg->n; i++)
		chosen[i] = all && !(reg->rows[i].bench->flags & hidden);
	for (size_t p = 0; p < n_patterns; p++) {
		bool away = patterns[p][0] == '!', matched = false;

		for (size_t i = 0; i < reg->n; i++) {
			const struct variant *v = &reg->rows[i];

			/* The bare id of a family names all of its rows. */
			if (fnmatch(patterns[p] + away, v->id, 0) &&
			    fnmatch(patterns[p] + away, v->bench->id, 0))
				continue;
			if ((v->bench->flags & hidden) && !away &&
			    strncmp(patterns[p], v->group, strlen(v->group)))
				continue;
			matched = true;
			chosen[i] = !away;
		}
		if (!matched)
			return patterns[p];
	}
	return NULL;
}
