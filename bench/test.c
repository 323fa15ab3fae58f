// SPDX-License-Identifier: MIT
/*
 * Rows for the suite's own tests: they crash, hang, fail, refuse and leak on purpose.
 * They are never planned unless a pattern names the group. Their numbers mean nothing.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "handle.h"

static int refuse(struct bench_run *run)
{
	return bench_skip(run, "refused on purpose");
}

static int leak(struct bench_run *run)
{
	return dup(2) < 0 ? bench_errno(run, "dup") : 0;
}

static int refute(struct bench_run *run)
{
	return bench_fail(run, "not verified, on purpose");
}

#define TEST(ident, expr, ...) \
	CALL(ident, expr, .id = "test/" #ident, .flags = BENCH_TEST, __VA_ARGS__)

TEST(crash, raise(SIGSEGV), .desc = "dies of SIGSEGV");
TEST(hang, pause(), .desc = "never returns");
TEST(fail, SYS(close, -1), .desc = "closes what is not open");
TEST(skip, SYS(getppid), .desc = "is not possible", .needs = refuse);
TEST(leak, SYS(getppid), .desc = "leaves a descriptor open", .setup = leak);
TEST(unverified, SYS(getppid), .desc = "did not do its work", .verify = refute);
TEST(good, SYS(getppid), .desc = "getppid");

#define ENTRIES	 16 /* of the ring */
#define REQUESTS 48 /* at once, and one more */

static int setup_overflow(struct bench_run *run)
{
	struct io_uring_params p = { .flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP,
				     .cq_entries = ENTRIES };

	/* The loop has pointers into the buffer. */
	return bench_buffer(run, 1) ?: ring_setup(run, RING_DEFAULT, ENTRIES, &p);
}

static int setup_future(struct bench_run *run)
{
	return ring_setup(run, RING_FUTURE, 1, NULL);
}

/* More than the queue for completions holds, reaped only afterwards. */
#define OVERFLOW                                               \
	for (int i = 0; i < REQUESTS; i++) {                   \
		io_uring_prep_nop(io_uring_get_sqe(&r->ring)); \
		if (i % ENTRIES == ENTRIES - 1)                \
			io_uring_submit(&r->ring);             \
	}
RING_LOOP(overflow, 0, OVERFLOW SUBMIT(1, 0, io_uring_prep_nop(sqe)))

#define TEST_RING(loop, ...)                                 \
	BENCH_OF(loop, .via = VIA_RING, .flags = BENCH_TEST, \
		 .state = sizeof(struct pieces), .teardown = ring_teardown, __VA_ARGS__)

TEST_RING(overflow, .id = "test/ring_overflow", .setup = setup_overflow,
	  .verify = ring_verify, .desc = "completes more than its queue has room for");
TEST_RING(good, .id = "test/ring_future", .setup = setup_future,
	  .desc = "asks for a ring that no kernel has");
