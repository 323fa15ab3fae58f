/* SPDX-License-Identifier: MIT */
/*
 * Places that bytes go to, and the pieces that go there. Rows that write, send, receive
 * or read share this; only their timed loops differ. A row's `arg` is its way.
 */
#ifndef SYSCOST_HANDLE_H
#define SYSCOST_HANDLE_H

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "ring.h"

/* A place that bytes go to. */
struct handle {
	/*
	 * Makes run->fd[0], which takes all bytes of a batch without waiting, and
	 * run->fd[1], which gives them back. /dev/null has no second one.
	 */
	int (*open)(struct bench_run *run);
	/* Outside of a window: takes out what n batches put in. NULL: nothing is left. */
	int (*drain)(struct bench_run *run, unsigned long n);
	/* The same: puts in what n batches will take out. NULL: the loop does. */
	int (*refill)(struct bench_run *run, unsigned long n);
	/* Makes one more batch: did its bytes arrive? */
	int (*check)(struct bench_run *run);
	bool stream; /* its bytes have no position: they come out once */
	int room;    /* of a pipe, bytes; 0: as the kernel makes it */
};

/* HANDLE(place, .open = …): the definition of one. */
#define HANDLE(place, ...) const struct handle handle_##place = { __VA_ARGS__ }
extern const struct handle handle_null, handle_file, handle_memfd;
extern const struct handle handle_plain_pipe, handle_pipe, handle_unix, handle_udp;

/* How the bytes of a row go there: `.arg = TO(pipe, .mode = RING_COOP)`. */
struct way {
	const struct handle *to;
	bool receives;	     /* the loop takes bytes out of run->fd[1] */
	bool stdio;	     /* the loop writes to a stream over run->fd[0] */
	bool fixed;	     /* the ring knows the file, for READ and WRITE the buffer */
	enum ring_mode mode; /* of the ring */
	unsigned int requests;		    /* of the ring, for each piece; 0: one */
	int op;				    /* IORING_OP_… that the kernel must know */
	int (*more)(struct bench_run *run); /* sets up the rest; or NULL */
};

#define TO(place, ...)	 (&(const struct way){ .to = &handle_##place, ##__VA_ARGS__ })
#define FROM(place, ...) TO(place, .receives = true, ##__VA_ARGS__)

/*
 * The state of such a row begins with this. An iteration handles run->batch pieces of
 * run->bytes each. run->buf has three areas of `total` bytes. The first holds what is put
 * in, or what is read from a file; `back` what came out; `copy` what is gathered.
 */
#define PIECES_MOST 1024
struct pieces {
	struct ring ring; /* first: see ring.h */
	size_t total;
	char *back, *copy;
	struct iovec iov[PIECES_MOST]; /* one for each piece, in one of the areas */
	struct mmsghdr msg[PIECES_MOST];
	unsigned int renewed; /* how often the source has been filled */
	bool verified;	      /* once at least */
	FILE *stream;
	char *space; /* the stream's buffer */
	size_t space_len;
};

/* Makes the areas, fills the first, and points the vectors at it or at `back`. */
int pieces_areas(struct bench_run *run, bool vectors_over_back);
/* Other contents every time: what is left of an earlier batch proves nothing. */
void pieces_renew(struct bench_run *run);
/*
 * Write the source to run->fd[i], page by page. The kernel caches what one write brings
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
/* One window of one iteration, as the harness makes them; `fold`: what its batch gave. */
int pieces_window(struct bench_run *run, long *fold);
/* One more batch, of a stream: `back` has the source, and nothing is left to read. */
int pieces_arrived(struct bench_run *run);
int pieces_check_stream(struct bench_run *run); /* the same with new contents */
/* `back` has the source, and a ring has done what was asked of it. */
int pieces_compare(struct bench_run *run);

/* A pipe that a batch fits in: run->fd[i] is where it is written, run->fd[i + 1] read. */
int pipe_open(struct bench_run *run, int i, int room);
#define LARGE_PIPE (1 << 20) /* fs.pipe-max-size by default */

/*
 * PIECES(name, calls, statements): a timed loop without a ring. It makes so many system
 * `calls` an iteration, for run->enters. EACH(call) makes one call for each piece, which
 * lies at offset `at`, and must give `bytes`. ONCE(call) is for all, and gives `total`.
 *
 * RING_LOOP(name, calls, statements): the same with a ring, whose own calls are not among
 * `calls`. SUBMIT(requests, want, prep) makes the requests, submits them and waits.
 * `prep` fills in request `i`, `sqe`, of the piece at offset `at`. Each must complete
 * with `want`. run->buf must be there, even where no request has bytes.
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
#define COUNTED_PIECES \
	PIECES_LOCALS; \
	COUNTED
#define PIECES(name, calls, ...) \
	LOOP_THEN(name, COUNTED_PIECES, run->enters += iterations * (calls), __VA_ARGS__)
#define FOR_EACH_PIECE for (size_t at = 0; at < total; at += bytes)
#define EACH(call)     FOR_EACH_PIECE fold |= off_by((long)(call), bytes)
#define ONCE(call)     fold |= off_by((long)(call), total)
#define GATHER	       FOR_EACH_PIECE memcpy(copy + at, buf + at, bytes)

#define RING_LOCALS                        \
	COUNTED_PIECES;                    \
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
