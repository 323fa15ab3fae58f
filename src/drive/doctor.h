/* SPDX-License-Identifier: MIT */
/*
 * What this machine does to the numbers: the clock and the counters are measured, the
 * rest is read, and all of it is judged. Nothing of the machine is changed.
 */
#ifndef SYSCOST_DOCTOR_H
#define SYSCOST_DOCTOR_H

#include "machine/findings.h"

/* Takes about half a second, on the CPU that the caller happens to run on. */
void doctor_look(struct findings *findings);

#endif
