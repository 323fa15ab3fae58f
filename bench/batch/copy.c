// SPDX-License-Identifier: MIT
/*
 * Many small pieces from one cached file into another, by each way of copying them. The
 * pieces lie one behind the other, so that some strategies may take them all at once.
 *
 * No disk is read nor written: both files stay in the page cache, and are gone before
 * their pages would be written back. A file system that can share blocks between files
 * (reflink) may answer copy_file_range without copying.
 */
#include <fcntl.h>
#include <unistd.h>

#include "batch.h"

#define PIPE_SIZE (1 << 20) /* fs.pipe-max-size by default */

/* run->fd: from, to, and the ends of a pipe. */
#define START fold |= SYS(lseek, fd2, 0, SEEK_SET)

PIECES(
	copy_loop, 2 * batch, for (size_t at = 0; at < total; at += bytes) {
		fold |= off_by(SYS(pread64, fd, copy, bytes, at), bytes);
		fold |= off_by(SYS(pwrite64, fd2, copy, bytes, at), bytes);
	})
PIECES(copy_whole, 2, ONCE(SYS(pread64, fd, copy, total, 0));
       ONCE(SYS(pwrite64, fd2, copy, total, 0)))
PIECES(copy_sendfile, 2, off_t off = 0; START; ONCE(SYS(sendfile, fd2, fd, &off, total)))
PIECES(copy_splice, 2, off_t in = 0; off_t out = 0;
       ONCE(SYS(splice, fd, &in, run->fd[3], 0, total, 0));
       ONCE(SYS(splice, run->fd[2], 0, fd2, &out, total, 0)))
PIECES(copy_range, 1, off_t in = 0; off_t out = 0;
       ONCE(SYS(copy_file_range, fd, &in, fd2, &out, total, 0)))

/* Requests 2i and 2i + 1: read piece i, and when that is done, write it. */
#define PIECE_AT (i / 2 * bytes)
#define PREP_COPY                                                                       \
	if (i % 2) {                                                                    \
		io_uring_prep_write(sqe, run->fd[1], buf + 2 * total + PIECE_AT, bytes, \
				    PIECE_AT);                                          \
	} else {                                                                        \
		io_uring_prep_read(sqe, fd, buf + 2 * total + PIECE_AT, bytes,          \
				   PIECE_AT);                                           \
		sqe->flags |= IOSQE_IO_LINK;                                            \
	}
RING_BATCH(copy_ring, 2 * batch, bytes, PREP_COPY, (void)0)

static int make_file(struct bench_run *run, int which, const char *name)
{
	char path[4096];

	bench_path(run, name, path, sizeof(path));
	run->fd[which] = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (run->fd[which] < 0)
		return bench_errno(run, path);
	unlink(path);
	return 0;
}

static int setup_files(struct bench_run *run)
{
	int ret = setup_areas(run, 0);

	if (!ret)
		ret = make_file(run, 0, "from");
	if (!ret)
		ret = make_file(run, 1, "to");
	if (!ret)
		ret = batch_fill(run, run->fd[0]);
	return ret ? ret : batch_fill(run, run->fd[1]);
}

