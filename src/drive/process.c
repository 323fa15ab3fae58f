// SPDX-License-Identifier: MIT
/* Starts workers, sleeps while they measure, and passes on what they send, as it is. */
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
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/random.h"
#include "base/time.h"
#include "drive/process.h"
#include "machine/cpus.h"
#include "measure/live.h"
#include "measure/worker.h"

#define STARTS_MAX     3    /* of workers in a row that end before they measure */
#define PADDING_MAX    4095 /* bytes of environment that move the stack */
#define CANNOT_RUN     127  /* exit status where a program is missing, as of a shell */
#define CANNOT_INSTALL 126  /* exit status where a layer in the parent is refused */

struct child {
	pid_t pid;
	int out;
};

/* Seconds of CLOCK_MONOTONIC: for budgets and progress. Nothing is measured by them. */
static double process_now(struct backend *b)
{
	(void)b;
	return time_now();
}

static int choose_cpu(struct backend *b, int wanted, struct err *err)
{
	cpu_set_t allowed, isolated;
	int ret = cpus_find(wanted, &allowed, &isolated);

	if (ret)
		return err_set(err, ret, "the allowed CPUs cannot be read: %s",
			       strerror(-ret));
	if (cpus_choose(&allowed, &isolated, wanted, &b->cpu, &b->other_cpu))
		return err_set(err, -EINVAL,
			       "CPU %d does not exist or is not allowed here: see "
			       "'taskset -p $$'",
			       wanted);
	return 0;
}

