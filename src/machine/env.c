// SPDX-License-Identifier: MIT
/*
 * Reads the record from /proc, /sys and the C library. Changes nothing, judges nothing.
 */
#include <cpuid.h>
#include <dirent.h>
#include <elf.h>
#include <gnu/libc-version.h>
#include <inttypes.h>
#include <link.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "machine/env.h"

#define CPU "/sys/devices/system/cpu/"

#ifndef SYSCOST_CFLAGS
#define SYSCOST_CFLAGS ""
#endif

/* The first line of a file, or null. */
static json_t *line_of(const char *path)
{
	char text[4096];
	FILE *f = fopen(path, "re");
	json_t *value = NULL;

	if (f && fgets(text, sizeof(text), f)) {
		text[strcspn(text, "\n")] = '\0';
		value = json_string(text);
	}
	if (f)
		fclose(f);
	return value ? value : json_null();
}

/* The value of the first line "key : value" of a file, or null. */
static json_t *value_of(const char *path, const char *key)
{
	char text[8192];
	FILE *f = fopen(path, "re");
	json_t *value = NULL;
	size_t len = strlen(key);

	while (f && !value && fgets(text, sizeof(text), f)) {
		char *colon = strchr(text, ':');

		text[strcspn(text, "\n")] = '\0';
		if (colon && !strncmp(text, key, len) && strchr(" \t:", text[len]))
			value = json_string(colon + 1 + strspn(colon + 1, " \t"));
	}
	if (f)
		fclose(f);
	return value ? value : json_null();
}

static json_t *vulnerabilities(void)
{
	json_t *all = json_object();
	DIR *dir = opendir(CPU "vulnerabilities");
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char path[512];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CPU "vulnerabilities/%s", e->d_name);
		json_object_set_new(all, e->d_name, line_of(path));
	}
	if (dir)
		closedir(dir);
	return all;
}

/* CPUID leaf 0x40000000 holds the hypervisor's signature (KVM: Documentation/virt/kvm). */
static json_t *hypervisor(void)
{
	unsigned int a, b, c, d;
	char name[13] = "";

	if (!__get_cpuid(1, &a, &b, &c, &d) || !(c & 1u << 31))
		return json_null();
	__cpuid(0x40000000, a, b, c, d);
	memcpy(name, &b, 4);
	memcpy(name + 4, &c, 4);
	memcpy(name + 8, &d, 4);
	for (char *p = name; *p; p++)
		if (*p < ' ' || *p > '~')
			*p = '?';
	return json_string(name);
}

static json_t *allowed_cpus(void)
{
	json_t *list = json_array();
	cpu_set_t set;

	CPU_ZERO(&set);
	sched_getaffinity(0, sizeof(set), &set);
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			json_array_append_new(list, json_integer(i));
	return list;
}

static int find_build_id(struct dl_phdr_info *info, size_t size, void *arg)
{
	char *out = arg;

	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const char *p = (const char *)info->dlpi_addr +
				info->dlpi_phdr[i].p_vaddr;
		const char *end = p + info->dlpi_phdr[i].p_memsz;

		if (info->dlpi_phdr[i].p_type != PT_NOTE)
			continue;
		while (p + sizeof(ElfW(Nhdr)) <= end) {
			const ElfW(Nhdr) *note = (const void *)p;
			const unsigned char *desc =
				(const void *)(p + sizeof(*note) +
					       ((note->n_namesz + 3) & ~3u));

			if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= 20) {
				for (unsigned int b = 0; b < note->n_descsz; b++)
					sprintf(out + 2 * b, "%02x", desc[b]);
				return 1;
			}
			p = (const char *)desc + ((note->n_descsz + 3) & ~3u);
		}
	}
	return 1; /* only the program itself, which comes first */
}

static json_t *limit(int resource)
{
	struct rlimit lim;

	if (getrlimit(resource, &lim) || lim.rlim_cur == RLIM_INFINITY)
		return json_null();
	return json_integer(lim.rlim_cur);
}

static uint64_t fnv1a(const char *text)
{
	uint64_t hash = 0xcbf29ce484222325u;

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
	return hash;
}

static json_t *host(const char *nodename, bool plain)
{
	json_t *id = line_of("/etc/machine-id");
	char text[256], hash[17];

	if (plain) {
		json_decref(id);
		return json_string(nodename);
	}
	snprintf(text, sizeof(text), "%s %s", nodename,
		 json_string_value(id) ? json_string_value(id) : "");
	snprintf(hash, sizeof(hash), "%016" PRIx64, fnv1a(text));
	json_decref(id);
	return json_string(hash);
}

