/* SPDX-License-Identifier: MIT */
/* What two environment records, of any machine, have in common. */
#ifndef SYSCOST_FINGERPRINT_H
#define SYSCOST_FINGERPRINT_H

#include <jansson.h>
#include <stddef.h>

#define FINGERPRINT_SIZE 17 /* sixteen hexadecimal digits and a NUL */

/* FNV-1a (64 bit, Fowler, Noll and Vo) of a text. */
void fingerprint_text(const char *text, char out[FINGERPRINT_SIZE]);

/*
 * The hash over what must match before two runs may be gated against each other. That is
 * CPU, microcode, kernel and its command line, vulnerabilities, clocksource, hypervisor,
 * governor, SMT, C library, compiler and its flags.
 */
void env_fingerprint(const json_t *env, char out[FINGERPRINT_SIZE]);

/*
 * The class of machines: the same hash over the hardware alone (CPU, hypervisor,
 * governor, SMT, CPUs online). It outlives a boot, another kernel and another C library.
 */
void env_machine_class(const json_t *env, char out[FINGERPRINT_SIZE]);

/*
 * The system that separate runs are of: what the fingerprint is over, and the build id.
 * Figures of two systems lie apart for other reasons than those of one do.
 */
void env_system(const json_t *env, char out[FINGERPRINT_SIZE]);

/*
 * What keeps two records from having the same fingerprint, in words: "kernel: '6.1'
 * against '6.12'; smt: …". Returns how many keys differ; buf holds as many as fit. Older
 * records name a part of the compiler's flags only: those are not compared.
 */
size_t env_differences(const json_t *a, const json_t *b, char *buf, size_t len);

#endif
