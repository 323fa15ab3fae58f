// SPDX-License-Identifier: MIT
/* Rings for benchmarks; see ring.h. Nothing here runs inside a window. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "base/file.h"
#include "measure/cputime.h"
#include "ring.h"

#define FUTURE		  (1U << 31)
#define SQ_THREAD_IDLE_MS 2000 /* the kernel thread does not sleep between windows */

static const struct {
	unsigned int flags;
	bool register_ring;
	const char *since;
} modes[RING_MODES] = {
	[RING_DEFAULT] = { 0, false, "Linux 5.1" },
	[RING_REGISTERED] = { 0, true, "Linux 5.18" },
	[RING_COOP] = { IORING_SETUP_COOP_TASKRUN, false, "Linux 5.19" },
	[RING_SINGLE] = { IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, false,
			  "Linux 6.1" },
	[RING_DEFER] = { IORING_SETUP_SINGLE_ISSUER | IORING_SETUP_DEFER_TASKRUN, true,
			 "Linux 6.1" },
	[RING_SQPOLL] = { IORING_SETUP_SQPOLL | IORING_SETUP_SQ_AFF, false,
			  "Linux 5.11, or CAP_SYS_NICE" },
	[RING_FUTURE] = { FUTURE, false, "a Linux that has it" },
};

static const struct {
	unsigned int flag;
	const char *name;
} flag_names[] = {
	{ IORING_SETUP_SQPOLL, "SQPOLL" },
	{ IORING_SETUP_SQ_AFF, "SQ_AFF" },
	{ IORING_SETUP_CQSIZE, "CQSIZE" },
	{ IORING_SETUP_COOP_TASKRUN, "COOP_TASKRUN" },
	{ IORING_SETUP_SINGLE_ISSUER, "SINGLE_ISSUER" },
	{ IORING_SETUP_DEFER_TASKRUN, "DEFER_TASKRUN" },
	{ FUTURE, "0x80000000" },
};

/* "SINGLE_ISSUER DEFER_TASKRUN", or "none". */
static void name_flags(char *text, size_t len, unsigned int flags, bool registered)
{
	size_t at = 0;

	text[0] = '\0';
	for (size_t i = 0; i < sizeof(flag_names) / sizeof(flag_names[0]); i++)
		if (flags & flag_names[i].flag)
			at += snprintf(text + at, len - at, "%s%s", at ? " " : "",
				       flag_names[i].name);
	if (registered)
		at += snprintf(text + at, len - at, "%sring fd registered",
			       at ? ", " : "");
	if (!at)
		snprintf(text, len, "none");
}

/* What `what` gave, negative where it is refused: it needs `since`. 0 or a verdict. */
static int judge(struct bench_run *run, const char *what, int ret, const char *since)
{
	if (ret >= 0)
		return 0;
	if (ret == -EINVAL || ret == -ENOSYS || ret == -EOPNOTSUPP)
		return bench_skip(run, "%s: %s; needs %s", what, strerror(-ret), since);
	errno = -ret;
	return bench_errno(run, what);
}

int ring_setup(struct bench_run *run, enum ring_mode mode, unsigned int requests,
	       struct io_uring_params *p)
{
	struct ring *r = run->state;
	struct io_uring_params plain = { 0 };
	bool registered = modes[mode].register_ring;
	char what[160];
	unsigned int asked;
	int ret;

	p = p ?: &plain;
	asked = p->flags |= modes[mode].flags;
	name_flags(run->outcome.asked, sizeof(run->outcome.asked), asked, registered);
	if (mode == RING_SQPOLL) {
		/* On the same CPU it would run only when we are switched out. */
		if (run->other_cpu < 0)
			return bench_skip(run,
					  "SQPOLL needs a second CPU for its thread");
		p->sq_thread_cpu = run->other_cpu;
		p->sq_thread_idle = SQ_THREAD_IDLE_MS;
		/* Completions are seen before the place of their requests is free. */
		requests *= 2;
	}
	ret = io_uring_queue_init_params(requests, &r->ring, p);
	if (ret < 0) {
		snprintf(what, sizeof(what), "io_uring_setup(%s)", run->outcome.asked);
		return judge(run, what, ret, modes[mode].since);
	}
	r->up = true;
	r->spin = mode == RING_SQPOLL;
	run->want = 0;
	run->outcome.overflow = 0;
	snprintf(run->outcome.mode, sizeof(run->outcome.mode), "inline");
	ret = registered ? io_uring_register_ring_fd(&r->ring) : 1;
	if (ret != 1)
		return judge(run, "io_uring_register_ring_fd", ret ?: -EINVAL,
			     modes[mode].since);
	name_flags(run->outcome.in_force, sizeof(run->outcome.in_force), p->flags,
		   r->ring.enter_ring_fd != r->ring.ring_fd);
	if (asked & ~p->flags)
		return bench_fail(run, "asked for %s, got %s", run->outcome.asked,
				  run->outcome.in_force);
	return 0;
}

