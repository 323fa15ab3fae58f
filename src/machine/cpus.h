/* SPDX-License-Identifier: MIT */
/* Which CPU to measure on, and which one for a peer. */
#ifndef SYSCOST_CPUS_H
#define SYSCOST_CPUS_H

#include <sched.h>

/*
 * A CPU list as the kernel writes and takes it (Documentation/admin-guide/
 * kernel-parameters.rst, "cpu lists"): numbers and ascending ranges between commas. A
 * range with ":used/group" stands for the first `used` of every `group` CPUs in it. One
 * newline at the end is allowed, and so is an empty list. CPUs that a cpu_set_t cannot
 * hold are left out. The words "N" and "all" are for the kernel's command line only and
 * are refused. 0, or -EINVAL with *set untouched.
 */
int cpus_parse(const char *text, cpu_set_t *set);

/*
 * *cpu is `wanted`, or if < 0 the last isolated one of `allowed`, or else its last: first
 * ones tend to serve interrupts. *other: likewise, of the rest, or -1. 0, or -EINVAL.
 */
int cpus_choose(const cpu_set_t *allowed, const cpu_set_t *isolated, int wanted, int *cpu,
		int *other);

/*
 * The CPUs that this process may use, and those that the kernel keeps free. `wanted` >= 0
 * is added to *allowed if only our own mask leaves it out. 0 or -errno.
 */
int cpus_find(int wanted, cpu_set_t *allowed, cpu_set_t *isolated);

#endif
