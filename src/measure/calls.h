/* SPDX-License-Identifier: MIT */
/*
 * Which system calls the Linux of this CPU has, by name. The table is made at build time
 * from the numbers that bench.h knows.
 */
#ifndef SYSCOST_CALLS_H
#define SYSCOST_CALLS_H

#define CALL_NAME_MAX 32 /* bytes of a name, with the NUL */

/*
 * Look up each of the names in "openat close". 0; -ENOSYS if this CPU's Linux does not
 * have one of them that others have; -EINVAL if there is no such system call at all. The
 * name is then in `which`, cut to fit.
 */
int calls_check(const char *names, char which[CALL_NAME_MAX]);

#endif
