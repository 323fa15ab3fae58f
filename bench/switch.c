// SPDX-License-Identifier: MIT
/*
 * What it costs to wake another task and to sleep until it answers. The two play
 * ping-pong over two pipes or one futex word. The other is a process or a thread, on this
 * CPU or another.
 *
 * One operation is one round trip: there and back. On one CPU that is two context
 * switches and the calls that cause them, so half of it is no pure switch either. Across
 * CPUs the tasks overlap: the number is wake-up latency, with idle states and interrupts
 * between CPUs. A side that is answered early enough was never switched out. The tasks
 * touch next to nothing: no cache or TLB refill of a real program is in it.
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

/* Who plays, and where: `arg`. */
struct game {
	int (*open)(struct bench_run *run);
	int (*peer)(struct bench_run *run);
	bool thread, cross;
};

struct pair {
	struct page *page;
	pthread_t thread;
	bool started; /* the thread */
};

static struct page *page_of(const struct bench_run *run)
{
	return ((struct pair *)run->state)->page;
}

/*
 * The ball goes out by fd[1] -> fd[0], and back by fd[3] -> fd[2], until fd[1] is closed.
 */
BATCH(pipe)
{
	const int out = run->fd[1], in = run->fd[2];
	char ball = 0;
	long fold = 0;

	REPEAT (n) {
		fold |= SYS(write, out, &ball, 1);
		fold |= SYS(read, in, &ball, 1);
	}
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

static int open_pipes(struct bench_run *run)
{
	return pipe2(run->fd, O_CLOEXEC) || pipe2(run->fd + 2, O_CLOEXEC)
		       ? bench_errno(run, "pipe2")
		       : 0;
}

static void close_end(struct bench_run *run, int i)
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
		REPEAT (n) {                                                        \
			__atomic_store_n(turn, PEERS, __ATOMIC_RELEASE);            \
			fold |= SYS(futex, turn, FUTEX_WAKE | (private), 1);        \
			while (__atomic_load_n(turn, __ATOMIC_ACQUIRE) == PEERS)    \
				SYS(futex, turn, FUTEX_WAIT | (private), PEERS, 0); \
		}                                                                   \
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

/* A process is killed by the harness. Neither side may hold the other's ends. */
static int process_pipe_peer(struct bench_run *run)
{
	close_end(run, 1);
	close_end(run, 2);
	return pipe_peer(run);
}

/* A thread is told to stop, and joined. */
static void *thread_main(void *arg)
{
	struct bench_run *run = arg;
	const struct game *game = run->bench->arg;
	sigset_t all;

	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	game->peer(run);
	return NULL;
}

static int start_thread(struct bench_run *run, int cpu)
{
	struct pair *p = run->state;
	pthread_attr_t attr;
	cpu_set_t set;

	CPU_ZERO(&set);
	CPU_SET(cpu, &set);
	pthread_attr_init(&attr);
	errno = pthread_attr_setaffinity_np(&attr, sizeof(set), &set);
	if (!errno)
		errno = pthread_create(&p->thread, &attr, thread_main, run);
	pthread_attr_destroy(&attr);
	p->started = !errno;
	return p->started ? 0 : bench_errno(run, "pthread_create");
}

static int setup(struct bench_run *run)
{
	const struct game *game = run->bench->arg;
	const int cpu = game->cross ? run->other_cpu : run->cpu;
	struct page *page = mmap(NULL, sizeof(*page), PROT_READ | PROT_WRITE,
				 MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	int ret;

	if (page == MAP_FAILED)
		return bench_errno(run, "mmap of a shared page");
	((struct pair *)run->state)->page = page;
	ret = game->open ? game->open(run) : 0;
	if (ret)
		return ret;
	if (game->thread)
		return start_thread(run, cpu);
	ret = bench_peer(run, cpu, game->peer);
	close_end(run, 0);
	close_end(run, 3);
	return ret;
}

static void teardown(struct bench_run *run)
{
	struct pair *p = run->state;

	if (p->started) {
		close_end(run, 1);
		__atomic_store_n(&p->page->turn, STOP, __ATOMIC_RELEASE);
		SYS(futex, &p->page->turn, FUTEX_WAKE_PRIVATE, 1);
		pthread_join(p->thread, NULL);
	}
	if (p->page)
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

#define GAME                                                            \
	.base = NULL_CALL, .flags = BENCH_BLOCKS | BENCH_ALONE,         \
	.state = sizeof(struct pair), .setup = setup, .verify = verify, \
	.teardown = teardown
#define SAME_AND_CROSS(slug, loop, does, ...)                               \
	BENCH_OF(loop, .id = "switch/" slug "-same", loop##_CALLS, GAME,    \
		 .desc = does " on the same CPU, and back", .caveat = SAME, \
		 .arg = &(const struct game){ __VA_ARGS__ });               \
	BENCH_OF(loop, .id = "switch/" slug "-cross", loop##_CALLS, GAME,   \
		 .desc = does " on another CPU, and back", .caveat = CROSS, \
		 .needs = bench_needs_two_cpus,                             \
		 .arg = &(const struct game){ .cross = true, __VA_ARGS__ })

#define pipe_CALLS	    .calls = "write read", .want = 1
#define futex_process_CALLS .calls = "futex futex"
#define futex_thread_CALLS  .calls = "futex futex"
SAME_AND_CROSS("pipe-process", pipe, "a byte through a pipe to a process",
	       .open = open_pipes, .peer = process_pipe_peer);
SAME_AND_CROSS("futex-process", futex_process, "a turn by futex to a process",
	       .peer = futex_process_peer);
SAME_AND_CROSS("pipe-thread", pipe, "a byte through a pipe to a thread",
	       .open = open_pipes, .peer = pipe_peer, .thread = true);
SAME_AND_CROSS("futex-thread", futex_thread, "a turn by futex to a thread",
	       .peer = futex_thread_peer, .thread = true);
