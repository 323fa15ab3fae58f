// SPDX-License-Identifier: MIT
/*
 * Many small writes, by each way of making them: to /dev/null, which drops them; into a
 * pipe, which copies them; over the same region of a file, which stays in the page cache.
 *
 * Nothing here reaches a disk: no fsync, and a file that is gone before its pages would be
 * written back. A pipe would fill, so that each batch ends with one read of everything: it
 * is in the time of every pipe row. Nobody sleeps for another, except for worker threads
 * of a ring, where `mode` says "punted": they share the one CPU of the measurement.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#define PIPE_SIZE (1 << 20) /* fs.pipe-max-size by default */

#define DRAIN ONCE(SYS(read, fd2, back, total))
#define GATHER                                       \
	for (size_t at = 0; at < total; at += bytes) \
	memcpy(copy + at, buf + at, bytes)
#define REWIND fold |= SYS(lseek, fd, 0, SEEK_SET)

/* fd takes the pieces; of a pipe, fd2 gives them back. */
PIECES(null_write, batch, EACH(SYS(write, fd, buf + at, bytes)))
PIECES(null_writev, 1, ONCE(SYS(writev, fd, iov, batch)))
PIECES(null_copy, 1, GATHER; ONCE(SYS(write, fd, copy, total)))
PIECES(file_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); REWIND)
PIECES(file_pwritev, 1, ONCE(SYS(pwritev, fd, iov, batch, 0, 0)))
PIECES(file_copy, 1, GATHER; ONCE(SYS(pwrite64, fd, copy, total, 0)))
PIECES(place_pwrite, batch, EACH(SYS(pwrite64, fd, buf + at, bytes, at)))
PIECES(pipe_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); DRAIN)
PIECES(pipe_writev, 2, ONCE(SYS(writev, fd, iov, batch)); DRAIN)
PIECES(pipe_copy, 2, GATHER; ONCE(SYS(write, fd, copy, total)); DRAIN)
PIECES(pipe_vmsplice, 2, ONCE(SYS(vmsplice, fd, iov, batch, 0)); DRAIN)

/* The stream's own buffer of 4 KiB; fflush at the end of the batch. */
#define STREAM ((FILE *)s->more)
#define STDIO                                     \
	EACH(fwrite(buf + at, 1, bytes, STREAM)); \
	fold |= fflush(STREAM)
PIECES(null_stdio, 0, STDIO)
PIECES(file_stdio, 0, STDIO; REWIND)
PIECES(pipe_stdio, 0, STDIO; DRAIN)

#define PREP_WRITE io_uring_prep_write(sqe, fd, buf + at, bytes, at)
#define PREP_FIXED                                                 \
	io_uring_prep_write_fixed(sqe, 0, buf + at, bytes, at, 0); \
	sqe->flags |= IOSQE_FIXED_FILE
#define PREP_WRITEV io_uring_prep_writev(sqe, fd, ((struct pieces *)r)->iov, batch, 0)
#define PREP_LINKED \
	PREP_WRITE; \
	sqe->flags |= (i + 1 < batch) << IOSQE_IO_LINK_BIT
#define RING_DRAIN                                                          \
	t.fold |= off_by(SYS(read, run->fd[1], buf + total, total), total); \
	t.enters++