void ring_teardown(struct bench_run *run)
{
	struct ring *r = run->state;

	if (r->up)
		io_uring_queue_exit(&r->ring);
	r->up = false;
}

int ring_needs_op(struct bench_run *run, int op)
{
	static const char *const names[] = {
		[IORING_OP_READ] = "READ",
		[IORING_OP_WRITE] = "WRITE",
		[IORING_OP_SEND] = "SEND",
		[IORING_OP_RECV] = "RECV",
	};
	struct ring *r = run->state;
	struct io_uring_probe *probe = io_uring_get_probe_ring(&r->ring);
	bool known = probe && io_uring_opcode_supported(probe, op);

	io_uring_free_probe(probe);
	if (known)
		return 0;
	return bench_skip(run, "this kernel's io_uring does not know %s: needs Linux 5.6",
			  names[op]);
}

int ring_once(struct ring *r, const struct io_uring_sqe *request)
{
	struct io_uring_sqe *sqe = io_uring_get_sqe(&r->ring);
	struct io_uring_cqe *cqe;
	int ret;

	*sqe = *request;
	ret = io_uring_submit(&r->ring);
	if (ret >= 0)
		ret = io_uring_wait_cqe(&r->ring, &cqe);
	if (ret < 0)
		return ret;
	ret = cqe->res;
	io_uring_cqe_seen(&r->ring, cqe);
	return ret;
}

int ring_needs_request(struct bench_run *run, const struct io_uring_sqe *sqe,
		       const char *what, const char *since)
{
	return judge(run, what, ring_once(run->state, sqe), since);
}

int ring_fix_file(struct bench_run *run, int fd)
{
	struct ring *r = run->state;

	return judge(run, "io_uring_register_files",
		     io_uring_register_files(&r->ring, &fd, 1), "Linux 5.1");
}

int ring_fix_buffer(struct bench_run *run, void *buf, size_t len)
{
	struct ring *r = run->state;
	const struct iovec iov = { buf, len };

	return judge(run, "io_uring_register_buffers",
		     io_uring_register_buffers(&r->ring, &iov, 1), "Linux 5.1");
}

int ring_probe(struct bench_run *run, bool reads, int fd, void *buf, size_t len,
	       off_t off)
{
	const struct iovec iov = { buf, len };
	ssize_t ret = (reads ? preadv2 : pwritev2)(fd, &iov, 1, off, RWF_NOWAIT);

	if (ret >= 0)
		return 0;
	if (errno != EAGAIN && errno != EOPNOTSUPP)
		return bench_errno(run, reads ? "preadv2" : "pwritev2");
	snprintf(run->outcome.mode, sizeof(run->outcome.mode), "punted");
	return 0;
}

/* Does this process have a ring's worker thread? The kernel names them iou-wrk-PID. */
static bool has_workers(void)
{
	struct cputime threads;

	cputime_threads(&threads);
	for (size_t i = 0; i < threads.n; i++) {
		char path[64], name[32];

		snprintf(path, sizeof(path), "/proc/self/task/%d/comm", threads.other[i]);
		if (file_line(path, name, sizeof(name)) && !strncmp(name, "iou-wrk-", 8))
			return true;
	}
	return false;
}

int ring_verify(struct bench_run *run)
{
	struct ring *r = run->state;
	unsigned long n = r->requests, overflow = *r->ring.cq.koverflow;

	/* Those that the kernel keeps aside until there is room are not counted there. */
	if (!overflow && (r->kflags & IORING_SQ_CQ_OVERFLOW))
		overflow = 1;
	run->outcome.overflow = overflow;
	if (overflow)
		return bench_fail(run, "%lu or more completions overflowed their queue",
				  overflow);
	if (r->seen != r->iterations * n || r->sum != r->iterations * (n * (n + 1) / 2))
		return bench_fail(run, "%lu completions of %lu, user_data sums to %lu",
				  r->seen, r->iterations * n, r->sum);
	if (has_workers())
		snprintf(run->outcome.mode, sizeof(run->outcome.mode), "punted");
	return 0;
}