json_t *env_record(bool with_hostname)
{
	static const char *const cpu_keys[] = { "model name", "vendor_id", "cpu family",
						"model",      "stepping",  "microcode" };
	char build_id[41] = "", date[32];
	json_t *env = json_object();
	time_t now = time(NULL);
	struct utsname u;
	double load;

	uname(&u);
	strftime(date, sizeof(date), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	dl_iterate_phdr(find_build_id, build_id);
	json_object_set_new(env, "date", json_string(date));
	json_object_set_new(env, "host", host(u.nodename, with_hostname));
	json_object_set_new(env, "architecture", json_string(u.machine));
	for (size_t i = 0; i < sizeof(cpu_keys) / sizeof(cpu_keys[0]); i++)
		json_object_set_new(env, cpu_keys[i],
				    value_of("/proc/cpuinfo", cpu_keys[i]));
	json_object_set_new(env, "kernel", json_string(u.release));
	json_object_set_new(env, "kernel version", json_string(u.version));
	json_object_set_new(env, "command line", line_of("/proc/cmdline"));
	json_object_set_new(env, "vulnerabilities", vulnerabilities());
	json_object_set_new(env, "clocksource",
			    line_of("/sys/devices/system/clocksource/clocksource0/"
				    "current_clocksource"));
	json_object_set_new(env, "hypervisor", hypervisor());
	json_object_set_new(env, "governor",
			    line_of(CPU "cpu0/cpufreq/scaling_governor"));
	json_object_set_new(env, "smt", line_of(CPU "smt/control"));
	json_object_set_new(env, "cpus online", line_of(CPU "online"));
	json_object_set_new(env, "cpus isolated", line_of(CPU "isolated"));
	json_object_set_new(env, "cpus allowed", allowed_cpus());
	json_object_set_new(env, "glibc", json_string(gnu_get_libc_version()));
	json_object_set_new(env, "compiler", json_string(__VERSION__));
	json_object_set_new(env, "flags", json_string(SYSCOST_CFLAGS));
	json_object_set_new(env, "build id",
			    build_id[0] ? json_string(build_id) : json_null());
	json_object_set_new(env, "limit nofile", limit(RLIMIT_NOFILE));
	json_object_set_new(env, "limit memlock", limit(RLIMIT_MEMLOCK));
	json_object_set_new(env, "limit nproc", limit(RLIMIT_NPROC));
	json_object_set_new(env, "perf_event_paranoid",
			    line_of("/proc/sys/kernel/perf_event_paranoid"));
	json_object_set_new(env, "seccomp", value_of("/proc/self/status", "Seccomp"));
	json_object_set_new(env, "no_new_privs",
			    value_of("/proc/self/status", "NoNewPrivs"));
	json_object_set_new(env, "load average",
			    getloadavg(&load, 1) == 1 ? json_real(load) : json_null());
	return env;
}

static const char *const fingerprint_keys[] = {
	"architecture",	  "model name",	  "vendor_id",	 "cpu family",
	"model",	  "stepping",	  "microcode",	 "kernel",
	"kernel version", "command line", "clocksource", "vulnerabilities",
	"hypervisor",	  "governor",	  "smt",	 "glibc",
};

static const char *const class_keys[] = {
	"architecture", "model name", "vendor_id", "cpu family", "model",
	"stepping",	"hypervisor", "governor",  "smt",	 "cpus online",
};

#define COUNT_OF(x) (sizeof(x) / sizeof((x)[0]))

static void hash_keys(const json_t *env, const char *const *keys, size_t n, char out[17])
{
	json_t *part = json_object();
	char *text;

	for (size_t i = 0; i < n; i++)
		json_object_set(part, keys[i], json_object_get(env, keys[i]));
	text = json_dumps(part, JSON_SORT_KEYS | JSON_COMPACT);
	snprintf(out, 17, "%016" PRIx64, fnv1a(text ? text : ""));
	free(text);
	json_decref(part);
}

void env_fingerprint(const json_t *env, char out[17])
{
	hash_keys(env, fingerprint_keys, COUNT_OF(fingerprint_keys), out);
}

void env_machine_class(const json_t *env, char out[17])
{
	hash_keys(env, class_keys, COUNT_OF(class_keys), out);
}

/* Text that grows in a buffer as far as that goes, always ended by a NUL. */
struct words {
	char *buf;
	size_t at, len;
};

/* Appends; control characters do not get through. */
static void add(struct words *w, const char *text)
{
	for (; *text && w->at + 1 < w->len; text++)
		w->buf[w->at++] = (unsigned char)*text < 32 || *text == 127 ? '?' : *text;
	if (w->len)
		w->buf[w->at] = '\0';
}

/* Appends "key: 'a' against 'b'". */
static void say_difference(struct words *w, const char *key, const json_t *a,
			   const json_t *b)
{
	const json_t *values[] = { a, b };

	add(w, w->at ? "; " : "");
	add(w, key);
	for (int i = 0; i < 2; i++) {
		const char *text = json_string_value(values[i]);

		add(w, i ? " against " : ": ");
		add(w, text ? "'" : "");
		add(w, text ? text : "nothing");
		add(w, text ? "'" : "");
	}
}

static bool differ(const json_t *a, const json_t *b)
{
	if (!a || json_is_null(a))
		return b && !json_is_null(b);
	return !b || !json_equal(a, b);
}

size_t env_differences(const json_t *a, const json_t *b, char *buf, size_t len)
{
	struct words w = { buf, 0, len };
	size_t n = 0;

	add(&w, "");
	for (size_t i = 0; i < COUNT_OF(fingerprint_keys); i++) {
		const char *key = fingerprint_keys[i], *name;
		json_t *x = json_object_get(a, key), *y = json_object_get(b, key), *v;

		if (!differ(x, y))
			continue;
		if (!json_is_object(x) || !json_is_object(y)) {
			say_difference(&w, key, x, y);
			n++;
			continue;
		}
		json_object_foreach (x, name, v) {
			if (!differ(v, json_object_get(y, name)))
				continue;
			say_difference(&w, name, v, json_object_get(y, name));
			n++;
		}
		json_object_foreach (y, name, v) {
			if (json_object_get(x, name) || json_is_null(v))
				continue;
			say_difference(&w, name, NULL, v);
			n++;
		}
	}
	return n;
}
