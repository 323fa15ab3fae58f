// SPDX-License-Identifier: MIT
/*
 * Rows for the suite's own tests: they crash, hang, fail, refuse and leak on purpose.
 * Never planned unless a pattern names the group. Their numbers mean nothing.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "ring.h"

static long die(void)
{
	raise(SIGSEGV);
	return 0;
}

static int refuse(struct bench_run *run)
{
	return bench_skip(run, "refused on purpose");
}

static int leak(struct bench_run *run)
{
	return dup(2) < 0 ? bench_errno(run, "dup") : 0;
}

static int disbelieve(struct bench_run *run)
{
	return bench_fail(run, "not verified, on purpose");
}

BATCH_OP(crash, die())
BATCH_OP(hang, pause())
BATCH_OP(badf, SYS(close, -1))
BATCH_OP(good, SYS(getppid))

#define TEST_ROW(ident, ...) \
	BENCH(test_##ident)  \
	= { .id = "test/" #ident, .flags = BENCH_TEST, __VA_ARGS__ }

TEST_ROW(crash, .desc = "dies of SIGSEGV", .batch = batch_crash);
TEST_ROW(hang, .desc = "never returns", .batch = batch_hang);
TEST_ROW(fail, .desc = "closes what is not open", .batch = batch_badf);
TEST_ROW(skip, .desc = "is not possible", .batch = batch_good, .needs = refuse);
TEST_ROW(leak, .desc = "leaves a descriptor open", .batch = batch_good, .setup = leak);
TEST_ROW(unverified, .desc = "did not do its work", .batch = batch_good,
	 .verify = disbelieve);
TEST_ROW(good, .desc = "getppid", .batch = batch_good);

/* Sixty-four requests at once into a queue for sixteen completions. */
static int setup_overflow(struct bench_run *run)
{
	struct io_uring_params p = { .flags = IORING_SETUP_CQSIZE | IORING_SETUP_CLAMP,
				     .cq_entries = 16 };
	struct ring *r = run->state;
	int ret = ring_setup_params(run, r, RING_DEFAULT, 16, &p);

	return ret;
}

static int setup_future(struct bench_run *run)
{
	return ring_setup(run, run->state, RING_FUTURE, 1);
}

static int verify_ring(struct bench_run *run)
{
	return ring_verify(run, run->state);
}

/* Four times the ring's sixteen requests, reaped only afterwards. */
BATCH(overflow)
{
	struct ring *const r = run->state;
	struct ring_tally t = { 0 };
	const unsigned long rounds = n;

	do {
		for (int i = 0; i < 48; i++) {
			io_uring_prep_nop(io_uring_get_sqe(&r->ring));
			if (i % 16 == 15)
				io_uring_submit(&r->ring);
		}
		io_uring_prep_nop(io_uring_get_sqe(&r->ring));
		ring_round(r, 1, 0, &t);
	} while (--n);
	ring_count(run, r, 1, rounds, &t);
	return t.fold;
}

TEST_ROW(ring_overflow, .desc = "completes more than its queue has room for",
	 .via = VIA_RING, .state = sizeof(struct ring), .setup = setup_overflow,
	 .batch = batch_overflow, .verify = verify_ring, .teardown = ring_teardown);
TEST_ROW(ring_future, .desc = "asks for a ring that no kernel has", .via = VIA_RING,
	 .state = sizeof(struct ring), .setup = setup_future, .batch = batch_good,
	 .teardown = ring_teardown);
