// SPDX-License-Identifier: MIT
/*
 * Starts workers and takes in what they send. It sleeps while they measure, and touches no
 * value: windows are kept as they came and judged by estimate.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/err.h"
#include "base/random.h"
#include "base/time.h"
#include "drive/round.h"

struct child {
	pid_t pid;
	int out;
};

/* A descriptor that gives the plan of the rows order[0..n), or -errno. */
static int write_plan(const struct run *run, const uint32_t *order, size_t n,
		      enum round_kind kind)
{
	struct plan_head head = { .magic = WORKER_MAGIC,
				  .protocol = WORKER_PROTOCOL,
				  .n_items = n,
				  .cpu = run->cpu,
				  .other_cpu = run->other_cpu,
				  .step = run->step,
				  .round_us = run->options.round_us,
				  .filter = run->arm->filter,
				  .ticks_per_us = run->ticks_per_ns * 1000 };
	int plan = memfd_create("syscost-plan", MFD_CLOEXEC);
	FILE *out = plan < 0 ? NULL : fdopen(dup(plan), "w");
	bool bad;

	if (!out) {
		if (plan >= 0)
			close(plan);
		return -errno;
	}
	snprintf(head.dir, sizeof(head.dir), "%s", run->dir);
	if (run->options.events && kind == ROUND_MEASURE)
		head.events = *run->options.events;
	fwrite(&head, sizeof(head), 1, out);
	for (size_t i = 0; i < n; i++) {
		const struct run_row *row = &run->rows[order[i]];
		struct plan_item item = { .n = row->n };

		strcpy(item.id, row->variant->id);
		if (kind == ROUND_MEASURE)
			item.chain = row->chain;
		fwrite(&item, sizeof(item), 1, out);
	}
	bad = fflush(out) || ferror(out);
	fclose(out);
	if (bad) {
		close(plan);
		return -EIO;
	}
	lseek(plan, 0, SEEK_SET);
	return plan;
}

/* The child's side of the fork: become a worker of this arm. */
static _Noreturn void become_worker(const struct arm *arm, int plan, int out,
				    char *padding)
{
	int a = fcntl(plan, F_DUPFD_CLOEXEC, 10), b = fcntl(out, F_DUPFD_CLOEXEC, 10);
	const char *argv[ARM_ARGV];
	char self[4096], env[sizeof(arm->env)];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	/* Its own group: so that it and all its peers can be killed at once. */
	setpgid(0, 0);
	if (len < 0 || dup2(a, WORKER_PLAN_FD) < 0 || dup2(b, WORKER_OUT_FD) < 0)
		_exit(127);
	self[len] = '\0';
	strcpy(env, arm->env);
	setenv("SYSCOST_PADDING", padding, 1);
	if (env[0])
		putenv(env);
	arm_command(arm, self, WORKER_COMMAND, argv);
	if (!arm->wrapper[0] && !arm->program[0])
		execv("/proc/self/exe", (char *const *)argv);
	else
		execvp(argv[0], (char *const *)argv);
	_exit(127);
}

static int start_worker(struct run *run, const uint32_t *order, size_t n,
			enum round_kind kind, struct child *child)
{
	char padding[4096] = "";
	int pipe_fd[2], plan = write_plan(run, order, n, kind);

	if (plan < 0)
		return plan;
	/* Moves the stack, and with it what shares cache sets and predictor slots. */
	memset(padding, 'x', random_next(&run->random) % (sizeof(padding) - 1));
	if (pipe2(pipe_fd, O_CLOEXEC)) {
		close(plan);
		return -errno;
	}
	child->pid = fork();
	if (!child->pid)
		become_worker(run->arm, plan, pipe_fd[1], padding);
	close(plan);
	close(pipe_fd[1]);
	child->out = pipe_fd[0];
	if (child->pid < 0) {
		close(pipe_fd[0]);
		return -errno;
	}
	setpgid(child->pid, child->pid);
	return 0;
}

