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

#include <stdint.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "ring.h"

/* Where the cost of an operation may depend on how many there are; and where it may not,
 * which three sizes are to prove. */
#define TO_32	"1,2,3,4,6,8,12,16,24,32"
#define TO_256	TO_32 ",64,128,256"
#define TO_1024 TO_256 ",512,1024"
#define SWEEP \
	"batch=" TO_1024 " bytes=64,4096; batch=1,16,256 bytes=1; batch=1,16 bytes=65536"
#define SWEEP_256 \
	"batch=" TO_256 " bytes=64,4096; batch=1,16,256 bytes=1; batch=1,16 bytes=65536"
#define PLAIN "batch=1,16,256 bytes=1,64,4096; batch=1,16 bytes=65536"
#define MOST  1024

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
