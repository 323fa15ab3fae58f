// SPDX-License-Identifier: MIT
/*
 * Reads thread clocks. Judges nothing, and keeps nothing between calls but *c.
 */
#include <dirent.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "measure/cputime.h"

/* The clock of a thread by its id, as glibc's pthread_getcpuclockid makes it: the bits of
 * ~tid, then 4 for "a thread", then 2 for the scheduler's clock (linux/posix-timers.h). */
static int64_t thread_time(pid_t tid)
{
	clockid_t clock = (clockid_t)(~(unsigned int)tid << 3 | 6);
	struct timespec ts;

	if (clock_gettime(clock, &ts))
		return 0;
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

static int64_t own_time(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
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
	c->own = own_time();
}

static int64_t within(int64_t spent, int64_t most)
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
	int64_t total = own_time() - c->own;
	struct cputime after;

	for (size_t i = 0; i < c->n; i++) {
		total += within(thread_time(c->other[i]) - c->spent[i], most);
	}
	cputime_threads(&after);
	for (size_t i = 0; i < after.n; i++)
		if (!is_known(c, after.other[i]))
			total += within(thread_time(after.other[i]), most);
	return total;
}
