// SPDX-License-Identifier: MIT
/* Hashes and compares the keys that matter of an environment record. */
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "row/fingerprint.h"

#define FNV_BASIS 0xcbf29ce484222325u
#define FNV_PRIME 0x100000001b3u

#define COUNT_OF(x) (sizeof(x) / sizeof((x)[0]))

static const char *const fingerprint_keys[] = {
	"architecture", "model name",	   "vendor_id",	 "cpu family",	   "model",
	"stepping",	"microcode",	   "kernel",	 "kernel version", "command line",
	"clocksource",	"vulnerabilities", "hypervisor", "governor",	   "smt",
	"glibc",	"compiler",	   "flags",
};

static const char *const class_keys[] = {
	"architecture", "model name", "vendor_id", "cpu family", "model",
	"stepping",	"hypervisor", "governor",  "smt",	 "cpus online",
};

void fingerprint_text(const char *text, char out[FINGERPRINT_SIZE])
{
	uint64_t hash = FNV_BASIS;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * FNV_PRIME;
	snprintf(out, FINGERPRINT_SIZE, "%016" PRIx64, hash);
}

static void hash_keys(const json_t *env, const char *const *keys, size_t n,
		      char out[FINGERPRINT_SIZE])
{
	json_t *part = json_object();
	char *text;

	for (size_t i = 0; i < n; i++)
		json_object_set(part, keys[i], json_object_get(env, keys[i]));
	text = json_dumps(part, JSON_SORT_KEYS | JSON_COMPACT);
	fingerprint_text(text ? text : "", out);
	free(text);
	json_decref(part);
}

void env_fingerprint(const json_t *env, char out[FINGERPRINT_SIZE])
{
	hash_keys(env, fingerprint_keys, COUNT_OF(fingerprint_keys), out);
}

void env_system(const json_t *env, char out[FINGERPRINT_SIZE])
{
	const char *build = json_string_value(json_object_get(env, "build id"));
	char *text;

	env_fingerprint(env, out);
	if (asprintf(&text, "%s %s", out, build ? build : "") < 0)
		abort();
	fingerprint_text(text, out);
	free(text);
}

void env_machine_class(const json_t *env, char out[FINGERPRINT_SIZE])
{
	hash_keys(env, class_keys, COUNT_OF(class_keys), out);
}

/*
 * Records from before all flags were written down have those that are the same in every
 * build, and no -std= among them. A build can be compared only where it is known.
 */
static bool is_unknown(const char *key, const json_t *value)
{
	const char *text = json_string_value(value);

	if (!strcmp(key, "flags"))
		return !text || !strstr(text, "-std=");
	return !strcmp(key, "compiler") && !text;
}

static bool differ(const char *key, const json_t *a, const json_t *b)
{
	if (is_unknown(key, a) || is_unknown(key, b))
		return false;
	if (!a || json_is_null(a))
		return b && !json_is_null(b);
	return !b || !json_equal(a, b);
}

/* Writes "key: 'a' against 'b'" where they differ; *n of them are there already. */
static void compare(FILE *out, size_t *n, const char *key, const json_t *a,
		    const json_t *b)
{
	const char *x = json_string_value(a), *y = json_string_value(b);

	if (differ(key, a, b))
		fprintf(out, "%s%s: %s%s%s against %s%s%s", (*n)++ ? "; " : "", key,
			x ? "'" : "", x ? x : "nothing", x ? "'" : "", y ? "'" : "",
			y ? y : "nothing", y ? "'" : "");
}

size_t env_differences(const json_t *a, const json_t *b, char *buf, size_t len)
{
	size_t n = 0, size;
	char *text;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		abort();
	for (size_t i = 0; i < COUNT_OF(fingerprint_keys); i++) {
		const char *key = fingerprint_keys[i], *name;
		json_t *x = json_object_get(a, key), *y = json_object_get(b, key), *v;

		if (!json_is_object(x) || !json_is_object(y)) {
			compare(out, &n, key, x, y);
			continue;
		}
		json_object_foreach (x, name, v)
			compare(out, &n, name, v, json_object_get(y, name));
		json_object_foreach (y, name, v)
			if (!json_object_get(x, name))
				compare(out, &n, name, NULL, v);
	}
	fclose(out);
	snprintf(buf, len, "%s", text);
	free(text);
	for (char *p = buf; len && *p; p++) /* control characters do not get through */
		if ((unsigned char)*p < 32 || *p == 127)
			*p = '?';
	return n;
}
