/* SPDX-License-Identifier: MIT */
/*
 * The process of one round: it takes a plan on descriptor WORKER_PLAN_FD, measures every
 * benchmark of it once, and sends messages on WORKER_OUT_FD (see wire.h).
 */
#ifndef SYSCOST_WORKER_H
#define SYSCOST_WORKER_H

#define WORKER_COMMAND	     "round" /* the hidden command: syscost round */
#define WORKER_PLAN_FD	     3
#define WORKER_OUT_FD	     4
#define WORKER_OTHER_VERSION 78 /* exit status: the plan is of another version */

/* Carry the plan out; returns the exit status of the process. */
int worker_main(void);

#endif
