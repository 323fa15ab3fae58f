// SPDX-License-Identifier: MIT
/*
 * What it costs to hand bytes to the kernel and take them back: one thread writes into a
 * pipe, an eventfd or a socket and reads the same bytes out of it again. Also sockets
 * that are made and thrown away, and the two futex calls that find nothing to do.
 *
 * The numbers are no latency between two tasks: nobody sleeps, nobody is woken, and the
 * data never leaves this CPU's caches. group switch has the sleeping and waking.
 * Everything is bound to 127.0.0.1: loopback has no driver, no interrupt and no wire.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench.h"

static struct sockaddr_in loopback(void)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* A socket of `type` on a free port of 127.0.0.1, and its address. fd or -1. */
static int bound_socket(int type, struct sockaddr_in *addr)
{
	/* What is lost must become -EAGAIN, not a benchmark that hangs. */
	const struct timeval limit = { .tv_usec = 200000 };
	socklen_t len = sizeof(*addr);
	int fd = socket(AF_INET, type | SOCK_CLOEXEC, 0);

	*addr = loopback();
	if (fd < 0)
		return -1;
	if (bind(fd, (struct sockaddr *)addr, len) ||
	    getsockname(fd, (struct sockaddr *)addr, &len) ||
	    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit))) {
		int err = errno;

		close(fd);
		errno = err;
		return -1;
	}
	return fd;
}

/*
 * Round trips. fd[1] is written and fd[0] read; run->buf holds the message, and the space
 * for what comes back right behind it.
 */
BATCH(round_trip)
{
	const int in = run->fd[0], out = run->fd[1];
	const size_t bytes = run->bytes;
	char *const msg = run->buf, *const back = msg + bytes;
	long fold = 0;

	do {
		fold |= SYS(write, out, msg, bytes);
		fold |= SYS(read, in, back, bytes);
	} while (--n);
	return fold;
}

static int message(struct bench_run *run)
{
	char *msg;
	int ret = bench_buffer(run, 2 * run->bytes);

	if (ret)
		return ret;
	msg = run->buf;
	for (size_t i = 0; i < run->bytes; i++)
		msg[i] = 'A' + i % 64;
	run->want = run->bytes;
	return 0;
}

/* The last message came back unchanged, and no earlier one is still under way. */
static int verify_round_trip(struct bench_run *run)
{
	struct pollfd left = { .fd = run->fd[0], .events = POLLIN };
	char *msg = run->buf, *back = msg + run->bytes;

	if (memcmp(msg, back, run->bytes))
		return bench_fail(run, "what was read is not what was written");
	if (poll(&left, 1, 0) != 0)
		return bench_fail(run, "something is left to read afterwards");
	memset(back, 0, run->bytes);
	return 0;
}

/* Both ends are the same file: read what one wrote oneself. */
static int both_ends(struct bench_run *run)
{
	run->fd[1] = fcntl(run->fd[0], F_DUPFD_CLOEXEC, 0);
	return run->fd[1] < 0 ? bench_errno(run, "F_DUPFD_CLOEXEC") : message(run);
}

static int setup_pipe(struct bench_run *run)
{
	return pipe2(run->fd, O_CLOEXEC) ? bench_errno(run, "pipe2") : message(run);
}

static int setup_eventfd(struct bench_run *run)
{
	const uint64_t one = 1;
	int ret;

	run->fd[0] = eventfd(0, EFD_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "eventfd");
	ret = both_ends(run);
	if (!ret)
		memcpy(run->buf, &one, sizeof(one)); /* a count, not any eight bytes */
	return ret;
}

static int setup_socketpair(struct bench_run *run)
{
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, run->fd))
		return bench_errno(run, "socketpair");
	return message(run);
}

static int setup_udp(struct bench_run *run)
{
	struct sockaddr_in addr;

	run->fd[0] = bound_socket(SOCK_DGRAM, &addr);
	if (run->fd[0] < 0)
		return bench_errno(run, "UDP socket on 127.0.0.1");
	if (connect(run->fd[0], (struct sockaddr *)&addr, sizeof(addr)))
		return bench_errno(run, "connect of a UDP socket to itself");
	return both_ends(run);
}

/* fd[2] becomes a listener on 127.0.0.1. */
static int listener(struct bench_run *run, struct sockaddr_in *addr)
{
	run->fd[2] = bound_socket(SOCK_STREAM, addr);
	if (run->fd[2] < 0)
		return bench_errno(run, "TCP socket on 127.0.0.1");
	return listen(run->fd[2], 16) ? bench_errno(run, "listen") : 0;
}

static int setup_tcp(struct bench_run *run)
{
	const int on = 1;
	struct sockaddr_in addr, any;
	int ret = listener(run, &addr);

	if (ret)
		return ret;
	run->fd[1] = bound_socket(SOCK_STREAM, &any);
	if (run->fd[1] < 0 ||
	    connect(run->fd[1], (struct sockaddr *)&addr, sizeof(addr)) ||
	    setsockopt(run->fd[1], IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on)))
		return bench_errno(run, "TCP connection over 127.0.0.1");
	/* Inherits the listener's time limit for reads. */
	run->fd[0] = accept4(run->fd[2], NULL, NULL, SOCK_CLOEXEC);
	return run->fd[0] < 0 ? bench_errno(run, "accept4") : message(run);
}

#define ROUND_TRIP(name, size, what, misread)           \
	BENCH(name)                                     \
	= {                                             \
		.id = "ipc/" #name,                     \
		.via = VIA_INLINE,                      \
		.desc = "write " what ", read it back", \
		.caveat = misread,                      \
		.calls = "write read",                  \
		.base = "null/getppid-inline",          \
		.params = "bytes=" #size,               \
		.setup = setup_##name,                  \
		.batch = batch_round_trip,              \
		.verify = verify_round_trip,            \
	}

