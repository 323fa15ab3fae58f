// SPDX-License-Identifier: MIT
/*
 * Many small messages, by each way of sending them. They go over a pair of AF_UNIX stream
 * sockets, or as datagrams to a UDP socket on 127.0.0.1 that is its own peer.
 *
 * One thread does both sides, so nobody is woken. One recv a batch empties the stream,
 * and is in the time of its rows. The datagrams are received outside of the windows.
 * Loopback has no driver, interrupt or wire: UDP's receiving half runs inside the send.
 */
#include <unistd.h>

#include "batch.h"

#undef unix /* gnu11 has it as 1 */

#define DRAIN		ONCE(SYS(recvfrom, fd2, back, total, 0, 0, 0))
#define SEND(from, len) SYS(sendto, fd, from, len, 0, 0, 0)
#define SENDMMSG	fold |= off_by(SYS(sendmmsg, fd, s->msg, batch, 0), batch)

PIECES(unix_send, batch + 1, EACH(SEND(buf + at, bytes)); DRAIN)
PIECES(unix_write, batch + 1, EACH(SYS(write, fd, buf + at, bytes)); DRAIN)
PIECES(unix_writev, 2, ONCE(SYS(writev, fd, iov, batch)); DRAIN)
PIECES(unix_sendmmsg, 2, SENDMMSG; DRAIN)
PIECES(unix_copy, 2, GATHER; ONCE(SEND(copy, total)); DRAIN)
PIECES(udp_send, batch, EACH(SEND(buf + at, bytes)))
PIECES(udp_sendmmsg, 1, SENDMMSG)

#define PREP_SEND(out) io_uring_prep_send(sqe, out, buf + at, bytes, 0)
#define PREP_WRITEV    io_uring_prep_writev(sqe, fd, iov, batch, 0)

RING_LOOP(unix_ring, 1, SUBMIT(batch, bytes, PREP_SEND(fd)); DRAIN)
RING_LOOP(unix_ring_fixed, 1, SUBMIT(batch, bytes, PREP_SEND(0); FIXED_FILE); DRAIN)
RING_LOOP(unix_ring_writev, 1, SUBMIT(1, total, PREP_WRITEV); DRAIN)
RING_LOOP(unix_ring_linked, 1, SUBMIT(batch, bytes, PREP_SEND(fd); LINKED); DRAIN)
RING_LOOP(udp_ring, 0, SUBMIT(batch, bytes, PREP_SEND(fd)))
RING_LOOP(udp_ring_fixed, 0, SUBMIT(batch, bytes, PREP_SEND(0); FIXED_FILE))
RING_LOOP(udp_ring_linked, 0, SUBMIT(batch, bytes, PREP_SEND(fd); LINKED))

#define SEND_BY(sink, slug, ...)                                                      \
	PIECES_STRATEGY("send-" #sink "-" slug, "send-" #sink,                        \
			.base = "batch/send-" #sink "-send", .caveat = sink##_CAVEAT, \
			.after = pieces_drain, __VA_ARGS__)
/* BY(…, way, …): by a loop of above, without a ring. */
#define BY(sink, way, ...) \
	SEND_BY(sink, #way, .arg = TO(sink), .batch = batch_##sink##_##way, __VA_ARGS__)
#define RING(sink, ring, ...)                                                   \
	SEND_BY(sink, __VA_ARGS__, .arg = TO(sink, .op = IORING_OP_SEND, ring), \
		.via = VIA_RING, .calls = "io_uring_enter")
#define RINGS(sink)                                                                      \
	RING(sink, ON_DEFAULT, "uring", .strategy = "io_uring", .params = sink##_AXES,   \
	     .batch = batch_##sink##_ring,                                               \
	     .desc = "a SEND request, one io_uring_enter a batch");                      \
	RING(sink, ON_DEFER, "uring-defer", .strategy = "io_uring deferred, fixed file", \
	     .params = sink##_AXES,                                                      \
	     .desc = "a SEND request to a registered socket, on a ring with deferred "   \
		     "task work, its fd registered",                                     \
	     .batch = batch_##sink##_ring_fixed);                                        \
	RING(sink, ON_SQPOLL, "uring-sqpoll", .strategy = "io_uring SQPOLL, fixed file", \
	     .params = SOME,                                                             \
	     .desc = "a SEND request that a kernel thread on another CPU takes",         \
	     .batch = batch_##sink##_ring_fixed);                                        \
	RING(sink, ON_DEFAULT, "uring-linked", .strategy = "io_uring, linked",           \
	     .params = SOME, .batch = batch_##sink##_ring_linked,                        \
	     .desc = "a SEND request that waits for the one before it (IOSQE_IO_LINK)")

#define SOME	    "batch=" POWERS_256 " bytes=64; batch=1,4,16,32 bytes=4096"
#define unix_AXES   UNIX_AXES
#define unix_CAVEAT "its share of the recv that drains the batch is in it; no wake-up"
BY(unix, send, .strategy = "send", .calls = "sendto recvfrom", .params = UNIX_PLAIN,
   .desc = "send a piece over a stream of AF_UNIX; one recv a batch");
BY(unix, write, .strategy = "write", .calls = "write recvfrom", .params = UNIX_PLAIN,
   .desc = "write a piece to a stream of AF_UNIX; one recv a batch");
BY(unix, writev, .strategy = "writev", .calls = "writev recvfrom", .params = UNIX_AXES,
   .desc = "a piece over a stream of AF_UNIX, as one of a writev; one recv a batch");
BY(unix, sendmmsg, .strategy = "sendmmsg", .calls = "sendmmsg recvfrom",
   .params = UNIX_AXES,
   .desc = "a piece over a stream of AF_UNIX, as one of a sendmmsg; one recv a "
	   "batch");
BY(unix, copy, .strategy = "copy, then send", .calls = "sendto recvfrom",
   .params = UNIX_AXES,
   .desc = "copy a piece into a buffer; one send of it and one recv a batch");
RINGS(unix);
RING(unix, ON_DEFAULT, "uring-writev", .strategy = "io_uring, one WRITEV",
     .params = UNIX_AXES, .desc = "a piece of one WRITEV request",
     .batch = batch_unix_ring_writev);

#define udp_AXES   UDP_AXES
#define udp_CAVEAT "loopback: the receiving half of the stack runs inside; no wake-up"
BY(udp, send, .strategy = "send", .calls = "sendto", .params = UDP_PLAIN,
   .desc = "send a datagram to 127.0.0.1");
BY(udp, sendmmsg, .strategy = "sendmmsg", .calls = "sendmmsg", .params = UDP_AXES,
   .desc = "a datagram to 127.0.0.1, as one of a sendmmsg");
RINGS(udp);
