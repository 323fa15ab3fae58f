// SPDX-License-Identifier: MIT
/*
 * What small writes cost: one by one, gathered by writev, and gathered by stdio. They go
 * to /dev/null, which drops them, and into a pipe, which copies them.
 *
 * The numbers are those of calls, not of a device: no row here reaches a disk. A pipe
 * would fill, so each iteration ends with one read of everything. That read is in the
 * time of both pipe rows, divided by the batch. Nobody sleeps or is woken.
 */
#include <unistd.h>

#include "handle.h"

#define BATCHES "batch=1,4,16,64 bytes=64"
#define WORK	"null-write" /* also of rows in uring.c; batch/ has the large sweep */
#define WRITES	.want = WANT_BYTES, OF_PIECES
#define STREAM         \
	PIECES_LOCALS; \
	FILE *const stream = s->stream

CALL(write_null, SYS(write, fd, buf, bytes), .id = "write/null", .calls = "write",
     .workload = WORK, .strategy = "write", .params = "bytes=64", .base = NULL_CALL,
     .desc = "write a small piece to /dev/null", .arg = TO(null), WRITES,
     .caveat = "no byte is copied: it does not depend on the size");
CALL(pwrite_null, SYS(pwrite64, fd, buf, bytes, 0), .id = "write/null-pwrite",
     .calls = "pwrite64", .workload = WORK, .strategy = "pwrite", .params = "bytes=64",
     .base = "write/null", .desc = "pwrite a small piece to /dev/null", .arg = TO(null),
     WRITES, .caveat = "no byte is copied");

LOOP(writev_null, PIECES_LOCALS, fold |= SYS(writev, fd, iov, batch))
BENCH_OF(writev_null, .id = "write/null-writev", .calls = "writev", .workload = WORK,
	 .strategy = "writev", .params = BATCHES, .base = "write/null", .arg = TO(null),
	 WRITES, .desc = "a small piece to /dev/null, as one of a writev",
	 .caveat = "no byte is copied; a piece waits for others");

LOOP(write_pipe, PIECES_LOCALS, long sum = 0;
     FOR_EACH_PIECE sum += SYS(write, fd, buf + at, bytes);
     fold |= sum | SYS(read, fd2, back, total))
BENCH_OF(write_pipe, .id = "write/pipe", .calls = "write read", .params = BATCHES,
	 .base = "write/null", .arg = TO(plain_pipe), WRITES,
	 .desc = "write a small piece into a pipe; one read a batch",
	 .caveat = "its share of the read that drains the batch is in it; no wake-up");

LOOP(writev_pipe, PIECES_LOCALS, fold |= SYS(writev, fd, iov, batch);
     fold |= SYS(read, fd2, back, total))
BENCH_OF(writev_pipe, .id = "write/pipe-writev", .calls = "writev read",
	 .params = BATCHES, .base = "write/null", .arg = TO(plain_pipe), WRITES,
	 .desc = "a small piece into a pipe, as one of a writev; one read a batch",
	 .caveat = "its share of the read that drains the batch is in it; no wake-up");

static int open_stream(struct bench_run *run)
{
	return pieces_stream(run, bench_param(run, "buffer"));
}

LOOP(write_stdio, STREAM, fold |= (long)fwrite(buf, 1, bytes, stream))
BENCH_OF(write_stdio, .id = "write/stdio", .via = VIA_LIBC, .calls = "write",
	 .params = "buffer=0,64,4096,65536 bytes=64", .base = "write/null",
	 .arg = TO(null, .more = open_stream), .flags = BENCH_ALONE, WRITES,
	 .desc = "fwrite a small piece to /dev/null",
	 .caveat = "one write(2) a buffer, not an operation; copied once into the "
		   "buffer");