static int setup_splice(struct bench_run *run)
{
	int ret = setup_files(run), size;

	if (ret)
		return ret;
	if (pipe2(run->fd + 2, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	size = fcntl(run->fd[2], F_SETPIPE_SZ, PIPE_SIZE);
	if (size < 0)
		size = fcntl(run->fd[2], F_GETPIPE_SZ);
	if (size < 0 || (size_t)size < run->batch * run->bytes)
		return bench_skip(run, "a pipe of %d bytes is too small", size);
	return 0;
}

static int setup_ring(struct bench_run *run, enum ring_mode mode)
{
	struct pieces *s = run->state;
	int ret = setup_files(run);

	if (ret)
		return ret;
	ret = ring_setup(run, &s->ring, mode, 2 * run->batch);
	if (!ret)
		ret = ring_needs_op(run, &s->ring, IORING_OP_WRITE, "WRITE", "Linux 5.6");
	if (!ret)
		ret = ring_probe_read(run, run->fd[0], s->back, run->bytes, 0);
	if (!ret)
		ret = ring_probe_write(run, run->fd[1], run->buf, run->bytes, 0);
	if (ret)
		ring_teardown(run);
	return ret;
}

static int setup_ring_default(struct bench_run *run)
{
	return setup_ring(run, RING_DEFAULT);
}

static int setup_ring_defer(struct bench_run *run)
{
	return setup_ring(run, RING_DEFER);
}

/* New contents in one file are in the other one after a batch. */
static int verify(struct bench_run *run)
{
	struct pieces *s = run->state;
	long fold;
	int ret;

	paint(run);
	ret = batch_fill(run, run->fd[0]);
	if (ret)
		return ret;
	fold = run->bench->batch(run, 1);
	if (fold || pread(run->fd[1], s->back, s->total, 0) != (ssize_t)s->total ||
	    memcmp(run->buf, s->back, s->total))
		return bench_fail(run, "the copy has other bytes than the file");
	return s->ring.up ? ring_verify(run, &s->ring) : 0;
}

#define ROW(ident, slug, how, made_by, axes, what, not_this, ...)                 \
	BATCH_ROW(ident, "copy-file-" slug, "copy-file", how,                     \
		  .base = "batch/copy-file-loop", .via = made_by, .params = axes, \
		  .desc = what, .caveat = not_this, .verify = verify, __VA_ARGS__)
#define RING_ROW(slug, mode, how, axes, what)                                        \
	ROW(copy_ring_##mode, slug, how, VIA_RING, axes, what,                       \
	    "page cache only; two requests an operation", .calls = "io_uring_enter", \
	    .setup = setup_ring_##mode, .batch = batch_copy_ring,                    \
	    .teardown = ring_teardown)

#define ONLY_CACHE "page cache only; no fsync"
#define ALL_AXES                                        \
	"batch=" N_1024 " bytes=64; batch=" POWERS_1024 \
	" bytes=4096; batch=1,16 bytes=65536"
#define PIPE_AXES                                      \
	"batch=" N_1024 " bytes=64; batch=" POWERS_256 \
	" bytes=4096; batch=1,16 bytes=65536"

ROW(copy_loop, "loop", "read and write", VIA_INLINE,
    "batch=1,16,256 bytes=64,4096; batch=1,16 bytes=65536",
    "pread a piece of one file, pwrite it to another", ONLY_CACHE,
    .calls = "pread64 pwrite64", .setup = setup_files, .batch = batch_copy_loop);
ROW(copy_whole, "whole", "one read, one write", VIA_INLINE, ALL_AXES,
    "a piece of one pread and one pwrite of all of them", ONLY_CACHE,
    .calls = "pread64 pwrite64", .setup = setup_files, .batch = batch_copy_whole);
ROW(copy_sendfile, "sendfile", "sendfile", VIA_INLINE, ALL_AXES,
    "a piece of one sendfile to a file", ONLY_CACHE "; an lseek a batch is in it",
    .calls = "lseek sendfile", .setup = setup_files, .batch = batch_copy_sendfile);
ROW(copy_splice, "splice", "splice", VIA_INLINE, PIPE_AXES,
    "a piece of one splice into a pipe and one out of it", ONLY_CACHE,
    .calls = "splice splice", .setup = setup_splice, .batch = batch_copy_splice);
ROW(copy_range, "range", "copy_file_range", VIA_INLINE, ALL_AXES,
    "a piece of one copy_file_range", ONLY_CACHE, .calls = "copy_file_range",
    .setup = setup_files, .batch = batch_copy_range);
RING_ROW("uring", default, "io_uring, linked", ALL_AXES,
	 "a READ request and a WRITE request linked to it");
RING_ROW("uring-defer", defer, "io_uring deferred, linked",
	 "batch=" POWERS_256 " bytes=64; batch=1,4,16,64,256 bytes=4096",
	 "a READ request and a WRITE request linked to it, on a ring with deferred task "
	 "work, its fd registered");
