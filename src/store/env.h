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

#endif
