// SPDX-License-Identifier: MIT
/* Finds layers by name, and installs stacks of them. It knows nothing of any layer. */
#include <errno.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>

#include "measure/layers.h"

extern const struct layer *const __start_layer_registry[], *const __stop_layer_registry[];

static int by_name(const void *a, const void *b)
{
	return strcmp((*(const struct layer *const *)a)->name,
		      (*(const struct layer *const *)b)->name);
}

/* What is wrong with a layer is a programming error: abort with a message. */
static void check(const struct layer *l, const struct layer *before)
{
	const char *wrong = NULL;

	if (!l->name || !*l->name || strlen(l->name) > LAYER_NAME_MAX ||
	    l->name[strspn(l->name, "abcdefghijklmnopqrstuvwxyz0123456789-")])
		wrong = "its name is not lower case, digits and '-'";
	else if (before && !strcmp(before->name, l->name))
		wrong = "there are two of this name";
	else if (!l->summary || !l->install)
		wrong = "it has no summary or no install";
	else if ((l->where == LAYER_MACHINE) != (l->remove != NULL))
		wrong = "what is on the machine has a remove, and nothing else has";
	if (!wrong)
		return;
	fprintf(stderr, "syscost: layer '%s': %s\n", l->name ? l->name : "", wrong);
	abort();
}

const struct layer *const *layer_all(size_t *n)
{
	static const struct layer *sorted[LAYERS_MAX];

	*n = __stop_layer_registry - __start_layer_registry;
	if (*n > LAYERS_MAX)
		abort(); /* raise it */
	memcpy(sorted, __start_layer_registry, *n * sizeof(sorted[0]));
	qsort(sorted, *n, sizeof(sorted[0]), by_name);
	for (size_t i = 0; i < *n; i++)
		check(sorted[i], i ? sorted[i - 1] : NULL);
	return sorted;
}

static const struct layer *find_layer(const char *name)
{
	size_t n;
	const struct layer *const *all = layer_all(&n);

	for (size_t i = 0; i < n; i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

/* The names of all layers that a user may ask for: "a, b, c". */
static void list_names(char *buf, size_t len)
{
	size_t n, at = 0;
	const struct layer *const *all = layer_all(&n);

	for (size_t i = 0; i < n; i++)
		if (!all[i]->hidden && at < len)
			at += snprintf(buf + at, len - at, "%s%s", at ? ", " : "",
				       all[i]->name);
}

static int parse_k(struct layer_use *use, const char *text, struct err *err)
{
	const struct layer *l = use->layer;
	char *end = NULL;

	if (!l->value && !text)
		return 0;
	if (!l->value)
		return err_set(err, -EINVAL, "the layer %s takes no number, not '%s'",
			       l->name, text);
	if (text && *text >= '0' && *text <= '9')
		use->k = strtol(text, &end, 10);
	if (end && !*end && use->k >= l->least && use->k <= l->most)
		return 0;
	return err_set(err, -EINVAL,
		       "the layer %s is '%s:K', K from %ld to %ld %s, not '%s'", l->name,
		       l->name, l->least, l->most, l->value, text ? text : "");
}

static void append_text(struct layer_stack *stack, const struct layer_use *use)
{
	size_t at = strlen(stack->text);

	at += snprintf(stack->text + at, sizeof(stack->text) - at, "%s%s", at ? "," : "",
		       use->layer->name);
	if (use->layer->value)
		snprintf(stack->text + at, sizeof(stack->text) - at, ":%ld", use->k);
}

/* One layer: "NAME" or "NAME:K". `word` is changed. */
static int add_one(struct layer_stack *stack, char *word, struct err *err)
{
	char *colon = strchr(word, ':'), names[512] = "";
	struct layer_use *use = &stack->use[stack->n];

	if (stack->n == LAYER_STACK_MAX)
		return err_set(err, -EINVAL, "more than %d layers", LAYER_STACK_MAX);
	if (colon)
		*colon = '\0';
	*use = (struct layer_use){ .layer = find_layer(word) };
	if (!use->layer) {
		list_names(names, sizeof(names));
		return err_set(err, -EINVAL, "'%s' is no layer: the layers are %s", word,
			       names);
	}
	if (parse_k(use, colon ? colon + 1 : NULL, err))
		return -EINVAL;
	append_text(stack, use);
	stack->n++;
	return 0;
}

int layer_stack_add(struct layer_stack *stack, const char *text, struct err *err)
{
	struct layer_stack longer = *stack;
	char words[LAYER_STACK_TEXT], *rest = words, *word;

	if (strlen(text) >= sizeof(words))
		return err_set(err, -EINVAL, "layers: longer than %zu bytes",
			       sizeof(words) - 1);
	strcpy(words, text);
	while ((word = strsep(&rest, ",")))
		if (add_one(&longer, word, err))
			return -EINVAL;
	*stack = longer;
	return 0;
}

int layer_stack_needs(const struct layer_stack *stack, struct err *err)
{
	for (size_t i = 0; i < stack->n; i++) {
		const struct layer_use *u = &stack->use[i];
		struct err why = { "" };
		int ret = u->layer->needs ? u->layer->needs(u->k, &why) : 0;

		if (ret)
			return err_set(err, ret, "the layer %s: %s", u->layer->name,
				       why.text);
	}
	return 0;
}

static void remove_first(const struct layer_stack *stack, size_t n)
{
	while (n--)
		if (stack->use[n].layer->remove)
			stack->use[n].layer->remove(stack->use[n].k);
}

int layer_stack_install(const struct layer_stack *stack, enum layer_where where,
			struct err *err)
{
	for (size_t i = 0; i < stack->n; i++) {
		const struct layer_use *u = &stack->use[i];
		struct err why = { "" };
		int ret;

		if (u->layer->where != where)
			continue;
		ret = u->layer->install(u->k, &why);
		if (!ret)
			continue;
		if (where == LAYER_MACHINE)
			remove_first(stack, i);
		return err_set(err, ret, "the layer %s: %s", u->layer->name, why.text);
	}
	return 0;
}

void layer_stack_remove(const struct layer_stack *stack)
{
	remove_first(stack, stack->n);
}
