// SPDX-License-Identifier: MIT
/*
 * What it costs to hand bytes to the kernel and take them back. One thread writes into a
 * pipe, an eventfd or a socket and reads the same bytes out of it. There are also sockets
 * that are made and closed, and the two futex calls that find nothing to do.
 *
 * The numbers are no latency between two tasks: nobody sleeps, nobody is woken, and the
 * data never leaves this CPU's caches. group switch has the sleeping and waking.
 * Everything is bound to 127.0.0.1: loopback has no driver, no interrupt and no wire.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "handle.h"

#define RECEIVE_LIMIT_US 200000
#define BACKLOG		 16

/* run->fd[i]: a socket on a free port of 127.0.0.1, which is in *addr. False: errno. */
static bool bind_socket(struct bench_run *run, int i, int type, struct sockaddr_in *addr)
{
	/* What is lost must become -EAGAIN, not a benchmark that hangs. */
	const struct timeval limit = { .tv_usec = RECEIVE_LIMIT_US };
	socklen_t len = sizeof(*addr);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	run->fd[i] = fd;
	*addr = (struct sockaddr_in){ .sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	return fd >= 0 && !bind(fd, (struct sockaddr *)addr, len) &&
	       !getsockname(fd, (struct sockaddr *)addr, &len) &&
	       !setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
}

/* Round trips: run->fd[0] is written, run->fd[1] read. */
LOOP(round_trip, PIECES_LOCALS, fold |= SYS(write, fd, buf, bytes);
     fold |= SYS(read, fd2, back, bytes))

/* Both ends are the same file: read what one wrote oneself. */
static int same_end(struct bench_run *run)
{
	run->fd[1] = fcntl(run->fd[0], F_DUPFD_CLOEXEC, 0);
	return run->fd[1] < 0 ? bench_errno(run, "F_DUPFD_CLOEXEC") : 0;
}

static int open_eventfd(struct bench_run *run)
{
	const uint64_t one = 1;

	memcpy(run->buf, &one, sizeof(one)); /* a count, not any eight bytes */
	run->fd[0] = eventfd(0, EFD_CLOEXEC);
	return run->fd[0] < 0 ? bench_errno(run, "eventfd") : same_end(run);
}

static int open_socketpair(struct bench_run *run)
{
	return socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run->fd)
		       ? bench_errno(run, "socketpair")
		       : 0;
}

static int open_own_udp(struct bench_run *run)
{
	struct sockaddr_in addr;

	if (!bind_socket(run, 0, SOCK_DGRAM, &addr))
		return bench_errno(run, "UDP socket on 127.0.0.1");
	if (connect(run->fd[0], (struct sockaddr *)&addr, sizeof(addr)))
		return bench_errno(run, "connect of a UDP socket to itself");
	return same_end(run);
}

/* fd[2] becomes a listener on 127.0.0.1. */
static int listener(struct bench_run *run, struct sockaddr_in *addr)
{
	if (!bind_socket(run, 2, SOCK_STREAM, addr))
		return bench_errno(run, "TCP socket on 127.0.0.1");
	return listen(run->fd[2], BACKLOG) ? bench_errno(run, "listen") : 0;
}

