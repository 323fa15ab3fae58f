// SPDX-License-Identifier: MIT
/*
 * What an io_uring itself costs, in every mode of it. Requests that do nothing come in
 * batches that one io_uring_enter submits and waits for. Making a ring and registering
 * things with it are timed apart.
 *
 * A plain NOP completes while it is submitted: the floor. One that completes by task work
 * shows what the task-work modes change. One on a registered file adds its look-up. One
 * that is forced onto a worker thread (IOSQE_ASYNC) is the ceiling. None of them is I/O:
 * what real requests cost is in the other files of the family.
 */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "batch.h"

#define NOP io_uring_prep_nop(sqe)

RING_LOOP(nop, 0, SUBMIT(batch, 0, NOP))
RING_LOOP(nop_tw, 0, SUBMIT(batch, 0, NOP; sqe->rw_flags = IORING_NOP_TW))
RING_LOOP(nop_file, 0, SUBMIT(batch, 0, NOP; sqe->rw_flags = IORING_NOP_FIXED_FILE))
RING_LOOP(nop_async, 0, SUBMIT(batch, 0, NOP; sqe->flags = IOSQE_ASYNC))

struct nop {
	enum ring_mode mode;
	unsigned int rw_flags, flags;
};

/* A ring, and the proof that this kernel takes such a NOP: an older one may not. */
static int setup(struct bench_run *run)
{
	const struct nop *nop = run->bench->arg;
	const struct io_uring_sqe sqe = { .opcode = IORING_OP_NOP,
					  .flags = nop->flags,
					  .rw_flags = nop->rw_flags };
	const bool on_file = nop->rw_flags & IORING_NOP_FIXED_FILE;
	/* The loop has pointers into the buffer: see handle.h. */
	int ret = bench_buffer(run, 1) ?: ring_setup(run, nop->mode, run->batch, NULL);

	if (!on_file)
		return ret
			       ?: ring_needs_request(run, &sqe, "a NOP with this flag",
						     "Linux 6.17");
	return ret ?: bench_open(run, 0, "/dev/null", O_RDWR)
		       ?: ring_fix_file(run, run->fd[0])
		       ?: ring_needs_request(run, &sqe, "a NOP on a registered file",
					     "Linux 6.13");
}

