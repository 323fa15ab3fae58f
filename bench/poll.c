// SPDX-License-Identifier: MIT
/*
 * What it costs to ask which of some descriptors are ready, without waiting. poll, select
 * and epoll_wait look at the same eventfds, of which none is ready or all are.
 *
 * The numbers hold no sleep and no wake-up. What epoll saves is not free: its
 * registration happened before, outside of the time. An eventfd answers its poll method
 * at once; a socket or a device may take longer.
 */
#include <poll.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/time.h>
#include <unistd.h>

#include "bench.h"

#define MOST	  1024
#define UNASKED	  POLLNVAL /* what poll must overwrite */
#define WORD_BITS (8 * (int)sizeof(long))
#define WORDS	  (FD_SETSIZE / WORD_BITS)

struct watch {
	size_t n; /* open descriptors, in pfd[].fd */
	bool ready;
	struct pollfd pfd[MOST];
	struct epoll_event events[MOST];
	unsigned long master[WORDS], set[WORDS]; /* as fd_set lays them out */
	int nfds;				 /* select's first argument */
};

static void teardown(struct bench_run *run)
{
	struct watch *w = run->state;

	while (w->n)
		close(w->pfd[--w->n].fd);
}

static int open_eventfds(struct bench_run *run)
{
	size_t n = bench_param(run, "fds");
	struct watch *w = run->state;

	w->ready = bench_param(run, "ready");
	run->want = w->ready ? (long)n : 0;
	if (n > MOST)
		return bench_skip(run, "%zu descriptors: more than %d", n, MOST);
	while (w->n < n) {
		int fd = eventfd(w->ready, EFD_CLOEXEC | EFD_NONBLOCK);

		if (fd < 0)
			return bench_errno(run, "eventfd");
		w->pfd[w->n++] = (struct pollfd){ fd, POLLIN, UNASKED };
	}
	return 0;
}

static void flip(const struct watch *w, size_t i, bool ready)
{
	uint64_t count = 1;
	ssize_t ret = ready ? write(w->pfd[i].fd, &count, sizeof(count))
			    : read(w->pfd[i].fd, &count, sizeof(count));

	(void)ret; /* the batch that follows tells */
}

/*
 * The loop answers what is: with the last descriptor flipped, it counts one more or less.
 */
static int verify_flip(struct bench_run *run)
{
	const struct watch *w = run->state;
	long want = w->ready ? run->want - 1 : run->want + 1, got;

	flip(w, w->n - 1, !w->ready);
	got = run->bench->batch(run, 1);
	flip(w, w->n - 1, w->ready);
	if (got != want)
		return bench_fail(run, "one descriptor changed: %ld instead of %ld", got,
				  want);
	return 0;
}

#define WATCH_LOCALS                          \
	struct watch *const w = run->state;   \
	const size_t fds maybe_unused = w->n; \
	const int fd maybe_unused = run->fd[0]

LOOP(poll, WATCH_LOCALS, fold |= SYS(poll, w->pfd, fds, 0))

static int verify_poll(struct bench_run *run)
{
	struct watch *w = run->state;
	int ret;

	for (size_t i = 0; i < w->n; i++)
		if (w->pfd[i].revents != (w->ready ? POLLIN : 0))
			return bench_fail(run, "descriptor %zu: revents %#hx", i,
					  w->pfd[i].revents);
	ret = verify_flip(run);
	for (size_t i = 0; i < w->n; i++)
		w->pfd[i].revents = UNASKED;
	return ret;
}

/* volatile: the compiler must not make a call of memcpy out of the copy. */
BATCH(select)
{
	struct watch *const w = run->state;
	const unsigned long *const from = w->master;
	volatile unsigned long *const to = w->set;
	const size_t words = (w->nfds + WORD_BITS - 1) / WORD_BITS;
	const int nfds = w->nfds;
	struct timeval now = { 0 };
	long fold = 0;

	REPEAT (n) {
		for (size_t i = 0; i < words; i++)
			to[i] = from[i];
		fold |= SYS(select, nfds, to, 0, 0, &now);
	}
	return fold;
}

static int setup_select(struct bench_run *run)
{
	struct watch *w = run->state;
	int ret = open_eventfds(run);

	for (size_t i = 0; i < w->n && !ret; i++) {
		int fd = w->pfd[i].fd;

		if (fd >= FD_SETSIZE)
			return bench_skip(run, "descriptor %d is beyond FD_SETSIZE", fd);
		w->master[fd / WORD_BITS] |= 1UL << fd % WORD_BITS;
		if (fd >= w->nfds)
			w->nfds = fd + 1;
	}
	return ret;
}

static int verify_select(struct bench_run *run)
{
	const struct watch *w = run->state;

	for (size_t i = 0; i < WORDS; i++)
		if (w->set[i] != (w->ready ? w->master[i] : 0))
			return bench_fail(run, "select left %#lx in word %zu of its set",
					  w->set[i], i);
	return verify_flip(run);
}

LOOP(epoll_wait, WATCH_LOCALS, fold |= SYS(epoll_wait, fd, w->events, fds, 0))

static int setup_epoll(struct bench_run *run)
{
	struct watch *w = run->state;
	int ret = open_eventfds(run);

	if (ret)
		return ret;
	run->fd[0] = epoll_create1(EPOLL_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "epoll_create1");
	for (size_t i = 0; i < w->n; i++) {
		struct epoll_event event = { .events = EPOLLIN, .data.u64 = i };

		if (epoll_ctl(run->fd[0], EPOLL_CTL_ADD, w->pfd[i].fd, &event))
			return bench_errno(run, "epoll_ctl");
	}
	return 0;
}

/* Every descriptor was reported, and none twice. */
static int verify_epoll(struct bench_run *run)
{
	struct watch *w = run->state;
	bool seen[MOST] = { false };
	int ret;

	for (long i = 0; i < run->want; i++) {
		uint64_t which = w->events[i].data.u64;

		if (w->events[i].events != EPOLLIN || which >= w->n || seen[which])
			return bench_fail(run, "event %ld is not one of its own", i);
		seen[which] = true;
	}
	ret = verify_flip(run);
	memset(w->events, 0, sizeof(w->events));
	return ret;
}

#define POLL(call, ...)                                                             \
	BENCH_OF(call, .id = "poll/" #call, .calls = #call, .base = NULL_CALL,      \
		 .params = "fds=1,16,256 ready=0,1", .state = sizeof(struct watch), \
		 .teardown = teardown, __VA_ARGS__)

POLL(poll, .setup = open_eventfds, .verify = verify_poll,
     .desc = "poll eventfds, none or all of them ready, without waiting",
     .caveat = "never sleeps: no wait queue is joined, no wake-up is in it");
POLL(select, .setup = setup_select, .verify = verify_select,
     .desc = "select on eventfds for reading, none or all ready, without waiting",
     .caveat = "the set is copied anew for every operation, as any caller has to; its "
	       "length goes by the highest descriptor, not by their number");
POLL(epoll_wait, .setup = setup_epoll, .verify = verify_epoll,
     .desc = "epoll_wait on eventfds, none or all ready, without waiting",
     .caveat = "level-triggered; registering the descriptors was done before and is not "
	       "in it");
