// SPDX-License-Identifier: MIT
/*
 * Rows for the suite's own tests: they crash, hang, fail, refuse and leak on purpose.
 * Never planned unless a pattern names the group. Their numbers mean nothing.
 */
#include <errno.h>
#include <signal.h>
#include <unistd.h>

#include "bench.h"

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
