// SPDX-License-Identifier: MIT
/*
 * Places that bytes go to, and what is done with them outside of the time; see handle.h.
 * No benchmark is in here.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "handle.h"

#define STDIO_BUFFER   4096
#define SOCKET_HEADERS 2048 /* what the kernel charges for a piece beside its bytes */
#define UDP_SPARE      256  /* datagrams beyond those of two batches */

void pieces_renew(struct bench_run *run)
{
	struct pieces *s = run->state;
	unsigned char *p = run->buf;
	unsigned int seed = ++s->renewed * 101;

	for (size_t i = 0; i < s->total; i++)
		p[i] = (i ^ i >> 8 ^ i >> 16) + seed;
}

int pieces_areas(struct bench_run *run, bool vectors_over_back)
{
	struct pieces *s = run->state;
	char *at;
	int ret;

	s->total = run->batch * run->bytes;
	ret = bench_buffer(run, 3 * s->total);
	if (ret)
		return ret;
	s->back = (char *)run->buf + s->total;
	s->copy = s->back + s->total;
	pieces_renew(run);
	at = vectors_over_back ? s->back : run->buf;
	for (size_t i = 0; i < run->batch; i++, at += run->bytes) {
		s->iov[i] = (struct iovec){ at, run->bytes };
		s->msg[i].msg_hdr = (struct msghdr){ .msg_iov = &s->iov[i],
						     .msg_iovlen = 1 };
	}
	return 0;
}

int pieces_fill(struct bench_run *run, int i)
{
	const size_t page = 4096;
	struct pieces *s = run->state;
	int ret = 0;

	for (size_t at = 0; at < s->total && !ret; at += page) {
		size_t some = s->total - at < page ? s->total - at : page;

		ret = bench_pwrite(run, i, (char *)run->buf + at, some, at);
	}
	return ret;
}

int pieces_stream(struct bench_run *run, size_t len)
{
	struct pieces *s = run->state;
	int fd = fcntl(run->fd[0], F_DUPFD_CLOEXEC, 0);

	s->stream = fd < 0 ? NULL : fdopen(fd, "w");
	if (!s->stream) {
		int ret = bench_errno(run, "fdopen");

		if (fd >= 0)
			close(fd);
		return ret;
	}
	s->space_len = len;
	s->space = malloc(len);
	if (!s->space || setvbuf(s->stream, s->space, len ? _IOFBF : _IONBF, len))
		return bench_fail(run, "setvbuf of %zu bytes", len);
	return 0;
}

static void close_stream(struct pieces *s)
{
	if (s->stream)
		fclose(s->stream);
	free(s->space);
	s->stream = NULL;
	s->space = NULL;
}

/*
 * Bytes that can be read from a stream. Not by poll(2): a pipe that was polled once wakes
 * somebody up at every write from then on (fs/pipe.c: poll_usage).
 */
static int unread_bytes(int fd)
{
	int left;

	return ioctl(fd, FIONREAD, &left) ? 0 : left; /* an eventfd does not know */
}

static int add_ring(struct bench_run *run, const struct way *way)
{
	const bool stream = way->to->stream;
	const int fd = run->fd[way->receives];
	const off_t off = stream ? -1 : 0;
	struct pieces *s = run->state;
	int ret = ring_setup(run, way->mode, (way->requests ?: 1) * run->batch, NULL)
			  ?: ring_needs_op(run, way->op)
			  ?: (way->fixed ? ring_fix_file(run, fd) : 0);

	if (!ret && way->fixed &&
	    (way->op == IORING_OP_WRITE || way->op == IORING_OP_READ))
		ret = ring_fix_buffer(run, run->buf, s->total);
	if (!ret && way->receives && stream &&
	    write(run->fd[0], run->buf, run->bytes) < 0)
		ret = bench_errno(run, "write");
	if (!ret)
		ret = ring_probe(run, way->receives, fd,
				 way->receives ? s->copy : run->buf, run->bytes, off);
	/* The pieces of a probe out again, if they went in. */
	while (!ret && stream && unread_bytes(run->fd[1]) &&
	       read(run->fd[1], s->copy, s->total) > 0)
		;
	return ret;
}

int pieces_setup(struct bench_run *run)
{
	const struct way *way = run->bench->arg;

	return pieces_areas(run, way->receives && way->to->stream)
		       ?: way->to->open(run)
		       ?: (way->stdio ? pieces_stream(run, STDIO_BUFFER) : 0)
		       ?: (run->bench->via == VIA_RING ? add_ring(run, way) : 0)
		       ?: (way->more ? way->more(run) : 0);
}

