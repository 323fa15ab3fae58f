/* SPDX-License-Identifier: MIT */
/* What this machine does to the numbers; shared by `doctor` and `run`. */
#ifndef SYSCOST_CLI_DOCTOR_H
#define SYSCOST_CLI_DOCTOR_H

#include <jansson.h>

#include "cli/cli.h"

/* An array of {"level": ok|note|warn, "what", "effect"}. Takes about half a second. */
json_t *doctor_findings(void);

/* `doctor --self-test`: measure, print, and say by the exit status how it went. */
int doctor_self_test(enum cli_format format);

#endif
