/* SPDX-License-Identifier: MIT */
/* What this machine does to the numbers; shared by `doctor` and `run`. */
#ifndef SYSCOST_CLI_DOCTOR_H
#define SYSCOST_CLI_DOCTOR_H

#include <jansson.h>

/* An array of {"level": ok|note|warn, "what", "effect"}. Takes about half a second. */
json_t *doctor_findings(void);

#endif