int pieces_refill(struct bench_run *run, unsigned long n)
{
	const struct way *way = run->bench->arg;

	return way->to->refill ? way->to->refill(run, n) : 0;
}

int pieces_drain(struct bench_run *run, unsigned long n)
{
	const struct way *way = run->bench->arg;

	return way->to->drain ? way->to->drain(run, n) : 0;
}

int pieces_verify(struct bench_run *run)
{
	const struct way *way = run->bench->arg;

	return way->to->check(run);
}

void pieces_teardown(struct bench_run *run)
{
	ring_teardown(run);
	close_stream(run->state);
}

int pieces_window(struct bench_run *run, long *fold)
{
	const struct bench *b = run->bench;
	int ret = b->before ? b->before(run, 1) : 0;

	if (ret)
		return ret;
	*fold = b->batch(run, 1);
	return b->after ? b->after(run, 1) : 0;
}

/* A failed operation says more than what `after` finds missing because of it. */
static int one_more_batch(struct bench_run *run)
{
	struct pieces *s = run->state;
	long fold = run->want;
	int ret;

	memset(s->back, 0, s->total);
	ret = pieces_window(run, &fold);
	return fold == run->want ? ret
				 : bench_fail(run, "an operation failed while verifying");
}

int pieces_compare(struct bench_run *run)
{
	struct pieces *s = run->state;

	if (memcmp(run->buf, s->back, s->total))
		return bench_fail(run, "the bytes that arrived are not those that left");
	return s->ring.up ? ring_verify(run) : 0;
}

int pieces_arrived(struct bench_run *run)
{
	int ret = one_more_batch(run) ?: pieces_compare(run);

	return !ret && unread_bytes(run->fd[1])
		       ? bench_fail(run, "something is left to read afterwards")
		       : ret;
}

int pieces_check_stream(struct bench_run *run)
{
	pieces_renew(run);
	return pieces_arrived(run);
}

static int check_file(struct bench_run *run)
{
	struct pieces *s = run->state;
	int ret;

	pieces_renew(run);
	ret = one_more_batch(run);
	if (ret)
		return ret;
	if (s->stream && fflush(s->stream))
		return bench_errno(run, "fflush");
	if (pread(run->fd[0], s->back, s->total, 0) != (ssize_t)s->total)
		return bench_fail(run, "the file has fewer bytes than were written");
	return pieces_compare(run);
}

/* What was made over the old run->fd[0] goes to the new one. */
static int swap_file(struct bench_run *run, int fd)
{
	struct pieces *s = run->state;

	run->fd[0] = fd;
	if (s->ring.up)
		/* Refused where none is fixed. */
		io_uring_register_files_update(&s->ring.ring, 0, &fd, 1);
	if (!s->stream)
		return 0;
	close_stream(s);
	return pieces_stream(run, s->space_len);
}

/*
 * /dev/null keeps nothing: the same loop into a file in memory proves that it writes.
 * With a ring that is done after the last batch only. There it makes a worker thread, and
 * files that are shared with a thread are slower to look up.
 */
static int check_null(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct outcome *o = &run->outcome;
	int null = run->fd[0], fd, ret, back;
	char mode[sizeof(o->mode)];
	bool first = !s->verified;

	s->verified = true;
	if (s->ring.up && first)
		return ring_verify(run);
	memcpy(mode, o->mode, sizeof(mode));
	fd = memfd_create("verify", MFD_CLOEXEC);
	if (fd < 0)
		return bench_errno(run, "memfd_create");
	ret = swap_file(run, fd) ?: check_file(run);
	back = swap_file(run, null);
	close(fd);
	memcpy(o->mode, mode, sizeof(mode)); /* the memfd's says nothing about null */
	return ret ?: back;
}

static int open_null(struct bench_run *run)
{
	return bench_open(run, 0, "/dev/null", O_WRONLY);
}

static int open_memfd(struct bench_run *run)
{
	return bench_memfd(run, 0);
}

/* Write all pieces once, so that EFBIG and ENOSPC show here and not in a window. */
static int open_file(struct bench_run *run)
{
	int ret = bench_file(run, 0, "region");

	for (size_t i = 0; i < run->batch && !ret; i++)
		ret = bench_pwrite(run, 0, run->buf, run->bytes, i * run->bytes);
	return ret;
}

