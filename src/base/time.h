/* SPDX-License-Identifier: MIT */
/* Seconds: for budgets and progress. Nothing is measured by them. */
#ifndef SYSCOST_TIME_H
#define SYSCOST_TIME_H

/* Seconds of CLOCK_MONOTONIC. */
double time_now(void);

#endif