static int open_tcp(struct bench_run *run)
{
	const int on = 1;
	struct sockaddr_in addr, any;
	int ret = listener(run, &addr);

	if (ret)
		return ret;
	if (!bind_socket(run, 0, SOCK_STREAM, &any) ||
	    connect(run->fd[0], (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(run->fd[0], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return bench_errno(run, "TCP connection over 127.0.0.1");
	/* Inherits the listener's time limit for reads. */
	run->fd[1] = accept4(run->fd[2], NULL, NULL, SOCK_CLOEXEC);
	return run->fd[1] < 0 ? bench_errno(run, "accept4") : 0;
}

static HANDLE(eventfd, .open = open_eventfd, .check = pieces_arrived, .stream = true);
static HANDLE(socketpair, .open = open_socketpair, .check = pieces_check_stream,
	      .stream = true);
static HANDLE(own_udp, .open = open_own_udp, .check = pieces_check_stream,
	      .stream = true);
static HANDLE(tcp, .open = open_tcp, .check = pieces_check_stream, .stream = true);

#define ROUND_TRIP(slug, ...)                                          \
	BENCH_OF(round_trip, .id = "ipc/" slug, .calls = "write read", \
		 .base = NULL_CALL, .want = WANT_BYTES, OF_PIECES, __VA_ARGS__)

ROUND_TRIP("pipe", .arg = TO(plain_pipe), .params = "bytes=1",
	   .desc = "write one byte to a pipe, read it back",
	   .caveat = "two calls, one thread: nobody is woken");
ROUND_TRIP("eventfd", .arg = TO(eventfd), .params = "bytes=8",
	   .desc = "write a count of 1 to an eventfd, read it back",
	   .caveat = "two calls, one thread: nobody is woken");
ROUND_TRIP("socketpair", .arg = TO(socketpair), .params = "bytes=64",
	   .desc = "write 64 bytes to an AF_UNIX stream pair, read it back",
	   .caveat = "two calls, one thread: nobody is woken");
ROUND_TRIP("udp", .arg = TO(own_udp), .params = "bytes=64",
	   .desc = "write a datagram of 64 bytes to a UDP socket that is its own peer, "
		   "read it back",
	   .caveat = "loopback: the receiving half of the stack runs inside the write");
ROUND_TRIP("tcp", .arg = TO(tcp), .params = "bytes=64",
	   .desc = "write 64 bytes to a TCP connection over 127.0.0.1, TCP_NODELAY, read "
		   "it back",
	   .caveat = "loopback: the receiving half of the stack runs inside the write; "
		     "one-way traffic, so acknowledgements are part of it");

/* A socket that is made and closed without ever having been used. */
#define LAST                          \
	int *const last = run->state; \
	long fd
LOOP_THEN(socket_close, LAST, *last = fd, fd = SYS(socket, AF_INET, SOCK_STREAM, 0);
	  fold |= fd; fold |= SYS(close, fd))

static int verify_socket_close(struct bench_run *run)
{
	const int *last = run->state;
	int domain = 0, type = 0, fd;
	socklen_t len = sizeof(int);
	struct stat st;

	if (!fstat(*last, &st) && S_ISSOCK(st.st_mode))
		return bench_fail(run, "descriptor %d is still a socket", *last);
	fd = SYS(socket, AF_INET, SOCK_STREAM, 0);
	getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &domain, &len);
	getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len);
	if (close(fd))
		return bench_errno(run, "close of a socket");
	if (domain != AF_INET || type != SOCK_STREAM)
		return bench_fail(run, "socket made domain %d, type %d", domain, type);
	return 0;
}

BENCH_OF(socket_close, .id = "ipc/socket-close", .calls = "socket close",
	 .base = NULL_CALL, .state = sizeof(int), .verify = verify_socket_close,
	 .desc = "make an AF_INET stream socket and close it",
	 .caveat = "never bound nor connected: closing a used one costs more");

/*
 * A whole connection. The client closes first, with SO_LINGER {1, 0}. A reset instead of
 * a FIN leaves nothing in TIME_WAIT, so that ports do not run out. The listener has a
 * time limit: an accept4 that finds no connection fails instead of sleeping for ever.
 */
struct cycle {
	struct sockaddr_in addr;
	struct linger reset;
};

static always_inline long open_pair(const struct cycle *c, int listener, long *client,
				    long *server)
{
	long fold;

	*client = SYS(socket, AF_INET, SOCK_STREAM, 0);
	fold = SYS(connect, *client, &c->addr, sizeof(c->addr));
	*server = SYS(accept4, listener, 0, 0, 0);
	fold |= SYS(setsockopt, *client, SOL_SOCKET, SO_LINGER, &c->reset,
		    sizeof(c->reset));
	return fold | *client | *server;
}

BATCH(accept_cycle)
{
	const struct cycle *const c = run->state;
	const int listener = run->fd[2];
	long fold = 0, client, server;

	REPEAT (n) {
		fold |= open_pair(c, listener, &client, &server);
		fold |= SYS(close, client);
		fold |= SYS(close, server);
	}
	return fold;
}

static int setup_accept_cycle(struct bench_run *run)
{
	struct cycle *c = run->state;

	c->reset = (struct linger){ .l_onoff = 1 };
	return listener(run, &c->addr);
}

/* No connection was left unaccepted, and one more reaches the other side and is reset. */
static int verify_accept_cycle(struct bench_run *run)
{
	struct pollfd left = { .fd = run->fd[2], .events = POLLIN };
	struct sockaddr_in near, far;
	socklen_t near_len = sizeof(near), far_len = sizeof(far);
	long client, server;
	bool same, reset;
	char byte;

	if (poll(&left, 1, 0) != 0)
		return bench_fail(run, "a connection was never accepted");
	if (open_pair(run->state, run->fd[2], &client, &server) < 0) {
		close(client);
		close(server);
		return bench_fail(run, "no connection could be made");
	}
	same = !getsockname(client, (struct sockaddr *)&near, &near_len) &&
	       !getpeername(server, (struct sockaddr *)&far, &far_len) &&
	       near.sin_port == far.sin_port && near.sin_port;
	close(client);
	reset = read(server, &byte, 1) < 0 && errno == ECONNRESET;
	close(server);
	if (!same)
		return bench_fail(run, "accepted somebody else's connection");
	return reset ? 0 : bench_fail(run, "the connection was not reset");
}

BENCH_OF(accept_cycle, .id = "ipc/accept-cycle", .base = "ipc/socket-close",
	 .calls = "socket connect accept4 setsockopt close close",
	 .desc = "connect to a 127.0.0.1 listener, accept, close both ends",
	 .caveat = "both sides and an SO_LINGER setsockopt are in it; ended by a reset, "
		   "without the orderly close and TIME_WAIT of a real connection",
	 .state = sizeof(struct cycle), .setup = setup_accept_cycle,
	 .verify = verify_accept_cycle);

/* The two futex calls that return at once. The word is the start of run->buf. */
static int setup_futex(struct bench_run *run)
{
	int ret = bench_buffer(run, sizeof(uint32_t));

	if (!ret)
		*(uint32_t *)run->buf = 1;
	return ret;
}

/* The word is as it was, and the kernel does look at it: a misaligned one is refused. */
static int verify_futex(struct bench_run *run)
{
	if (*(uint32_t *)run->buf != 1)
		return bench_fail(run, "the futex word changed");
	if (SYS(futex, (char *)run->buf + 1, FUTEX_WAKE_PRIVATE, 1) != -EINVAL)
		return bench_fail(run, "futex accepts an unaligned word");
	return 0;
}

CALL(futex_wake, SYS(futex, buf, FUTEX_WAKE_PRIVATE, 1), .id = "ipc/futex-wake-none",
     .calls = "futex", .base = NULL_CALL, .want = WANT_ZERO, .setup = setup_futex,
     .verify = verify_futex, .desc = "FUTEX_WAKE_PRIVATE with nobody waiting",
     .caveat = "wakes nobody: waking a sleeper is group switch");
CALL(futex_wait, SYS(futex, buf, FUTEX_WAIT_PRIVATE, 0, 0), .id = "ipc/futex-wait-eagain",
     .calls = "futex", .base = NULL_CALL, .want = -EAGAIN, .setup = setup_futex,
     .verify = verify_futex,
     .desc = "FUTEX_WAIT_PRIVATE on a word of another value: EAGAIN",
     .caveat = "never sleeps: sleeping is group switch");
