// SPDX-License-Identifier: MIT
/* Reads the clocks of threads. It judges nothing, and keeps nothing but *c. */
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "measure/cputime.h"

/* The lowest bits of a CPU clock's id (include/linux/posix-timers.h of the kernel). */
#define CPUCLOCK_SCHED	   2 /* the scheduler's time, the one that is exact */
#define CPUCLOCK_PERTHREAD 4 /* of a thread, not of a process */
#define CPUCLOCK_BITS	   3

/* Nanoseconds of a CPU clock; 0: its thread has ended. */
static int64_t clock_time(clockid_t clock)
{
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* The clock's id is made as glibc's pthread_getcpuclockid makes it: from ~tid. */
static int64_t thread_time(pid_t tid)
{
	return clock_time((clockid_t)(~(unsigned int)tid << CPUCLOCK_BITS |
				      CPUCLOCK_PERTHREAD | CPUCLOCK_SCHED));
}

void cputime_threads(struct cputime *c)
{
	pid_t self = syscall(SYS_gettid);
	DIR *dir = opendir("/proc/self/task");
	struct dirent *e;

	c->n = 0;
	while (dir && (e = readdir(dir)) && c->n < CPUTIME_THREADS) {
		pid_t tid = atoi(e->d_name);

		if (tid > 0 && tid != self)
			c->other[c->n++] = tid;
	}
	if (dir)
		closedir(dir);
}

void cputime_start(struct cputime *c)
{
	for (size_t i = 0; i < c->n; i++)
		c->spent[i] = thread_time(c->other[i]);
	c->own = clock_time(CLOCK_THREAD_CPUTIME_ID);
}

/* What counts of the time that a thread has spent: see cputime_since(). */
static int64_t bounded(int64_t spent, int64_t most)
{
	return spent < 0 ? 0 : spent > most ? most : spent;
}

static bool is_known(const struct cputime *c, pid_t tid)
{
	for (size_t i = 0; i < c->n; i++)
		if (c->other[i] == tid)
			return true;
	return false;
}

int64_t cputime_since(const struct cputime *c, int64_t most)
{
	int64_t total = clock_time(CLOCK_THREAD_CPUTIME_ID) - c->own;
	struct cputime after;

	for (size_t i = 0; i < c->n; i++)
		total += bounded(thread_time(c->other[i]) - c->spent[i], most);
	cputime_threads(&after);
	for (size_t i = 0; i < after.n; i++)
		if (!is_known(c, after.other[i]))
			total += bounded(thread_time(after.other[i]), most);
	return total;
}
