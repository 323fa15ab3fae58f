// SPDX-License-Identifier: MIT
/*
 * Making something that runs, and waiting until it has ended: processes, programs and
 * threads. Parent and child are pinned to the same CPU and alternate on it.
 *
 * The numbers do not tell what a large process pays: fork copies page tables, and this
 * one is small. They do not tell what a dynamically linked program costs to start. Nor do
 * they tell what a child on another CPU would change.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define FORK	  "process/fork-wait"
#define STACK_LEN 65536

/* bench/tiny/true.c, an executable that exits with 0 */
extern const unsigned char tiny_true[];
extern const unsigned char tiny_true_end[];

struct process {
	volatile unsigned long ran; /* children that share our memory count here */
	pthread_t self;		    /* what t is at first: joining it is refused */
	char *stack;		    /* the end of one for a child */
	char *argv[2];
	char *envp[1];
	char path[BENCH_PATH_MAX];
};

static int child(void *state)
{
	((struct process *)state)->ran++;
	return 0; /* clone makes it the argument of _exit */
}

static void *thread(void *state)
{
	((struct process *)state)->ran++;
	return NULL;
}

static int setup_stack(struct bench_run *run)
{
	struct process *s = run->state;
	int ret = bench_buffer(run, STACK_LEN);

	if (!ret)
		s->stack = (char *)run->buf + run->buf_len;
	return ret;
}

static int no_child_left(struct bench_run *run)
{
	if (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD)
		return bench_fail(run, "a child is left behind");
	return 0;
}

/* Run the program once, and look at its status. */
static int run_program(struct bench_run *run)
{
	struct process *s = run->state;
	int status = -1;
	pid_t pid;

	errno = posix_spawn(&pid, s->path, NULL, NULL, s->argv, s->envp);
	if (errno)
		return bench_errno(run, "posix_spawn");
	if (waitpid(pid, &status, 0) != pid)
		return bench_errno(run, "waitpid");
	if (status)
		return bench_fail(run, "the program ended with status %#x", status);
	return no_child_left(run);
}

/* The file is closed before it is executed: open for writing it would be ETXTBSY. */
static int setup_program(struct bench_run *run)
{
	struct process *s = run->state;
	ssize_t len = tiny_true_end - tiny_true, written;
	int fd;

	bench_path(run, "true", s->path, sizeof(s->path));
	s->argv[0] = s->path;
	fd = open(s->path, O_CREAT | O_TRUNC | O_WRONLY | O_CLOEXEC, 0700);
	if (fd < 0)
		return bench_errno(run, "open");
	written = write(fd, tiny_true, len);
	if (fchmod(fd, 0700) | close(fd) || written != len)
		return bench_fail(run, "cannot write the program: %zd of %zd bytes",
				  written, len);
	return run_program(run);
}

static void teardown_program(struct bench_run *run)
{
	struct process *s = run->state;

	if (s->path[0])
		unlink(s->path);
}

static int verify_ran(struct bench_run *run)
{
	struct process *s = run->state;

	if (s->ran != run->done)
		return bench_fail(run, "%lu children ran in %lu iterations", s->ran,
				  run->done);
	return no_child_left(run);
}

/*
 * A loop that makes a child of `pid`, and reaps it. Without a child, pid is negative, and
 * so is what is folded, whatever waitpid says. A status that is not 0 folds to -1.
 */
#define CHILD_LOCALS                                       \
	struct process *const s maybe_unused = run->state; \
	char *const stack maybe_unused = s->stack
#define CHILD_LOOP(name, ...)                                                  \
	LOOP(name, CHILD_LOCALS, pid_t pid = -1; int status = -1; __VA_ARGS__; \
	     fold |= (long)pid | waitpid(pid, &status, 0); fold |= -(long)(status != 0))
#define CHILD(loop, ...)                                                 \
	BENCH_OF(loop, .via = VIA_LIBC, .state = sizeof(struct process), \
		 .flags = BENCH_BLOCKS, __VA_ARGS__)

