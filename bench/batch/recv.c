// SPDX-License-Identifier: MIT
/*
 * Many small messages that are there already, by each way of receiving them: from a pair
 * of AF_UNIX stream sockets, and datagrams from a UDP socket on 127.0.0.1.
 *
 * Nobody waits: what a message costs that must be waited for is group switch. The stream
 * is filled by one send a batch, which is in the time of its rows; the datagrams are sent
 * before each window, outside of it.
 */
#include <errno.h>
#include <linux/sock_diag.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#undef unix /* gnu11 has it as 1 */

#ifndef SO_MEMINFO
#define SO_MEMINFO 55 /* Linux 4.12 */
#endif

/* run->fd[IN] is received from, run->fd[0] sent to, run->fd[2] an epoll of IN. */
#define unix_IN 1
#define udp_IN	0

#define FILL	 ONCE(SYS(sendto, fd, buf, total, 0, 0, 0))
#define RECV(in) EACH(SYS(recvfrom, in, back + at, bytes, MSG_DONTWAIT, 0, 0))
#define RECVMMSG(in) \
	fold |= off_by(SYS(recvmmsg, in, s->msg, batch, MSG_DONTWAIT, 0), batch)
#define EPOLL                  \
	struct epoll_event ev; \
	fold |= off_by(SYS(epoll_wait, run->fd[2], &ev, 1, 0), 1)
#define SPREAD                                       \
	for (size_t at = 0; at < total; at += bytes) \
	memcpy(back + at, copy + at, bytes)

PIECES(unix_recv, batch + 1, FILL; RECV(fd2))
PIECES(unix_recvmmsg, 2, FILL; RECVMMSG(fd2))
PIECES(unix_epoll, batch + 2, FILL; EPOLL; RECV(fd2))
PIECES(unix_copy, 2, FILL; ONCE(SYS(recvfrom, fd2, copy, total, 0, 0, 0)); SPREAD)
PIECES(udp_recv, batch, RECV(fd))
PIECES(udp_recvmmsg, 1, RECVMMSG(fd))
PIECES(udp_epoll, batch + 1, EPOLL; RECV(fd))

#define PREP_RECV(in) io_uring_prep_recv(sqe, in, buf + total + at, bytes, 0)
#define PREP_FIXED    \
	PREP_RECV(0); \
	sqe->flags |= IOSQE_FIXED_FILE
/* Before the requests are prepared: `i` is 0 once a batch. */
#define FILLED(prep)                                                           \
	if (!i) {                                                              \
		t.fold |= off_by(SYS(sendto, fd, buf, total, 0, 0, 0), total); \
		t.enters++;                                                    \
	}                                                                      \
	prep

RING_BATCH(unix_ring, batch, bytes, FILLED(PREP_RECV(run->fd[1])), (void)0)
RING_BATCH(unix_ring_fixed, batch, bytes, FILLED(PREP_FIXED), (void)0)
RING_BATCH(udp_ring, batch, bytes, PREP_RECV(fd), (void)0)
RING_BATCH(udp_ring_fixed, batch, bytes, PREP_FIXED, (void)0)

/*
 * One RECV request for all messages to come: it takes a buffer out of a ring of them for
 * each. `bids` is a power of two; buffers come back in the order in which they were used.
 */
#define GROUP 7

struct multishot {
	struct io_uring_buf_ring *ring;
	size_t ring_len, bids;
	char *space; /* bids times `bytes` */
	unsigned long used;
};

