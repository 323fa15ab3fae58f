/* SPDX-License-Identifier: MIT */
/*
 * What benchmarks on an io_uring share. They make a ring in one of the modes, ask the
 * kernel what it knows, submit and reap in the timed loop, and check afterwards.
 * Constants that liburing 2.3 does not name are here, with the kernel that brought them.
 *
 * It never takes less than was asked for. A mode, an opcode or a flag that the kernel
 * refuses is a SKIP, which says what was refused and what it needs.
 *
 * Errors: as in bench.h, 0 or a verdict, except where a line says -errno.
 */
#ifndef SYSCOST_RING_H
#define SYSCOST_RING_H

#include <liburing.h>

#include "bench.h"

/* include/uapi/linux/io_uring.h of the kernel named. */
/* In rw_flags of a NOP, not in its flags: there bit 4 is IOSQE_ASYNC. */
#ifndef IORING_NOP_FIXED_FILE
#define IORING_NOP_FIXED_FILE (1U << 2) /* 6.13 */
#endif
#ifndef IORING_NOP_TW
#define IORING_NOP_TW (1U << 4) /* 6.17 */
#endif

enum ring_mode {
	RING_DEFAULT,
	RING_REGISTERED, /* the ring's own descriptor registered */
	RING_COOP,	 /* COOP_TASKRUN */
	RING_SINGLE,	 /* SINGLE_ISSUER, DEFER_TASKRUN */
	RING_DEFER,	 /* the same, and its descriptor registered */
	RING_SQPOLL,	 /* a kernel thread on run->other_cpu submits */
	RING_FUTURE,	 /* a flag that no kernel has: for the tests */
	RING_MODES,
};

/* First in the state of a benchmark that has one: everything here finds it there. */
struct ring {
	struct io_uring ring;
	bool up;
	bool spin;		  /* completions are waited for without a call */
	unsigned int requests;	  /* of one iteration, as the batch last said */
	unsigned long iterations; /* made so far */
	unsigned long seen;	  /* completions, */
	unsigned long sum;	  /* and what their user_data add up to */
	unsigned int kflags;	  /* what the kernel ever said in the SQ's flags */
};

/*
 * Make a ring of `mode` with room for `requests` at once. run->outcome says with which
 * flags, and that it works "inline" until something else is seen; run->want becomes 0.
 * `p` has flags and a completion queue of one's own; or is NULL.
 */
int ring_setup(struct bench_run *run, enum ring_mode mode, unsigned int requests,
	       struct io_uring_params *p);
void ring_teardown(struct bench_run *run);

/* The kernel knows this opcode (IORING_REGISTER_PROBE, Linux 5.6), or SKIP. */
int ring_needs_op(struct bench_run *run, int op);
/* One request, submitted and waited for: its result, or -errno. */
int ring_once(struct ring *r, const struct io_uring_sqe *sqe);
/* Such a request does not end in an error, or SKIP: for flags that no probe knows. */
int ring_needs_request(struct bench_run *run, const struct io_uring_sqe *sqe,
		       const char *what, const char *since);
int ring_fix_file(struct bench_run *run, int fd);
int ring_fix_buffer(struct bench_run *run, void *buf, size_t len);

/*
 * The mode in run->outcome: would an operation on `fd` be done at once, or handed to a
 * worker thread? One piece at `off` (-1: a stream) is read or written with RWF_NOWAIT.
 */
int ring_probe(struct bench_run *run, bool reads, int fd, void *buf, size_t len,
	       off_t off);

/*
 * As many completions as requests, each of them once, and none that found no room. Sets
 * the overflow of run->outcome, and its mode to "punted" when worker threads are seen.
 */
int ring_verify(struct bench_run *run);

/* What one batch adds up, held in registers. */
struct ring_tally {
	unsigned long seen, sum, enters;
	unsigned int requests, kflags;
};

/* A result against what it must be, folded without a branch: 0, positive or -errno. */
static always_inline long off_by(long result, long want)
{
	return result ^ (want & ~(result >> 63));
}

/*
 * Submit what is prepared, and reap until as many completions have come as requests went.
 * One io_uring_enter as a rule; more only if it comes back early. A ring with a kernel
 * thread is entered to wake that thread up, and for nothing else.
 */
static always_inline void ring_round(struct ring *r, unsigned int requests, long want,
				     struct ring_tally *t, long *fold)
{
	struct io_uring_cqe *cqe;
	unsigned int head, some;
	int left;

	t->requests = requests;
	if (r->spin) {
		/* Says how many are in the queue, also those that the thread has done. */
		t->enters += *r->ring.sq.kflags & IORING_SQ_NEED_WAKEUP;
		left = io_uring_submit(&r->ring);
		*fold |= left & left >> 31;
		left = requests;
	} else {
		t->enters++;
		left = io_uring_submit_and_wait(&r->ring, requests);
		*fold |= off_by(left, requests);
	}
	for (;;) {
		t->kflags |= *(volatile unsigned int *)r->ring.sq.kflags;
		some = 0;
		io_uring_for_each_cqe(&r->ring, head, cqe)
		{
			*fold |= off_by(cqe->res, want);
			t->sum += cqe->user_data;
			some++;
		}
		io_uring_cq_advance(&r->ring, some);
		t->seen += some;
		left -= some;
		if (left <= 0)
			return;
		if (r->spin) {
			arch_pause();
		} else {
			t->enters++;
			io_uring_submit_and_wait(&r->ring, left);
		}
	}
}

static always_inline void ring_count(struct bench_run *run, unsigned long iterations,
				     const struct ring_tally *t)
{
	struct ring *r = run->state;

	r->requests = t->requests;
	r->iterations += iterations;
	r->seen += t->seen;
	r->sum += t->sum;
	r->kflags |= t->kflags;
	run->enters += t->enters;
}

#endif