int pipe_open(struct bench_run *run, int i, int room)
{
	int fd[2], size;

	if (pipe2(fd, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	run->fd[i] = fd[1];
	run->fd[i + 1] = fd[0];
	size = room ? fcntl(fd[0], F_SETPIPE_SZ, room) : -1;
	if (size < 0)
		size = fcntl(fd[0], F_GETPIPE_SZ);
	if (size < 0 || (size_t)size < run->batch * run->bytes)
		return bench_skip(run, "a pipe of %d bytes is too small", size);
	return 0;
}

static int open_pipe(struct bench_run *run)
{
	const struct way *way = run->bench->arg;

	return pipe_open(run, 0, way->to->room);
}

/* Room for so many pieces in a socket; as root beyond net.core.{r,w}mem_max. */
static void make_room(int fd, int option, int force, size_t pieces, size_t bytes)
{
	int room = pieces * (2 * bytes + SOCKET_HEADERS);

	if (setsockopt(fd, SOL_SOCKET, force, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, option, &room, sizeof(room));
}

/* A batch fits in whole, which is tried: in a window, a send would sleep. */
static int open_unix(struct bench_run *run)
{
	struct pieces *s = run->state;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run->fd))
		return bench_errno(run, "socketpair");
	make_room(run->fd[0], SO_SNDBUF, SO_SNDBUFFORCE, 2 * run->batch, run->bytes);
	for (size_t i = 0; i < run->batch; i++)
		if (send(run->fd[0], run->buf, run->bytes, MSG_DONTWAIT) !=
		    (ssize_t)run->bytes)
			return bench_skip(run,
					  "the socket takes %zu pieces only: raise "
					  "net.core.wmem_max",
					  i);
	if (recv(run->fd[1], s->back, s->total, 0) != (ssize_t)s->total)
		return bench_fail(run, "the pieces do not come out in one recv");
	return 0;
}

/* A socket on 127.0.0.1 that is its own peer, with room for what a window sends. */
static int open_udp(struct bench_run *run)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	run->fd[0] = fd;
	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, len) ||
	    getsockname(fd, (struct sockaddr *)&addr, &len) ||
	    connect(fd, (struct sockaddr *)&addr, len))
		return bench_errno(run, "UDP socket on 127.0.0.1");
	make_room(fd, SO_RCVBUF, SO_RCVBUFFORCE, 2 * run->batch + UDP_SPARE, run->bytes);
	make_room(fd, SO_SNDBUF, SO_SNDBUFFORCE, 2 * run->batch, run->bytes);
	run->fd[1] = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return run->fd[1] < 0 ? bench_errno(run, "F_DUPFD_CLOEXEC") : 0;
}

/* Everything that a window sent has arrived; the last batch stays in `back`. */
static int drain_udp(struct bench_run *run, unsigned long n)
{
	struct pieces *s = run->state;

	for (unsigned long i = 0; i < n * run->batch; i++)
		if (recv(run->fd[1], s->back + i % run->batch * run->bytes, run->bytes,
			 MSG_DONTWAIT) != (ssize_t)run->bytes)
			return bench_skip(run,
					  "the socket holds %lu datagrams only: raise "
					  "net.core.rmem_max",
					  i);
	return 0;
}

/* The datagrams of a window. None was dropped, or a receive would find none. */
static int refill_udp(struct bench_run *run, unsigned long n)
{
	uint32_t info[SK_MEMINFO_VARS];
	socklen_t len = sizeof(info);

	for (unsigned long i = 0; i < n * run->batch; i++)
		if (send(run->fd[0], (char *)run->buf + i % run->batch * run->bytes,
			 run->bytes, 0) != (ssize_t)run->bytes)
			return bench_errno(run, "send of a datagram");
	if (getsockopt(run->fd[0], SOL_SOCKET, SO_MEMINFO, info, &len))
		return bench_errno(run, "SO_MEMINFO");
	if (info[SK_MEMINFO_DROPS])
		return bench_skip(run,
				  "the socket has no room for %lu datagrams: raise "
				  "net.core.rmem_max",
				  n * run->batch);
	return 0;
}

HANDLE(null, .open = open_null, .check = check_null);
HANDLE(file, .open = open_file, .check = check_file);
/* It cannot promise not to wait: for the tests. */
HANDLE(memfd, .open = open_memfd, .check = check_file);
HANDLE(plain_pipe, .open = open_pipe, .check = pieces_check_stream, .stream = true);
HANDLE(pipe, .open = open_pipe, .check = pieces_check_stream, .stream = true,
       .room = LARGE_PIPE);
HANDLE(unix, .open = open_unix, .check = pieces_check_stream, .stream = true);
HANDLE(udp, .open = open_udp, .drain = drain_udp, .refill = refill_udp,
       .check = pieces_check_stream, .stream = true);