BATCH(unix_multishot)
{
	struct pieces *const s = run->state;
	struct multishot *const m = s->more;
	struct ring *const r = &s->ring;
	const size_t bytes = run->bytes, total = run->batch * bytes;
	const unsigned long rounds = n;
	const int batch = run->batch, fd = run->fd[0], mask = m->bids - 1;
	char *const buf = run->buf;
	struct ring_tally t = { 0 };

	do {
		int left = batch;

		t.fold |= off_by(SYS(sendto, fd, buf, total, 0, 0, 0), total);
		t.enters++;
		while (left > 0) {
			struct io_uring_cqe *cqe;
			unsigned int head;
			int some = 0;

			t.enters++;
			io_uring_submit_and_wait(&r->ring, left);
			t.kflags |= *(volatile unsigned int *)r->ring.sq.kflags;
			io_uring_for_each_cqe(&r->ring, head, cqe)
			{
				unsigned int bid = cqe->flags >> IORING_CQE_BUFFER_SHIFT;

				t.fold |= off_by(cqe->res, bytes);
				t.fold |= ~cqe->flags & IORING_CQE_F_MORE;
				/* One request: completions are numbered here. */
				t.sum += batch - left + some + 1;
				io_uring_buf_ring_add(m->ring, m->space + bid * bytes,
						      bytes, bid, mask, some++);
			}
			io_uring_buf_ring_advance(m->ring, some);
			io_uring_cq_advance(&r->ring, some);
			t.seen += some;
			left -= some;
		}
	} while (--n);
	m->used += rounds * batch;
	ring_count(run, r, batch, rounds, &t);
	return t.fold;
}

static int watch(struct bench_run *run, int in)
{
	struct epoll_event ev = { .events = EPOLLIN };

	run->fd[2] = epoll_create1(EPOLL_CLOEXEC);
	if (run->fd[2] < 0 || epoll_ctl(run->fd[2], EPOLL_CTL_ADD, run->fd[in], &ev))
		return bench_errno(run, "epoll");
	return 0;
}

static int setup_unix(struct bench_run *run)
{
	int ret = setup_areas(run, 1);

	return ret ? ret : batch_unix_pair(run);
}

static int setup_udp(struct bench_run *run)
{
	int ret = setup_areas(run, 1);

	return ret ? ret : batch_udp_socket(run);
}

/* The datagrams of a window. None was dropped, or a receive would find none. */
static int before_udp(struct bench_run *run, unsigned long n)
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

static int verify(struct bench_run *run, const char *what)
{
	struct pieces *s = run->state;
	int ret;

	paint(run);
	memset(s->back, 0, s->total);
	ret = run->bench->before ? run->bench->before(run, 1) : 0;
	if (ret)
		return ret;
	if (run->bench->batch(run, 1) || memcmp(run->buf, s->back, s->total))
		return bench_fail(run, "what was received is not what was sent: %s",
				  what);
	return s->ring.up ? ring_verify(run, &s->ring) : 0;
}

static int verify_unix(struct bench_run *run)
{
	return verify(run, "stream");
}

static int verify_udp(struct bench_run *run)
{
	return verify(run, "datagrams");
}

/* Each piece is in the buffer whose turn it was. */
static int verify_multishot(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct multishot *m = s->more;
	size_t first = m->used;

	paint(run);
	memset(m->space, 0, m->bids * run->bytes);
	if (run->bench->batch(run, 1))
		return bench_fail(run, "an operation failed while verifying");
	for (size_t i = 0; i < run->batch; i++)
		if (memcmp(m->space + (first + i) % m->bids * run->bytes,
			   (char *)run->buf + i * run->bytes, run->bytes))
			return bench_fail(run, "piece %zu is not what was sent", i);
	return ring_verify(run, &s->ring);
}

static int add_ring(struct bench_run *run, enum ring_mode mode, bool fixed, int in)
{
	struct pieces *s = run->state;
	int ret = ring_setup(run, &s->ring, mode, run->batch);

	if (!ret)
		ret = ring_needs_op(run, &s->ring, IORING_OP_RECV, "RECV", "Linux 5.6");
	if (!ret && fixed)
		ret = ring_fix_file(run, &s->ring, run->fd[in]);
	if (!ret && send(run->fd[0], run->buf, run->bytes, 0) < 0)
		ret = bench_errno(run, "send");
	if (!ret)
		ret = ring_probe_read(run, run->fd[in], s->back, run->bytes, -1);
	if (ret)
		ring_teardown(run);
	return ret;
}

