// SPDX-License-Identifier: MIT
/*
 * libFuzzer target: any bytes into the reader of the noise file. What it accepts keeps
 * the bounds that others rely on: rows are sorted, values are numbers, and what is made
 * of them is a change or unknown. It looks for no particular message: that is
 * tests/unit/test_noise.c's.
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "row/noise.h"
#include "row/state.h"

#define MUST(cond)               \
	do {                     \
		if (!(cond))     \
			abort(); \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_row(const struct noise *noise, const struct noise_row *r)
{
	const double cycles[] = { 440 };
	const double ref[][NOISE_REFERENCES] = { { noise->state[0], noise->state[1] } };
	double apart = noise_apart_delta(noise, r->id, 0.01 / noise->n);
	double delta = noise_delta(noise, r->id);
	struct figure f = noise_at_state(noise, r->id, cycles, ref, 1);

	MUST(noise_find(noise, r->id) == r);
	MUST(noise_metric(r->metric) == r->metric);
	MUST(r->n <= NOISE_KEEP && r->n_apart <= NOISE_KEEP);
	MUST(isnan(delta) ? r->n < NOISE_LEAST : delta >= 0 && isfinite(delta));
	MUST(isnan(apart) ? r->n_apart < NOISE_APART : apart >= 0);
	MUST(r->reference.known ? isfinite(f.mid) : isnan(f.mid));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct noise_spread spread;
	struct noise noise;
	char path[32];
	int fd = memfd_create("noise", MFD_CLOEXEC);

	MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	if (!noise_read(&noise, path, NULL)) {
		memcpy(noise.own, noise.system, sizeof(noise.own));
		for (size_t i = 0; i < noise.n; i++)
			check_row(&noise, &noise.rows[i]);
		spread = noise_apart_spread(&noise);
		MUST(!spread.pairs || spread.most >= spread.p90);
	}
	noise_free(&noise);
	close(fd);
	return 0;
}
