// SPDX-License-Identifier: MIT
/* Reads /proc, /sys and the C library. It changes and judges nothing. */
#include <dirent.h>
#include <elf.h>
#include <gnu/libc-version.h>
#include <link.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/utsname.h>
#include <time.h>

#include "arch/arch.h"
#include "base/file.h"
#include "base/json.h"
#include "flags.h"
#include "machine/env.h"
#include "row/fingerprint.h"

#define CPU	    "/sys/devices/system/cpu/"
#define CLOCKSOURCE "/sys/devices/system/clocksource/clocksource0/current_clocksource"

#define TEXT_MAX     4096 /* of a value */
#define BUILD_ID_MAX 20	  /* bytes: SHA-1, the longest that linkers make by themselves */

/* The first line of a file, or null. */
static json_t *line_of(const char *path)
{
	char text[TEXT_MAX];

	return json_text_or_null(file_line(path, text, sizeof(text)) ? text : NULL);
}

/* The value of the first line "key : value" of a file, or null. */
static json_t *value_of(const char *path, const char *key)
{
	char text[TEXT_MAX];

	return json_text_or_null(file_value(path, key, text, sizeof(text)) ? text : NULL);
}

static json_t *vulnerabilities(void)
{
	json_t *all = json_object();
	DIR *dir = opendir(CPU "vulnerabilities");
	struct dirent *e;

	while (dir && (e = readdir(dir))) {
		char path[sizeof(CPU) + sizeof("vulnerabilities/") + sizeof(e->d_name)];

		if (e->d_name[0] == '.')
			continue;
		snprintf(path, sizeof(path), CPU "vulnerabilities/%s", e->d_name);
		json_object_set_new(all, e->d_name, line_of(path));
	}
	if (dir)
		closedir(dir);
	return all;
}

static json_t *hypervisor(void)
{
	char name[ARCH_HYPERVISOR_SIZE];

	if (!arch_hypervisor(name))
		return json_null();
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

/* Name and description of a note begin at multiples of four bytes, elf(5). */
static size_t note_padded(size_t size)
{
	return (size + 3) & ~(size_t)3;
}

/* The build id among the notes between p and end, in hexadecimal; false: none. */
static bool build_id_note(const char *p, const char *end, char *out)
{
	while (p + sizeof(ElfW(Nhdr)) <= end) {
		const ElfW(Nhdr) *note = (const void *)p;
		const unsigned char *desc = (const void *)(p + sizeof(*note) +
							   note_padded(note->n_namesz));

		if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz <= BUILD_ID_MAX) {
			for (unsigned int i = 0; i < note->n_descsz; i++)
				sprintf(out + 2 * i, "%02x", desc[i]);
			return true;
		}
		p = (const char *)desc + note_padded(note->n_descsz);
	}
	return false;
}

/* Called for each object. The program itself is the first; the others do not matter. */
static int find_build_id(struct dl_phdr_info *info, size_t size, void *out)
{
	(void)size;
	for (int i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];
		const char *p = (const char *)info->dlpi_addr + part->p_vaddr;

		if (part->p_type == PT_NOTE && build_id_note(p, p + part->p_memsz, out))
			break;
	}
	return 1;
}

static json_t *build_id(void)
{
	char text[2 * BUILD_ID_MAX + 1] = "";

	dl_iterate_phdr(find_build_id, text);
	return json_text_or_null(text[0] ? text : NULL);
}

static json_t *resource_limit(int resource)
{
	struct rlimit lim;

	if (getrlimit(resource, &lim) || lim.rlim_cur == RLIM_INFINITY)
		return json_null();
	return json_integer(lim.rlim_cur);
}

/* The host's name, or a hash of it and the machine's id. */
static json_t *host_name(const char *nodename, bool plain)
{
	char id[64] = "", text[256], hash[FINGERPRINT_SIZE];

	if (plain)
		return json_text_or_null(nodename);
	file_line("/etc/machine-id", id, sizeof(id));
	snprintf(text, sizeof(text), "%s %s", nodename, id);
	fingerprint_text(text, hash);
	return json_string(hash);
}

static json_t *date(void)
{
	char text[32];
	time_t now = time(NULL);

	strftime(text, sizeof(text), "%Y-%m-%dT%H:%M:%SZ", gmtime(&now));
	return json_string(text);
}

static json_t *load_average(void)
{
	double load;

	return getloadavg(&load, 1) == 1 ? json_real(load) : json_null();
}

static void put(json_t *env, const char *key, json_t *value)
{
	json_object_set_new(env, key, value);
}

json_t *env_record(bool with_hostname)
{
	static const char *const of_cpu[] = { "model name", "vendor_id", "cpu family",
					      "model",	    "stepping",	 "microcode" };
	json_t *env = json_object();
	struct utsname u;

	uname(&u);
	put(env, "date", date());
	put(env, "host", host_name(u.nodename, with_hostname));
	put(env, "architecture", json_string(u.machine));
	for (size_t i = 0; i < sizeof(of_cpu) / sizeof(of_cpu[0]); i++)
		put(env, of_cpu[i], value_of("/proc/cpuinfo", of_cpu[i]));
	put(env, "kernel", json_string(u.release));
	put(env, "kernel version", json_string(u.version));
	put(env, "command line", line_of("/proc/cmdline"));
	put(env, "vulnerabilities", vulnerabilities());
	put(env, "clocksource", line_of(CLOCKSOURCE));
	put(env, "hypervisor", hypervisor());
	put(env, "governor", line_of(CPU "cpu0/cpufreq/scaling_governor"));
	put(env, "smt", line_of(CPU "smt/control"));
	put(env, "cpus online", line_of(CPU "online"));
	put(env, "cpus isolated", line_of(CPU "isolated"));
	put(env, "cpus allowed", allowed_cpus());
	put(env, "glibc", json_string(gnu_get_libc_version()));
	put(env, "compiler", json_string(__VERSION__));
	put(env, "flags", json_text_or_null(SYSCOST_FLAGS));
	put(env, "build id", build_id());
	put(env, "limit nofile", resource_limit(RLIMIT_NOFILE));
	put(env, "limit memlock", resource_limit(RLIMIT_MEMLOCK));
	put(env, "limit nproc", resource_limit(RLIMIT_NPROC));
	put(env, "perf_event_paranoid", line_of("/proc/sys/kernel/perf_event_paranoid"));
	put(env, "seccomp", value_of("/proc/self/status", "Seccomp"));
	put(env, "no_new_privs", value_of("/proc/self/status", "NoNewPrivs"));
	put(env, "load average", load_average());
	return env;
}
