// SPDX-License-Identifier: MIT
/*
 * What an io_uring itself costs, in every mode of it: requests that do nothing, in batches
 * that one io_uring_enter submits and waits for; and what it costs once to make a ring and
 * to register things with it.
 *
 * A plain NOP completes while it is submitted: the floor. One that completes by task work
 * shows what the task-work modes change; one on a registered file adds its look-up; one
 * that is forced onto a worker thread (IOSQE_ASYNC) is the ceiling. None of them is I/O:
 * what real requests cost is in the other files of the family.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#define NOP_TASK_WORK           \
	io_uring_prep_nop(sqe); \
	sqe->rw_flags = IORING_NOP_TW
#define NOP_ON_FILE             \
	io_uring_prep_nop(sqe); \
	sqe->rw_flags = IORING_NOP_FIXED_FILE
#define NOP_FORCED              \
	io_uring_prep_nop(sqe); \
	sqe->flags = IOSQE_ASYNC

RING_BATCH(nop, batch, 0, io_uring_prep_nop(sqe), (void)0)
RING_BATCH(nop_tw, batch, 0, NOP_TASK_WORK, (void)0)
RING_BATCH(nop_file, batch, 0, NOP_ON_FILE, (void)0)
RING_BATCH(nop_async, batch, 0, NOP_FORCED, (void)0)

/* A ring, and the proof that this kernel takes such a NOP: an older one may not. */
static int setup(struct bench_run *run, enum ring_mode mode, unsigned int rw_flags,
		 unsigned int flags)
{
	const struct io_uring_sqe nop = { .opcode = IORING_OP_NOP,
					  .flags = flags,
					  .rw_flags = rw_flags };
	const bool on_file = rw_flags & IORING_NOP_FIXED_FILE;
	struct ring *r = run->state;
	int ret = ring_setup(run, r, mode, run->batch);

	if (ret)
		return ret;
	if (on_file) {
		run->fd[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
		ret = run->fd[0] < 0 ? bench_errno(run, "/dev/null")
				     : ring_fix_file(run, r, run->fd[0]);
	}
	if (!ret)
		ret = ring_needs_request(run, r, &nop,
					 on_file ? "a NOP on a registered file"
						 : "a NOP with this flag",
					 on_file ? "Linux 6.13" : "Linux 6.17");
	if (ret)
		ring_teardown(run);
	return ret;
}

static int verify(struct bench_run *run)
{
	return ring_verify(run, run->state);
}

#define NOP_ROW(op, slug, mode, word, rw_flags, flags, what, axes, ...)             \
	static int setup_##op##_##mode(struct bench_run *run)                       \
	{                                                                           \
		return setup(run, RING_##mode, rw_flags, flags);                    \
	}                                                                           \
	BATCH_ROW(op##_##mode, "ring-" slug, "ring-nop", word, .via = VIA_RING,     \
		  .calls = "io_uring_enter", .base = "batch/ring-nop-getppid",      \
		  .params = axes, .desc = what, .setup = setup_##op##_##mode,       \
		  .batch = batch_##op, .verify = verify, .teardown = ring_teardown, \
		  __VA_ARGS__)
#define N      "batch=" N_1024
#define SOME_N "batch=" POWERS_1024
#define FLOOR  "the ring's own price; one io_uring_enter a batch"

/* One kind of NOP in all modes. */
#define MODES(op, slug, word, rw_flags, flags, what, axes)                               \
	NOP_ROW(op, slug "-default", DEFAULT, word, rw_flags, flags,                     \
		what ", on a ring without flags", axes, .caveat = FLOOR);                \
	NOP_ROW(op, slug "-registered", REGISTERED, word ", registered ring", rw_flags,  \
		flags, what ", on a ring whose fd is registered", axes,                  \
		.caveat = FLOOR);                                                        \
	NOP_ROW(op, slug "-coop", COOP, word " coop", rw_flags, flags,                   \
		what ", on a ring with COOP_TASKRUN", axes, .caveat = FLOOR);            \
	NOP_ROW(op, slug "-single", SINGLE, word " deferred", rw_flags, flags,           \
		what ", on a ring with SINGLE_ISSUER and DEFER_TASKRUN", axes,           \
		.caveat = FLOOR);                                                        \
	NOP_ROW(op, slug "-defer", DEFER, word " deferred, registered ring", rw_flags,   \
		flags,                                                                   \
		what ", on a ring with SINGLE_ISSUER and DEFER_TASKRUN, fd registered",  \
		N, .caveat = FLOOR);                                                     \
	NOP_ROW(op, slug "-sqpoll", SQPOLL, word " SQPOLL", rw_flags, flags,             \
		what ", taken by a kernel thread on another CPU", axes,                  \
		.caveat = "that CPU is busy all the time: see cpu_ns; the caller spins", \
		.needs = bench_needs_two_cpus)

MODES(nop, "nop", "io_uring", 0, 0, "a NOP", N);
MODES(nop_tw, "nop-tw", "io_uring, task work", IORING_NOP_TW, 0,
      "a NOP that completes by task work", SOME_N);
NOP_ROW(nop_file, "nop-file", DEFAULT, "io_uring, fixed file", IORING_NOP_FIXED_FILE, 0,
	"a NOP that looks a registered file up", SOME_N, .caveat = FLOOR);
NOP_ROW(nop_file, "nop-file-defer", DEFER, "io_uring deferred, fixed file",
	IORING_NOP_FIXED_FILE, 0,
	"a NOP that looks a registered file up, on a ring with deferred task work",
	SOME_N, .caveat = FLOOR);
#define CEILING "batch=1,4,16,64,256"
NOP_ROW(nop_async, "nop-async", DEFAULT, "io_uring, worker thread", 0, IOSQE_ASYNC,
	"a NOP that is forced onto a worker thread", CEILING,
	.caveat = "waking and switching to the worker; several may run at once");
NOP_ROW(nop_async, "nop-async-defer", DEFER, "io_uring deferred, worker thread", 0,
	IOSQE_ASYNC, "a NOP that is forced onto a worker thread, with deferred task work",
	CEILING, .caveat = "waking and switching to the worker; several may run at once");

/* What a NOP is read against: a call that does nothing. */
BATCH(ring_getppid)
{
	const unsigned long batch = run->batch, rounds = n;
	long fold = 0;

	do {
		for (unsigned long i = 0; i < batch; i++)
			fold |= SYS(getppid);
	} while (--n);
	run->enters += rounds * batch;
	return fold;
}

static int verify_getppid(struct bench_run *run)
{
	return batch_ring_getppid(run, 1) == getppid()
		       ? 0
		       : bench_fail(run, "getppid says something else");
}

BATCH_ROW(ring_getppid, "ring-nop-getppid", "ring-nop", "getppid", .via = VIA_INLINE,
	  .calls = "getppid", .base = "batch/ring-nop-getppid",
	  .params = "batch=1,16,256", .desc = "getppid, a call that does next to nothing",
	  .caveat = "the plain call that a NOP is read against",
	  .batch = batch_ring_getppid, .verify = verify_getppid);

/*
 * Once for a program, not for an operation: a ring made and closed, and things registered
 * with one and taken back. `workload` is what is made, so that only rings are compared.
 */
#define ENTRIES 64
#define GROUP	7 /* of the buffer ring */

struct once {
	struct ring ring;
	unsigned int flags;
	int files[64];
	struct iovec iov;
	struct io_uring_buf_reg reg;
};

BATCH(make_ring)
{
	const struct once *const o = run->state;
	long fold = 0;

	do {
		struct io_uring_params p = { .flags = o->flags,
					     .sq_thread_cpu = run->other_cpu };
		struct io_uring ring;
		int ret = io_uring_queue_init_params(ENTRIES, &ring, &p);

		fold |= ret;
		if (ret) /* there is nothing to close */
			break;
		io_uring_queue_exit(&ring);
	} while (--n);
	return fold;
}

/* The mode is tried once, which also tells its flags. */
static int setup_make(struct bench_run *run, enum ring_mode mode)
{
	struct once *o = run->state;
	int ret = ring_setup(run, &o->ring, mode, ENTRIES);

	if (ret)
		return ret;
	o->flags = o->ring.ring.flags;
	ring_teardown(run);
	return 0;
}

/* A ring made the same way works: one NOP goes through it. */
static int verify_make(struct bench_run *run)
{
	const struct io_uring_sqe nop = { .opcode = IORING_OP_NOP };
	struct once *o = run->state;
	struct io_uring_params p = { .flags = o->flags, .sq_thread_cpu = run->other_cpu };
	int ret = io_uring_queue_init_params(ENTRIES, &o->ring.ring, &p);

	if (!ret) {
		ret = ring_once(&o->ring, &nop);
		io_uring_queue_exit(&o->ring.ring);
	}
	return ret ? bench_fail(run, "a ring made like this does not work: %d", ret) : 0;
}

#define MAKE_ROW(slug, mode, word, ...)                                           \
	static int setup_make_##mode(struct bench_run *run)                       \
	{                                                                         \
		return setup_make(run, RING_##mode);                              \
	}                                                                         \
	BENCH(batch_make_##mode)                                                  \
	= { .id = "batch/setup-ring-" slug,                                       \
	    .via = VIA_RING,                                                      \
	    .calls = "io_uring_setup mmap mmap munmap munmap close",              \
	    .workload = "setup-ring",                                             \
	    .strategy = word,                                                     \
	    .flags = BENCH_SWEEP | BENCH_CPU,                                     \
	    .params = "batch=1",                                                  \
	    .state = sizeof(struct once),                                         \
	    .desc = "make a ring of 64 entries and close it: " word,              \
	    .caveat = "the kernel takes a ring apart later, on its own threads: " \
		      "that is not in it",                                        \
	    .setup = setup_make_##mode,                                           \
	    .batch = batch_make_ring,                                             \
	    .verify = verify_make,                                                \
	    __VA_ARGS__ }

MAKE_ROW("default", DEFAULT, "io_uring", .base = "null/getppid-inline");
MAKE_ROW("coop", COOP, "io_uring coop", .base = "batch/setup-ring-default");
MAKE_ROW("single", SINGLE, "io_uring deferred", .base = "batch/setup-ring-default");
MAKE_ROW("sqpoll", SQPOLL, "io_uring SQPOLL", .base = "batch/setup-ring-default",
	 .needs = bench_needs_two_cpus);

#define ONCE_OP(ident, what, take, give, gone)                                        \
	static inline __attribute__((always_inline)) int take_##ident(                \
		struct once *const o, unsigned int batch)                             \
	{                                                                             \
		(void)batch;                                                          \
		return take;                                                          \
	}                                                                             \
	static inline                                                                 \
		__attribute__((always_inline)) int give_##ident(struct once *const o) \
	{                                                                             \
		return give;                                                          \
	}                                                                             \
	BATCH(once_##ident)                                                           \
	{                                                                             \
		struct once *const o = run->state;                                    \
		const unsigned int batch = run->batch;                                \
		long fold = 0;                                                        \
                                                                                      \
		do {                                                                  \
			fold |= take_##ident(o, batch);                               \
			fold |= give_##ident(o);                                      \
		} while (--n);                                                        \
		return fold;                                                          \
	}                                                                             \
	/* It is gone after the batch, and there after being taken. */                \
	static int verify_once_##ident(struct bench_run *run)                         \
	{                                                                             \
		struct once *const o = run->state;                                    \
                                                                                      \
		if (!(gone))                                                          \
			return bench_fail(run, what " still registered");             \
		if (take_##ident(o, run->batch) < 0 || (gone))                        \
			return bench_fail(run, what " not registered");               \
		give_##ident(o); /* where `gone` did not do it */                     \
		return 0;                                                             \
	}

ONCE_OP(files, "files are", io_uring_register_files(&o->ring.ring, o->files, batch),
	io_uring_unregister_files(&o->ring.ring), give_files(o) < 0)
ONCE_OP(buffers, "a buffer is", io_uring_register_buffers(&o->ring.ring, &o->iov, 1),
	io_uring_unregister_buffers(&o->ring.ring), give_buffers(o) < 0)
ONCE_OP(buf_ring, "a buffer ring is",
	io_uring_register_buf_ring(&o->ring.ring, &o->reg, 0),
	io_uring_unregister_buf_ring(&o->ring.ring, GROUP), give_buf_ring(o) < 0)
/* liburing gives the number of rings: off by that one */
ONCE_OP(ring_fd, "the ring's fd is", io_uring_register_ring_fd(&o->ring.ring) - 1,
	io_uring_unregister_ring_fd(&o->ring.ring) - 1,
	o->ring.ring.enter_ring_fd == o->ring.ring.ring_fd)

static int setup_once(struct bench_run *run)
{
	struct once *o = run->state;
	size_t len = run->bytes ? run->bytes : 4096;
	int ret = bench_buffer(run, len);

	if (ret)
		return ret;
	run->fd[0] = open("/dev/null", O_RDWR | O_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "/dev/null");
	for (size_t i = 0; i < sizeof(o->files) / sizeof(o->files[0]); i++)
		o->files[i] = run->fd[0];
	o->iov = (struct iovec){ run->buf, len };
	o->reg = (struct io_uring_buf_reg){ .ring_addr = (uintptr_t)run->buf,
					    .ring_entries = ENTRIES,
					    .bgid = GROUP };
	return ring_setup(run, &o->ring, RING_DEFAULT, ENTRIES);
}

/* Refused by a kernel that is too old: SKIP before, not a failure within. */
#define ONCE_ROW(ident, slug, since, axes, what)                            \
	static int setup_once_##ident(struct bench_run *run)                \
	{                                                                   \
		struct once *const o = run->state;                          \
		int ret = setup_once(run);                                  \
                                                                            \
		if (ret)                                                    \
			return ret;                                         \
		ret = take_##ident(o, run->batch);                          \
		if (ret >= 0)                                               \
			ret = give_##ident(o);                              \
		if (ret >= 0)                                               \
			return 0;                                           \
		ring_teardown(run);                                         \
		return bench_skip(run, "%s; needs " since, strerror(-ret)); \
	}                                                                   \
	BENCH(batch_once_##ident)                                           \
	= { .id = "batch/setup-" slug,                                      \
	    .via = VIA_RING,                                                \
	    .calls = "io_uring_register io_uring_register",                 \
	    .workload = "setup-" slug,                                      \
	    .strategy = "io_uring",                                         \
	    .flags = BENCH_SWEEP | BENCH_CPU,                               \
	    .base = "null/getppid-inline",                                  \
	    .params = axes,                                                 \
	    .state = sizeof(struct once),                                   \
	    .desc = what,                                                   \
	    .caveat = "once for a program, not for an operation",           \
	    .setup = setup_once_##ident,                                    \
	    .batch = batch_once_##ident,                                    \
	    .verify = verify_once_##ident,                                  \
	    .teardown = ring_teardown }

ONCE_ROW(files, "files", "Linux 5.1", "batch=1,64",
	 "register a file with a ring and take it back, as one of a batch");
ONCE_ROW(buffers, "buffers", "Linux 5.1", "batch=1 bytes=4096,1048576",
	 "register a buffer with a ring and take it back");
ONCE_ROW(buf_ring, "buffer-ring", "Linux 5.19", "batch=1",
	 "register a ring of 64 provided buffers and take it back");
ONCE_ROW(ring_fd, "ring-fd", "Linux 5.18", "batch=1",
	 "register a ring's own descriptor and take it back");
