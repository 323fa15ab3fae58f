// SPDX-License-Identifier: MIT
/*
 * What it costs to wake another task and to sleep until it answers: ping-pong over two
 * pipes, or over one futex word, with a process or a thread, on this CPU or on another.
 *
 * One operation is one round trip: there and back. On one CPU that is two context
 * switches and the calls that cause them, so half of it is no pure switch either. Across
 * CPUs the tasks overlap: the number is wake-up latency, idle states and interrupts
 * between CPUs included, and a side that answers early enough was never switched out.
 * The tasks touch next to nothing: no cache or TLB refill of a real program is in it.
 */
#include <errno.h>
#include <linux/futex.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <sys/mman.h>
#include <unistd.h>

#include "bench.h"

enum { OURS, PEERS, STOP }; /* whose turn it is */

struct page { /* shared with the peer */
	uint32_t turn;
	unsigned long answered;
};

struct pair {
	struct page *page;
	int (*fn)(struct bench_run *run);
	pthread_t thread;
};

static struct page *page_of(const struct bench_run *run)
{
	return ((struct pair *)run->state)->page;
}

static int make_page(struct bench_run *run)
{
	struct pair *p = run->state;

	p->page = mmap(NULL, sizeof(*p->page), PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	return p->page == MAP_FAILED ? bench_errno(run, "mmap of a shared page") : 0;
}

/*
 * Pipes: the ball goes out through fd[1] -> fd[0] and comes back through fd[3] -> fd[2].
 * It ends when the last fd[1] is closed.
 */
BATCH(pipe)
{
	const int out = run->fd[1], in = run->fd[2];
	char ball = 0;
	long fold = 0;

	do {
		fold |= SYS(write, out, &ball, 1);
		fold |= SYS(read, in, &ball, 1);
	} while (--n);
	return fold;
}

static int pipe_peer(struct bench_run *run)
{
	const int in = run->fd[0], out = run->fd[3];
	struct page *page = page_of(run);
	char ball;
	long ret;

	while ((ret = SYS(read, in, &ball, 1)) == 1 || ret == -EINTR) {
		if (ret < 0)
			continue;
		page->answered++;
		if (SYS(write, out, &ball, 1) != 1)
			return 1;
	}
	return ret != 0;
}

static int setup_pipe(struct bench_run *run)
{
	run->want = 1;
	if (pipe2(run->fd, O_CLOEXEC) || pipe2(run->fd + 2, O_CLOEXEC))
		return bench_errno(run, "pipe2");
	return make_page(run);
}

static void drop(struct bench_run *run, int i)
{
	if (run->fd[i] >= 0)
		close(run->fd[i]);
	run->fd[i] = -1;
}

/*
 * One futex word says whose turn it is. Only the result of the wake is folded: EAGAIN
 * from the wait is an answer that came before there was time to sleep.
 */
#define FUTEX_PING_PONG(name, private)                                              \
	BATCH(name)                                                                 \
	{                                                                           \
		uint32_t *const turn = &page_of(run)->turn;                         \
		long fold = 0;                                                      \
                                                                                    \
		do {                                                                \
			__atomic_store_n(turn, PEERS, __ATOMIC_RELEASE);            \
			fold |= SYS(futex, turn, FUTEX_WAKE | (private), 1);        \
			while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) == PEERS)    \
				SYS(futex, turn, FUTEX_WAIT | (private), PEERS, 0); \
		} while (--n);                                                      \
		return fold;                                                        \
	}                                                                           \
                                                                                    \
	static int name##_peer(struct bench_run *run)                               \
	{                                                                           \
		struct page *page = page_of(run);                                   \
		uint32_t *const turn = &page->turn, now;                            \
                                                                                    \
		for (;;) {                                                          \
			while (!(now = __atomic_load_n(turn, __ATOMIC_ACQUIRE)))    \
				SYS(futex, turn, FUTEX_WAIT | (private), OURS, 0);  \
			if (now == STOP)                                            \
				return 0;                                           \
			page->answered++;                                           \
			__atomic_store_n(turn, OURS, __ATOMIC_RELEASE);             \
			SYS(futex, turn, FUTEX_WAKE | (private), 1);                \
		}                                                                   \
	}

FUTEX_PING_PONG(futex_process, 0)
FUTEX_PING_PONG(futex_thread, FUTEX_PRIVATE_FLAG)