static int make_dir(char dir[200], struct err *err)
{
	const char *tmp = getenv("TMPDIR");

	snprintf(dir, 200, "%s/syscost.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (mkdtemp(dir))
		return 0;
	dir[0] = '\0';
	return err_set(err, -errno, "no temporary directory (%s): set TMPDIR",
		       strerror(errno));
}

static void remove_files(struct backend *b, bool folders)
{
	struct process_backend *p = (struct process_backend *)b;

	for (int i = 0; i < 2; i++)
		if (p->dir[i][0])
			file_remove_all(p->dir[i], folders);
}

static void process_tidy(struct backend *b)
{
	remove_files(b, false);
}

static void process_close(struct backend *b)
{
	struct process_backend *p = (struct process_backend *)b;

	remove_files(b, true);
	p->dir[0][0] = p->dir[1][0] = '\0';
}

static double process_ticks_per_ns(struct backend *b)
{
	struct process_backend *p = (struct process_backend *)b;

	return clock_ticks_per_ns(p->opened, clock_point());
}

static int process_open(struct backend *b, int cpu, struct err *err)
{
	struct process_backend *p = (struct process_backend *)b;
	int ret = choose_cpu(b, cpu, err);
	double ticks_per_us;

	if (!ret)
		ret = make_dir(p->dir[0], err);
	if (ret)
		return ret;
	p->opened = clock_point();
	b->step = clock_step(&clock_real);
	usleep(CLOCK_ROUGH_US);
	ticks_per_us = process_ticks_per_ns(b) * 1000;
	p->probe_passes = clock_probe_passes(b->step, ticks_per_us);
	live_size_references(b->step, ticks_per_us, p->reference_n);
	return 0;
}

/* The folder for the files of this launch. NULL with one line in err. */
static const char *dir_of(struct process_backend *p, const struct launch *launch,
			  struct err *err)
{
	if (!launch->wrapper[0])
		return p->dir[0];
	if (!p->wrapped)
		p->wrapped = launch;
	if (p->wrapped != launch)
		return p->dir[0];
	if (!p->dir[1][0] && make_dir(p->dir[1], err))
		return NULL;
	return p->dir[1];
}

static int fill_plan(struct process_backend *p, const struct request *r, size_t from,
		     struct plan *plan, struct err *err)
{
	const char *dir = dir_of(p, r->launch, err);

	if (!dir)
		return -EIO;
	*plan = (struct plan){ .cpu = p->backend.cpu,
			       .other_cpu = p->backend.other_cpu,
			       .step = p->backend.step,
			       .probe_passes = p->probe_passes,
			       .round_us = r->round_us,
			       .ticks_per_us = process_ticks_per_ns(&p->backend) * 1000,
			       .n_items = r->n - from };
	snprintf(plan->dir, sizeof(plan->dir), "%s", dir);
	strcpy(plan->layers, r->launch->layers.text);
	if (r->references)
		memcpy(plan->reference_n, p->reference_n, sizeof(plan->reference_n));
	if (r->events)
		plan->events = *r->events;
	plan->items = calloc(plan->n_items + 1, sizeof(*plan->items));
	if (!plan->items)
		return err_memory(err);
	for (size_t i = 0; i < plan->n_items; i++) {
		const struct task *task = &r->tasks[from + i];

		strcpy(plan->items[i].id, task->variant->id);
		plan->items[i].n = task->n;
		plan->items[i].chain = task->chain;
	}
	return 0;
}

static int cannot_start(struct err *err)
{
	return err_set(err, -errno, "a worker cannot be started: %s", strerror(errno));
}

/* A descriptor from which the plan of the tasks from the `from`-th on can be read. */
static int open_plan(struct process_backend *p, const struct request *r, size_t from,
		     struct err *err)
{
	int fd = memfd_create("syscost-plan", MFD_CLOEXEC);
	int copy = fd < 0 ? -1 : dup(fd), ret;
	FILE *out = copy < 0 ? NULL : fdopen(copy, "w");
	struct plan plan;
	bool failed;

	if (!out) {
		ret = cannot_start(err);
		if (copy >= 0)
			close(copy);
	} else {
		ret = fill_plan(p, r, from, &plan, err);
		failed = !ret && wire_write_plan(out, &plan);
		if (!ret)
			wire_free_plan(&plan);
		if ((fclose(out) || failed) && !ret)
			ret = err_set(err, -EIO, "a worker's plan cannot be written");
	}
	if (ret && fd >= 0)
		close(fd);
	return ret ? ret : fd;
}

/* The child's side of the fork: become a worker of this launch. */
static _Noreturn void become_worker(const struct launch *launch, int plan, int out,
				    char *padding)
{
	int a = fcntl(plan, F_DUPFD_CLOEXEC, 10), b = fcntl(out, F_DUPFD_CLOEXEC, 10);
	const char *argv[LAUNCH_ARGV];
	char self[4096], env[sizeof(launch->env)];
	ssize_t len = readlink("/proc/self/exe", self, sizeof(self) - 1);

	/* Its own group: so that it and all its peers can be killed at once. */
	setpgid(0, 0);
	if (len < 0 || dup2(a, WORKER_PLAN_FD) < 0 || dup2(b, WORKER_OUT_FD) < 0)
		_exit(CANNOT_RUN);
	self[len] = '\0';
	strcpy(env, launch->env);
	setenv("SYSCOST_PADDING", padding, 1);
	if (env[0])
		putenv(env);
	launch_command(launch, self, WORKER_COMMAND, argv);
	if (layer_stack_install(&launch->layers, LAYER_PARENT, NULL))
		_exit(CANNOT_INSTALL);
	if (!launch->wrapper[0] && !launch->program[0])
		execv("/proc/self/exe", (char *const *)argv);
	else
		execvp(argv[0], (char *const *)argv);
	_exit(CANNOT_RUN);
}

static int start_worker(struct process_backend *p, const struct request *r, size_t from,
			uint64_t *random, struct child *child, struct err *err)
{
	char padding[PADDING_MAX + 1] = "";
	int pipe_fd[2], plan = open_plan(p, r, from, err), ret;

	if (plan < 0)
		return plan;
	/* Moves the stack, and with it what shares cache sets and predictor slots. */
	memset(padding, 'x', random_next(random) % PADDING_MAX);
	if (pipe2(pipe_fd, O_CLOEXEC)) {
		ret = cannot_start(err);
		close(plan);
		return ret;
	}
	child->pid = fork();
	if (!child->pid)
		become_worker(r->launch, plan, pipe_fd[1], padding);
	ret = child->pid < 0 ? cannot_start(err) : 0;
	close(plan);
	close(pipe_fd[1]);
	child->out = pipe_fd[0];
	if (ret) {
		close(pipe_fd[0]);
		return ret;
	}
	setpgid(child->pid, child->pid);
	return 0;
}

/* Read exactly `len` bytes in time: 1, 0 at the stream's end, -ETIMEDOUT, … */
static int receive(int fd, void *data, size_t len, const struct request *r)
{
	double end = time_now() + r->timeout;
	char *p = data;

	while (len) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		double left = end - time_now();
		ssize_t got;

		if (r->stop && *r->stop)
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

/* One message: as receive(), or -EPROTO. */
static int receive_message(const struct child *child, const struct request *r,
			   struct message *msg)
{
	uint8_t prefix[WIRE_PREFIX], data[WIRE_MESSAGE_MAX];
	int ret = receive(child->out, prefix, sizeof(prefix), r);
	size_t len;

	if (ret != 1)
		return ret;
	len = wire_length(prefix);
	if (!len)
		return -EPROTO;
	ret = receive(child->out, data, len, r);
	if (ret != 1)
		return ret;
	return wire_get_message(data, len, msg) ? -EPROTO : 1;
}

/* How far a request is. */
struct progress {
	size_t at;	   /* the next task */
	bool ready;	   /* this worker said that it is settled */
	bool inside;	   /* this worker is in that task */
	double began;	   /* when it began with it */
	char refused[160]; /* why it could not settle, or "" */
};

/* One message of a worker that is at task `first` + msg->item. */
static int handle_message(const struct request *r, const struct sink *sink, size_t first,
			  const struct message *msg, struct progress *p)
{
	const struct outcome *o = &msg->reading.outcome;
	int ret;

	if (msg->type == MESSAGE_READY) {
		p->ready = o->status == OUTCOME_OK;
		memcpy(p->refused, o->reason, sizeof(p->refused));
		return 1;
	}
	if (!p->ready || msg->item >= r->n - first || first + msg->item != p->at)
		return -EPROTO;
	if (p->inside == (msg->type == MESSAGE_START))
		return -EPROTO;
	if (msg->type == MESSAGE_START) {
		p->inside = true;
		p->began = time_now();
		return 1;
	}
	ret = sink->done(sink->arg, p->at, &msg->reading, time_now() - p->began);
	p->inside = false;
	p->at++;
	return ret ? ret : 1;
}

/* Until the worker ends, or has to be ended: 0, -ETIMEDOUT, -EINTR, -EPROTO, … */
static int handle_messages(const struct child *child, const struct request *r,
			   const struct sink *sink, struct progress *p)
{
	size_t first = p->at;
	struct message msg;
	int ret;

	do {
		ret = receive_message(child, r, &msg);
		if (ret == 1)
			ret = handle_message(r, sink, first, &msg, p);
	} while (ret == 1);
	return ret;
}

/* A worker ended, or was ended, in the middle of a task: so the task failed. */
static int report_death(const struct request *r, const struct sink *sink,
			struct progress *p, int how, int status)
{
	struct reading reading = { .outcome = { .status = OUTCOME_FAIL,
						.overflow = -1 } };
	char *why = reading.outcome.reason;
	size_t len = sizeof(reading.outcome.reason);

	if (how == -ETIMEDOUT)
		snprintf(why, len, "hung: killed after %g s", r->timeout);
	else if (WIFSIGNALED(status))
		snprintf(why, len, "crashed: %s", strsignal(WTERMSIG(status)));
	else
		snprintf(why, len, "its process exited with status %d",
			 WEXITSTATUS(status));
	return sink->done(sink->arg, p->at++, &reading, time_now() - p->began);
}

/* Why a worker ended before it said that it is ready. */
static int set_start_error(const struct launch *launch, int how, int status,
			   struct err *err)
{
	const char *who = launch->program[0]   ? launch->program
			  : launch->wrapper[0] ? launch->wrapper[0]
					       : "its own program";
	const char *label = launch->label ? launch->label : "the";
	const char *arm = launch->label ? " arm" : " run";

	if (how == -ETIMEDOUT)
		return err_set(err, -ECHILD, "%s%s: %s started no round in time", label,
			       arm, who);
	if (WIFEXITED(status) && WEXITSTATUS(status) == CANNOT_RUN)
		return err_set(err, -ECHILD, "%s%s: %s cannot be run: is it installed?",
			       label, arm, who);
	if (launch->layers.n && WIFEXITED(status) &&
	    WEXITSTATUS(status) == CANNOT_INSTALL)
		return err_set(err, -ECHILD, "%s%s: the layers %s cannot be installed",
			       label, arm, launch->layers.text);
	return err_set(err, -ECHILD,
		       "%s%s: %s started no round (%s %d): another version of syscost, "
		       "or a wrapper that closes descriptors?",
		       label, arm, who, WIFSIGNALED(status) ? "signal" : "exit status",
		       WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status));
}

static int end_worker(const struct child *child)
{
	int status;

	kill(-child->pid, SIGKILL);
	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	close(child->out);
	return status;
}

/* Workers one after the other, until every task has ended. */
static int measure_tasks(struct process_backend *p, const struct request *r,
			 const struct sink *sink, struct err *err)
{
	uint64_t random = r->random;
	struct progress at = { 0 };
	int starts = 0, ret = 0;

	while (at.at < r->n && !ret && !(r->stop && *r->stop)) {
		struct child child;
		size_t began_at = at.at;
		int how, status;

		at = (struct progress){ .at = at.at };
		ret = start_worker(p, r, at.at, &random, &child, err);
		if (ret)
			return ret;
		how = handle_messages(&child, r, sink, &at);
		status = end_worker(&child);
		if (how == -EINTR)
			return 0;
		if (how == -ENOMEM || how == -EPROTO)
			return err_set(err, how, "a worker's message cannot be read: %s",
				       strerror(-how));
		if (at.inside) {
			ret = report_death(r, sink, &at, how, status);
			process_tidy(&p->backend); /* its files may harm the next ones */
		} else if (at.refused[0] && !at.ready) {
			const char *label = r->launch->label;

			return err_set(err, -EPERM, "%s%s%s", label ? label : "",
				       label ? " arm: " : "", at.refused);
		} else if (at.at > began_at) {
			starts = 0; /* it measured something */
		} else if (at.at < r->n && ++starts == STARTS_MAX) {
			return set_start_error(r->launch, how, status, err);
		}
	}
	return ret;
}

static int process_measure(struct backend *b, const struct request *r,
			   const struct sink *sink, struct err *err)
{
	const struct layer_stack *layers = &r->launch->layers;
	int ret = layer_stack_install(layers, LAYER_MACHINE, err);

	if (ret)
		return ret;
	ret = measure_tasks((struct process_backend *)b, r, sink, err);
	layer_stack_remove(layers);
	return ret;
}

void process_backend(struct process_backend *p)
{
	*p = (struct process_backend){ .backend = { .name = "process",
						    .open = process_open,
						    .measure = process_measure,
						    .tidy = process_tidy,
						    .now = process_now,
						    .ticks_per_ns = process_ticks_per_ns,
						    .close = process_close } };
}
