// SPDX-License-Identifier: MIT
/*
 * What an operation costs through an io_uring: none at all (NOP) and a small write to
 * /dev/null, in batches that one io_uring_enter submits and waits for.
 *
 * The numbers are of one thread that submits and reaps, with a registered file and a
 * registered buffer: the ring at its cheapest, with nothing to overlap. They say nothing
 * about what it is made for, many slow operations in flight. `mode` says whether the
 * kernel does the operation at once or hands it to a worker thread.
 */
#include <errno.h>
#include <fcntl.h>
#include <liburing.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

#ifndef IORING_SETUP_SINGLE_ISSUER
#define IORING_SETUP_SINGLE_ISSUER (1U << 12)
#endif
#ifndef IORING_SETUP_DEFER_TASKRUN
#define IORING_SETUP_DEFER_TASKRUN (1U << 13)
#endif
#ifndef RWF_NOWAIT
#define RWF_NOWAIT 8
#endif

/* How a ring is set up, and what it takes. */
struct mode {
	unsigned int flags;
	bool register_ring;
	const char *lacks; /* what EINVAL means */
};

/* What is asked of it. */
struct op {
	int (*prepare)(struct bench_run *run); /* after the ring is there */
};

struct ring {
	struct io_uring ring;
	bool up;
	unsigned long seen, sum; /* completions, and of their user_data */
};

static const struct mode mode_default = { .lacks = "io_uring as asked for" };
static const struct mode mode_defer = {
	.flags = IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN,
	.register_ring = true,
	.lacks = "IORING_SETUP_DEFER_TASKRUN (needs Linux 6.1)",
};

static void teardown(struct bench_run *run)
{
	struct ring *r = run->state;

	if (r->up)
		io_uring_queue_exit(&r->ring);
	r->up = false;
}

/* liburing's -errno, made a verdict. */
static int refused(struct bench_run *run, const char *what, int ret)
{
	errno = -ret;
	return bench_errno(run, what);
}

static int setup(struct bench_run *run, const struct mode *mode, const struct op *op)
{
	struct ring *r = run->state;
	int ret = io_uring_queue_init(run->batch, &r->ring, mode->flags);

	if (ret == -EINVAL)
		return bench_skip(run, "kernel lacks %s", mode->lacks);
	if (ret < 0)
		return refused(run, "io_uring_setup", ret);
	r->up = true;
	run->want = 0;
	snprintf(run->mode, sizeof(run->mode), "inline");
	if (mode->register_ring) {
		ret = io_uring_register_ring_fd(&r->ring);
		if (ret != 1) {
			ret = refused(run, "io_uring_register_ring_fd", ret);
			goto fail;
		}
	}
	ret = op->prepare ? op->prepare(run) : 0;
	if (!ret)
		return 0;
fail:
	teardown(run);
	return ret;
}

static int prepare_write(struct bench_run *run)
{
	struct ring *r = run->state;
	struct iovec iov;
	int ret = bench_buffer(run, run->bytes);

	if (ret)
		return ret;
	run->fd[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "/dev/null");
	iov = (struct iovec){ run->buf, run->bytes };
	ret = io_uring_register_files(&r->ring, run->fd, 1);
	if (ret < 0)
		return refused(run, "io_uring_register_files", ret);
	ret = io_uring_register_buffers(&r->ring, &iov, 1);
	if (ret < 0)
		return refused(run, "io_uring_register_buffers", ret);
	/* A file that cannot promise not to wait is a worker thread's. */
	if (pwritev2(run->fd[0], &iov, 1, 0, RWF_NOWAIT) < 0) {
		if (errno != EAGAIN && errno != EOPNOTSUPP)
			return bench_errno(run, "pwritev2");
		snprintf(run->mode, sizeof(run->mode), "punted");
	}
	return 0;
}

