// SPDX-License-Identifier: MIT
/*
 * What small writes cost, one by one, gathered by writev, and gathered by stdio: to
 * /dev/null, which drops them, and into a pipe, which copies them.
 *
 * The numbers are those of calls, not of a device: no row here reaches a disk. A pipe
 * would fill, so that each iteration ends with one read of everything: it is in the time
 * of both pipe rows, divided by the batch, and nobody sleeps or is woken.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

#define BATCHES "batch=1,4,16,64 bytes=64"
#define MOST	64

struct gather {
	struct iovec iov[MOST];
};

/* run->buf: `batch` different pieces, and room to read them back behind. */
static int setup_pieces(struct bench_run *run)
{
	struct gather *g = run->state;
	size_t total = run->batch * run->bytes;
	unsigned char *p;
	int ret;

	if (run->batch > MOST)
		return bench_skip(run, "%zu pieces: more than %d", run->batch, MOST);
	ret = bench_buffer(run, 2 * total);
	if (ret)
		return ret;
	p = run->buf;
	for (size_t i = 0; i < total; i++)
		p[i] = 1 + i % 251;
	for (size_t i = 0; g && i < run->batch; i++)
		g->iov[i] = (struct iovec){ p + i * run->bytes, run->bytes };
	run->want = total;
	return 0;
}

