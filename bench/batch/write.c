// SPDX-License-Identifier: MIT
/*
 * Many small writes, by each way of making them. /dev/null drops them, and a pipe copies
 * them. A file takes them over the same region, which stays in the page cache.
 *
 * Nothing here reaches a disk: there is no fsync, and the file is gone before its pages
 * would be written back. A pipe would fill, so each batch ends with one read of
 * everything, which is in the time of every pipe row. Nobody sleeps for another, except
 * for worker threads of a ring, where `mode` says "punted". They share the measured CPU.
 */
#include <fcntl.h>
#include <unistd.h>

#include "batch.h"

#define DRAIN  ONCE(SYS(read, fd2, back, total))
#define REWIND fold |= SYS(lseek, fd, 0, SEEK_SET)

PIECES(null_write, batch, EACH(SYS(write, fd, buf + at, bytes)))
PIECES(null_writev, 1, ONCE(SYS(writev, fd, iov, batch)))
PIECES(null_copy, 1, GATHER; ONCE(SYS(write, fd, copy, total)))
PIECES(file_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); REWIND)
PIECES(file_writev, 1, ONCE(SYS(pwritev, fd, iov, batch, 0, 0)))
PIECES(file_copy, 1, GATHER; ONCE(SYS(pwrite64, fd, copy, total, 0)))
PIECES(place_pwrite, batch, EACH(SYS(pwrite64, fd, buf + at, bytes, at)))
PIECES(pipe_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); DRAIN)
PIECES(pipe_writev, 2, ONCE(SYS(writev, fd, iov, batch)); DRAIN)
PIECES(pipe_copy, 2, GATHER; ONCE(SYS(write, fd, copy, total)); DRAIN)
PIECES(pipe_vmsplice, 2, ONCE(SYS(vmsplice, fd, iov, batch, 0)); DRAIN)

/* By a stream with a buffer of its own; fflush at the end of the batch. */
#define STDIO                                        \
	EACH(fwrite(buf + at, 1, bytes, s->stream)); \
	fold |= fflush(s->stream)
PIECES(null_stdio, 0, STDIO)
PIECES(file_stdio, 0, STDIO; REWIND)
PIECES(pipe_stdio, 0, STDIO; DRAIN)

#define PREP_WRITE  io_uring_prep_write(sqe, fd, buf + at, bytes, at)
#define PREP_FIXED  io_uring_prep_write_fixed(sqe, 0, buf + at, bytes, at, 0)
#define PREP_WRITEV io_uring_prep_writev(sqe, fd, iov, batch, 0)

RING_LOOP(place_ring, 0, SUBMIT(batch, bytes, PREP_WRITE))
RING_LOOP(place_ring_fixed, 0, SUBMIT(batch, bytes, PREP_FIXED; FIXED_FILE))
RING_LOOP(place_ring_writev, 0, SUBMIT(1, total, PREP_WRITEV))
RING_LOOP(place_ring_linked, 0, SUBMIT(batch, bytes, PREP_WRITE; LINKED))
RING_LOOP(pipe_ring, 1, SUBMIT(batch, bytes, PREP_WRITE); DRAIN)
RING_LOOP(pipe_ring_fixed, 1, SUBMIT(batch, bytes, PREP_FIXED; FIXED_FILE); DRAIN)
RING_LOOP(pipe_ring_writev, 1, SUBMIT(1, total, PREP_WRITEV); DRAIN)
RING_LOOP(pipe_ring_linked, 1, SUBMIT(batch, bytes, PREP_WRITE; LINKED); DRAIN)

/* A slot of the pipe for each page that a piece touches, or it would sleep. */
static int needs_slots(struct bench_run *run)
{
	const size_t page = 4096;
	size_t slots = 0, there = fcntl(run->fd[0], F_GETPIPE_SZ) / page;

	for (size_t at = 0; at < run->batch * run->bytes; at += run->bytes)
		slots += (at + run->bytes - 1) / page - at / page + 1;
	return slots <= there
		       ? 0
		       : bench_skip(run, "a pipe of %zu pages is too small", there);
}