/* RING_NOP(kind, mode, slug, …): a loop of above, and kind_FLAGS of its requests. */
#define RING_NOP(kind, ring, slug, ...)                                                \
	STRATEGY("ring-" slug, "ring-nop", .via = VIA_RING, .calls = "io_uring_enter", \
		 .base = "batch/ring-nop-getppid", .state = sizeof(struct pieces),     \
		 .arg = &(const struct nop){ .mode = RING_##ring, kind##_FLAGS },      \
		 .setup = setup, .batch = batch_##kind, .verify = ring_verify,         \
		 .teardown = ring_teardown, __VA_ARGS__)
/* In all modes: also with kind_WORD, kind_WHAT and kind_AXES. */
#define RING_NOPS(kind, slug)                                                          \
	RING_NOP(kind, DEFAULT, slug "-default", .strategy = kind##_WORD,              \
		 .desc = kind##_WHAT ", on a ring without flags", FLOOR(kind##_AXES)); \
	RING_NOP(kind, REGISTERED, slug "-registered", FLOOR(kind##_AXES),             \
		 .strategy = kind##_WORD ", registered ring",                          \
		 .desc = kind##_WHAT ", on a ring whose fd is registered");            \
	RING_NOP(kind, COOP, slug "-coop", .strategy = kind##_WORD " coop",            \
		 .desc = kind##_WHAT ", on a ring with COOP_TASKRUN",                  \
		 FLOOR(kind##_AXES));                                                  \
	RING_NOP(kind, SINGLE, slug "-single", .strategy = kind##_WORD " deferred",    \
		 .desc = kind##_WHAT ON_SINGLE, FLOOR(kind##_AXES));                   \
	RING_NOP(kind, DEFER, slug "-defer",                                           \
		 .desc = kind##_WHAT ON_SINGLE ", fd registered",                      \
		 .strategy = kind##_WORD " deferred, registered ring", FLOOR(N));      \
	RING_NOP(                                                                      \
		kind, SQPOLL, slug "-sqpoll", .strategy = kind##_WORD " SQPOLL",       \
		.params = kind##_AXES, .needs = bench_needs_two_cpus,                  \
		.desc = kind##_WHAT ", taken by a kernel thread on another CPU",       \
		.caveat = "that CPU is busy all the time: see cpu_ns; the caller spins")

#define N	  "batch=" N_1024
#define SOME_N	  "batch=" POWERS_1024
#define ON_SINGLE ", on a ring with SINGLE_ISSUER and DEFER_TASKRUN"
#define FLOOR(axes) \
	.params = axes, .caveat = "the ring's own price; one io_uring_enter a batch"

#define nop_FLAGS
#define nop_WORD "io_uring"
#define nop_WHAT "a NOP"
#define nop_AXES N
RING_NOPS(nop, "nop");

#define nop_tw_FLAGS .rw_flags = IORING_NOP_TW
#define nop_tw_WORD  "io_uring, task work"
#define nop_tw_WHAT  "a NOP that completes by task work"
#define nop_tw_AXES  SOME_N
RING_NOPS(nop_tw, "nop-tw");

#define nop_file_FLAGS .rw_flags = IORING_NOP_FIXED_FILE
RING_NOP(nop_file, DEFAULT, "nop-file", .strategy = "io_uring, fixed file",
	 .desc = "a NOP that looks a registered file up", FLOOR(SOME_N));
RING_NOP(nop_file, DEFER, "nop-file-defer", .strategy = "io_uring deferred, fixed file",
	 FLOOR(SOME_N),
	 .desc = "a NOP that looks a registered file up, on a ring with deferred task "
		 "work");

#define nop_async_FLAGS .flags = IOSQE_ASYNC
#define CEILING                          \
	.params = "batch=1,4,16,64,256", \
	.caveat = "waking and switching to the worker; several may run at once"
RING_NOP(nop_async, DEFAULT, "nop-async", .strategy = "io_uring, worker thread",
	 .desc = "a NOP that is forced onto a worker thread", CEILING);
RING_NOP(nop_async, DEFER, "nop-async-defer", CEILING,
	 .strategy = "io_uring deferred, worker thread",
	 .desc = "a NOP that is forced onto a worker thread, with deferred task work");

/* What a NOP is read against: a call that does nothing. */
LOOP(ring_getppid, const unsigned long batch = run->batch;
     run->enters += n * batch,
     for (unsigned long i = 0; i < batch; i++) fold |= SYS(getppid))

static int verify_getppid(struct bench_run *run)
{
	return batch_ring_getppid(run, 1) == getppid()
		       ? 0
		       : bench_fail(run, "getppid says something else");
}

STRATEGY("ring-nop-getppid", "ring-nop", .strategy = "getppid", .calls = "getppid",
	 .base = "batch/ring-nop-getppid", .params = "batch=1,16,256",
	 .desc = "getppid, a call that does next to nothing",
	 .caveat = "the plain call that a NOP is read against",
	 .batch = batch_ring_getppid, .verify = verify_getppid);

/*
 * Once for a program, not for an operation: a ring made and closed, and things registered
 * with one and taken back. `workload` is what is made, so that only rings are compared.
 */
#define ENTRIES	   64
#define FILES_MOST 64
#define GROUP	   7	/* of the buffer ring */
#define ONCE_BYTES 4096 /* of a buffer, where that is no parameter */

struct once {
	struct ring ring; /* first: see ring.h */
	unsigned int flags;
	int files[FILES_MOST];
	struct iovec iov;
	struct io_uring_buf_reg reg;
};

static always_inline int make_ring(const struct bench_run *run, struct io_uring *ring)
{
	const struct once *o = run->state;
	struct io_uring_params p = { .flags = o->flags, .sq_thread_cpu = run->other_cpu };

	return io_uring_queue_init_params(ENTRIES, ring, &p);
}

BATCH(make_ring)
{
	long fold = 0;

	REPEAT (n) {
		struct io_uring ring;
		int ret = make_ring(run, &ring);

		fold |= ret;
		if (ret) /* there is nothing to close */
			break;
		io_uring_queue_exit(&ring);
	}
	return fold;
}

/* The mode is tried once, which also tells its flags. */
static int setup_make(struct bench_run *run)
{
	const enum ring_mode *mode = run->bench->arg;
	struct once *o = run->state;
	int ret = ring_setup(run, *mode, ENTRIES, NULL);

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
	int ret = make_ring(run, &o->ring.ring);

	if (!ret) {
		ret = ring_once(&o->ring, &nop);
		io_uring_queue_exit(&o->ring.ring);
	}
	return ret ? bench_fail(run, "a ring made like this does not work: %d", ret) : 0;
}

#define MAKE(ring, slug, word, ...)                                                    \
	STRATEGY("setup-ring-" slug, "setup-ring", .strategy = word, .via = VIA_RING,  \
		 .calls = "io_uring_setup mmap mmap munmap munmap close",              \
		 .params = "batch=1", .state = sizeof(struct once),                    \
		 .arg = &(const enum ring_mode){ RING_##ring },                        \
		 .desc = "make a ring of 64 entries and close it: " word,              \
		 .caveat = "the kernel takes a ring apart later, on its own threads: " \
			   "that is not in it",                                        \
		 .setup = setup_make, .batch = batch_make_ring, .verify = verify_make, \
		 .teardown = ring_teardown, __VA_ARGS__)

MAKE(DEFAULT, "default", "io_uring", .base = NULL_CALL);
MAKE(COOP, "coop", "io_uring coop", .base = "batch/setup-ring-default");
MAKE(SINGLE, "single", "io_uring deferred", .base = "batch/setup-ring-default");
MAKE(SQPOLL, "sqpoll", "io_uring SQPOLL", .base = "batch/setup-ring-default",
     .needs = bench_needs_two_cpus);

/* What is registered and unregistered: each gives 0, something positive, or -errno. */
struct registration {
	const char *what, *since;
	int (*add)(struct once *o, unsigned int batch);
	int (*remove)(struct once *o);
};

#define ONCE_LOCALS                        \
	struct once *const o = run->state; \
	const unsigned int batch = run->batch
#define REGISTRATION(ident, add_it, remove_it)                                     \
	static always_inline int register_##ident(struct once *o,                  \
						  unsigned int batch maybe_unused) \
	{                                                                          \
		return add_it;                                                     \
	}                                                                          \
	static always_inline int unregister_##ident(struct once *o)                \
	{                                                                          \
		return remove_it;                                                  \
	}                                                                          \
	LOOP(once_##ident, ONCE_LOCALS, fold |= register_##ident(o, batch);        \
	     fold |= unregister_##ident(o))

REGISTRATION(files, io_uring_register_files(&o->ring.ring, o->files, batch),
	     io_uring_unregister_files(&o->ring.ring))
REGISTRATION(buffers, io_uring_register_buffers(&o->ring.ring, &o->iov, 1),
	     io_uring_unregister_buffers(&o->ring.ring))
REGISTRATION(buf_ring, io_uring_register_buf_ring(&o->ring.ring, &o->reg, 0),
	     io_uring_unregister_buf_ring(&o->ring.ring, GROUP))
/* liburing gives the number of rings: off by that one */
REGISTRATION(ring_fd, io_uring_register_ring_fd(&o->ring.ring) - 1,
	     io_uring_unregister_ring_fd(&o->ring.ring) - 1)

/* Refused by a kernel that is too old: SKIP before, not a failure within. */
static int setup_once(struct bench_run *run)
{
	const struct registration *how = run->bench->arg;
	size_t len = run->bytes ? run->bytes : ONCE_BYTES;
	struct once *o = run->state;
	int ret = bench_buffer(run, len)
			  ?: bench_open(run, 0, "/dev/null", O_RDWR)
			  ?: ring_setup(run, RING_DEFAULT, ENTRIES, NULL);

	if (ret)
		return ret;
	for (size_t i = 0; i < FILES_MOST; i++)
		o->files[i] = run->fd[0];
	o->iov = (struct iovec){ run->buf, len };
	o->reg = (struct io_uring_buf_reg){ .ring_addr = (uintptr_t)run->buf,
					    .ring_entries = ENTRIES,
					    .bgid = GROUP };
	ret = how->add(o, run->batch);
	if (ret >= 0)
		ret = how->remove(o);
	return ret >= 0 ? 0 : bench_skip(run, "%s; needs %s", strerror(-ret), how->since);
}

/* Unregistering twice fails, but not for the descriptor of the ring itself. */
static bool is_gone(struct once *o, const struct registration *how)
{
	return how->remove == unregister_ring_fd
		       ? o->ring.ring.enter_ring_fd == o->ring.ring.ring_fd
		       : how->remove(o) < 0;
}

/* It is gone after the batch, and there once it is registered again. */
static int verify_once(struct bench_run *run)
{
	const struct registration *how = run->bench->arg;
	struct once *o = run->state;

	if (!is_gone(o, how))
		return bench_fail(run, "%s still registered", how->what);
	if (how->add(o, run->batch) < 0 || is_gone(o, how))
		return bench_fail(run, "%s not registered", how->what);
	how->remove(o); /* where is_gone() did not do it */
	return 0;
}

#define REGISTER(ident, thing, needs, ...)                                            \
	STRATEGY(__VA_ARGS__, .strategy = "io_uring", .via = VIA_RING,                \
		 .calls = "io_uring_register io_uring_register", .base = NULL_CALL,   \
		 .state = sizeof(struct once),                                        \
		 .caveat = "once for a program, not for an operation",                \
		 .arg = &(const struct registration){ .what = thing,                  \
						      .since = needs,                 \
						      .add = register_##ident,        \
						      .remove = unregister_##ident }, \
		 .setup = setup_once, .batch = batch_once_##ident,                    \
		 .verify = verify_once, .teardown = ring_teardown)

REGISTER(files, "files are", "Linux 5.1", "setup-files", "setup-files",
	 .params = "batch=1,64",
	 .desc = "register a file with a ring and take it back, as one of a batch");
REGISTER(buffers, "a buffer is", "Linux 5.1", "setup-buffers", "setup-buffers",
	 .params = "batch=1 bytes=4096,1048576",
	 .desc = "register a buffer with a ring and take it back");
REGISTER(buf_ring, "a buffer ring is", "Linux 5.19", "setup-buffer-ring",
	 "setup-buffer-ring", .params = "batch=1",
	 .desc = "register a ring of 64 provided buffers and take it back");
REGISTER(ring_fd, "the ring's fd is", "Linux 5.18", "setup-ring-fd", "setup-ring-fd",
	 .params = "batch=1",
	 .desc = "register a ring's own descriptor and take it back");