static void teardown_multishot(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct multishot *m = s->more;

	ring_teardown(run);
	if (m)
		munmap(m->ring, m->ring_len);
	s->more = NULL;
}

/* The ring of buffers, in one mapping with its head and the buffers behind it. */
static int make_buffers(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct multishot *m;
	size_t bids = 1, head;
	char *p;

	while (bids < run->batch)
		bids *= 2;
	head = (bids * sizeof(struct io_uring_buf) + 4095) / 4096 * 4096;
	p = mmap(NULL, head + 4096 + bids * run->bytes, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (p == MAP_FAILED)
		return bench_errno(run, "mmap of buffers");
	m = (struct multishot *)(p + head);
	*m = (struct multishot){ .ring = (void *)p,
				 .ring_len = head + 4096 + bids * run->bytes,
				 .bids = bids,
				 .space = p + head + 4096 };
	s->more = m;
	for (size_t i = 0; i < bids; i++)
		io_uring_buf_ring_add(m->ring, m->space + i * run->bytes, run->bytes, i,
				      bids - 1, i);
	io_uring_buf_ring_advance(m->ring, bids);
	return 0;
}

/* The request is made here, once. An old kernel refuses it at once. */
static int arm(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct multishot *m = s->more;
	struct io_uring_buf_reg reg = { .ring_addr = (uintptr_t)m->ring,
					.ring_entries = m->bids,
					.bgid = GROUP };
	struct io_uring *ring = &s->ring.ring;
	struct io_uring_sqe *sqe;
	struct io_uring_cqe *cqe;
	int ret = io_uring_register_buf_ring(ring, &reg, 0);

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

static int setup_multishot(struct bench_run *run, enum ring_mode mode)
{
	int ret = setup_unix(run);

	if (!ret)
		ret = add_ring(run, mode, false, 1);
	if (!ret)
		ret = make_buffers(run);
	if (!ret)
		ret = arm(run);
	if (ret)
		teardown_multishot(run);
	return ret;
}

#define SETUP_RING(sink, mode, fixed)                                            \
	static int setup_##sink##_##mode##_##fixed(struct bench_run *run)        \
	{                                                                        \
		int ret = setup_##sink(run);                                     \
                                                                                 \
		return ret ? ret : add_ring(run, RING_##mode, fixed, sink##_IN); \
	}
#define SETUP_MULTISHOT(mode)                                    \
	static int setup_multishot_##mode(struct bench_run *run) \
	{                                                        \
		return setup_multishot(run, RING_##mode);        \
	}
#define SETUP_EPOLL(sink)                                      \
	static int setup_##sink##_epoll(struct bench_run *run) \
	{                                                      \
		int ret = setup_##sink(run);                   \
                                                               \
		return ret ? ret : watch(run, sink##_IN);      \
	}

SETUP_RING(unix, DEFAULT, 0)
SETUP_RING(unix, DEFER, 1)
SETUP_RING(udp, DEFAULT, 0)
SETUP_RING(udp, DEFER, 1)
SETUP_MULTISHOT(DEFAULT)
SETUP_MULTISHOT(DEFER)
SETUP_EPOLL(unix)
SETUP_EPOLL(udp)

#define unix_before NULL
#define udp_before  before_udp

#define ROW(sink, slug, ident, how, made_by, axes, what, ...)                          \
	BATCH_ROW(recv_##sink##_##ident, "recv-" #sink "-" slug, "recv-" #sink, how,   \
		  .base = "batch/recv-" #sink "-recv", .via = made_by, .params = axes, \
		  .desc = what, .caveat = sink##_BEWARE, .before = sink##_before,      \
		  __VA_ARGS__)
#define CALL_ROW(sink, slug, how, made_of, axes, what, set_up)                \
	ROW(sink, #slug, slug, how, VIA_INLINE, axes, what, .calls = made_of, \
	    .setup = set_up, .batch = batch_##sink##_##slug, .verify = verify_##sink)
#define RING_ROWS(sink)                                                                 \
	ROW(sink, "uring", ring, "io_uring", VIA_RING, sink##_AXES,                     \
	    "a RECV request, one io_uring_enter a batch", .calls = "io_uring_enter",    \
	    .setup = setup_##sink##_DEFAULT_0, .batch = batch_##sink##_ring,            \
	    .verify = verify_##sink, .teardown = ring_teardown);                        \
	ROW(sink, "uring-defer", ring_defer, "io_uring deferred, fixed file", VIA_RING, \
	    sink##_AXES,                                                                \
	    "a RECV request to a registered socket, on a ring with deferred task "      \
	    "work, its fd registered",                                                  \
	    .calls = "io_uring_enter", .setup = setup_##sink##_DEFER_1,                 \
	    .batch = batch_##sink##_ring_fixed, .verify = verify_##sink,                \
	    .teardown = ring_teardown)
#define MULTISHOT_ROW(slug, mode, how, axes, what)                             \
	ROW(unix, slug, multishot_##mode, how, VIA_RING, axes, what,           \
	    .calls = "sendto io_uring_enter", .setup = setup_multishot_##mode, \
	    .batch = batch_unix_multishot, .verify = verify_multishot,         \
	    .teardown = teardown_multishot)

/* As many as the default limits of a socket's buffer let in. */
#define unix_AXES                                                                        \
	"batch=" N_256 " bytes=64; batch=1,2,4,8,16,32 bytes=4096; batch=1,16 bytes=1; " \
	"batch=1 bytes=65536"
#define unix_PLAIN  "batch=1,16,256 bytes=64; batch=1,16 bytes=1,4096; batch=1 bytes=65536"
#define unix_BEWARE "its share of the send that fills the stream is in it; no wake-up"
CALL_ROW(unix, recv, "recv", "sendto recvfrom", unix_PLAIN,
	 "receive a piece from a stream of AF_UNIX; one send a batch", setup_unix);
CALL_ROW(unix, recvmmsg, "recvmmsg", "sendto recvmmsg", unix_AXES,
	 "a piece from a stream of AF_UNIX, as one of a recvmmsg; one send a batch",
	 setup_unix);
CALL_ROW(unix, epoll, "epoll, then recv", "sendto epoll_wait recvfrom", unix_AXES,
	 "receive a piece from a stream of AF_UNIX; one epoll_wait and one send a batch",
	 setup_unix_epoll);
CALL_ROW(unix, copy, "recv, then copy", "sendto recvfrom", unix_AXES,
	 "a piece out of one recv of all of them, copied; one send a batch", setup_unix);
RING_ROWS(unix);
MULTISHOT_ROW("uring-multishot", DEFAULT, "io_uring multishot",
	      "batch=" POWERS_256 " bytes=64; batch=1,4,16,32 bytes=4096",
	      "a completion of one multishot RECV, into a ring of provided buffers");
MULTISHOT_ROW("uring-multishot-defer", DEFER, "io_uring multishot deferred", unix_AXES,
	      "a completion of one multishot RECV, into a ring of provided buffers, on a "
	      "ring with deferred task work, its fd registered");

#define udp_AXES \
	"batch=" N_256 " bytes=64; batch=1,2,4,8,16,32 bytes=4096; batch=1,16 bytes=1"
#define udp_BEWARE "sent before, outside of the time; no wake-up"
CALL_ROW(udp, recv, "recv", "recvfrom",
	 "batch=1,16,256 bytes=64; batch=1,16 bytes=1,4096",
	 "receive a datagram that is there", setup_udp);
CALL_ROW(udp, recvmmsg, "recvmmsg", "recvmmsg", udp_AXES,
	 "a datagram that is there, as one of a recvmmsg", setup_udp);
CALL_ROW(udp, epoll, "epoll, then recv", "epoll_wait recvfrom", udp_AXES,
	 "receive a datagram that is there; one epoll_wait a batch", setup_udp_epoll);
RING_ROWS(udp);
