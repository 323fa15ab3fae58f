/* SPDX-License-Identifier: MIT */
/*
 * Attributes of gcc and clang that stand in front of declarations, each as one word. What
 * only one file needs is in that file.
 */
#ifndef SYSCOST_ATTRIBUTES_H
#define SYSCOST_ATTRIBUTES_H

#define always_inline inline __attribute__((always_inline))
#define maybe_unused  __attribute__((unused))
#define format_at(n)  __attribute__((format(printf, n, (n) + 1)))
#ifdef __clang__ /* it makes no clones, and does not know the word */
#define timed_loop __attribute__((noinline, aligned(64)))
#else
#define timed_loop __attribute__((noinline, noclone, aligned(64)))
#endif

#endif
