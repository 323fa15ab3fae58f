/* SPDX-License-Identifier: MIT */
/* Attributes of gcc and clang that more than one file needs, each as one word. */
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

/*
 * REGISTERED(kind, ident) = { … };  defines a `struct kind`, and a pointer to it in the
 * section of the kind. Between pointers there is no padding, not even a sanitizer's.
 */
#define REGISTERED(kind, ident)                                               \
	static const struct kind kind##_##ident;                              \
	static const struct kind *const kind##_entry_##ident __attribute__((  \
		used, retain, section(#kind "_registry"))) = &kind##_##ident; \
	static const struct kind kind##_##ident

#endif