static int setup_null(struct bench_run *run)
{
	run->fd[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return run->fd[0] < 0 ? bench_errno(run, "/dev/null") : setup_pieces(run);
}

static int setup_pipe(struct bench_run *run)
{
	int size;

	if (pipe2(run->fd, O_CLOEXEC) < 0)
		return bench_errno(run, "pipe2");
	size = fcntl(run->fd[1], F_GETPIPE_SZ);
	if (size < 0 || (size_t)size < run->batch * run->bytes)
		return bench_skip(run, "a pipe of %d bytes is too small", size);
	return setup_pieces(run);
}

BATCH_OP(write_null, SYS(write, fd, buf, bytes))
BATCH_OP(write_null_pwrite, SYS(pwrite64, fd, buf, bytes, 0))

BATCH(write_null_writev)
{
	const struct iovec *const iov = ((struct gather *)run->state)->iov;
	const size_t batch = run->batch;
	const int fd = run->fd[0];
	long fold = 0;

	do {
		fold |= SYS(writev, fd, iov, batch);
	} while (--n);
	return fold;
}

BATCH(write_pipe)
{
	const int in = run->fd[1], out = run->fd[0];
	const size_t batch = run->batch, bytes = run->bytes, total = batch * bytes;
	char *const buf = run->buf;
	long fold = 0;

	do {
		long sum = 0;

		for (size_t off = 0; off < total; off += bytes)
			sum += SYS(write, in, buf + off, bytes);
		fold |= sum | SYS(read, out, buf + total, total);
	} while (--n);
	return fold;
}

BATCH(write_pipe_writev)
{
	const struct iovec *const iov = ((struct gather *)run->state)->iov;
	const int in = run->fd[1], out = run->fd[0];
	const size_t batch = run->batch, total = batch * run->bytes;
	char *const back = (char *)run->buf + total;
	long fold = 0;

	do {
		fold |= SYS(writev, in, iov, batch);
		fold |= SYS(read, out, back, total);
	} while (--n);
	return fold;
}

/* What came out of the pipe is what went in, and all of it. */
static int verify_pipe(struct bench_run *run)
{
	size_t total = run->batch * run->bytes;
	char *buf = run->buf;

	memset(buf + total, 0, total);
	if (run->bench->batch(run, 1) != (long)total || memcmp(buf, buf + total, total))
		return bench_fail(run, "the pipe gave back something else");
	return 0;
}

/* The same operation into a file proves that it writes: /dev/null takes anything. */
static int verify_null(struct bench_run *run)
{
	size_t total = run->batch * run->bytes;
	int null = run->fd[0], fd = memfd_create("verify", MFD_CLOEXEC);
	char *back = (char *)run->buf + total;
	ssize_t got;
	long ret;

	if (fd < 0)
		return bench_errno(run, "memfd_create");
	run->fd[0] = fd;
	ret = run->bench->batch(run, 1);
	run->fd[0] = null;
	memset(back, 0, total);
	got = pread(fd, back, total, 0);
	close(fd);
	if (ret != (long)total || got != ret || memcmp(run->buf, back, total))
		return bench_fail(run, "result %ld, %zd bytes in a file", ret, got);
	return 0;
}

#define WRITE_ROW(ident, name, ...) \
	BENCH(ident)                \
	= { .id = "write/" name, .batch = batch_##ident, __VA_ARGS__ }

/* The same small sweep stands in bench/uring.c; batch/write-null-* has the large one. */
#define SWEEP "null-write"
WRITE_ROW(write_null, "null", .workload = SWEEP, .strategy = "write", .via = VIA_INLINE,
	  .calls = "write", .params = "bytes=64", .base = "null/getppid-inline",
	  .desc = "write a small piece to /dev/null", .setup = setup_null,
	  .verify = verify_null,
	  .caveat = "no byte is copied: it does not depend on the size");
WRITE_ROW(write_null_pwrite, "null-pwrite", .workload = SWEEP, .strategy = "pwrite",
	  .via = VIA_INLINE, .calls = "pwrite64", .params = "bytes=64",
	  .base = "write/null", .desc = "pwrite a small piece to /dev/null",
	  .setup = setup_null, .verify = verify_null, .caveat = "no byte is copied");
WRITE_ROW(write_null_writev, "null-writev", .workload = SWEEP, .strategy = "writev",
	  .via = VIA_INLINE, .calls = "writev", .params = BATCHES, .base = "write/null",
	  .state = sizeof(struct gather),
	  .desc = "a small piece to /dev/null, as one of a writev", .setup = setup_null,
	  .verify = verify_null, .caveat = "no byte is copied; a piece waits for others");
WRITE_ROW(write_pipe, "pipe", .via = VIA_INLINE, .calls = "write read", .params = BATCHES,
	  .base = "write/null",
	  .desc = "write a small piece into a pipe; one read a batch",
	  .setup = setup_pipe, .verify = verify_pipe,
	  .caveat = "its share of the read that drains the batch is in it; no wake-up");
WRITE_ROW(write_pipe_writev, "pipe-writev", .via = VIA_INLINE, .calls = "writev read",
	  .params = BATCHES, .base = "write/null", .state = sizeof(struct gather),
	  .desc = "a small piece into a pipe, as one of a writev; one read a batch",
	  .setup = setup_pipe, .verify = verify_pipe,
	  .caveat = "its share of the read that drains the batch is in it; no wake-up");

struct stdio {
	FILE *file;
	char *space; /* setvbuf's; must outlive the file */
};

BATCH(write_stdio)
{
	FILE *const file = ((struct stdio *)run->state)->file;
	const size_t bytes = run->bytes;
	const char *const buf = run->buf;
	long fold = 0;

	do {
		fold |= (long)fwrite(buf, 1, bytes, file);
	} while (--n);
	return fold;
}

/* A stream over `fd`, which it owns from here on, with the row's buffer. */
static int open_stream(struct bench_run *run, struct stdio *s, int fd)
{
	size_t size = bench_param(run, "buffer");

	s->space = NULL;
	s->file = fd < 0 ? NULL : fdopen(fd, "w");
	if (!s->file) {
		int ret = bench_errno(run, "fdopen");

		if (fd >= 0)
			close(fd);
		return ret;
	}
	if (size)
		s->space = malloc(size);
	if ((size && !s->space) ||
	    setvbuf(s->file, s->space, size ? _IOFBF : _IONBF, size)) {
		fclose(s->file);
		free(s->space);
		s->file = NULL;
		s->space = NULL;
		return bench_fail(run, "setvbuf of %zu bytes", size);
	}
	return 0;
}

static void close_stream(struct stdio *s)
{
	if (s->file)
		fclose(s->file);
	free(s->space);
	s->file = NULL;
	s->space = NULL;
}

static int setup_stdio(struct bench_run *run)
{
	int ret = setup_pieces(run);

	if (ret)
		return ret;
	return open_stream(run, run->state, open("/dev/null", O_WRONLY | O_CLOEXEC));
}

static void teardown_stdio(struct bench_run *run)
{
	close_stream(run->state);
}

/* The same loop into a file in memory: a hundred pieces, every byte compared. */
static int verify_stdio(struct bench_run *run)
{
	struct stdio *s = run->state, timed = *s;
	int fd = memfd_create("verify", MFD_CLOEXEC), ret;
	char *back = (char *)run->buf + run->bytes;
	long count = 0;

	ret = open_stream(run, s, fd);
	if (!ret) {
		if (run->bench->batch(run, 100) != (long)run->bytes || fflush(s->file))
			ret = bench_fail(run, "fwrite or fflush failed");
		while (pread(fd, back, run->bytes, count * run->bytes) ==
			       (long)run->bytes &&
		       !memcmp(run->buf, back, run->bytes))
			count++;
		close_stream(s);
	}
	*s = timed;
	if (!ret && count != 100)
		ret = bench_fail(run, "%ld pieces of 100 in the file", count);
	return ret;
}

WRITE_ROW(
	write_stdio, "stdio", .via = VIA_LIBC, .calls = "write",
	.params = "buffer=0,64,4096,65536 bytes=64", .base = "write/null",
	.state = sizeof(struct stdio), .desc = "fwrite a small piece to /dev/null",
	.setup = setup_stdio, .verify = verify_stdio, .teardown = teardown_stdio,
	.caveat = "one write(2) a buffer, not an operation; copied once into the buffer");
