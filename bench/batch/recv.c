// SPDX-License-Identifier: MIT
/*
 * Many small messages that are there already, by each way of receiving them. They come
 * from a pair of AF_UNIX stream sockets, or are datagrams from a UDP socket on 127.0.0.1.
 *
 * Nobody waits: what waiting for a message costs is in group switch. One send a batch
 * fills the stream, and is in the time of its rows. Datagrams are sent before a window.
 */
#include <sys/epoll.h>
#include <sys/mman.h>

#include "batch.h"

#undef unix /* gnu11 has it as 1 */

#define FILL	 ONCE(SYS(sendto, fd, buf, total, 0, 0, 0))
#define RECV	 EACH(SYS(recvfrom, fd2, back + at, bytes, MSG_DONTWAIT, 0, 0))
#define RECVMMSG fold |= off_by(SYS(recvmmsg, fd2, s->msg, batch, MSG_DONTWAIT, 0), batch)
#define EPOLL                  \
	struct epoll_event ev; \
	fold |= off_by(SYS(epoll_wait, run->fd[2], &ev, 1, 0), 1)
#define SPREAD FOR_EACH_PIECE memcpy(back + at, copy + at, bytes)

PIECES(unix_recv, batch + 1, FILL; RECV)
PIECES(unix_recvmmsg, 2, FILL; RECVMMSG)
PIECES(unix_epoll, batch + 2, FILL; EPOLL; RECV)
PIECES(unix_copy, 2, FILL; ONCE(SYS(recvfrom, fd2, copy, total, 0, 0, 0)); SPREAD)
PIECES(udp_recv, batch, RECV)
PIECES(udp_recvmmsg, 1, RECVMMSG)
PIECES(udp_epoll, batch + 1, EPOLL; RECV)

#define PREP_RECV(in) io_uring_prep_recv(sqe, in, back + at, bytes, 0)

RING_LOOP(unix_ring, 1, FILL; SUBMIT(batch, bytes, PREP_RECV(fd2)))
RING_LOOP(unix_ring_fixed, 1, FILL; SUBMIT(batch, bytes, PREP_RECV(0); FIXED_FILE))
RING_LOOP(udp_ring, 0, SUBMIT(batch, bytes, PREP_RECV(fd2)))
RING_LOOP(udp_ring_fixed, 0, SUBMIT(batch, bytes, PREP_RECV(0); FIXED_FILE))

/*
 * One RECV request for all messages to come. It takes a buffer for each out of a ring of
 * buffers. `bids` is a power of two; buffers come back in the order of their use.
 */
#define GROUP 7
#define PAGE  4096

struct multishot {
	struct pieces pieces; /* first: see handle.h */
	struct io_uring_buf_ring *ring;
	size_t ring_len, bids;
	char *space; /* bids times `bytes` */
	unsigned long used;
};

/* One request: its completions are numbered here. */
#define REAP                                                                          \
	for (int left = (int)batch; left > 0;) {                                      \
		struct io_uring_cqe *cqe;                                             \
		unsigned int head;                                                    \
		int some = 0;                                                         \
                                                                                      \
		t.enters++;                                                           \
		io_uring_submit_and_wait(&r->ring, left);                             \
		t.kflags |= *(volatile unsigned int *)r->ring.sq.kflags;              \
		io_uring_for_each_cqe(&r->ring, head, cqe)                            \
		{                                                                     \
			unsigned int bid = cqe->flags >> IORING_CQE_BUFFER_SHIFT;     \
                                                                                      \
			fold |= off_by(cqe->res, bytes);                              \
			fold |= ~cqe->flags & IORING_CQE_F_MORE;                      \
			t.sum += (int)batch - left + some + 1;                        \
			io_uring_buf_ring_add(m->ring, m->space + bid * bytes, bytes, \
					      bid, mask, some++);                     \
		}                                                                     \
		io_uring_buf_ring_advance(m->ring, some);                             \
		io_uring_cq_advance(&r->ring, some);                                  \
		t.seen += some;                                                       \
		left -= some;                                                         \
	}
