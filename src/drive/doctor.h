/* SPDX-License-Identifier: MIT */
/* What this machine does to the numbers: measured, read and judged. */
#ifndef SYSCOST_DOCTOR_H
#define SYSCOST_DOCTOR_H

#include "machine/findings.h"

/* Takes about half a second, on the CPU that the caller happens to run on. */
void doctor_look(struct findings *findings);

#endif
