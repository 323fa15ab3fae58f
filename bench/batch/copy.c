// SPDX-License-Identifier: MIT
/*
 * Many small pieces from one cached file into another, by each way of copying them. The
 * pieces lie one behind the other, so that some strategies may take them all at once.
 *
 * No disk is read nor written: both files stay in the page cache, and are gone before
 * their pages would be written back. A file system that can share blocks between files
 * (reflink) may answer copy_file_range without copying.
 */
#include <unistd.h>

#include "batch.h"

/* run->fd: to, from, and the ends of a pipe. */
#define START fold |= SYS(lseek, fd, 0, SEEK_SET)

#define COPY_EACH                                                          \
	FOR_EACH_PIECE                                                     \
	{                                                                  \
		fold |= off_by(SYS(pread64, fd2, copy, bytes, at), bytes); \
		fold |= off_by(SYS(pwrite64, fd, copy, bytes, at), bytes); \
	}

PIECES(copy_loop, 2 * batch, COPY_EACH)
PIECES(copy_whole, 2, ONCE(SYS(pread64, fd2, copy, total, 0));
       ONCE(SYS(pwrite64, fd, copy, total, 0)))
PIECES(copy_sendfile, 2, off_t off = 0; START; ONCE(SYS(sendfile, fd, fd2, &off, total)))
PIECES(copy_splice, 2, off_t in = 0; off_t out = 0;
       ONCE(SYS(splice, fd2, &in, run->fd[2], 0, total, 0));
       ONCE(SYS(splice, run->fd[3], 0, fd, &out, total, 0)))
PIECES(copy_range, 1, off_t in = 0; off_t out = 0;
       ONCE(SYS(copy_file_range, fd2, &in, fd, &out, total, 0)))

/* Requests 2i and 2i + 1: read piece i, and when that is done, write it. */
#define PIECE_AT (i / 2 * bytes)
#define PREP_COPY                                                               \
	if (i % 2) {                                                            \
		io_uring_prep_write(sqe, fd, copy + PIECE_AT, bytes, PIECE_AT); \
	} else {                                                                \
		io_uring_prep_read(sqe, fd2, copy + PIECE_AT, bytes, PIECE_AT); \
		sqe->flags |= IOSQE_IO_LINK;                                    \
	}
RING_LOOP(copy_ring, 0, SUBMIT(2 * batch, bytes, PREP_COPY))

static int open_files(struct bench_run *run)
{
	return bench_file(run, 0, "to")
		       ?: bench_file(run, 1, "from")
		       ?: pieces_fill(run, 0)
		       ?: pieces_fill(run, 1);
}

/* New contents in one file are in the other one after a batch. */
static int check(struct bench_run *run)
{
	struct pieces *s = run->state;
	int ret;

	pieces_renew(run);
	ret = pieces_fill(run, 1);
	if (ret)
		return ret;
	if (run->bench->batch(run, 1) ||
	    pread(run->fd[0], s->back, s->total, 0) != (ssize_t)s->total)
		return bench_fail(run, "an operation failed while verifying");
	return pieces_compare(run);
}

static const struct handle handle_files = { .open = open_files, .check = check };

static int add_pipe(struct bench_run *run)
{
	return pipe_open(run, 2, LARGE_PIPE);
}

/* pieces_setup() asks about writing; a ring may have to wait for what it reads, too. */
static int probe_read(struct bench_run *run)
{
	struct pieces *s = run->state;

	return ring_probe(run, true, run->fd[1], s->back, run->bytes, 0);
}

#define COPY(slug, ...)                                                                 \
	PIECES_STRATEGY("copy-file-" slug, "copy-file", .base = "batch/copy-file-loop", \
			__VA_ARGS__)
/* BY(…, way, …): by a loop of above, without a ring. */
#define BY(way, ...) COPY(#way, .arg = TO(files), .batch = batch_copy_##way, __VA_ARGS__)
#define RING(ring, ...)                                                                 \
	COPY(__VA_ARGS__, .via = VIA_RING, .calls = "io_uring_enter",                   \
	     .caveat = "page cache only; two requests an operation",                    \
	     .arg = TO(files, .op = IORING_OP_WRITE, .requests = 2, .more = probe_read, \
		       ring),                                                           \
	     .batch = batch_copy_ring)

#define CACHE "page cache only; no fsync"
#define AXES(most) \
	"batch=" N_1024 " bytes=64; batch=" most " bytes=4096; batch=1,16 bytes=65536"

BY(loop, .strategy = "read and write", .calls = "pread64 pwrite64",
   .params = "batch=1,16,256 bytes=64,4096; batch=1,16 bytes=65536",
   .desc = "pread a piece of one file, pwrite it to another", .caveat = CACHE);
BY(whole, .strategy = "one read, one write", .calls = "pread64 pwrite64",
   .params = AXES(POWERS_1024), .caveat = CACHE,
   .desc = "a piece of one pread and one pwrite of all of them");
BY(sendfile, .strategy = "sendfile", .calls = "lseek sendfile",
   .params = AXES(POWERS_1024), .caveat = CACHE "; an lseek a batch is in it",
   .desc = "a piece of one sendfile to a file");
COPY("splice", .strategy = "splice", .calls = "splice splice", .params = AXES(POWERS_256),
     .desc = "a piece of one splice into a pipe and one out of it", .caveat = CACHE,
     .arg = TO(files, .more = add_pipe), .batch = batch_copy_splice);
BY(range, .strategy = "copy_file_range", .calls = "copy_file_range",
   .params = AXES(POWERS_1024), .desc = "a piece of one copy_file_range",
   .caveat = CACHE);
RING(ON_DEFAULT, "uring", .strategy = "io_uring, linked", .params = AXES(POWERS_1024),
     .desc = "a READ request and a WRITE request linked to it");
RING(.mode = RING_DEFER, "uring-defer", .strategy = "io_uring deferred, linked",
     .params = COARSE,
     .desc = "a READ request and a WRITE request linked to it, on a ring with deferred "
	     "task work, its fd registered");
