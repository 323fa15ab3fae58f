/* SPDX-License-Identifier: MIT */
/*
 * Layers between the caller and the kernel that a process can put over itself.
 */
#ifndef SYSCOST_LAYER_H
#define SYSCOST_LAYER_H

#define LAYER_FILTER_MAX 4000 /* instructions; the kernel takes 4096 in all */

/*
 * From now on every system call of this process runs a seccomp filter that loads an
 * argument (so that the kernel cannot cache its answer), makes `instructions` additions
 * and allows the call. Cannot be undone. 0, or -errno.
 */
int layer_filter(unsigned int instructions);

#endif
