/* SPDX-License-Identifier: MIT */
/* The environment record: what a figure may depend on, of machine and build. */
#ifndef SYSCOST_ENV_H
#define SYSCOST_ENV_H

#include <jansson.h>
#include <stdbool.h>

/* A JSON object; what cannot be read is null. The host's name is plain, or a hash. */
json_t *env_record(bool with_hostname);

#endif
