/* SPDX-License-Identifier: MIT */
/* The backend that measures on this machine, in fresh and pinned processes of its own. */
#ifndef SYSCOST_PROCESS_H
#define SYSCOST_PROCESS_H

#include "drive/backend.h"
#include "measure/clock.h"

struct process_backend {
	struct backend backend; /* give &p.backend to who measures */
	struct clock_point opened;
	uint32_t probe_passes; /* of all arms: only such probes can be compared */
	uint32_t reference_n[REFERENCES]; /* likewise; all 0: they cannot be had */
	/*
	 * Folders for the benchmarks' files, or "". All launches share one, because where
	 * pages of a file lie matters; through a wrapper, files may be another user's.
	 */
	char dir[2][200];
	const struct launch *wrapped; /* whose dir[1] is; the base of an ab is dir[0]'s */
};

void process_backend(struct process_backend *p);

#endif