ROUND_TRIP(pipe, 1, "one byte to a pipe", "two calls, one thread: nobody is woken");
ROUND_TRIP(eventfd, 8, "a count of 1 to an eventfd",
	   "two calls, one thread: nobody is woken");
ROUND_TRIP(socketpair, 64, "64 bytes to an AF_UNIX stream pair",
	   "two calls, one thread: nobody is woken");
ROUND_TRIP(udp, 64, "a datagram of 64 bytes to a UDP socket that is its own peer",
	   "loopback: the receiving half of the stack runs inside the write");
ROUND_TRIP(tcp, 64, "64 bytes to a TCP connection over 127.0.0.1, TCP_NODELAY",
	   "loopback: the receiving half of the stack runs inside the write; one-way "
	   "traffic, so acknowledgements are part of it");

/* A socket that is made and closed without ever having been used. */
BATCH(socket_close)
{
	int *const last = run->state;
	long fold = 0, fd;

	do {
		fd = SYS(socket, AF_INET, SOCK_STREAM, 0);
		fold |= fd;
		fold |= SYS(close, fd);
	} while (--n);
	*last = fd;
	return fold;
}

static int setup_any(struct bench_run *run)
{
	run->want = BENCH_ANY; /* results are descriptors */
	return 0;
}

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

BENCH(socket_close)
= {
	.id = "ipc/socket-close",
	.via = VIA_INLINE,
	.desc = "make an AF_INET stream socket and close it",
	.caveat = "never bound nor connected: closing a used one costs more",
	.calls = "socket close",
	.base = "null/getppid-inline",
	.state = sizeof(int),
	.setup = setup_any,
	.batch = batch_socket_close,
	.verify = verify_socket_close,
};

/*
 * A whole connection. The client closes first and with SO_LINGER {1, 0}: a reset instead
 * of a FIN leaves nothing in TIME_WAIT, so that ports do not run out. The listener has a
 * time limit: an accept4 that finds no connection fails instead of sleeping for ever.
 */
struct cycle {
	struct sockaddr_in addr;
	struct linger reset;
};

static inline __attribute__((always_inline)) long
open_pair(const struct cycle *c, int listener, long *client, long *server)
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

	do {
		fold |= open_pair(c, listener, &client, &server);
		fold |= SYS(close, client);
		fold |= SYS(close, server);
	} while (--n);
	return fold;
}

static int setup_accept_cycle(struct bench_run *run)
{
	struct cycle *c = run->state;

	c->reset = (struct linger){ .l_onoff = 1 };
	run->want = BENCH_ANY; /* results are descriptors */
	return listener(run, &c->addr);
}

/* No connection was left unaccepted, and one more reaches the other side and is reset. */
static int verify_accept_cycle(struct bench_run *run)
{
	struct pollfd left = { .fd = run->fd[2], .events = POLLIN };
	struct sockaddr_in near = loopback(), far = loopback();
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

BENCH(accept_cycle)
= {
	.id = "ipc/accept-cycle",
	.via = VIA_INLINE,
	.desc = "connect to a 127.0.0.1 listener, accept, close both ends",
	.caveat = "both sides and an SO_LINGER setsockopt are in it; ended by a reset, "
		  "without the orderly close and TIME_WAIT of a real connection",
	.calls = "socket connect accept4 setsockopt close close",
	.base = "ipc/socket-close",
	.state = sizeof(struct cycle),
	.setup = setup_accept_cycle,
	.batch = batch_accept_cycle,
	.verify = verify_accept_cycle,
};

/* The two futex calls that return at once. The word is the start of run->buf. */
BATCH_OP(futex_wake_none, SYS(futex, buf, FUTEX_WAKE_PRIVATE, 1))
BATCH_OP(futex_wait_eagain, SYS(futex, buf, FUTEX_WAIT_PRIVATE, 0, 0))

static int setup_futex(struct bench_run *run)
{
	int ret = bench_buffer(run, sizeof(uint32_t));

	if (!ret)
		*(uint32_t *)run->buf = 1;
	return ret;
}

static int setup_futex_wake(struct bench_run *run)
{
	run->want = 0;
	return setup_futex(run);
}

static int setup_futex_wait(struct bench_run *run)
{
	run->want = -EAGAIN;
	return setup_futex(run);
}

/* The word is as it was, and the kernel does look at it: a crooked one is refused. */
static int verify_futex(struct bench_run *run)
{
	if (*(uint32_t *)run->buf != 1)
		return bench_fail(run, "the futex word changed");
	if (SYS(futex, (char *)run->buf + 1, FUTEX_WAKE_PRIVATE, 1) != -EINVAL)
		return bench_fail(run, "futex accepts an unaligned word");
	return 0;
}

BENCH(futex_wake_none)
= {
	.id = "ipc/futex-wake-none",
	.via = VIA_INLINE,
	.desc = "FUTEX_WAKE_PRIVATE with nobody waiting",
	.caveat = "wakes nobody: waking a sleeper is group switch",
	.calls = "futex",
	.base = "null/getppid-inline",
	.setup = setup_futex_wake,
	.batch = batch_futex_wake_none,
	.verify = verify_futex,
};

BENCH(futex_wait_eagain)
= {
	.id = "ipc/futex-wait-eagain",
	.via = VIA_INLINE,
	.desc = "FUTEX_WAIT_PRIVATE on a word of another value: EAGAIN",
	.caveat = "never sleeps: sleeping is group switch",
	.calls = "futex",
	.base = "null/getppid-inline",
	.setup = setup_futex_wait,
	.batch = batch_futex_wait_eagain,
	.verify = verify_futex,
};