/* The one branch is what tells a child from its parent. */
CHILD_LOOP(fork, pid = fork(); if (!pid) _exit(0))
CHILD(fork, .id = "process/fork-wait", .calls = "clone set_robust_list exit_group wait4",
      .base = NULL_CALL, .verify = no_child_left,
      .desc = "fork a child that calls _exit at once, wait for it",
      .caveat = "the process is small; grows with its memory; parent and child share a "
		"CPU");

/*
 * The child of vfork runs on our stack, but only calls _exit: the warning is mistaken.
 */
#ifndef __clang__
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wclobbered"
#endif
CHILD_LOOP(vfork, pid = vfork(); if (!pid) _exit(0))
#ifndef __clang__
#pragma GCC diagnostic pop
#endif
CHILD(vfork, .id = "process/vfork-wait", .calls = "vfork exit_group wait4", .base = FORK,
      .verify = no_child_left,
      .desc = "vfork a child that calls _exit at once, wait for it",
      .caveat = "no memory is copied, and the parent stands still until the child has "
		"ended");

CHILD_LOOP(clone_vm, pid = clone(child, stack, CLONE_VM | SIGCHLD, s))
CHILD(clone_vm, .id = "process/clone-vm-wait", .calls = "clone exit wait4", .base = FORK,
      .setup = setup_stack, .verify = verify_ran,
      .desc = "clone(CLONE_VM) a child on a stack of its own that exits at once, wait "
	      "for it",
      .caveat = "a process that shares our memory, not a thread; the stack is there "
		"already");

CHILD_LOOP(spawn, fold |= -(long)posix_spawn(&pid, s->path, NULL, NULL, s->argv, s->envp))
CHILD(spawn, .id = "process/posix_spawn-true",
      .calls = "mmap rt_sigprocmask clone3 rt_sigaction execve exit_group munmap "
	       "rt_sigprocmask wait4",
      .base = "process/fork-exec-true", .setup = setup_program, .verify = run_program,
      .teardown = teardown_program,
      .desc = "posix_spawn a static program of two instructions, wait for it",
      .caveat = "includes the C library resetting every signal in the child: some 100 "
		"calls more");

/* Where execve returns, the child's status is not 0. */
CHILD_LOOP(exec, pid = fork(); if (!pid) _exit(execve(s->path, s->argv, s->envp)))
CHILD(exec, .id = "process/fork-exec-true",
      .calls = "clone set_robust_list execve exit_group wait4", .base = FORK,
      .setup = setup_program, .verify = run_program, .teardown = teardown_program,
      .desc = "fork, execve a static program of two instructions, wait for it",
      .caveat = "no dynamic linker, no C library, no start-up: a real program costs "
		"far more");

static int setup_thread(struct bench_run *run)
{
	((struct process *)run->state)->self = pthread_self();
	return 0;
}

#define THREAD_LOCALS                         \
	struct process *const s = run->state; \
	const pthread_t self = s->self
LOOP(pthread, THREAD_LOCALS, pthread_t t = self;
     fold |= -(long)pthread_create(&t, NULL, thread, s);
     fold |= -(long)pthread_join(t, NULL))
BENCH_OF(pthread, .id = "process/pthread-create-join", .via = VIA_LIBC,
	 .calls = "rt_sigprocmask clone3 rt_sigprocmask rseq set_robust_list madvise "
		  "exit futex",
	 .base = NULL_CALL, .want = WANT_ZERO, .state = sizeof(struct process),
	 .flags = BENCH_BLOCKS | BENCH_ALONE, .setup = setup_thread, .verify = verify_ran,
	 .desc = "create a thread that returns at once, join it",
	 .caveat = "the C library reuses the stack of the thread before, without mmap");

/* There is nothing to see but the result. */
static int verify_yield(struct bench_run *run)
{
	return SYS(sched_yield) ? bench_fail(run, "sched_yield failed") : 0;
}

CALL(sched_yield, SYS(sched_yield), .id = "process/sched_yield", .calls = "sched_yield",
     .base = NULL_CALL, .want = WANT_ZERO, .verify = verify_yield,
     .desc = "sched_yield with nobody else to run",
     .caveat = "not a context switch: it returns to its caller");
