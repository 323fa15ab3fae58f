// SPDX-License-Identifier: MIT
/*
 * The coordinator. It sleeps while a worker measures, and touches no value: windows are
 * kept as they came and judged by estimate.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <math.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "measure/run.h"

#define ROUNDS_MIN 12 /* before precision may end a run */

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec + ts.tv_nsec * 1e-9;
}

/* splitmix64 (Steele, Lea and Flood, OOPSLA 2014): small, and the same everywhere. */
static uint64_t random_next(uint64_t *state)
{
	uint64_t z = *state += 0x9e3779b97f4a7c15u;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
	z = (z ^ z >> 27) * 0x94d049bb133111ebu;
	return z ^ z >> 31;
}

/* Isolated CPUs first, then the last one: the first ones tend to serve interrupts. */
static int choose_cpu(int wanted, int *cpu, int *other, char *err, size_t err_len)
{
	char isolated[256] = "";
	cpu_set_t set;
	FILE *f;
	int last = -1;

	if (sched_getaffinity(0, sizeof(set), &set))
		return -errno;
	if (wanted >= CPU_SETSIZE || (wanted >= 0 && !CPU_ISSET(wanted, &set))) {
		snprintf(
			err, err_len,
			"CPU %d does not exist or is not allowed here: see 'taskset -p $$'",
			wanted);
		return -EINVAL;
	}
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set))
			last = i;
	*cpu = wanted >= 0 ? wanted : last;
	f = wanted < 0 ? fopen("/sys/devices/system/cpu/isolated", "re") : NULL;
	if (f) {
		if (fgets(isolated, sizeof(isolated), f)) {
			int first = atoi(isolated);

			if (isolated[0] >= '0' && isolated[0] <= '9' &&
			    first < CPU_SETSIZE && CPU_ISSET(first, &set))
				*cpu = first;
		}
		fclose(f);
	}
	*other = -1;
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set) && i != *cpu)
			*other = i;
	return 0;
}

struct child {
	pid_t pid;
	int out;
};

/* Write the plan of the rows in order[0..n) and start a worker on it. */
static int start_worker(const struct run *run, const uint32_t *order, size_t n,
			const char *dir, uint64_t *random, struct child *child)
{
	struct plan_head head = { .magic = WORKER_MAGIC,
				  .n_items = n,
				  .cpu = run->cpu,
				  .other_cpu = run->other_cpu,
				  .ticks_per_us = run->ticks_per_ns * 1000,
				  .step = run->step };
	char padding[4096] = "";
	int pipe_fd[2], plan, ret = 0;

	snprintf(head.dir, sizeof(head.dir), "%s", dir);
	/* Moves the stack, and with it what shares cache sets and predictor slots. */
	memset(padding, 'x', random_next(random) % (sizeof(padding) - 1));
	plan = memfd_create("syscost-plan", MFD_CLOEXEC);
	if (plan < 0)
		return -errno;
	ret = write(plan, &head, sizeof(head)) == sizeof(head) ? 0 : -EIO;
	for (size_t i = 0; i < n && !ret; i++) {
		struct plan_item item = { .row = order[i], .n = run->rows[order[i]].n };

		ret = write(plan, &item, sizeof(item)) == sizeof(item) ? 0 : -EIO;
	}
	if (!ret && pipe2(pipe_fd, O_CLOEXEC))
		ret = -errno;
	if (ret)
		goto out_plan;
	lseek(plan, 0, SEEK_SET);
	child->pid = fork();
	if (!child->pid) {
		int a = fcntl(plan, F_DUPFD_CLOEXEC, 10);
		int b = fcntl(pipe_fd[1], F_DUPFD_CLOEXEC, 10);

		/* Its own group: so that it and all its peers can be killed at once. */
		setpgid(0, 0);
		if (dup2(a, WORKER_PLAN_FD) >= 0 && dup2(b, WORKER_OUT_FD) >= 0) {
			setenv("SYSCOST_PADDING", padding, 1);
			execl("/proc/self/exe", "syscost", WORKER_COMMAND, (char *)NULL);
		}
		_exit(127);
	}
	if (child->pid < 0) {
		ret = -errno;
		close(pipe_fd[0]);
	} else {
		setpgid(child->pid, child->pid);
		child->out = pipe_fd[0];
	}
	close(pipe_fd[1]);
out_plan:
	close(plan);
	return ret;
}

