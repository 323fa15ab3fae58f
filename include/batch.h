/* SPDX-License-Identifier: MIT */
/*
 * What the files of the batch/ family share: the axes that are swept, the pieces that an
 * iteration handles, and the timed loop over them.
 *
 * An operation is one piece of `bytes` bytes; an iteration makes `batch` of them, so that
 * its time over `batch` is what the rows carry. Strategies of one workload do the same
 * work on the same pieces.
 */
#ifndef SYSCOST_BATCH_H
#define SYSCOST_BATCH_H

#include <errno.h>
#include <netinet/in.h>
#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "ring.h"

/*
 * Axes. SWEEP where the cost of an operation may depend on how many there are, most
 * closely at 64 bytes; COARSE for variants of such a strategy; PLAIN where it may not
 * depend on it, which three sizes are to prove.
 */
#define N_32	    "1,2,3,4,6,8,12,16,24,32"
#define N_256	    N_32 ",64,128,256"
#define N_1024	    N_256 ",512,1024"
#define POWERS_256  "1,2,4,8,16,32,64,128,256"
#define POWERS_1024 POWERS_256 ",512,1024"
#define ENDS	    "batch=1,16 bytes=1,65536"
#define SWEEP	    "batch=" N_1024 " bytes=64; batch=" POWERS_1024 " bytes=4096; " ENDS
#define SWEEP_256   "batch=" N_256 " bytes=64; batch=" POWERS_256 " bytes=4096; " ENDS
#define COARSE	    "batch=" POWERS_256 " bytes=64; batch=1,4,16,64,256 bytes=4096"
#define PLAIN	    "batch=1,16,256 bytes=64,4096; " ENDS
#define MOST	    1024

/*
 * State of a strategy. run->buf holds three areas of `total` bytes: what is written
 * (`run->buf`), what came back (`back`), and one to gather in (`copy`).
 */
struct pieces {
	struct ring ring; /* first: see ring.h */
	size_t total;
	char *back, *copy;
	struct iovec iov[MOST]; /* of what is written, or of where it is read to */
	struct mmsghdr msg[MOST];
	unsigned int paint; /* how often the source has been filled */
	unsigned int verified;
	void *more; /* a strategy's own */
};

/* Other contents every time: what is left of an earlier batch proves nothing. */
static inline void paint(struct bench_run *run)
{
	struct pieces *s = run->state;
	unsigned char *p = run->buf;
	unsigned int seed = ++s->paint * 101;

	for (size_t i = 0; i < s->total; i++)
		p[i] = (i ^ i >> 8 ^ i >> 16) + seed;
}

/* The areas, the source painted, and vectors of the pieces of `area` (0: source, 1: back). */
static inline int setup_areas(struct bench_run *run, int area)
{
	struct pieces *s = run->state;
	int ret;

	s->total = run->batch * run->bytes;
	ret = bench_buffer(run, 3 * s->total);
	if (ret)
		return ret;
	s->back = (char *)run->buf + s->total;
	s->copy = s->back + s->total;
	paint(run);
	for (size_t i = 0; i < run->batch; i++) {
		char *at = (char *)run->buf + area * s->total + i * run->bytes;

		s->iov[i] = (struct iovec){ at, run->bytes };
		s->msg[i].msg_hdr = (struct msghdr){ .msg_iov = &s->iov[i],
						     .msg_iovlen = 1 };
	}
	run->want = 0;
	return 0;
}

/*
 * Room for so many pieces in a socket; as root beyond the limits net.core.{r,w}mem_max.
 * The kernel charges for the headers of each piece, too: allow 2 KiB.
 */
static inline void batch_room(int fd, int option, int force, size_t pieces, size_t bytes)
{
	int room = pieces * (2 * bytes + 2048);

	if (setsockopt(fd, SOL_SOCKET, force, &room, sizeof(room)))
		setsockopt(fd, SOL_SOCKET, option, &room, sizeof(room));
}

/* fd[0] to fd[1]. A batch fits in whole, which is tried: in a window, a send would sleep. */
static inline int batch_unix_pair(struct bench_run *run)
{
	struct pieces *s = run->state;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run->fd))
		return bench_errno(run, "socketpair");
	batch_room(run->fd[0], SO_SNDBUF, SO_SNDBUFFORCE, 2 * run->batch, run->bytes);
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

/* fd[0]: a UDP socket on 127.0.0.1, its own peer, with room for what a window sends. */
static inline int batch_udp_socket(struct bench_run *run)
{
	struct sockaddr_in addr = { .sin_family = AF_INET,
				    .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t len = sizeof(addr);

	run->fd[0] = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (run->fd[0] < 0 || bind(run->fd[0], (struct sockaddr *)&addr, len) ||
	    getsockname(run->fd[0], (struct sockaddr *)&addr, &len) ||
	    connect(run->fd[0], (struct sockaddr *)&addr, len))
		return bench_errno(run, "UDP socket on 127.0.0.1");
	batch_room(run->fd[0], SO_RCVBUF, SO_RCVBUFFORCE, 2 * run->batch + 256,
		   run->bytes);
	batch_room(run->fd[0], SO_SNDBUF, SO_SNDBUFFORCE, 2 * run->batch, run->bytes);
	return 0;
}

/*
 * The source, written to a file page by page: the kernel caches what one write brings in
 * pages as large as it can, and then the cost of a page would depend on `batch`.
 */
static inline int batch_fill(struct bench_run *run, int fd)
{
	struct pieces *s = run->state;

	for (size_t at = 0; at < s->total; at += 4096) {
		size_t some = s->total - at < 4096 ? s->total - at : 4096;

		errno = ENOSPC; /* what a short write means */
		if (pwrite(fd, (char *)run->buf + at, some, at) != (ssize_t)some)
			return bench_errno(run, "pwrite");
	}
	return 0;
}

/*
 * PIECES(name, calls) { … }: a timed loop that is no ring's. Its body is one iteration,
 * made of EACH(call), which must give `bytes` for each piece at offset `at`, and
 * ONCE(call), which must give `total`. `calls` system calls each, for run->enters.
 */
#define PIECES(name, calls, ...)                                                \
	BATCH(name)                                                             \
	{                                                                       \
		struct pieces *const s = run->state;                            \
		const struct iovec *const iov __attribute__((unused)) = s->iov; \
		const size_t batch = run->batch;                                \
		const size_t bytes __attribute__((unused)) = run->bytes;        \
		const size_t total = batch * bytes;                             \
		const int fd __attribute__((unused)) = run->fd[0];              \
		const int fd2 __attribute__((unused)) = run->fd[1];             \
		char *const buf __attribute__((unused)) = run->buf;             \
		char *const back __attribute__((unused)) = buf + total;         \
		char *const copy __attribute__((unused)) = back + total;        \
		const unsigned long rounds = n;                                 \
		long fold = 0;                                                  \
                                                                                \
		do {                                                            \
			__VA_ARGS__;                                            \
		} while (--n);                                                  \
		run->enters += rounds * (calls);                                \
		return fold;                                                    \
	}
#define EACH(call)                                   \
	for (size_t at = 0; at < total; at += bytes) \
	fold |= off_by((long)(call), bytes)
#define ONCE(call) fold |= off_by((long)(call), total)

#define BATCH_ROW(ident, slug, work, how, ...) \
	BENCH(batch_##ident)                   \
	= { .id = "batch/" slug,               \
	    .workload = work,                  \
	    .strategy = how,                   \
	    .flags = BENCH_SWEEP | BENCH_CPU,  \
	    .state = sizeof(struct pieces),    \
	    __VA_ARGS__ }

#endif
