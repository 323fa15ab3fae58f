// SPDX-License-Identifier: MIT
/*
 * What an operation costs through an io_uring: none at all (NOP) and a small write to
 * /dev/null. One io_uring_enter submits a batch of them and waits for it.
 *
 * The numbers are of one thread that submits and reaps, with a registered file and a
 * registered buffer. That is the ring at its cheapest, with nothing to overlap. They say
 * nothing about what it is made for, many slow operations in flight. `mode` says whether
 * the kernel does the operation at once or hands it to a worker thread. The batch/ family
 * has more modes and more to do.
 */
#include <fcntl.h>

#include "handle.h"

#define PREP_WRITE                                           \
	io_uring_prep_write_fixed(sqe, 0, buf, bytes, 0, 0); \
	sqe->flags |= IOSQE_FIXED_FILE

RING_LOOP(uring_nop, 0, SUBMIT(batch, 0, io_uring_prep_nop(sqe)))
RING_LOOP(uring_write, 0, SUBMIT(batch, bytes, PREP_WRITE))

static int make_ring(struct bench_run *run)
{
	const enum ring_mode *mode = run->bench->arg;

	return ring_setup(run, *mode, run->batch, NULL);
}

static int setup_nop(struct bench_run *run)
{
	/* The loop has pointers into the buffer: see handle.h. */
	return bench_buffer(run, 1) ?: make_ring(run);
}

static int setup_write(struct bench_run *run)
{
	return bench_buffer(run, run->bytes)
		       ?: bench_open(run, 0, "/dev/null", O_WRONLY)
		       ?: make_ring(run)
		       ?: ring_fix_file(run, run->fd[0])
		       ?: ring_fix_buffer(run, run->buf, run->bytes)
		       ?: ring_probe(run, false, run->fd[0], run->buf, run->bytes, 0);
}

#define URING(op, ring, ...)                                                           \
	BENCH_OF(uring_##op, .via = VIA_RING, .calls = "io_uring_enter",               \
		 .state = sizeof(struct pieces), .setup = setup_##op,                  \
		 .arg = &(const enum ring_mode){ RING_##ring }, .verify = ring_verify, \
		 .teardown = ring_teardown, __VA_ARGS__)
#define NOP(ring, slug, what)                                                   \
	URING(nop, ring, .id = "uring/nop-" slug, .params = "batch=1,8,32,128", \
	      .base = NULL_CALL, .desc = "a NOP, " what,                        \
	      .caveat = "the ring's own price; one io_uring_enter a batch")
#define WRITE(ring, slug, what)                                                         \
	URING(write, ring, .id = "uring/write-" slug, .base = "write/null",             \
	      .params = "batch=1,8,32,128 bytes=64", .workload = "null-write",          \
	      .strategy = "io_uring, " slug, .desc = "WRITE_FIXED to /dev/null, " what, \
	      .caveat = "registered file and buffer; one io_uring_enter a batch; "      \
			"`punted` is a worker thread's time too")

#define ON_DEFAULT "on a ring without flags"
#define ON_DEFER   "on a single-issuer ring with deferred task work, its fd registered"

NOP(DEFAULT, "default", ON_DEFAULT);
NOP(DEFER, "defer", ON_DEFER);
WRITE(DEFAULT, "default", ON_DEFAULT);
WRITE(DEFER, "defer", ON_DEFER);
