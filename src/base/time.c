// SPDX-License-Identifier: MIT
/* Reads the clocks of the kernel. */
#include <time.h>

#include "base/time.h"

double time_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

void time_stamp(char *buf, size_t len)
{
	time_t t = time(NULL);

	strftime(buf, len, "%Y%m%d-%H%M%S", localtime(&t));
}
