// SPDX-License-Identifier: MIT
/*
 * Many small messages, by each way of sending them: over a pair of AF_UNIX stream sockets,
 * and as datagrams to a UDP socket on 127.0.0.1 that is its own peer.
 *
 * One thread does both sides, so nobody is woken. The stream is emptied by one recv a
 * batch, which is in the time of its rows; the datagrams are received outside of the
 * windows. Loopback has no driver, no interrupt and no wire: UDP's receiving half runs
 * inside the send.
 */
#include <unistd.h>

#include "batch.h"

#undef unix /* gnu11 has it as 1 */

#define DRAIN ONCE(SYS(recvfrom, fd2, back, total, 0, 0, 0))
#define GATHER                                       \
	for (size_t at = 0; at < total; at += bytes) \
	memcpy(copy + at, buf + at, bytes)
#define SEND(from, len) SYS(sendto, fd, from, len, 0, 0, 0)
#define SENDMMSG	fold |= off_by(SYS(sendmmsg, fd, s->msg, batch, 0), batch)

PIECES(unix_send, batch + 1, EACH(SEND(buf + at, bytes)); DRAIN)
PIECES(unix_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); DRAIN)
PIECES(unix_writev, 2, ONCE(SYS(writev, fd, iov, batch)); DRAIN)
PIECES(unix_sendmmsg, 2, SENDMMSG; DRAIN)
PIECES(unix_copy, 2, GATHER; ONCE(SEND(copy, total)); DRAIN)
PIECES(udp_send, batch, EACH(SEND(buf + at, bytes)))
PIECES(udp_sendmmsg, 1, SENDMMSG)

#define PREP_SEND io_uring_prep_send(sqe, fd, buf + at, bytes, 0)
#define PREP_FIXED                                      \
	io_uring_prep_send(sqe, 0, buf + at, bytes, 0); \
	sqe->flags |= IOSQE_FIXED_FILE
#define PREP_WRITEV io_uring_prep_writev(sqe, fd, ((struct pieces *)r)->iov, batch, 0)
#define PREP_LINKED \
	PREP_SEND;  \
	sqe->flags |= (i + 1 < batch) << IOSQE_IO_LINK_BIT
#define RING_DRAIN                                                                       \
	t.fold |= off_by(SYS(recvfrom, run->fd[1], buf + total, total, 0, 0, 0), total); \
	t.enters++

RING_BATCH(unix_ring, batch, bytes, PREP_SEND, RING_DRAIN)
RING_BATCH(unix_ring_fixed, batch, bytes, PREP_FIXED, RING_DRAIN)
RING_BATCH(unix_ring_writev, 1, total, PREP_WRITEV, RING_DRAIN)
RING_BATCH(unix_ring_linked, batch, bytes, PREP_LINKED, RING_DRAIN)
RING_BATCH(udp_ring, batch, bytes, PREP_SEND, (void)0)
RING_BATCH(udp_ring_fixed, batch, bytes, PREP_FIXED, (void)0)
RING_BATCH(udp_ring_linked, batch, bytes, PREP_LINKED, (void)0)

static int setup_unix(struct bench_run *run)
{
	int ret = setup_areas(run, 0);

	return ret ? ret : batch_unix_pair(run);
}

static int setup_udp(struct bench_run *run)
{
	int ret = setup_areas(run, 0);

	return ret ? ret : batch_udp_socket(run);
}

/* Everything that a window sent has arrived; the last batch stays in `back`. */
static int receive(struct bench_run *run, unsigned long n)
{
	struct pieces *s = run->state;

	for (unsigned long i = 0; i < n * run->batch; i++)
		if (recv(run->fd[0], s->back + i % run->batch * run->bytes, run->bytes,
			 MSG_DONTWAIT) != (ssize_t)run->bytes)
			return bench_skip(run,
					  "the socket holds %lu datagrams only: raise "
					  "net.core.rmem_max",
					  i);
	return 0;
}

/* `back` has what one more batch sent. */
static int verify(struct bench_run *run, bool udp)
{
	struct pieces *s = run->state;
	long fold;
	int ret;

	paint(run);
	fold = run->bench->batch(run, 1);
	ret = udp ? receive(run, 1) : 0;
	if (ret)
		return ret;
	if (fold || memcmp(run->buf, s->back, s->total))
		return bench_fail(run, "what arrived is not what was sent");
	return s->ring.up ? ring_verify(run, &s->ring) : 0;
}

static int verify_unix(struct bench_run *run)
{
	return verify(run, false);
}

static int verify_udp(struct bench_run *run)
{
	return verify(run, true);
}

static int add_ring(struct bench_run *run, enum ring_mode mode, bool fixed, int out)
{
	struct pieces *s = run->state;
	int ret = ring_setup(run, &s->ring, mode, run->batch);

	if (!ret)
		ret = ring_needs_op(run, &s->ring, IORING_OP_SEND, "SEND", "Linux 5.6");
	if (!ret && fixed)
		ret = ring_fix_file(run, &s->ring, run->fd[0]);
	if (!ret)
		ret = ring_probe_write(run, run->fd[0], run->buf, run->bytes, -1);
	if (!ret && recv(out, s->back, run->bytes, MSG_DONTWAIT) < 0)
		ret = bench_errno(run, "recv of a socket");
	if (ret)
		ring_teardown(run);
	return ret;
}