#define WRITE(sink, slug, ...)                                   \
	PIECES_STRATEGY("write-" #sink "-" slug, "write-" #sink, \
			.base = "batch/write-" #sink "-" sink##_BASE, __VA_ARGS__)
/* BY(…, way, …): by a loop of above, without a ring. */
#define BY(sink, way, ...) \
	WRITE(sink, #way, .arg = TO(sink), .batch = batch_##sink##_##way, __VA_ARGS__)
#define RING(sink, ring, ...)                                                  \
	WRITE(sink, __VA_ARGS__, .arg = TO(sink, .op = IORING_OP_WRITE, ring), \
	      .via = VIA_RING, .calls = "io_uring_enter")
#define RINGS(sink, loop)                                                                \
	RING(sink, ON_DEFAULT, "uring", .strategy = "io_uring", .params = sink##_AXES,   \
	     .desc = "a WRITE request, one io_uring_enter a batch",                      \
	     .caveat = sink##_CAVEAT, .batch = batch_##loop);                            \
	RING(sink, ON_FIXED, "uring-fixed", .params = COARSE,                            \
	     .strategy = "io_uring, fixed file and buffer",                              \
	     .desc = "a WRITE_FIXED request to a registered file, one io_uring_enter a " \
		     "batch",                                                            \
	     .caveat = sink##_CAVEAT, .batch = batch_##loop##_fixed);                    \
	RING(sink, ON_DEFER, "uring-defer", .params = sink##_AXES,                       \
	     .strategy = "io_uring deferred, fixed file and buffer",                     \
	     .desc = "a WRITE_FIXED request on a single-issuer ring with deferred task " \
		     "work, its fd registered",                                          \
	     .caveat = sink##_CAVEAT, .batch = batch_##loop##_fixed);                    \
	RING(sink, ON_SQPOLL, "uring-sqpoll", .params = COARSE,                          \
	     .strategy = "io_uring SQPOLL, fixed file and buffer",                       \
	     .desc = "a WRITE_FIXED request that a kernel thread on another CPU takes",  \
	     .caveat = "that CPU is busy all the time: see cpu_ns; the caller spins",    \
	     .batch = batch_##loop##_fixed, .needs = bench_needs_two_cpus);              \
	RING(sink, ON_DEFAULT, "uring-writev", .params = sink##_AXES,                    \
	     .strategy = "io_uring, one WRITEV",                                         \
	     .desc = "a piece of one WRITEV request", .caveat = sink##_CAVEAT,           \
	     .batch = batch_##loop##_writev);                                            \
	RING(sink, ON_DEFAULT, "uring-linked", .params = COARSE,                         \
	     .strategy = "io_uring, linked",                                             \
	     .desc = "a WRITE request that waits for the one before it (IOSQE_IO_LINK)", \
	     .caveat = sink##_CAVEAT, .batch = batch_##loop##_linked)

#define null_BASE   "write"
#define null_AXES   SWEEP
#define null_CAVEAT "no byte is copied"
BY(null, write, .strategy = "write", .calls = "write", .params = PLAIN,
   .desc = "write a piece to /dev/null", .caveat = null_CAVEAT);
WRITE(null, "pwrite", .strategy = "pwrite", .calls = "pwrite64", .params = PLAIN,
      .desc = "pwrite a piece to /dev/null", .caveat = null_CAVEAT, .arg = TO(null),
      .batch = batch_place_pwrite);
BY(null, writev, .strategy = "writev", .calls = "writev", .params = SWEEP,
   .desc = "a piece to /dev/null, as one of a writev", .caveat = null_CAVEAT);
BY(null, copy, .strategy = "copy, then write", .calls = "write", .params = SWEEP,
   .desc = "copy a piece into a buffer; one write of it a batch",
   .caveat = "the only copy is the caller's own: /dev/null makes none");
WRITE(null, "stdio", .strategy = "stdio", .via = VIA_LIBC, .calls = "write",
      .params = SWEEP, .desc = "fwrite a piece; fflush after the batch",
      .caveat = "a write as often as 4 KiB are full, and at the end",
      .arg = TO(null, .stdio = true), .batch = batch_null_stdio);
RINGS(null, place_ring);

#define file_BASE   "pwrite"
#define file_AXES   SWEEP
#define file_CAVEAT "page cache only, the same region again and again; no fsync"
BY(file, write, .strategy = "write", .calls = "write lseek", .params = PLAIN,
   .desc = "write a piece to a file",
   .caveat = file_CAVEAT "; one lseek a batch is in it");
WRITE(file, "pwrite", .strategy = "pwrite", .calls = "pwrite64", .params = PLAIN,
      .desc = "pwrite a piece to a file", .caveat = file_CAVEAT, .arg = TO(file),
      .batch = batch_place_pwrite);
BY(file, writev, .strategy = "pwritev", .calls = "pwritev", .params = SWEEP,
   .desc = "a piece to a file, as one of a pwritev", .caveat = file_CAVEAT);
BY(file, copy, .strategy = "copy, then pwrite", .calls = "pwrite64", .params = SWEEP,
   .desc = "copy a piece into a buffer; one pwrite of it a batch", .caveat = file_CAVEAT);
WRITE(file, "stdio", .strategy = "stdio", .via = VIA_LIBC, .calls = "write",
      .params = SWEEP, .desc = "fwrite a piece; fflush after the batch",
      .caveat = file_CAVEAT "; one lseek a batch is in it",
      .arg = TO(file, .stdio = true), .batch = batch_file_stdio);
RINGS(file, place_ring);

#define pipe_BASE   "write"
#define pipe_AXES   "batch=" N_1024 " bytes=64; batch=" POWERS_256 " bytes=4096; " ENDS
#define pipe_CAVEAT "its share of the read that drains the batch is in it; no wake-up"
BY(pipe, write, .strategy = "write", .calls = "write read", .params = PLAIN,
   .desc = "write a piece into a pipe; one read a batch", .caveat = pipe_CAVEAT);
BY(pipe, writev, .strategy = "writev", .calls = "writev read", .params = pipe_AXES,
   .desc = "a piece into a pipe, as one of a writev; one read a batch",
   .caveat = pipe_CAVEAT);
BY(pipe, copy, .strategy = "copy, then write", .calls = "write read", .params = pipe_AXES,
   .desc = "copy a piece into a buffer; one write of it into a pipe and one read a "
	   "batch",
   .caveat = pipe_CAVEAT);
WRITE(pipe, "stdio", .strategy = "stdio", .via = VIA_LIBC, .calls = "write",
      .params = pipe_AXES, .desc = "fwrite a piece; fflush after the batch",
      .caveat = pipe_CAVEAT, .arg = TO(pipe, .stdio = true), .batch = batch_pipe_stdio);
WRITE(pipe, "vmsplice", .strategy = "vmsplice", .calls = "vmsplice read",
      .params = SWEEP_256,
      .desc = "a piece into a pipe by reference, as one of a vmsplice; one read a batch",
      .caveat = pipe_CAVEAT "; a piece must stay as it is until it has been read",
      .arg = TO(pipe, .more = needs_slots), .batch = batch_pipe_vmsplice);
RINGS(pipe, pipe_ring);

/* Memory file systems cannot promise not to wait: a worker thread takes each request. */
#define memfd_BASE "pwrite"
#define FEW	   "batch=1,16,256 bytes=64"
WRITE(memfd, "pwrite", .strategy = "pwrite", .calls = "pwrite64", .params = FEW,
      .desc = "pwrite a piece to a file in memory", .caveat = "tmpfs; no disk",
      .arg = TO(memfd), .batch = batch_place_pwrite);
RING(memfd, ON_DEFAULT, "uring", .strategy = "io_uring", .params = FEW,
     .desc = "a WRITE request to a file in memory",
     .caveat = "tmpfs: a worker thread does it", .batch = batch_place_ring);