/* As many completions as operations, each of them once, and none that was put aside. */
static int verify(struct bench_run *run)
{
	struct ring *r = run->state;
	unsigned long n = run->done, batch = run->batch;

	if (*r->ring.cq.koverflow)
		return bench_fail(run, "%u completions overflowed",
				  *r->ring.cq.koverflow);
	if (r->seen != n * batch || r->sum != n * (batch * (batch + 1) / 2))
		return bench_fail(run, "%lu completions of %lu, user_data sums to %lu",
				  r->seen, n * batch, r->sum);
	return 0;
}

/*
 * The loop of one op: `prep` fills in `sqe`, and `result` is what each must complete
 * with. Folded: results XOR what they must be, the number submitted likewise.
 */
#define URING_OP(op, result, prep)                                                      \
	BATCH(uring_##op)                                                               \
	{                                                                               \
		struct ring *const r = run->state;                                      \
		const unsigned int batch = run->batch;                                  \
		const int bytes __attribute__((unused)) = run->bytes;                   \
		char *const buf __attribute__((unused)) = run->buf;                     \
		unsigned long seen = 0, sum = 0;                                        \
		long fold = 0;                                                          \
                                                                                        \
		do {                                                                    \
			struct io_uring_cqe *cqe;                                       \
			unsigned int head, got = 0;                                     \
                                                                                        \
			for (unsigned int i = 1; i <= batch; i++) {                     \
				struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);  \
                                                                                        \
				prep;                                                   \
				sqe->user_data = i;                                     \
			}                                                               \
			fold |= io_uring_submit_and_wait(&r->ring, batch) ^ (int)batch; \
			io_uring_for_each_cqe(&r->ring, head, cqe)                      \
			{                                                               \
				fold |= cqe->res ^ (result);                            \
				sum += cqe->user_data;                                  \
				got++;                                                  \
			}                                                               \
			io_uring_cq_advance(&r->ring, got);                             \
			seen += got;                                                    \
		} while (--n);                                                          \
		r->seen += seen;                                                        \
		r->sum += sum;                                                          \
		return fold;                                                            \
	}

URING_OP(nop, 0, io_uring_prep_nop(sqe))
URING_OP(write, bytes, {
	io_uring_prep_write_fixed(sqe, 0, buf, bytes, 0, 0);
	sqe->flags |= IOSQE_FIXED_FILE;
})

static const struct op op_nop = { NULL };
static const struct op op_write = { prepare_write };

#define URING_ROW(op, mode, ...)                              \
	static int setup_##op##_##mode(struct bench_run *run) \
	{                                                     \
		return setup(run, &mode_##mode, &op_##op);    \
	}                                                     \
	BENCH(uring_##op##_##mode)                            \
	= { .id = "uring/" #op "-" #mode,                     \
	    .via = VIA_RING,                                  \
	    .calls = "io_uring_enter",                        \
	    .state = sizeof(struct ring),                     \
	    .setup = setup_##op##_##mode,                     \
	    .batch = batch_uring_##op,                        \
	    .verify = verify,                                 \
	    .teardown = teardown,                             \
	    __VA_ARGS__ }

#define NOP_ROW(mode, what)                                              \
	URING_ROW(nop, mode, .params = "batch=1,8,32,128",               \
		  .base = "null/getppid-inline", .desc = "a NOP, " what, \
		  .caveat = "the ring's own price; one io_uring_enter a batch")
#define WRITE_ROW(mode, what)                                                          \
	URING_ROW(write, mode, .params = "batch=1,8,32,128 bytes=64",                  \
		  .base = "write/null", .desc = "WRITE_FIXED to /dev/null, " what,     \
		  .caveat = "registered file and buffer; one io_uring_enter a batch; " \
			    "`punted` is a worker thread's time too")

#define DEFAULT "on a ring without flags"
#define DEFER	"on a single-issuer ring with deferred task work, its fd registered"

NOP_ROW(default, DEFAULT);
NOP_ROW(defer, DEFER);
WRITE_ROW(default, DEFAULT);
WRITE_ROW(defer, DEFER);
