/* SPDX-License-Identifier: MIT */
/*
 * The environment record: everything about a machine that a figure may depend on.
 */
#ifndef SYSCOST_ENV_H
#define SYSCOST_ENV_H

#include <jansson.h>
#include <stdbool.h>

/* A JSON object; what cannot be read is null. The host's name is hashed unless asked for. */
json_t *env_record(bool with_hostname);

/*
 * FNV-1a (64 bit, Fowler, Noll and Vo) in hexadecimal over what must match before two runs
 * may be gated against each other: CPU, microcode, kernel and its command line,
 * vulnerabilities, clocksource, hypervisor, governor, SMT, C library.
 */
void env_fingerprint(const json_t *env, char out[17]);

/*
 * The class of machines: the same hash over the hardware alone (CPU, hypervisor, governor,
 * SMT, CPUs online), so that it outlives a boot, another kernel and another C library.
 */
void env_machine_class(const json_t *env, char out[17]);

/*
 * What keeps two environments from having the same fingerprint, in words: "kernel: '6.1'
 * against '6.12'; smt: …". Returns how many keys differ; buf holds as many as fit.
 */
size_t env_differences(const json_t *a, const json_t *b, char *buf, size_t len);

#endif
