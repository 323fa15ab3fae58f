// SPDX-License-Identifier: MIT
/*
 * What an operation costs through an io_uring: none at all (NOP) and a small write to
 * /dev/null, in batches that one io_uring_enter submits and waits for.
 *
 * The numbers are of one thread that submits and reaps, with a registered file and a
 * registered buffer: the ring at its cheapest, with nothing to overlap. They say nothing
 * about what it is made for, many slow operations in flight. `mode` says whether the
 * kernel does the operation at once or hands it to a worker thread. The batch/ family has
 * more modes and more to do.
 */
#include <fcntl.h>

#include "ring.h"

static int setup_nop(struct bench_run *run, enum ring_mode mode)
{
	return ring_setup(run, run->state, mode, run->batch);
}

static int setup_write(struct bench_run *run, enum ring_mode mode)
{
	struct ring *r = run->state;
	int ret = bench_buffer(run, run->bytes);

	if (ret)
		return ret;
	run->fd[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "/dev/null");
	ret = ring_setup(run, r, mode, run->batch);
	if (ret)
		return ret;
	ret = ring_fix_file(run, r, run->fd[0]);
	if (!ret)
		ret = ring_fix_buffer(run, r, run->buf, run->bytes);
	if (!ret)
		ret = ring_probe_write(run, run->fd[0], run->buf, run->bytes, 0);
	if (ret)
		ring_teardown(run);
	return ret;
}

static int verify(struct bench_run *run)
{
	return ring_verify(run, run->state);
}

RING_BATCH(uring_nop, batch, 0, io_uring_prep_nop(sqe), (void)0)
RING_BATCH(
	uring_write, batch, bytes,
	{
		io_uring_prep_write_fixed(sqe, 0, buf, bytes, 0, 0);
		sqe->flags |= IOSQE_FIXED_FILE;
	},
	(void)0)

#define URING_ROW(op, slug, mode, ...)                        \
	static int setup_##op##_##mode(struct bench_run *run) \
	{                                                     \
		return setup_##op(run, RING_##mode);          \
	}                                                     \
	BENCH(uring_##op##_##mode)                            \
	= { .id = "uring/" #op "-" slug,                      \
	    .via = VIA_RING,                                  \
	    .calls = "io_uring_enter",                        \
	    .state = sizeof(struct ring),                     \
	    .setup = setup_##op##_##mode,                     \
	    .batch = batch_uring_##op,                        \
	    .verify = verify,                                 \
	    .teardown = ring_teardown,                        \
	    __VA_ARGS__ }

#define NOP_ROW(slug, mode, what)                                        \
	URING_ROW(nop, slug, mode, .params = "batch=1,8,32,128",         \
		  .base = "null/getppid-inline", .desc = "a NOP, " what, \
		  .caveat = "the ring's own price; one io_uring_enter a batch")
#define WRITE_ROW(slug, mode, what)                                                    \
	URING_ROW(write, slug, mode, .params = "batch=1,8,32,128 bytes=64",            \
		  .workload = "null-write", .strategy = "io_uring, " slug,             \
		  .base = "write/null", .desc = "WRITE_FIXED to /dev/null, " what,     \
		  .caveat = "registered file and buffer; one io_uring_enter a batch; " \
			    "`punted` is a worker thread's time too")

#define ON_DEFAULT "on a ring without flags"
#define ON_DEFER   "on a single-issuer ring with deferred task work, its fd registered"

NOP_ROW("default", DEFAULT, ON_DEFAULT);
NOP_ROW("defer", DEFER, ON_DEFER);
WRITE_ROW("default", DEFAULT, ON_DEFAULT);
WRITE_ROW("defer", DEFER, ON_DEFER);
