/* SPDX-License-Identifier: MIT */
/* Seconds and dates: for budgets, progress and names. Nothing is measured by them. */
#ifndef SYSCOST_TIME_H
#define SYSCOST_TIME_H

#include <stddef.h>

/* Seconds of CLOCK_MONOTONIC. */
double time_now(void);

/* The local date and time as "20260131-235959" into buf, which has room for 16 bytes. */
void time_stamp(char *buf, size_t len);

#endif