#define SETUP_RING(sink, mode, fixed, end)                                          \
	static int setup_##sink##_##mode##_##fixed(struct bench_run *run)           \
	{                                                                           \
		int ret = setup_##sink(run);                                        \
                                                                                    \
		return ret ? ret : add_ring(run, RING_##mode, fixed, run->fd[end]); \
	}
#define SETUP_RINGS(sink, end)            \
	SETUP_RING(sink, DEFAULT, 0, end) \
	SETUP_RING(sink, DEFER, 1, end)   \
	SETUP_RING(sink, SQPOLL, 1, end)

SETUP_RINGS(unix, 1)
SETUP_RINGS(udp, 0)

#define after_unix NULL
#define after_udp  receive

#define ROW(sink, slug, ident, how, made_by, axes, what, ...)                          \
	BATCH_ROW(send_##sink##_##ident, "send-" #sink "-" slug, "send-" #sink, how,   \
		  .base = "batch/send-" #sink "-send", .via = made_by, .params = axes, \
		  .desc = what, .caveat = BEWARE_##sink, .after = after_##sink,        \
		  .verify = verify_##sink, __VA_ARGS__)
#define CALL_ROW(sink, slug, made_of, axes, what)                               \
	ROW(sink, #slug, slug, #slug, VIA_INLINE, axes, what, .calls = made_of, \
	    .setup = setup_##sink, .batch = batch_##sink##_##slug)
#define RING_ROW(sink, slug, ident, loop, mode, fixed, how, axes, what)               \
	ROW(sink, slug, ident, how, VIA_RING, axes, what, .calls = "io_uring_enter",  \
	    .setup = setup_##sink##_##mode##_##fixed, .batch = batch_##sink##_##loop, \
	    .teardown = ring_teardown)
#define RING_ROWS(sink, axes)                                                      \
	RING_ROW(sink, "uring", ring, ring, DEFAULT, 0, "io_uring", axes,          \
		 "a SEND request, one io_uring_enter a batch");                    \
	RING_ROW(sink, "uring-defer", ring_defer, ring_fixed, DEFER, 1,            \
		 "io_uring deferred, fixed file", axes,                            \
		 "a SEND request to a registered socket, on a ring with deferred " \
		 "task work, its fd registered");                                  \
	RING_ROW(sink, "uring-sqpoll", ring_sqpoll, ring_fixed, SQPOLL, 1,         \
		 "io_uring SQPOLL, fixed file", SOME,                              \
		 "a SEND request that a kernel thread on another CPU takes");      \
	RING_ROW(sink, "uring-linked", ring_linked, ring_linked, DEFAULT, 0,       \
		 "io_uring, linked", SOME,                                         \
		 "a SEND request that waits for the one before it (IOSQE_IO_LINK)")

/* As many as the default limits of a socket's buffer let in. */
#define UNIX_AXES                                                                        \
	"batch=" N_256 " bytes=64; batch=1,2,4,8,16,32 bytes=4096; batch=1,16 bytes=1; " \
	"batch=1 bytes=65536"
#define UNIX_PLAIN  "batch=1,16,256 bytes=64; batch=1,16 bytes=1,4096; batch=1 bytes=65536"
#define SOME	    "batch=" POWERS_256 " bytes=64; batch=1,4,16,32 bytes=4096"
#define BEWARE_unix "its share of the recv that drains the batch is in it; no wake-up"
CALL_ROW(unix, send, "sendto recvfrom", UNIX_PLAIN,
	 "send a piece over a stream of AF_UNIX; one recv a batch");
CALL_ROW(unix, write, "write recvfrom", UNIX_PLAIN,
	 "write a piece to a stream of AF_UNIX; one recv a batch");
CALL_ROW(unix, writev, "writev recvfrom", UNIX_AXES,
	 "a piece over a stream of AF_UNIX, as one of a writev; one recv a batch");
CALL_ROW(unix, sendmmsg, "sendmmsg recvfrom", UNIX_AXES,
	 "a piece over a stream of AF_UNIX, as one of a sendmmsg; one recv a batch");
ROW(unix, "copy", copy, "copy, then send", VIA_INLINE, UNIX_AXES,
    "copy a piece into a buffer; one send of it and one recv a batch",
    .calls = "sendto recvfrom", .setup = setup_unix, .batch = batch_unix_copy);
RING_ROWS(unix, UNIX_AXES);
RING_ROW(unix, "uring-writev", ring_writev, ring_writev, DEFAULT, 0,
	 "io_uring, one WRITEV", UNIX_AXES, "a piece of one WRITEV request");

#define UDP_AXES \
	"batch=" N_256 " bytes=64; batch=1,2,4,8,16,32 bytes=4096; batch=1,16 bytes=1"
#define UDP_PLAIN  "batch=1,16,256 bytes=64; batch=1,16 bytes=1,4096"
#define BEWARE_udp "loopback: the receiving half of the stack runs inside; no wake-up"
CALL_ROW(udp, send, "sendto", UDP_PLAIN, "send a datagram to 127.0.0.1");
CALL_ROW(udp, sendmmsg, "sendmmsg", UDP_AXES,
	 "a datagram to 127.0.0.1, as one of a sendmmsg");
RING_ROWS(udp, UDP_AXES);
