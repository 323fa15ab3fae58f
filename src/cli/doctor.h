/* SPDX-License-Identifier: MIT */
/* The second thing that `doctor` does: the suite measures itself. */
#ifndef SYSCOST_CLI_DOCTOR_H
#define SYSCOST_CLI_DOCTOR_H

#include "cli/cli.h"

/* `doctor --self-test`: measure, print, and say by the exit status how it went. */
int doctor_self_test(enum cli_format format);

#endif
