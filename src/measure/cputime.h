/* SPDX-License-Identifier: MIT */
/*
 * CPU time of this process, thread by thread: of its own threads and of those that the
 * kernel runs for it. io_uring's workers and polling threads are threads of the process.
 *
 * The process's clock is not exact: for a thread that runs on another CPU it can be a
 * scheduler tick old. A thread's own clock is up to date (kernel/time/posix-cpu-timers.c:
 * task_sched_runtime).
 */
#ifndef SYSCOST_CPUTIME_H
#define SYSCOST_CPUTIME_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define CPUTIME_THREADS 32 /* more are not looked at */

struct cputime {
	pid_t other[CPUTIME_THREADS];	     /* threads of this process but the caller */
	int64_t spent[CPUTIME_THREADS], own; /* nanoseconds, at the last cputime_start */
	size_t n;
};

/* Which threads there are now. Slow: before a window, not in it. */
void cputime_threads(struct cputime *c);
/* Note what each of them, and the caller, has spent. */
void cputime_start(struct cputime *c);
/*
 * Nanoseconds of all threads since cputime_start. Threads that came since count whole,
 * threads that ended do not count. Reading clocks takes time, in which a polling thread
 * goes on. So no other thread counts for more than `most` ns, the length of the window.
 */
int64_t cputime_since(const struct cputime *c, int64_t most);

#endif
