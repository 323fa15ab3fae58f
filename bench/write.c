// SPDX-License-Identifier: MIT
/*
 * Many small writes, or one that gathers them? 64-byte pieces to /dev/null and to a pipe.
 * /dev/null shows the crossing alone: nothing is copied, so what a real target saves by
 * batching is less in proportion. A pipe has to be drained: the reading is in the figure.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "bench.h"

#define PIECES 64

struct state {
	struct iovec iov[PIECES];
	FILE *file;
};

static int set_up_pieces(struct bench_run *run)
{
	struct state *s = run->state;
	int ret = bench_buffer(run, 2 * PIECES * 64);

	for (size_t i = 0; !ret && i < PIECES; i++)
		s->iov[i] = (struct iovec){ (char *)run->buf + i * 64, 64 };
	for (size_t i = 0; !ret && i < PIECES * 64; i++)
		((char *)run->buf)[i] = i * 7 % 251;
	return ret;
}

static int set_up_null(struct bench_run *run)
{
	run->fd[0] = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "open of /dev/null");
	run->want = 64;
	return set_up_pieces(run);
}

static int set_up_null_gather(struct bench_run *run)
{
	int ret = set_up_null(run);

	run->want = 64 * run->batch;
	return ret;
}

static int set_up_pipe(struct bench_run *run)
{
	if (pipe2(run->fd, O_CLOEXEC | O_NONBLOCK))
		return bench_errno(run, "pipe2");
	return set_up_pieces(run);
}

/* What came out of the pipe is what went in. */
static int same_bytes(struct bench_run *run)
{
	const char *sent = run->buf, *got = sent + PIECES * 64;
	char rest;

	/* `write` sends the first piece again and again, writev all of them. */
	if (run->bench->batch(run, 1) < 0)
		return bench_fail(run, "the pipe failed");
	for (size_t i = 0; i < run->batch; i++)
		if (memcmp(got + i * 64, strstr(run->bench->id, "writev") ? sent + i * 64 : sent,
			   64))
			return bench_fail(run, "piece %zu did not arrive", i);
	if (read(run->fd[0], &rest, 1) >= 0)
		return bench_fail(run, "the pipe was not drained");
	return 0;
}

BATCH_OP(null_write, SYS(write, fd, buf, 64))
BATCH_OP(null_pwrite, SYS(pwrite64, fd, buf, 64, 0))

BATCH(null_writev)
{
	struct state *s = run->state;
	const int fd = run->fd[0];
	const long pieces = run->batch;
	long fold = 0;

	BENCH_LOOP(n)
		fold |= SYS(writev, fd, s->iov, pieces);
	return fold;
}

BATCH(pipe_write)
{
	char *buf = run->buf, *into = buf + PIECES * 64;
	const int in = run->fd[1], out = run->fd[0];
	const long pieces = run->batch;
	long fold = 0;

	BENCH_LOOP(n)
	{
		for (long i = 0; i < pieces; i++)
			fold |= SYS(write, in, buf, 64);
		fold |= SYS(read, out, into, pieces * 64);
	}
	return fold;
}

BATCH(pipe_writev)
{
	struct state *s = run->state;
	char *into = (char *)run->buf + PIECES * 64;
	const int in = run->fd[1], out = run->fd[0];
	const long pieces = run->batch;
	long fold = 0;

	BENCH_LOOP(n)
	{
		fold |= SYS(writev, in, s->iov, pieces);
		fold |= SYS(read, out, into, pieces * 64);
	}
	return fold;
}

#define WRITE_ROW(ident, ID, PARAMS, CALLS, BASE, DESC, SETUP, ...) \
	BENCH(ident) = { .id = "write/" ID,                         \
			 .via = VIA_INLINE,                         \
			 .desc = DESC,                              \
			 .calls = CALLS,                            \
			 .base = BASE,                              \
			 .params = PARAMS,                          \
			 .state = sizeof(struct state),             \
			 .setup = SETUP,                            \
			 .batch = batch_##ident,                    \
			 __VA_ARGS__ }

#define BATCHES "batch=1,4,16,64 bytes=64"

WRITE_ROW(null_write, "null", "bytes=64", "write", "null/getppid-inline",
	  "write of 64 bytes to /dev/null", set_up_null,
	  .caveat = "uses the file's ->write; writev uses ->write_iter: see writev:batch=1");
WRITE_ROW(null_pwrite, "null-pwrite", "bytes=64", "pwrite64", "write/null",
	  "pwrite of 64 bytes to /dev/null", set_up_null);
WRITE_ROW(null_writev, "null-writev", BATCHES, "writev", "write/null",
	  "one of the 64-byte pieces of a writev to /dev/null", set_up_null_gather);
WRITE_ROW(pipe_write, "pipe", BATCHES, "write read", "write/null",
	  "one of several 64-byte writes to a pipe that one read drains", set_up_pipe,
	  .verify = same_bytes, .caveat = "a share of the draining read is in it");
WRITE_ROW(pipe_writev, "pipe-writev", BATCHES, "writev read", "write/pipe",
	  "one of the 64-byte pieces of a writev to a pipe that one read drains", set_up_pipe,
	  .verify = same_bytes, .caveat = "a share of the draining read is in it");

BATCH(stdio)
{
	struct state *s = run->state;
	char *buf = run->buf;
	long fold = 0;

	BENCH_LOOP(n)
		fold |= fwrite(buf, 64, 1, s->file);
	return fold;
}

static int set_up_stdio(struct bench_run *run)
{
	struct state *s = run->state;
	long size = bench_param(run, "buffer");
	int ret = bench_buffer(run, 4096 + 65536);

	if (ret)
		return ret;
	s->file = fopen("/dev/null", "we");
	if (!s->file)
		return bench_errno(run, "fopen of /dev/null");
	run->want = 1;
	/* A buffer of our own: glibc takes the size only together with one. */
	if (setvbuf(s->file, (char *)run->buf + 4096, size ? _IOFBF : _IONBF, size))
		return bench_fail(run, "setvbuf of %ld bytes", size);
	return 0;
}

static int no_stdio_error(struct bench_run *run)
{
	struct state *s = run->state;

	return fflush(s->file) || ferror(s->file) ? bench_fail(run, "the stream has failed") : 0;
}

static void close_stdio(struct bench_run *run)
{
	fclose(((struct state *)run->state)->file);
}

BENCH(stdio) = {
	.id = "write/stdio",
	.via = VIA_LIBC,
	.desc = "fwrite of 64 bytes to /dev/null",
	.caveat = "a window holds many flushes; a single fwrite is far dearer or cheaper",
	.calls = "write",
	.base = "write/null",
	.params = "buffer=0,64,4096,65536 bytes=64",
	.state = sizeof(struct state),
	.setup = set_up_stdio,
	.batch = batch_stdio,
	.verify = no_stdio_error,
	.teardown = close_stdio,
};
