// SPDX-License-Identifier: MIT
/*
 * Signals that a thread sends to itself, and the calls that prepare for them.
 *
 * The numbers do not tell how long a signal to another thread or CPU takes to arrive:
 * nothing is woken here. Delivery includes saving the FPU state, whose size depends on
 * the CPU and on what the thread has used.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "bench.h"

#define SIG	SIGUSR1
#define SIG_BIT (1UL << (SIG - 1))
#define SET_LEN sizeof(unsigned long) /* the kernel's signal set */

struct signals {
	bool armed; /* the next two are to be restored */
	struct sigaction old_action;
	sigset_t old_mask;

	struct arch_sigaction action, before;
	unsigned long set, open, seen;
	struct timespec second, zero;
	struct pollfd pipe;
	unsigned long interrupted;
	pid_t self;
};

/* Who handles SIG, without SA_RESTART, and whether it is blocked: `arg`. */
struct disposition {
	void (*handler)(int);
	int how; /* SIG_BLOCK, SIG_UNBLOCK */
};

static volatile sig_atomic_t handled;

static void count(int sig)
{
	(void)sig;
	handled++;
}

static int setup(struct bench_run *run)
{
	const struct disposition *d = run->bench->arg;
	struct sigaction action = { .sa_handler = d->handler };
	struct signals *s = run->state;
	sigset_t set;

	if (pipe2(run->fd, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	s->pipe = (struct pollfd){ .fd = run->fd[0], .events = POLLIN };
	sigemptyset(&set);
	sigaddset(&set, SIG);
	if (sigaction(SIG, NULL, &s->old_action) ||
	    sigprocmask(d->how, &set, &s->old_mask))
		return bench_errno(run, "sigprocmask");
	s->armed = true;
	if (sigaction(SIG, &action, NULL))
		return bench_errno(run, "sigaction");
	handled = 0;
	s->self = getpid();
	s->set = SIG_BIT;
	s->action.handler = SIG_IGN;
	s->before.handler = SIG_ERR;
	s->second.tv_sec = 1;
	/* Everything that may be handled while ppoll waits: the old mask without SIG. */
	if (SYS(rt_sigprocmask, SIG_BLOCK, NULL, &s->open, SET_LEN))
		return bench_fail(run, "rt_sigprocmask failed");
	s->open &= ~SIG_BIT;
	return 0;
}

/* SIG_IGN first: it discards what a failed loop may have left pending. */
static void teardown(struct bench_run *run)
{
	struct signals *s = run->state;

	if (!s->armed)
		return;
	signal(SIG, SIG_IGN);
	sigaction(SIG, &s->old_action, NULL);
	sigprocmask(SIG_SETMASK, &s->old_mask, NULL);
}

static int verify_sigaction(struct bench_run *run)
{
	struct signals *s = run->state;
	struct sigaction now;

	if (sigaction(SIG, NULL, &now))
		return bench_errno(run, "sigaction");
	if (now.sa_handler != SIG_IGN)
		return bench_fail(run, "the disposition was not set");
	if (s->before.handler != (run->done > 1 ? SIG_IGN : SIG_DFL))
		return bench_fail(run, "the old disposition was not returned");
	s->before.handler = SIG_ERR;
	return 0;
}

static int verify_sigprocmask(struct bench_run *run)
{
	struct signals *s = run->state;
	sigset_t now;

	if (!(s->seen & SIG_BIT))
		return bench_fail(run, "the signal was not blocked");
	if (sigprocmask(SIG_BLOCK, NULL, &now) || sigismember(&now, SIG))
		return bench_fail(run, "the signal is blocked still");
	s->seen = 0;
	return 0;
}

static int expect_handled(struct bench_run *run, unsigned long want)
{
	if ((unsigned int)handled != (unsigned int)want)
		return bench_fail(run, "%d signals were handled in %lu iterations",
				  (int)handled, run->done);
	return 0;
}

static int verify_raise(struct bench_run *run)
{
	return expect_handled(run, run->done);
}

/* Every sigtimedwait returned SIG, as run->want has it; none may be left or handled. */
static int verify_pending(struct bench_run *run)
{
	sigset_t pending;

	if (sigpending(&pending) || sigismember(&pending, SIG))
		return bench_fail(run, "a signal is pending still");
	return expect_handled(run, 0);
}

static int verify_eintr(struct bench_run *run)
{
	struct signals *s = run->state;

	if (s->interrupted != run->done)
		return bench_fail(run, "%lu of %lu calls were interrupted",
				  s->interrupted, run->done);
	return expect_handled(run, run->done);
}

#define SIGNAL_LOCALS                         \
	struct signals *const s = run->state; \
	const pid_t self maybe_unused = s->self
#define SIGNAL(loop, ...)                                               \
	BENCH_OF(loop, .state = sizeof(struct signals), .setup = setup, \
		 .teardown = teardown, __VA_ARGS__)
#define SET(who, where) \
	.arg = (&(const struct disposition){ .handler = who, .how = where })

LOOP(sigaction, SIGNAL_LOCALS,
     fold |= SYS(rt_sigaction, SIG, &s->action, &s->before, SET_LEN))
SIGNAL(sigaction, .id = "signal/sigaction", .calls = "rt_sigaction", .base = NULL_CALL,
       .want = WANT_ZERO, SET(SIG_DFL, SIG_UNBLOCK), .verify = verify_sigaction,
       .desc = "set a signal's disposition to SIG_IGN and query the old one, in one call",
       .caveat = "the disposition is the same after the first time");

LOOP(sigprocmask, SIGNAL_LOCALS,
     fold |= SYS(rt_sigprocmask, SIG_BLOCK, &s->set, NULL, SET_LEN);
     fold |= SYS(rt_sigprocmask, SIG_UNBLOCK, &s->set, &s->seen, SET_LEN))
SIGNAL(sigprocmask, .id = "signal/sigprocmask", .calls = "rt_sigprocmask rt_sigprocmask",
       .base = NULL_CALL, .want = WANT_ZERO, SET(SIG_DFL, SIG_UNBLOCK),
       .verify = verify_sigprocmask,
       .desc = "block a signal, unblock it and query the old mask",
       .caveat = "one op is two calls");

LOOP(raise, SIGNAL_LOCALS, fold |= raise(SIG))
SIGNAL(raise, .id = "signal/raise-handler", .via = VIA_LIBC,
       .calls = "gettid getpid tgkill rt_sigreturn", .base = NULL_CALL, .want = WANT_ZERO,
       SET(count, SIG_UNBLOCK), .verify = verify_raise,
       .desc = "raise a signal that a handler counts",
       .caveat = "four calls: who am I (twice), send, and return from the handler");

LOOP(pending, SIGNAL_LOCALS, fold |= SYS(kill, self, SIG);
     fold |= SYS(rt_sigtimedwait, &s->set, NULL, &s->zero, SET_LEN))
SIGNAL(pending, .id = "signal/kill-self-pending", .calls = "kill rt_sigtimedwait",
       .base = NULL_CALL, .want = SIG, SET(count, SIG_BLOCK), .verify = verify_pending,
       .desc = "send ourselves a blocked signal, take it by sigtimedwait without waiting",
       .caveat = "no handler runs: nothing is delivered");

/*
 * The first ppoll lets the pending signal in and would wait for a second, but is
 * interrupted; the second one is the retry, which does not wait. The kernel writes the
 * time that is left to where it read the timeout from, hence the store.
 */
#define INTERRUPTED SYS(ppoll, &s->pipe, 1, &s->second, &s->open, SET_LEN)
LOOP(eintr, SIGNAL_LOCALS, s->second.tv_sec = 1; s->second.tv_nsec = 0;
     fold |= SYS(kill, self, SIG); long ret = INTERRUPTED;
     s->interrupted += ret == -EINTR; fold |= ret + EINTR;
     fold |= SYS(ppoll, &s->pipe, 1, &s->zero, &s->open, SET_LEN))
SIGNAL(eintr, .id = "signal/eintr-retry", .calls = "kill ppoll rt_sigreturn ppoll",
       .base = "signal/kill-self-pending", .want = WANT_ZERO, SET(count, SIG_BLOCK),
       .verify = verify_eintr,
       .desc = "ppoll of an empty pipe interrupted by a handler (EINTR), then retried",
       .caveat = "includes sending the signal, the handler, its return, and the retry");

/* The branch on the result is the operation. */
BATCH(errno_check)
{
	long fold = 0, ret;

	(void)run;
	REPEAT (n) {
		do
			ret = SYS(getppid);
		while (__builtin_expect(ret == -EINTR, 0));
		fold |= ret;
	}
	return fold;
}

static int setup_getppid(struct bench_run *run)
{
	run->want = getppid();
	return 0;
}

static int verify_getppid(struct bench_run *run)
{
	return getppid() == run->want ? 0 : bench_fail(run, "not the parent's id");
}

BENCH_OF(errno_check, .id = "signal/errno-check", .calls = "getppid", .base = NULL_CALL,
	 .setup = setup_getppid, .verify = verify_getppid,
	 .desc = "getppid in a loop that makes the call again on EINTR",
	 .caveat = "EINTR never comes: a compare and a branch predicted well, which may "
		   "well be 0 ns");