/* Exactly `len` bytes within `seconds`: 1, 0 at the end of the stream, -ETIMEDOUT. */
static int receive(int fd, void *data, size_t len, double seconds,
		   volatile const int *stop)
{
	double end = now() + seconds;
	char *p = data;

	while (len) {
		struct pollfd pfd = { .fd = fd, .events = POLLIN };
		double left = end - now();
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

static void fail_row(struct run_row *row, enum row_status status, const char *reason)
{
	row->status = status;
	snprintf(row->reason, sizeof(row->reason), "%s", reason);
}

static int keep_sample(struct run *run, struct run_row *row, const struct message *msg,
		       struct window *windows, unsigned int position,
		       double cycles_per_tick)
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
	row->samples[row->n_samples++] =
		(struct sample){ .round = run->rounds,
				 .position = position,
				 .n = msg->n,
				 .windows = windows,
				 .n_windows = msg->n_windows,
				 .faults = msg->faults,
				 .switches = msg->switches,
				 .cycles_per_tick = cycles_per_tick };
	return 0;
}

/* Take in one finished benchmark. 1, 0 at the end of the stream, -errno. */
static int take_result(struct run *run, struct child *child, const struct message *msg,
		       unsigned int position, double cycles_per_tick, bool sizing)
{
	struct run_row *row = &run->rows[msg->row];
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
	if (ret == 1 && msg->status != ROW_OK)
		fail_row(row, msg->status, msg->reason);
	if (ret == 1 && sizing)
		row->n = msg->n;
	memcpy(row->mode, msg->mode, sizeof(row->mode));
	if (ret == 1 && !sizing && msg->status == ROW_OK) {
		int kept = keep_sample(run, row, msg, windows, position, cycles_per_tick);

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
	fail_row(row, ROW_FAIL, why);
}

/*
 * One round over order[0..n). A worker that dies takes only the benchmark that it was in
 * with it: the next worker goes on behind it. 0, or -errno.
 */
static int one_round(struct run *run, const uint32_t *order, size_t n, const char *dir,
		     uint64_t *random, bool sizing, double *cycles_per_tick)
{
	size_t at = 0;
	int early = 0;

	while (at < n && !(run->options.stop && *run->options.stop)) {
		struct child child;
		long current = -1;
		struct message msg;
		int ret, status;

		ret = start_worker(run, order + at, n - at, dir, random, &child);
		if (ret)
			return ret;
		while ((ret = receive(child.out, &msg, sizeof(msg), run->options.timeout,
				      run->options.stop)) == 1) {
			if (msg.row >= run->reg->n) {
				ret = -EPROTO;
				break;
			}
			if (msg.type == MESSAGE_ROUND) {
				*cycles_per_tick = msg.cycles_per_tick;
			} else if (msg.type == MESSAGE_START) {
				current = msg.row;
			} else {
				ret = take_result(run, &child, &msg, at, *cycles_per_tick,
						  sizing);
				if (ret != 1)
					break;
				current = -1;
				at++;
			}
		}
		kill(-child.pid, SIGKILL);
		while (waitpid(child.pid, &status, 0) < 0 && errno == EINTR)
			;
		close(child.out);
		if (ret == -EINTR)
			return 0;
		if (ret == -ENOMEM || ret == -EPROTO)
			return ret;
		if (current >= 0) {
			blame(&run->rows[current], ret, status, run->options.timeout);
			at++;
		} else if (at < n && ++early == 3) {
			return -ECHILD; /* it cannot even start */
		}
	}
	return 0;
}

static void find_quiet_level(struct run *run)
{
	size_t n = 0, at = 0;
	double *probes;

	for (size_t i = 0; i < run->reg->n; i++)
		for (size_t s = 0; s < run->rows[i].n_samples; s++)
			n += run->rows[i].samples[s].n_windows;
	probes = calloc(n + 1, sizeof(*probes));
	if (!probes)
		return;
	for (size_t i = 0; i < run->reg->n; i++)
		for (size_t s = 0; s < run->rows[i].n_samples; s++)
			for (size_t w = 0; w < run->rows[i].samples[s].n_windows; w++)
				probes[at++] = run->rows[i].samples[s].windows[w].probe;
	run->quiet_level = estimate_quiet_level(probes, n);
	free(probes);
}

const char *run_row_noisy(const struct run_row *row, double precision, char *buf,
			  size_t len)
{
	const struct estimate *e = &row->estimate;
	double half = stats_precision(&e->ticks);

	if (!(e->quiet_share >= QUIET_SHARE_MIN))
		snprintf(buf, len, "only %.0f %% of the windows were quiet",
			 e->windows ? e->quiet_share * 100 : 0.0);
	else if (isinf(half))
		snprintf(buf, len, "%zu quiet rounds are too few for an interval",
			 e->quiet_rounds);
	else if (half > precision)
		snprintf(buf, len, "the interval is +-%.1f %%, wanted is %.1f %%",
			 half * 100, precision * 100);
	else
		return NULL;
	return buf;
}

/* A window is known to half a step of the counter, and no better for being repeated. */
static void widen(struct stats_estimate *e, double half)
{
	e->lo -= half;
	e->hi += half;
}

/* Estimate every row; are they all precise? */
static bool estimate_all(struct run *run)
{
	bool precise = true;
	char buf[96];
	double half;

	find_quiet_level(run);
	for (size_t i = 0; i < run->reg->n; i++) {
		struct run_row *row = &run->rows[i];

		if (!row->planned || row->status != ROW_OK || !row->n_samples)
			continue;
		if (estimate_row(row->samples, row->n_samples, row->variant->ops,
				 run->quiet_level, &row->estimate))
			return false;
		half = run->step / 2.0 / row->n / row->variant->ops;
		widen(&row->estimate.ticks, half);
		widen(&row->estimate.contended, half);
		widen(&row->estimate.cycles,
		      half * row->estimate.cycles.mid / row->estimate.ticks.mid);
		if (run_row_noisy(row, run->options.precision, buf, sizeof(buf)))
			precise = false;
	}
	return precise;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void shuffle(uint32_t *order, size_t n, uint64_t *random)
{
	for (size_t i = n; i > 1; i--) {
		size_t j = random_next(random) % i;
		uint32_t t = order[i - 1];

		order[i - 1] = order[j];
		order[j] = t;
	}
}

static void say(const struct run *run, const char *what, double share)
{
	if (run->options.progress)
		run->options.progress(run->options.progress_arg, what, share);
}

static void finish(struct run *run, struct clock_point start, double began,
		   double *ratios)
{
	uint64_t inside = 0;

	run->seconds = now() - began;
	run->ticks_per_ns = clock_ticks_per_ns(start, clock_point());
	estimate_all(run);
	run->cycles_per_tick = NAN;
	if (run->rounds) {
		stats_sort(ratios, run->rounds);
		run->cycles_per_tick = stats_median(ratios, run->rounds);
	}
	for (size_t i = 0; i < run->reg->n; i++)
		for (size_t s = 0; s < run->rows[i].n_samples; s++)
			for (size_t w = 0; w < run->rows[i].samples[s].n_windows; w++)
				inside += run->rows[i].samples[s].windows[w].ticks;
	run->window_share = inside / run->ticks_per_ns * 1e-9 / run->seconds;
}

int run_all(struct run *run, const struct registry *reg, const bool *chosen,
	    const struct run_options *options, char *err, size_t err_len)
{
	const char *tmp = getenv("TMPDIR");
	uint64_t random = options->seed;
	double began = now(), ratios[4096];
	struct clock_point start;
	uint32_t *order = NULL;
	char dir[200] = "";
	size_t n = 0;
	int ret;

	*run = (struct run){ .reg = reg, .options = *options };
	snprintf(err, err_len, "out of memory");
	run->rows = calloc(reg->n, sizeof(*run->rows));
	order = calloc(reg->n, sizeof(*order));
	ret = run->rows && order ? 0 : -ENOMEM;
	if (ret)
		goto out;
	for (size_t i = 0; i < reg->n; i++) {
		run->rows[i].variant = &reg->rows[i];
		run->rows[i].planned = chosen[i];
	}
	snprintf(err, err_len, "the allowed CPUs cannot be read");
	ret = choose_cpu(options->cpu, &run->cpu, &run->other_cpu, err, err_len);
	if (ret)
		goto out;
	snprintf(dir, sizeof(dir), "%s/syscost.XXXXXX", tmp && *tmp ? tmp : "/tmp");
	if (!mkdtemp(dir)) {
		ret = -errno;
		snprintf(err, err_len, "no temporary directory (%s): set TMPDIR",
			 strerror(-ret));
		dir[0] = '\0';
		goto out;
	}
	start = clock_point();
	run->step = clock_step();
	usleep(50 * 1000); /* a rough frequency is enough to size windows */
	run->ticks_per_ns = clock_ticks_per_ns(start, clock_point());

	for (size_t i = 0; i < reg->n; i++)
		if (chosen[i])
			order[n++] = i;
	say(run, "sizing", 0);
	ret = one_round(run, order, n, dir, &random, true, &ratios[0]);
	while (!ret && run->rounds < 4095) {
		size_t live = 0;

		for (size_t i = 0; i < reg->n; i++)
			if (chosen[i] && run->rows[i].status == ROW_OK)
				order[live++] = i;
		if (!live || (options->stop && *options->stop) ||
		    now() - began >= options->seconds)
			break;
		shuffle(order, live, &random);
		say(run, "measuring", (now() - began) / options->seconds);
		ret = one_round(run, order, live, dir, &random, false,
				&ratios[run->rounds]);
		run->rounds++;
		if (run->rounds >= ROUNDS_MIN && run->rounds % 4 == 0 &&
		    estimate_all(run))
			break;
	}
	run->stopped = options->stop && *options->stop;
	if (ret)
		snprintf(err, err_len, "a round could not be run: %s", strerror(-ret));
	else
		finish(run, start, began, ratios);
out:
	if (dir[0])
		nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(order);
	return ret;
}

void run_free(struct run *run)
{
	for (size_t i = 0; run->rows && i < run->reg->n; i++) {
		for (size_t s = 0; s < run->rows[i].n_samples; s++)
			free(run->rows[i].samples[s].windows);
		free(run->rows[i].samples);
	}
	free(run->rows);
	run->rows = NULL;
}
