/* SPDX-License-Identifier: MIT */
/* What commands that measure share: choice of benchmarks, interrupts, progress. */
#ifndef SYSCOST_SESSION_H
#define SYSCOST_SESSION_H

#include <stddef.h>

#include "cli/command.h"
#include "cli/learnt.h"
#include "drive/run.h"
#include "measure/registry.h"
#include "row/noise.h"

/* The benchmarks of this program, and a flag for each: is it chosen? */
struct selection {
	struct registry reg;
	bool *chosen;
};

/*
 * Choose by the operands. Tests of the suite have to be named, and without `sweeps` also
 * sweeps. False, with nothing to free: a pattern matches none, and an error is printed.
 */
bool session_select(const struct call *call, bool sweeps, struct selection *s);
void session_free(struct selection *s);

/*
 * What a run of these takes: seconds, where options->seconds is 0, and the time of a
 * round. A sweep is thousands of rows: it gets more time, and less of it for each row and
 * round. A quick one leaves out batch sizes, so that those that stay get enough rounds.
 */
void session_fit(const struct selection *s, bool quick, struct run_options *options);

/*
 * Defaults, a progress line where stderr is a terminal, and a random seed. From now on
 * SIGINT, SIGTERM, SIGHUP and SIGQUIT are caught: they set *options->stop.
 */
void session_options(struct run_options *options);
/* Take the progress line away. */
void session_progress_end(const struct run_options *options);

/* learnt_read() for this machine, and for this system of it. */
int session_noise(struct noise *noise, const char *file, unsigned int flags, char *path,
		  size_t len);

/* "PREFIX-20260131-235959": local date and time */
void session_folder(const char *prefix, char *out, size_t len);

#endif
