// SPDX-License-Identifier: MIT
/*
 * libFuzzer target: any bytes into the decoders between driver and worker. What they
 * accept must encode to the same bytes again.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "measure/wire.h"

#define MUST(x)                  \
	do {                     \
		if (!(x))        \
			abort(); \
	} while (0)

static void try_message(const uint8_t *data, size_t size)
{
	uint8_t again[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message msg;

	if (size > WIRE_MESSAGE_MAX || wire_get_message(data, size, &msg))
		return;
	MUST(wire_put_message(again, &msg) == WIRE_PREFIX + size);
	MUST(!memcmp(again + WIRE_PREFIX, data, size));
}

static void try_plan(const uint8_t *data, size_t size)
{
	struct plan plan;
	char *again = NULL;
	size_t len = 0;
	FILE *out;

	if (wire_read_plan(data, size, &plan))
		return;
	out = open_memstream(&again, &len);
	MUST(out && !wire_write_plan(out, &plan) && !fclose(out));
	MUST(len == size && !memcmp(again, data, size));
	free(again);
	wire_free_plan(&plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size >= WIRE_PREFIX)
		wire_length(data);
	try_message(data, size);
	try_plan(data, size);
	return 0;
}