/* Exactly `len` bytes within `seconds`: 1, 0 at the end of the stream, -ETIMEDOUT. */
static int receive(int fd, void *data, size_t len, double seconds,
		   volatile const int *stop)
{
	double end = time_now() + seconds;
	char *p = data;

	while (len) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		double left = end - time_now();
		ssize_t got;

		if (stop && *stop)
			return -EINTR;
		if (left <= 0)
			return -ETIMEDOUT;
		if (poll(&pfd, 1, ceil(left * 1000)) < 0 && errno != EINTR)
			return -errno;
		if (!pfd.revents)
			continue;
		got = read(fd, p, len);
		if (!got)
			return 0;
		if (got < 0)
			return -errno;
		p += got;
		len -= got;
	}
	return 1;
}

static void fail_row(struct run_row *row, enum outcome_status status, const char *reason)
{
	row->status = status;
	snprintf(row->reason, sizeof(row->reason), "%s", reason);
}

static int keep_sample(struct run *run, struct run_row *row, const struct message *msg,
		       struct window *windows, unsigned int position)
{
	struct sample *s;

	if (row->n_samples == row->room) {
		size_t room = row->room ? 2 * row->room : 16;

		s = realloc(row->samples, room * sizeof(*s));
		if (!s)
			return -ENOMEM;
		row->samples = s;
		row->room = room;
	}
	s = &row->samples[row->n_samples++];
	*s = (struct sample){ .round = run->rounds,
			      .position = position,
			      .n = msg->n,
			      .windows = windows,
			      .n_windows = msg->n_windows,
			      .faults = msg->faults,
			      .switches = msg->switches,
			      .enters = msg->enters,
			      .cycles_per_tick = run->last_cycles_per_tick,
			      .chain = row->chain };
	memcpy(s->count, msg->count, sizeof(s->count));
	return 0;
}

static void keep_size(struct run_row *row, const struct message *msg,
		      const struct window *windows)
{
	double ticks[WINDOWS];

	for (size_t i = 0; i < msg->n_windows; i++)
		ticks[i] = windows[i].ticks;
	stats_sort(ticks, msg->n_windows);
	row->sized_ticks = stats_median(ticks, msg->n_windows);
	row->n = msg->n;
}

/* Take in one finished benchmark. 1, 0 at the end of the stream, -errno. */
static int take_result(struct run *run, struct child *child, struct run_row *row,
		       const struct message *msg, unsigned int position,
		       enum round_kind kind)
{
	struct window *windows = NULL;
	int ret = 1;

	if (msg->n_windows > WINDOWS)
		return -EPROTO;
	if (msg->n_windows) {
		windows = calloc(msg->n_windows, sizeof(*windows));
		if (!windows)
			return -ENOMEM;
		ret = receive(child->out, windows, msg->n_windows * sizeof(*windows),
			      run->options.timeout, NULL);
	}
	if (msg->mode[0]) /* some find it out once */
		memcpy(row->mode, msg->mode, sizeof(row->mode));
	memcpy(row->asked, msg->asked, sizeof(row->asked));
	memcpy(row->in_force, msg->in_force, sizeof(row->in_force));
	if (msg->overflow > row->overflow)
		row->overflow = msg->overflow;
	if (ret == 1 && msg->status != OUTCOME_OK)
		fail_row(row, msg->status, msg->reason);
	if (ret == 1 && kind == ROUND_SIZE && msg->status == OUTCOME_OK)
		keep_size(row, msg, windows);
	if (ret == 1 && kind == ROUND_MEASURE && msg->status == OUTCOME_OK) {
		int kept = keep_sample(run, row, msg, windows, position);

		if (!kept)
			return 1;
		ret = kept;
	}
	free(windows);
	return ret;
}

/* What became of a worker that ended or was ended in the middle of a benchmark. */
static void blame(struct run_row *row, int how, int status, double timeout)
{
	char why[96];

	if (how == -ETIMEDOUT)
		snprintf(why, sizeof(why), "hung: killed after %g s", timeout);
	else if (WIFSIGNALED(status))
		snprintf(why, sizeof(why), "crashed: %s", strsignal(WTERMSIG(status)));
	else
		snprintf(why, sizeof(why), "its process exited with status %d",
			 WEXITSTATUS(status));
	fail_row(row, OUTCOME_FAIL, why);
}

