/* SPDX-License-Identifier: MIT */
/*
 * Places that bytes go to, and the pieces that go there: what is around the timed loops
 * of everything that writes, sends, reads or receives, whichever call it does that by.
 * One row is one way of doing it, and its descriptor's `arg` says which.
 */
#ifndef SYSCOST_HANDLE_H
#define SYSCOST_HANDLE_H

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "ring.h"

/*
 * A place that bytes go to. `open` makes run->fd[0], which takes all bytes of a batch
 * without waiting, and run->fd[1], where they come out (not of /dev/null).
 */
struct handle {
	int (*open)(struct bench_run *run);
	/*
	 * What n batches put in comes out, or what n batches take out is put in: untimed.
	 */
	int (*drain)(struct bench_run *run, unsigned long n);
	int (*refill)(struct bench_run *run, unsigned long n);
	int (*check)(struct bench_run *run); /* one more batch: did its bytes arrive? */
	bool stream; /* bytes have no place: those that came out are gone */
	int room;    /* of a pipe, bytes; 0: as the kernel makes it */
};

extern const struct handle handle_null, handle_file, handle_memfd, handle_unix,
	handle_udp;
extern const struct handle handle_plain_pipe, handle_pipe;

/* How the bytes of a row go there: `.arg = TO(pipe, .mode = RING_COOP)`. */
struct way {
	const struct handle *to;
	bool receives; /* the timed side is run->fd[1] */
	bool stdio;    /* it writes to a stream over run->fd[0] */
	/* Of a ring: is the file registered, and for WRITE and READ the buffer, too? */
	bool fixed;
	enum ring_mode mode;
	unsigned int requests;		    /* for each piece; 0: one */
	int op;				    /* which the kernel's io_uring has to know */
	int (*more)(struct bench_run *run); /* last of the setup; or NULL */
};

#define TO(place, ...)	 (&(const struct way){ .to = &handle_##place, ##__VA_ARGS__ })
#define FROM(place, ...) TO(place, .receives = true, ##__VA_ARGS__)

/*
 * State of such a row, or how that begins. An iteration handles run->batch pieces of
 * run->bytes each. run->buf holds three areas of `total` bytes: what is put in, or read
 * from a file (`run->buf`), what came out (`back`), and one to gather in (`copy`).
 */
#define PIECES_MOST 1024
struct pieces {
	struct ring ring; /* first: see ring.h */
	size_t total;
	char *back, *copy;
	struct iovec
		iov[PIECES_MOST]; /* of what is put in, or of where it comes out to */
	struct mmsghdr msg[PIECES_MOST];
	unsigned int painted; /* how often the source has been filled */
	bool verified;	      /* once at least */
	FILE *stream;
	char *space; /* the stream's buffer */
	size_t space_len;
};

/*
 * The areas: contents in the first, vectors over the first or the second. 0 or a verdict.
 */
int pieces_areas(struct bench_run *run, bool vectors_over_back);
/* Other contents every time: what is left of an earlier batch proves nothing. */
void pieces_paint(struct bench_run *run);
/*
 * The source, written to run->fd[i] page by page: the kernel caches what one write brings
 * in pages as large as it can, and then the cost of a page would depend on `batch`.
 */
int pieces_fill(struct bench_run *run, int i);

/* For the descriptor of a row with a way. */
int pieces_setup(struct bench_run *run);
int pieces_refill(struct bench_run *run, unsigned long n); /* as `before` */
int pieces_drain(struct bench_run *run, unsigned long n);  /* as `after` */
int pieces_verify(struct bench_run *run);
void pieces_teardown(struct bench_run *run);
#define OF_PIECES                                                                       \
	.state = sizeof(struct pieces), .setup = pieces_setup, .verify = pieces_verify, \
	.teardown = pieces_teardown

/* A stream over run->fd[0] with a buffer of `len` bytes; pieces_teardown() closes it. */
int pieces_stream(struct bench_run *run, size_t len);
/* One more batch, of a stream: `back` has the source, and nothing is left to read. */
int pieces_arrived(struct bench_run *run);
int pieces_check_stream(struct bench_run *run); /* the same with new contents */
/* `back` has the source, and a ring has done what was asked of it. */
int pieces_compare(struct bench_run *run);

/* A pipe that a batch fits in: run->fd[i] is where it is written, run->fd[i + 1] read. */
int pipe_open(struct bench_run *run, int i, int room);
#define LARGE_PIPE (1 << 20) /* fs.pipe-max-size by default */

/*
 * PIECES(name, calls, statements): a timed loop that is no ring's, whose statements are
 * one iteration. EACH(call) makes one call for every piece, at offset `at`, that must
 * give `bytes`; ONCE(call) makes one that must give `total`. `calls` system calls an
 * iteration, for run->enters.
 *
 * RING_LOOP(name, calls, statements): the same of a ring. SUBMIT(requests, want, prep)
 * has `prep` fill in request `i`, `sqe`, of the piece at offset `at`, submits, and waits;
 * each must complete with `want`. `calls` are those beside the ring's own.
 */
#define PIECES_LOCALS                                        \
	struct pieces *const s maybe_unused = run->state;    \
	const struct iovec *const iov maybe_unused = s->iov; \
	const size_t batch maybe_unused = run->batch;        \
	const size_t bytes maybe_unused = run->bytes;        \
	const size_t total maybe_unused = batch * bytes;     \
	const int fd maybe_unused = run->fd[0];              \
	const int fd2 maybe_unused = run->fd[1];             \
	char *const buf maybe_unused = run->buf;             \
	char *const back maybe_unused = buf + total;         \
	char *const copy maybe_unused = back + total
#define COUNTED const unsigned long iterations = n
#define PIECES(name, calls, ...)       \
	LOOP_THEN(name, PIECES_LOCALS; \
		  COUNTED, run->enters += iterations * (calls), __VA_ARGS__)
#define FOR_EACH_PIECE for (size_t at = 0; at < total; at += bytes)
#define EACH(call)     FOR_EACH_PIECE fold |= off_by((long)(call), bytes)
#define ONCE(call)     fold |= off_by((long)(call), total)
#define GATHER	       FOR_EACH_PIECE memcpy(copy + at, buf + at, bytes)

#define RING_LOCALS                        \
	PIECES_LOCALS;                     \
	COUNTED;                           \
	struct ring *const r = run->state; \
	struct ring_tally t = { 0 }
#define RING_LOOP(name, calls, ...)                                    \
	LOOP_THEN(name, RING_LOCALS, t.enters += iterations * (calls); \
		  ring_count(run, iterations, &t), __VA_ARGS__)
#define SUBMIT(requests, want, prep)                                                 \
	do {                                                                         \
		const unsigned int requests_ = (requests);                           \
		size_t at maybe_unused = 0;                                          \
                                                                                     \
		for (unsigned int i = 0; i < requests_; i++) {                       \
			struct io_uring_sqe *const sqe = io_uring_get_sqe(&r->ring); \
                                                                                     \
			prep;                                                        \
			sqe->user_data = i + 1;                                      \
			at += bytes;                                                 \
		}                                                                    \
		ring_round(r, requests_, want, &t, &fold);                           \
	} while (0)

#endif