#define RING_WRITES(sink, end)                                       \
	RING_BATCH(sink##_ring, batch, bytes, PREP_WRITE, end)       \
	RING_BATCH(sink##_ring_fixed, batch, bytes, PREP_FIXED, end) \
	RING_BATCH(sink##_ring_writev, 1, total, PREP_WRITEV, end)   \
	RING_BATCH(sink##_ring_linked, batch, bytes, PREP_LINKED, end)

RING_WRITES(place, (void)0)
RING_WRITES(pipe, RING_DRAIN)

static int setup_null(struct bench_run *run)
{
	run->fd[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return run->fd[0] < 0 ? bench_errno(run, "/dev/null") : setup_areas(run, 0);
}

static int setup_file(struct bench_run *run)
{
	char path[4096];
	int ret = setup_areas(run, 0);

	if (ret)
		return ret;
	bench_path(run, "region", path, sizeof(path));
	run->fd[0] = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (run->fd[0] < 0)
		return bench_errno(run, path);
	unlink(path);
	for (size_t i = 0; i < run->batch; i++) { /* EFBIG, ENOSPC: before, not within */
		errno = ENOSPC;
		if (pwrite(run->fd[0], run->buf, run->bytes, i * run->bytes) !=
		    (ssize_t)run->bytes)
			return bench_errno(run, "pwrite");
	}
	return 0;
}

/* The same file in memory, which cannot promise not to wait: for the tests. */
static int setup_memfd(struct bench_run *run)
{
	run->fd[0] = memfd_create("region", MFD_CLOEXEC);
	return run->fd[0] < 0 ? bench_errno(run, "memfd_create") : setup_areas(run, 0);
}

static int setup_pipe(struct bench_run *run)
{
	int fd[2], size;

	if (pipe2(fd, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	run->fd[0] = fd[1];
	run->fd[1] = fd[0];
	size = fcntl(fd[0], F_SETPIPE_SZ, PIPE_SIZE);
	if (size < 0)
		size = fcntl(fd[0], F_GETPIPE_SZ);
	if (size < 0 || (size_t)size < run->batch * run->bytes)
		return bench_skip(run, "a pipe of %d bytes is too small", size);
	return setup_areas(run, 0);
}

/* A slot of the pipe for each page that a piece touches; short of them, it would sleep. */
static int setup_vmsplice(struct bench_run *run)
{
	int ret = setup_pipe(run);
	size_t slots = 0, there = fcntl(run->fd[0], F_GETPIPE_SZ) / 4096;

	for (size_t at = 0; at < run->batch * run->bytes; at += run->bytes)
		slots += (at + run->bytes - 1) / 4096 - at / 4096 + 1;
	return ret || slots <= there
		       ? ret
		       : bench_skip(run, "a pipe of %zu pages is too small", there);
}

/* A stream of its own over the same file. */
static int open_stream(struct bench_run *run)
{
	struct pieces *s = run->state;
	int fd = fcntl(run->fd[0], F_DUPFD_CLOEXEC, 0);

	s->more = fd < 0 ? NULL : fdopen(fd, "w");
	if (s->more)
		return setvbuf(s->more, NULL, _IOFBF, 4096) ? bench_fail(run, "setvbuf")
							    : 0;
	if (fd >= 0)
		close(fd);
	return bench_errno(run, "fdopen");
}

static void close_stream(struct bench_run *run)
{
	struct pieces *s = run->state;

	if (s->more)
		fclose(s->more);
	s->more = NULL;
}

static int add_ring(struct bench_run *run, enum ring_mode mode, bool fixed, bool stream)
{
	struct pieces *s = run->state;
	int ret = ring_setup(run, &s->ring, mode, run->batch);

	if (!ret)
		ret = ring_needs_op(run, &s->ring, IORING_OP_WRITE, "WRITE", "Linux 5.6");
	if (!ret && fixed)
		ret = ring_fix_file(run, &s->ring, run->fd[0]);
	if (!ret && fixed)
		ret = ring_fix_buffer(run, &s->ring, run->buf, s->total);
	if (!ret)
		ret = ring_probe_write(run, run->fd[0], run->buf, run->bytes,
				       stream ? -1 : 0);
	if (!ret && stream && read(run->fd[1], s->back, run->bytes) < 0)
		ret = bench_errno(run, "read of a pipe");
	if (ret)
		ring_teardown(run);
	return ret;
}

static int bytes_differ(struct bench_run *run, const char *found, long fold)
{
	struct pieces *s = run->state;

	if (fold)
		return bench_fail(run, "an operation failed while verifying");
	if (memcmp(run->buf, found, s->total))
		return bench_fail(run, "the bytes that arrived are not those written");
	return s->ring.up ? ring_verify(run, &s->ring) : 0;
}

static int verify_pipe(struct bench_run *run)
{
	struct pieces *s = run->state;

	paint(run);
	return bytes_differ(run, s->back, run->bench->batch(run, 1));
}

static int verify_file(struct bench_run *run)
{
	struct pieces *s = run->state;
	long fold;

	paint(run);
	fold = run->bench->batch(run, 1);
	if (pread(run->fd[0], s->back, s->total, 0) != (ssize_t)s->total)
		return bench_fail(run, "the file has fewer bytes than were written");
	return bytes_differ(run, s->back, fold);
}

/*
 * /dev/null keeps nothing: the same loop into a file in memory proves that it writes. Of a
 * ring that is done after the last batch only: it makes a worker thread, and files that
 * are shared with a thread are slower to look up.
 */
static int verify_null(struct bench_run *run)
{
	struct pieces *s = run->state;
	int null = run->fd[0], ret = 0;
	char mode[sizeof(run->outcome.mode)];
	bool stream = s->more;

	if (s->ring.up && !s->verified++)
		return ring_verify(run, &s->ring);
	memcpy(mode, run->outcome.mode, sizeof(mode));
	run->fd[0] = memfd_create("verify", MFD_CLOEXEC);
	if (run->fd[0] < 0)
		ret = bench_errno(run, "memfd_create");
	if (!ret && stream) {
		close_stream(run);
		ret = open_stream(run);
	}
	if (!ret && s->ring.up)
		ring_swap_file(&s->ring, run->fd[0]); /* refused where none is fixed */
	if (!ret)
		ret = verify_file(run);
	if (s->ring.up)
		ring_swap_file(&s->ring, null);
	close(run->fd[0]);
	run->fd[0] = null;
	if (stream) {
		close_stream(run);
		ret = ret ? ret : open_stream(run);
	}
	memcpy(run->outcome.mode, mode,
	       sizeof(mode)); /* the memfd's says nothing about null */
	return ret;
}

#define SETUP_RING(sink, mode, fixed, stream)                                 \
	static int setup_##sink##_##mode##_##fixed(struct bench_run *run)     \
	{                                                                     \
		int ret = setup_##sink(run);                                  \
                                                                              \
		return ret ? ret : add_ring(run, RING_##mode, fixed, stream); \
	}
#define SETUP_RINGS(sink, stream)            \
	SETUP_RING(sink, DEFAULT, 0, stream) \
	SETUP_RING(sink, DEFAULT, 1, stream) \
	SETUP_RING(sink, DEFER, 1, stream)   \
	SETUP_RING(sink, SQPOLL, 1, stream)
#define SETUP_STDIO(sink)                                      \
	static int setup_##sink##_stdio(struct bench_run *run) \
	{                                                      \
		int ret = setup_##sink(run);                   \
                                                               \
		return ret ? ret : open_stream(run);           \
	}

SETUP_RINGS(null, false)
SETUP_RINGS(file, false)
SETUP_RINGS(pipe, true)
SETUP_RING(memfd, DEFAULT, 0, false)
SETUP_STDIO(null)
SETUP_STDIO(file)
SETUP_STDIO(pipe)

/* One strategy of one sink: `loop` is its timed loop, `plain` the sink's one-call row. */
#define ROW(sink, slug, loop, plain, how, ...)                                     \
	BATCH_ROW(sink##_##loop, "write-" #sink "-" slug, "write-" #sink, how,     \
		  .base = "batch/write-" #sink "-" plain, .verify = verify_##sink, \
		  __VA_ARGS__)
#define CALL_ROW(sink, slug, loop, plain, how, made_of, axes, what, not_this)        \
	ROW(sink, slug, loop, plain, how, .via = VIA_INLINE, .calls = made_of,       \
	    .params = axes, .desc = what, .caveat = not_this, .setup = setup_##sink, \
	    .batch = batch_##loop)
#define STDIO_ROW(sink, plain, axes, not_this)                                       \
	ROW(sink, "stdio", stdio, plain, "stdio", .via = VIA_LIBC, .calls = "write", \
	    .params = axes, .desc = "fwrite a piece; fflush after the batch",        \
	    .caveat = not_this, .setup = setup_##sink##_stdio,                       \
	    .batch = batch_##sink##_stdio, .teardown = close_stream)
#define RING_ROW(sink, loops, slug, ident, loop, mode, fixed, plain, how, axes, what, \
		 ...)                                                                 \
	BATCH_ROW(sink##_##ident, "write-" #sink "-" slug, "write-" #sink, how,       \
		  .base = "batch/write-" #sink "-" plain, .via = VIA_RING,            \
		  .calls = "io_uring_enter", .params = axes, .desc = what,            \
		  .setup = setup_##sink##_##mode##_##fixed,                           \
		  .batch = batch_##loops##_##loop, .verify = verify_##sink,           \
		  .teardown = ring_teardown, __VA_ARGS__)

#define RING_ROWS(sink, loops, plain, axes, not_this)                                     \
	RING_ROW(sink, loops, "uring", ring, ring, DEFAULT, 0, plain, "io_uring", axes,   \
		 "a WRITE request, one io_uring_enter a batch", .caveat = not_this);      \
	RING_ROW(                                                                         \
		sink, loops, "uring-fixed", ring_fixed, ring_fixed, DEFAULT, 1, plain,    \
		"io_uring, fixed file and buffer", COARSE,                                \
		"a WRITE_FIXED request to a registered file, one io_uring_enter a batch", \
		.caveat = not_this);                                                      \
	RING_ROW(                                                                         \
		sink, loops, "uring-defer", ring_defer, ring_fixed, DEFER, 1, plain,      \
		"io_uring deferred, fixed file and buffer", axes,                         \
		"a WRITE_FIXED request on a single-issuer ring with deferred task work, " \
		"its fd registered",                                                      \
		.caveat = not_this);                                                      \
	RING_ROW(                                                                         \
		sink, loops, "uring-sqpoll", ring_sqpoll, ring_fixed, SQPOLL, 1, plain,   \
		"io_uring SQPOLL, fixed file and buffer", COARSE,                         \
		"a WRITE_FIXED request that a kernel thread on another CPU takes",        \
		.caveat = "that CPU is busy all the time: see cpu_ns; the caller spins",  \
		.needs = bench_needs_two_cpus);                                           \
	RING_ROW(sink, loops, "uring-writev", ring_writev, ring_writev, DEFAULT, 0,       \
		 plain, "io_uring, one WRITEV", axes, "a piece of one WRITEV request",    \
		 .caveat = not_this);                                                     \
	RING_ROW(sink, loops, "uring-linked", ring_linked, ring_linked, DEFAULT, 0,       \
		 plain, "io_uring, linked", COARSE,                                       \
		 "a WRITE request that waits for the one before it (IOSQE_IO_LINK)",      \
		 .caveat = not_this)

#define NO_COPY "no byte is copied"
CALL_ROW(null, "write", null_write, "write", "write", "write", PLAIN,
	 "write a piece to /dev/null", NO_COPY);
CALL_ROW(null, "pwrite", place_pwrite, "write", "pwrite", "pwrite64", PLAIN,
	 "pwrite a piece to /dev/null", NO_COPY);
CALL_ROW(null, "writev", null_writev, "write", "writev", "writev", SWEEP,
	 "a piece to /dev/null, as one of a writev", NO_COPY);
CALL_ROW(null, "copy", null_copy, "write", "copy, then write", "write", SWEEP,
	 "copy a piece into a buffer; one write of it a batch",
	 "the only copy is the caller's own: /dev/null makes none");
STDIO_ROW(null, "write", SWEEP, "a write as often as 4 KiB are full, and at the end");
RING_ROWS(null, place, "write", SWEEP, NO_COPY);

#define CACHE "page cache only, the same region again and again; no fsync"
CALL_ROW(file, "write", file_write, "pwrite", "write", "write lseek", PLAIN,
	 "write a piece to a file", CACHE "; one lseek a batch is in it");
CALL_ROW(file, "pwrite", place_pwrite, "pwrite", "pwrite", "pwrite64", PLAIN,
	 "pwrite a piece to a file", CACHE);
CALL_ROW(file, "writev", file_pwritev, "pwrite", "pwritev", "pwritev", SWEEP,
	 "a piece to a file, as one of a pwritev", CACHE);
CALL_ROW(file, "copy", file_copy, "pwrite", "copy, then pwrite", "pwrite64", SWEEP,
	 "copy a piece into a buffer; one pwrite of it a batch", CACHE);
STDIO_ROW(file, "pwrite", SWEEP, CACHE "; one lseek a batch is in it");
RING_ROWS(file, place, "pwrite", SWEEP, CACHE);

#define PIPE_AXES "batch=" N_1024 " bytes=64; batch=" POWERS_256 " bytes=4096; " ENDS
#define DRAINED	  "its share of the read that drains the batch is in it; no wake-up"
CALL_ROW(pipe, "write", pipe_write, "write", "write", "write read", PLAIN,
	 "write a piece into a pipe; one read a batch", DRAINED);
CALL_ROW(pipe, "writev", pipe_writev, "write", "writev", "writev read", PIPE_AXES,
	 "a piece into a pipe, as one of a writev; one read a batch", DRAINED);
CALL_ROW(pipe, "copy", pipe_copy, "write", "copy, then write", "write read", PIPE_AXES,
	 "copy a piece into a buffer; one write of it into a pipe and one read a batch",
	 DRAINED);
STDIO_ROW(pipe, "write", PIPE_AXES, DRAINED);
ROW(pipe, "vmsplice", pipe_vmsplice, "write", "vmsplice", .via = VIA_INLINE,
    .calls = "vmsplice read", .params = SWEEP_256,
    .desc = "a piece into a pipe by reference, as one of a vmsplice; one read a batch",
    .caveat = DRAINED "; a piece must stay as it is until it has been read",
    .setup = setup_vmsplice, .batch = batch_pipe_vmsplice);
RING_ROWS(pipe, pipe, "write", PIPE_AXES, DRAINED);

/* Memory file systems do not know how not to wait: each request is a worker thread's. */
#define verify_memfd verify_file
#define FEW	     "batch=1,16,256 bytes=64"
CALL_ROW(memfd, "pwrite", place_pwrite, "pwrite", "pwrite", "pwrite64", FEW,
	 "pwrite a piece to a file in memory", "tmpfs; no disk");
RING_ROW(memfd, place, "uring", ring, ring, DEFAULT, 0, "pwrite", "io_uring", FEW,
	 "a WRITE request to a file in memory",
	 .caveat = "tmpfs: a worker thread does it");