#define MULTISHOT_LOCALS                        \
	RING_LOCALS;                            \
	struct multishot *const m = run->state; \
	const int mask = m->bids - 1
#define MULTISHOT_END                  \
	m->used += iterations * batch; \
	t.requests = batch;            \
	t.enters += iterations;        \
	ring_count(run, iterations, &t)
LOOP_THEN(unix_multishot, MULTISHOT_LOCALS, MULTISHOT_END, FILL; REAP)

static int open_epoll(struct bench_run *run)
{
	struct epoll_event ev = { .events = EPOLLIN };

	run->fd[2] = epoll_create1(EPOLL_CLOEXEC);
	if (run->fd[2] < 0 || epoll_ctl(run->fd[2], EPOLL_CTL_ADD, run->fd[1], &ev))
		return bench_errno(run, "epoll");
	return 0;
}

/* The ring of buffers and the buffers behind it, in one mapping. */
static int make_buffers(struct bench_run *run)
{
	struct multishot *m = run->state;
	size_t head;
	char *p;

	for (m->bids = 1; m->bids < run->batch;)
		m->bids *= 2;
	head = (m->bids * sizeof(struct io_uring_buf) + PAGE - 1) / PAGE * PAGE;
	m->ring_len = head + m->bids * run->bytes;
	p = mmap(NULL, m->ring_len, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		return bench_errno(run, "mmap of buffers");
	m->ring = (void *)p;
	m->space = p + head;
	for (size_t i = 0; i < m->bids; i++)
		io_uring_buf_ring_add(m->ring, m->space + i * run->bytes, run->bytes, i,
				      m->bids - 1, i);
	io_uring_buf_ring_advance(m->ring, m->bids);
	return 0;
}

/* The request is made here, once. An old kernel refuses it at once. */
static int arm(struct bench_run *run)
{
	struct multishot *m = run->state;
	struct io_uring *ring = &m->pieces.ring.ring;
	int ret = make_buffers(run);
	struct io_uring_buf_reg reg = { .ring_addr = (uintptr_t)m->ring,
					.ring_entries = m->bids,
					.bgid = GROUP };
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;

	if (ret)
		return ret;
	ret = io_uring_register_buf_ring(ring, &reg, 0);
	if (ret)
		return bench_skip(run, "io_uring_register_buf_ring: %s; needs Linux 5.19",
				  strerror(-ret));
	sqe = io_uring_get_sqe(ring);
	io_uring_prep_recv_multishot(sqe, run->fd[1], NULL, 0, 0);
	sqe->flags |= IOSQE_BUFFER_SELECT;
	sqe->buf_group = GROUP;
	ret = io_uring_submit(ring);
	if (ret != 1)
		return bench_fail(run, "submitting a multishot RECV: %d", ret);
	if (!io_uring_peek_cqe(ring, &cqe))
		return bench_skip(run, "a multishot RECV: %s; needs Linux 6.0",
				  strerror(-cqe->res));
	return 0;
}

/* Each piece is in the buffer whose turn it was. */
static int verify_multishot(struct bench_run *run)
{
	struct multishot *m = run->state;
	size_t first = m->used;

	pieces_renew(run);
	memset(m->space, 0, m->bids * run->bytes);
	if (run->bench->batch(run, 1))
		return bench_fail(run, "an operation failed while verifying");
	for (size_t i = 0; i < run->batch; i++)
		if (memcmp(m->space + (first + i) % m->bids * run->bytes,
			   (char *)run->buf + i * run->bytes, run->bytes))
			return bench_fail(run, "piece %zu is not what was sent", i);
	return ring_verify(run);
}

static void teardown_multishot(struct bench_run *run)
{
	struct multishot *m = run->state;

	pieces_teardown(run);
	if (m->ring)
		munmap(m->ring, m->ring_len);
}

#define RECEIVE(source, slug, ...)                                 \
	PIECES_STRATEGY("recv-" #source "-" slug, "recv-" #source, \
			.base = "batch/recv-" #source "-recv",     \
			.caveat = source##_CAVEAT, .before = pieces_refill, __VA_ARGS__)
/* BY(…, way, …): by a loop of above, without a ring. */
#define BY(source, way, ...)                                                        \
	RECEIVE(source, #way, .arg = FROM(source), .batch = batch_##source##_##way, \
		__VA_ARGS__)
#define RING(source, ring, ...)                                                       \
	RECEIVE(source, __VA_ARGS__, .arg = FROM(source, .op = IORING_OP_RECV, ring), \
		.via = VIA_RING, .calls = "io_uring_enter")
#define RINGS(source)                                                                  \
	RING(source, ON_DEFAULT, "uring", .strategy = "io_uring",                      \
	     .params = source##_AXES, .batch = batch_##source##_ring,                  \
	     .desc = "a RECV request, one io_uring_enter a batch");                    \
	RING(source, ON_DEFER, "uring-defer",                                          \
	     .strategy = "io_uring deferred, fixed file", .params = source##_AXES,     \
	     .desc = "a RECV request to a registered socket, on a ring with deferred " \
		     "task work, its fd registered",                                   \
	     .batch = batch_##source##_ring_fixed)
#define MULTISHOT(ring, slug, ...)                                                 \
	STRATEGY("recv-unix-" slug, "recv-unix", .via = VIA_RING,                  \
		 .calls = "sendto io_uring_enter", .base = "batch/recv-unix-recv", \
		 .arg = FROM(unix, .op = IORING_OP_RECV, .more = arm, ring),       \
		 .caveat = unix_CAVEAT, .state = sizeof(struct multishot),         \
		 .setup = pieces_setup, .batch = batch_unix_multishot,             \
		 .verify = verify_multishot, .teardown = teardown_multishot,       \
		 __VA_ARGS__)

#define unix_AXES   UNIX_AXES
#define unix_CAVEAT "its share of the send that fills the stream is in it; no wake-up"
BY(unix, recv, .strategy = "recv", .calls = "sendto recvfrom", .params = UNIX_PLAIN,
   .desc = "receive a piece from a stream of AF_UNIX; one send a batch");
BY(unix, recvmmsg, .strategy = "recvmmsg", .calls = "sendto recvmmsg",
   .params = UNIX_AXES,
   .desc = "a piece from a stream of AF_UNIX, as one of a recvmmsg; one send a "
	   "batch");
RECEIVE(unix, "epoll", .strategy = "epoll, then recv",
	.calls = "sendto epoll_wait recvfrom", .params = UNIX_AXES,
	.arg = FROM(unix, .more = open_epoll), .batch = batch_unix_epoll,
	.desc = "receive a piece from a stream of AF_UNIX; one epoll_wait and one send a "
		"batch");
BY(unix, copy, .strategy = "recv, then copy", .calls = "sendto recvfrom",
   .params = UNIX_AXES,
   .desc = "a piece out of one recv of all of them, copied; one send a batch");
RINGS(unix);
MULTISHOT(ON_DEFAULT, "uring-multishot", .strategy = "io_uring multishot",
	  .params = "batch=" POWERS_256 " bytes=64; batch=1,4,16,32 bytes=4096",
	  .desc = "a completion of one multishot RECV, into a ring of provided buffers");
MULTISHOT(.mode = RING_DEFER, "uring-multishot-defer",
	  .strategy = "io_uring multishot deferred", .params = UNIX_AXES,
	  .desc = "a completion of one multishot RECV, into a ring of provided buffers, "
		  "on a ring with deferred task work, its fd registered");

#define udp_AXES   UDP_AXES
#define udp_CAVEAT "sent before, outside of the time; no wake-up"
BY(udp, recv, .strategy = "recv", .calls = "recvfrom", .params = UDP_PLAIN,
   .desc = "receive a datagram that is there");
BY(udp, recvmmsg, .strategy = "recvmmsg", .calls = "recvmmsg", .params = UDP_AXES,
   .desc = "a datagram that is there, as one of a recvmmsg");
RECEIVE(udp, "epoll", .strategy = "epoll, then recv", .calls = "epoll_wait recvfrom",
	.params = UDP_AXES,
	.desc = "receive a datagram that is there; one epoll_wait a batch",
	.arg = FROM(udp, .more = open_epoll), .batch = batch_udp_epoll);
RINGS(udp);