static int setup_futex(struct bench_run *run)
{
	run->want = BENCH_ANY; /* 0 or 1 woken */
	return make_page(run);
}

/* A process: killed by the harness. Neither side may hold the other's ends. */
static int process_pipe_peer(struct bench_run *run)
{
	drop(run, 1);
	drop(run, 2);
	return pipe_peer(run);
}

static int start_process(struct bench_run *run, int cpu, int (*fn)(struct bench_run *run))
{
	int ret = bench_peer(run, cpu, fn);

	if (ret)
		munmap(page_of(run), sizeof(struct page));
	drop(run, 0);
	drop(run, 3);
	return ret;
}

static void stop_process(struct bench_run *run)
{
	munmap(page_of(run), sizeof(struct page));
}

/* A thread: told to stop, and joined. */
static void *thread_main(void *arg)
{
	struct bench_run *run = arg;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	((struct pair *)run->state)->fn(run);
	return NULL;
}

static int start_thread(struct bench_run *run, int cpu, int (*fn)(struct bench_run *run))
{
	struct pair *p = run->state;
	pthread_attr_t attr;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	p->fn = fn;
	pthread_attr_init(&attr);
	errno = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (!errno)
		errno = pthread_create(&p->thread, &attr, thread_main, run);
	pthread_attr_destroy(&attr);
	if (!errno)
		return 0;
	munmap(p->page, sizeof(*p->page));
	return bench_errno(run, "pthread_create");
}

static void stop_thread(struct bench_run *run)
{
	struct pair *p = run->state;

	drop(run, 1);
	__atomic_store_n(&p->page->turn, STOP, __ATOMIC_RELEASE);
	SYS(futex, &p->page->turn, FUTEX_WAKE_PRIVATE, 1);
	pthread_join(p->thread, NULL);
	munmap(p->page, sizeof(*p->page));
}

/* The peer took as many turns as there were operations. */
static int verify(struct bench_run *run)
{
	unsigned long *count = &page_of(run)->answered;
	unsigned long answered = __atomic_load_n(count, __ATOMIC_ACQUIRE);

	if (answered != run->done)
		return bench_fail(run, "%lu operations, but the peer answered %lu",
				  run->done, answered);
	return 0;
}

#define SAME  "one operation is a round trip: two switches on one CPU, and their calls"
#define CROSS "one operation is a round trip: two wake-ups of another CPU, maybe idle"

#define SWITCH(what, who, where, does, loop, peer, on, probe, misread)      \
	static int setup_##what##_##who##_##where(struct bench_run *run)    \
	{                                                                   \
		int ret = setup_##what(run);                                \
                                                                            \
		return ret ? ret : start_##who(run, run->on, peer);         \
	}                                                                   \
                                                                            \
	BENCH(what##_##who##_##where)                                       \
	= {                                                                 \
		.id = "switch/" #what "-" #who "-" #where,                  \
		.via = VIA_INLINE,                                          \
		.desc = does " a " #who " on the " #where " CPU, and back", \
		.caveat = misread,                                          \
		.calls = calls_##what,                                      \
		.base = "null/getppid-inline",                              \
		.flags = BENCH_BLOCKS,                                      \
		.state = sizeof(struct pair),                               \
		.needs = probe,                                             \
		.setup = setup_##what##_##who##_##where,                    \
		.batch = loop,                                              \
		.verify = verify,                                           \
		.teardown = stop_##who,                                     \
	}

#define calls_pipe  "write read"
#define calls_futex "futex futex"

#define SAME_AND_CROSS(what, who, does, loop, peer)                 \
	SWITCH(what, who, same, does, loop, peer, cpu, NULL, SAME); \
	SWITCH(what, who, cross, does, loop, peer, other_cpu, bench_needs_two_cpus, CROSS)

SAME_AND_CROSS(pipe, process, "a byte through a pipe to", batch_pipe, process_pipe_peer);
SAME_AND_CROSS(futex, process, "a turn by futex to", batch_futex_process,
	       futex_process_peer);
SAME_AND_CROSS(pipe, thread, "a byte through a pipe to", batch_pipe, pipe_peer);
SAME_AND_CROSS(futex, thread, "a turn by futex to", batch_futex_thread,
	       futex_thread_peer);