/* Why a worker ended before it said that it is ready. */
static int no_start(const struct arm *arm, int how, int status, struct err *err)
{
	const char *who = arm->program[0]   ? arm->program
			  : arm->wrapper[0] ? arm->wrapper[0]
					    : "its own program";
	const char *label = arm->label ? arm->label : "the";
	const char *arm_word = arm->label ? " arm" : " run";

	if (how == -ETIMEDOUT)
		err_set(err, 0, "%s%s: %s started no round in time", label, arm_word,
			who);
	else if (WIFEXITED(status) && WEXITSTATUS(status) == 127)
		err_set(err, 0, "%s%s: %s cannot be run: is it installed?", label,
			arm_word, who);
	else
		err_set(err, 0,
			"%s%s: %s started no round (%s %d): another version of syscost, "
			"or a wrapper that closes descriptors?",
			label, arm_word, who,
			WIFSIGNALED(status) ? "signal" : "exit status",
			WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
	return -ECHILD;
}

/* How far a round is. */
struct progress {
	size_t at;     /* the next item of the order */
	bool ready;    /* it said that it is settled */
	long current;  /* registry row that it is in; -1: none */
	char why[160]; /* it could not settle */
};

/* Take in what one worker says. What ended it: 0, -ETIMEDOUT, -EINTR, … */
static int hear(struct run *run, struct child *child, const uint32_t *order, size_t n,
		unsigned int position, enum round_kind kind, struct progress *p)
{
	size_t first = p->at;
	struct message msg;
	double began = 0;
	int ret;

	while ((ret = receive(child->out, &msg, sizeof(msg), run->options.timeout,
			      run->options.stop)) == 1) {
		if (msg.type == MESSAGE_ROUND) {
			p->ready = msg.status == OUTCOME_OK;
			memcpy(p->why, msg.reason, sizeof(p->why));
			run->last_cycles_per_tick = msg.cycles_per_tick;
			continue;
		}
		if (first + msg.item >= n || !p->ready)
			return -EPROTO;
		if (msg.type == MESSAGE_START) {
			p->current = order[first + msg.item];
			began = time_now();
			continue;
		}
		if (kind == ROUND_MEASURE)
			run->rows[order[first + msg.item]].seconds += time_now() - began;
		ret = take_result(run, child, &run->rows[order[first + msg.item]], &msg,
				  position + first + msg.item, kind);
		if (ret != 1)
			break;
		p->current = -1;
		p->at++;
	}
	return ret;
}

int round_measure(struct run *run, const uint32_t *order, size_t n, unsigned int position,
		  enum round_kind kind, struct err *err)
{
	struct progress p = { 0 };
	int early = 0;

	while (p.at < n && !(run->options.stop && *run->options.stop)) {
		struct child child;
		int ret, status;

		p = (struct progress){ .at = p.at, .current = -1 };
		ret = start_worker(run, order + p.at, n - p.at, kind, &child);
		if (ret) {
			return err_set(err, ret, "a worker cannot be started: %s",
				       strerror(-ret));
		}
		ret = hear(run, &child, order, n, position, kind, &p);
		kill(-child.pid, SIGKILL);
		while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
			;
		close(child.out);
		if (ret == -EINTR)
			return 0;
		if (ret == -ENOMEM || ret == -EPROTO) {
			return err_set(err, ret, "what a worker said cannot be taken: %s",
				       strerror(-ret));
		}
		if (p.current >= 0) {
			blame(&run->rows[p.current], ret, status, run->options.timeout);
			run_clear(run); /* what it left, others would stumble over */
			p.at++;
		} else if (p.why[0] && !p.ready) {
			return err_set(err, -EPERM, "%s%s%s",
				       run->arm->label ? run->arm->label : "",
				       run->arm->label ? " arm: " : "", p.why);
		} else if (p.at < n && ++early == 3) {
			return no_start(run->arm, ret, status, err);
		}
	}
	return 0;
}
