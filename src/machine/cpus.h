/* SPDX-License-Identifier: MIT */
/*
 * Which CPU to measure on, and which one for a peer.
 */
#ifndef SYSCOST_CPUS_H
#define SYSCOST_CPUS_H

#include <sched.h>
#include <stddef.h>

/*
 * A CPU list as the kernel writes and takes it (Documentation/admin-guide/
 * kernel-parameters.rst, "cpu lists"): numbers and ascending ranges between commas, a
 * range with ":used/group" standing for the first `used` of every `group` CPUs in it. One
 * newline at the end is allowed, an empty list too. CPUs that a cpu_set_t cannot hold are
 * left out. 0, or -EINVAL with *set untouched. The words "N" and "all" are for the command
 * line only and are refused.
 */
int cpus_parse(const char *text, cpu_set_t *set);

/*
 * Of `allowed`: *cpu is the last isolated one, or else the last, since the first ones tend
 * to serve interrupts; *other is chosen likewise among the rest, -1 if there is none.
 * `wanted` >= 0, which must be in `allowed`, is taken as *cpu. -EINVAL if that is not so.
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
