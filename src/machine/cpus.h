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
 * *cpu is the last isolated one of `allowed`. Without one it is the last, because the
 * first ones tend to serve interrupts. *other is chosen likewise among the rest, or -1.
 * `wanted` >= 0 is taken as *cpu. 0, or -EINVAL where it is not in `allowed`.
 */
int cpus_choose(const cpu_set_t *allowed, const cpu_set_t *isolated, int wanted, int *cpu,
		int *other);

/*
 * The CPUs of this machine that this process may use, and those that the kernel keeps
 * free of other work. `wanted` >= 0 is added to *allowed if the kernel lets us run there,
 * although our own mask leaves it out. 0 or -errno.
 */
int cpus_find(int wanted, cpu_set_t *allowed, cpu_set_t *isolated);

#endif
