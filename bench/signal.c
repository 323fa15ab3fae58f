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

#define NULL_CALL "null/getppid-inline"
#define SIG	  SIGUSR1
#define SIG_BIT	  (1UL << (SIG - 1))
#define SET_LEN	  sizeof(unsigned long) /* the kernel's signal set */

/* What rt_sigaction takes, see arch/x86/include/uapi/asm/signal.h in Linux. */
struct kernel_action {
	void (*handler)(int);
	unsigned long flags;
	void (*restorer)(void);
	unsigned long mask;
};

struct signals {
	bool armed; /* the next two are to be restored */
	struct sigaction old_action;
	sigset_t old_mask;

	struct kernel_action action, before;
	unsigned long set, open, seen;
	struct timespec second, zero;
	struct pollfd pipe;
	unsigned long interrupted;
	pid_t self;
};

static volatile sig_atomic_t handled;

static void count(int sig)
{
	(void)sig;
	handled++;
}

/* Have SIG handled by `handler`, without SA_RESTART, and blocked or not. */
static int arm(struct bench_run *run, void (*handler)(int), int how)
{
	struct signals *s = run->state;
	struct sigaction action = { .sa_handler = handler };
	sigset_t set;

	sigemptyset(&set);
	sigaddset(&set, SIG);
	if (sigaction(SIG, NULL, &s->old_action) || sigprocmask(how, &set, &s->old_mask))
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
	run->want = 0;
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

static int setup_default(struct bench_run *run)
{
	return arm(run, SIG_DFL, SIG_UNBLOCK);
}

static int setup_handler(struct bench_run *run)
{
	return arm(run, count, SIG_UNBLOCK);
}

static int setup_pending(struct bench_run *run)
{
	int ret = arm(run, count, SIG_BLOCK);

	run->want = SIG;
	return ret;
}

static int setup_eintr(struct bench_run *run)
{
	struct signals *s = run->state;

	if (pipe2(run->fd, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	s->pipe.fd = run->fd[0];
	s->pipe.events = POLLIN;
	return arm(run, count, SIG_BLOCK);
}

static int setup_getppid(struct bench_run *run)
{
	run->want = getppid();
	return 0;
}

#define SIGNAL_OP(name, ...)                          \
	BATCH(name)                                   \
	{                                             \
		struct signals *const s = run->state; \
		const pid_t self = s->self;           \
		long fold = 0;                        \
                                                      \
		(void)self;                           \
		do {                                  \
			__VA_ARGS__                   \
		} while (--n);                        \
		return fold;                          \
	}

SIGNAL_OP(sigaction, fold |= SYS(rt_sigaction, SIG, &s->action, &s->before, SET_LEN);)
SIGNAL_OP(sigprocmask, fold |= SYS(rt_sigprocmask, SIG_BLOCK, &s->set, NULL, SET_LEN);
	  fold |= SYS(rt_sigprocmask, SIG_UNBLOCK, &s->set, &s->seen, SET_LEN);)
BATCH_OP(raise, raise(SIG))
SIGNAL_OP(pending, fold |= SYS(kill, self, SIG);
	  fold |= SYS(rt_sigtimedwait, &s->set, NULL, &s->zero, SET_LEN);)

/*
 * The first ppoll lets the pending signal in and would wait for a second, but is
 * interrupted; the second one is the retry, which does not wait. The kernel writes the
 * time that is left to where it read the timeout from, hence the store.
 */
SIGNAL_OP(eintr, s->second.tv_sec = 1; s->second.tv_nsec = 0;
	  fold |= SYS(kill, self, SIG);
	  long ret = SYS(ppoll, &s->pipe, 1, &s->second, &s->open, SET_LEN);
	  s->interrupted += ret == -EINTR; fold |= ret + EINTR;
	  fold |= SYS(ppoll, &s->pipe, 1, &s->zero, &s->open, SET_LEN);)

/* The branch on the result is the operation. */
BATCH(errno_check)
{
	long fold = 0, ret;

	(void)run;
	do {
		do
			ret = SYS(getppid);
		while (__builtin_expect(ret == -EINTR, 0));
		fold |= ret;
	} while (--n);
	return fold;
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

static int verify_getppid(struct bench_run *run)
{
	return getppid() == run->want ? 0 : bench_fail(run, "not the parent's id");
}

#define ROW(ident, how, name, made_of, against, what, not_this, setup_it, verify_it) \
	BENCH(ident)                                                                 \
	= { .id = "signal/" name,                                                    \
	    .via = how,                                                              \
	    .desc = what,                                                            \
	    .caveat = not_this,                                                      \
	    .calls = made_of,                                                        \
	    .base = against,                                                         \
	    .state = sizeof(struct signals),                                         \
	    .setup = setup_it,                                                       \
	    .batch = batch_##ident,                                                  \
	    .verify = verify_it,                                                     \
	    .teardown = teardown };

ROW(sigaction, VIA_INLINE, "sigaction", "rt_sigaction", NULL_CALL,
    "set a signal's disposition to SIG_IGN and query the old one, in one call",
    "the disposition is the same after the first time", setup_default, verify_sigaction)
ROW(sigprocmask, VIA_INLINE, "sigprocmask", "rt_sigprocmask rt_sigprocmask", NULL_CALL,
    "block a signal, unblock it and query the old mask", "one op is two calls",
    setup_default, verify_sigprocmask)
ROW(raise, VIA_LIBC, "raise-handler", "gettid getpid tgkill rt_sigreturn", NULL_CALL,
    "raise a signal that a handler counts",
    "four calls: who am I (twice), send, and return from the handler", setup_handler,
    verify_raise)
ROW(pending, VIA_INLINE, "kill-self-pending", "kill rt_sigtimedwait", NULL_CALL,
    "send ourselves a blocked signal, take it by sigtimedwait without waiting",
    "no handler runs: nothing is delivered", setup_pending, verify_pending)
ROW(eintr, VIA_INLINE, "eintr-retry", "kill ppoll rt_sigreturn ppoll",
    "signal/kill-self-pending",
    "ppoll of an empty pipe interrupted by a handler (EINTR), then retried",
    "includes sending the signal, the handler, its return, and the retry", setup_eintr,
    verify_eintr)
ROW(errno_check, VIA_INLINE, "errno-check", "getppid", NULL_CALL,
    "getppid in a loop that makes the call again on EINTR",
    "EINTR never comes: a compare and a branch predicted well, which may well be 0 ns",
    setup_getppid, verify_getppid)
