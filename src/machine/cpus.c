// SPDX-License-Identifier: MIT
/* CPU lists and the choice among them. Whoever measures pins itself. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>

#include "base/file.h"
#include "machine/cpus.h"

#define LIST_MAX 4096 /* of a CPU list in /sys: one page */

/* A whole number at *p, which moves behind it. */
static bool parse_number(const char **p, unsigned long *value)
{
	char *end;

	if (**p < '0' || **p > '9')
		return false;
	errno = 0;
	*value = strtoul(*p, &end, 10);
	*p = end;
	return !errno;
}

static bool parse_range(const char **p, cpu_set_t *set)
{
	unsigned long first, last, used = 1, group = 1;

	if (!parse_number(p, &first))
		return false;
	last = first;
	if (**p == '-') {
		++*p;
		if (!parse_number(p, &last) || last < first)
			return false;
		if (**p == ':') {
			++*p;
			if (!parse_number(p, &used) || *(*p)++ != '/' ||
			    !parse_number(p, &group) || !used || used > group)
				return false;
		}
	}
	for (unsigned long i = first; i <= last && i < CPU_SETSIZE; i++)
		if ((i - first) % group < used)
			CPU_SET(i, set);
	return true;
}

int cpus_parse(const char *text, cpu_set_t *set)
{
	cpu_set_t found;

	CPU_ZERO(&found);
	if (*text && *text != '\n') {
		do {
			if (!parse_range(&text, &found))
				return -EINVAL;
		} while (*text == ',' && text++);
	}
	if (*text == '\n')
		text++;
	if (*text)
		return -EINVAL;
	*set = found;
	return 0;
}

/* The last CPU of the set that is not `except`; -1: there is none. */
static int last_of(const cpu_set_t *set, int except)
{
	for (int i = CPU_SETSIZE - 1; i >= 0; i--)
		if (CPU_ISSET(i, set) && i != except)
			return i;
	return -1;
}

int cpus_choose(const cpu_set_t *allowed, const cpu_set_t *isolated, int wanted, int *cpu,
		int *other)
{
	cpu_set_t best;
	int chosen = wanted, peer;

	CPU_AND(&best, allowed, isolated);
	if (chosen < 0)
		chosen = last_of(&best, -1);
	if (chosen < 0)
		chosen = last_of(allowed, -1);
	if (chosen < 0 || chosen >= CPU_SETSIZE || !CPU_ISSET(chosen, allowed))
		return -EINVAL;
	peer = last_of(&best, chosen);
	*other = peer >= 0 ? peer : last_of(allowed, chosen);
	*cpu = chosen;
	return 0;
}

/* A list from /sys; an empty set where there is none. */
static void read_list(const char *path, cpu_set_t *set)
{
	char text[LIST_MAX];

	CPU_ZERO(set);
	if (file_line(path, text, sizeof(text)))
		cpus_parse(text, set);
}

/* Add `cpu` to the mask of this process if the kernel lets it run there. */
static void try_cpu(int cpu, cpu_set_t *allowed)
{
	cpu_set_t one;

	if (cpu < 0 || cpu >= CPU_SETSIZE || CPU_ISSET(cpu, allowed))
		return;
	CPU_ZERO(&one);
	CPU_SET(cpu, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		return;
	sched_setaffinity(0, sizeof(*allowed), allowed);
	CPU_SET(cpu, allowed);
}

int cpus_find(int wanted, cpu_set_t *allowed, cpu_set_t *isolated)
{
	cpu_set_t online, all, mask;

	/* The kernel keeps this within the cpuset of our cgroup, cpuset(7). */
	if (sched_getaffinity(0, sizeof(mask), &mask))
		return -errno;
	*allowed = mask;
	read_list("/sys/devices/system/cpu/isolated", isolated);
	read_list("/sys/devices/system/cpu/online", &online);
	try_cpu(wanted, allowed);
	/*
	 * isolcpus= also takes its CPUs out of the mask that every process inherits. They
	 * are ours to use, unless somebody narrowed the mask further, on purpose.
	 */
	CPU_OR(&all, &mask, isolated);
	CPU_AND(&all, &all, &online);
	if (CPU_EQUAL(&all, &online))
		for (int i = 0; i < CPU_SETSIZE; i++)
			if (CPU_ISSET(i, isolated) && CPU_ISSET(i, &online))
				try_cpu(i, allowed);
	return 0;
}
