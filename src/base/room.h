/* SPDX-License-Identifier: MIT */
/* Memory for what is small beside the files that it is made of. */
#ifndef SYSCOST_ROOM_H
#define SYSCOST_ROOM_H

#include <stdlib.h>

/* Room for n things of `size` bytes, all zero, to be freed. Aborts without memory. */
static inline void *room_for(size_t n, size_t size)
{
	void *room = calloc(n ? n : 1, size);

	if (!room)
		abort();
	return room;
}

#endif
