// SPDX-License-Identifier: MIT
/*
 * One round: a fresh, pinned process measures every planned benchmark once, in the order
 * of the plan. It estimates nothing and drops nothing: it sends every window as observed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "measure/clock.h"
#include "measure/support.h"
#include "measure/worker.h"

struct machine {
	struct running *r;
	uint64_t overhead;
	int stat_fd;
	int cpu;
};

static long involuntary_switches(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_nivcsw;
}

/*
 * Ticks of 1/USER_HZ that the hypervisor kept this CPU from us: the eighth figure of its
 * line in /proc/stat, proc(5).
 */
static uint64_t steal_time(const struct machine *m)
{
	char text[8192], name[16], *line;
	unsigned long long f[8] = { 0 };
	ssize_t len = m->stat_fd < 0 ? -1 : pread(m->stat_fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;
	text[len] = '\0';
	snprintf(name, sizeof(name), "\ncpu%d ", m->cpu);
	line = strstr(text, name);
	if (line)
		sscanf(line + strlen(name), "%llu %llu %llu %llu %llu %llu %llu %llu",
		       &f[0], &f[1], &f[2], &f[3], &f[4], &f[5], &f[6], &f[7]);
	return f[7];
}

/* What the folded results say: every one as wanted, or why not. */
static int judge(struct bench_run *run, long fold, unsigned long n)
{
	int err = fold == -1 && run->bench->via != VIA_INLINE ? errno : (int)-fold;

	if (run->want != BENCH_ANY ? fold == run->want : fold >= 0)
		return 0;
	if (run->want != BENCH_ANY && fold >= 0)
		return bench_fail(run, "results fold to %ld instead of %ld", fold,
				  run->want);
	/* The OR of several errors is none of them: only a single call tells which. */
	if (n > 1)
		return bench_fail(run, "an operation failed in the timed loop");
	if (errno_is_refusal(err) && err != EAGAIN)
		return bench_skip(run, "the kernel refused it: %s", strerror(err));
	return bench_fail(run, "the operation failed: %s",
			  err > 0 && err < 4096 ? strerror(err) : "unknown error");
}

static int real_window(void *machine, unsigned long n, struct window *w)
{
	struct machine *m = machine;
	struct bench_run *run = &m->r->run;
	long (*batch)(struct bench_run *, unsigned long) = run->bench->batch;
	uint64_t before, after, ticks;
	uint32_t probe_before, probe_after;
	long switches, fold;

	switches = involuntary_switches();
	probe_before = clock_probe();
	before = arch_ticks();
	fold = batch(run, n);
	after = arch_ticks();
	probe_after = clock_probe();

	run->done += n;
	ticks = after - before;
	w->ticks = ticks > m->overhead ? ticks - m->overhead : 0;
	w->probe = probe_before > probe_after ? probe_before : probe_after;
	w->drop = 0;
	if (sched_getcpu() != m->cpu)
		w->drop |= DROP_CPU;
	if (involuntary_switches() != switches && !(run->bench->flags & BENCH_BLOCKS))
		w->drop |= DROP_SWITCH;
	return judge(run, fold, n);
}

static void send(const void *data, size_t len)
{
	const char *p = data;

	while (len) {
		ssize_t sent = write(WORKER_OUT_FD, p, len);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			_exit(1); /* nobody listens any more */
		p += sent;
		len -= sent;
	}
}

static void measure(struct meter *meter, struct message *msg, struct window *windows)
{
	struct machine *m = meter->machine;
	struct bench_run *run = &m->r->run;
	const struct bench *b = run->bench;
	struct rusage before, after;
	struct window first;
	unsigned long done;
	uint64_t steal;
	size_t taken = 0;
	int ret;

	ret = real_window(m, 1, &first);
	if (!ret && b->verify)
		ret = b->verify(run);
	if (!ret && !msg->n)
		ret = window_size(meter, &msg->n);
	if (!ret)
		ret = window_warm_up(meter, msg->n);
	if (!ret) {
		getrusage(RUSAGE_THREAD, &before);
		done = run->done;
		steal = steal_time(m);
		ret = window_take(meter, msg->n, windows, &taken);
		getrusage(RUSAGE_THREAD, &after);
		if (steal_time(m) != steal)
			for (size_t i = 0; i < taken; i++)
				windows[i].drop |= DROP_STEAL;
		done = run->done - done;
		if (done) {
			msg->faults = (double)(after.ru_minflt + after.ru_majflt -
					       before.ru_minflt - before.ru_majflt) /
				      done;
			msg->switches = (double)(after.ru_nvcsw + after.ru_nivcsw -
						 before.ru_nvcsw - before.ru_nivcsw) /
					done;
		}
	}
	if (!ret && b->verify)
		ret = b->verify(run);
	msg->status = !ret ? ROW_OK : ret == BENCH_SKIP ? ROW_SKIP : ROW_FAIL;
	msg->n_windows = ret ? 0 : taken;
	for (size_t i = 0; i < msg->n_windows; i++)
		msg->windowed += windows[i].ticks;
}

static void one(const struct variant *v, const struct plan_head *plan,
		struct meter *meter, struct message *msg)
{
	struct machine *m = meter->machine;
	struct window windows[WINDOWS];
	struct running r;
	int ret;

	m->r = &r;
	ret = run_setup(&r, v, plan->cpu, plan->other_cpu, plan->dir);
	if (ret)
		msg->status = ret == BENCH_SKIP ? ROW_SKIP : ROW_FAIL;
	else
		measure(meter, msg, windows);
	memcpy(msg->mode, r.run.mode, sizeof(msg->mode));
	memcpy(msg->reason, r.run.reason, sizeof(msg->reason));
	if (run_teardown(&r, !ret) && msg->status == ROW_OK) {
		msg->status = ROW_FAIL;
		msg->n_windows = 0;
		memcpy(msg->reason, r.run.reason, sizeof(msg->reason));
	}
	send(msg, sizeof(*msg));
	send(windows, msg->n_windows * sizeof(*windows));
}

int worker_main(const struct registry *reg)
{
	struct message msg = { .type = MESSAGE_ROUND };
	struct machine machine = { 0 };
	struct meter meter = { .window = real_window, .machine = &machine };
	struct plan_head plan;
	struct plan_item item;
	cpu_set_t set;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	if (read(WORKER_PLAN_FD, &plan, sizeof(plan)) != sizeof(plan) ||
	    plan.magic != WORKER_MAGIC) {
		fprintf(stderr,
			"syscost: '%s' is for the program itself: use 'syscost run'\n",
			WORKER_COMMAND);
		return 2;
	}
	fcntl(WORKER_PLAN_FD, F_SETFD, FD_CLOEXEC);
	fcntl(WORKER_OUT_FD, F_SETFD, FD_CLOEXEC);
	CPU_ZERO(&set);
	CPU_SET(plan.cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set))
		return 1;
	/* Not MCL_FUTURE: it would change what the mapping benchmarks measure. */
	mlockall(MCL_CURRENT);
	machine.cpu = plan.cpu;
	machine.stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	machine.overhead = clock_overhead();
	meter.ticks_per_us = plan.ticks_per_us;
	meter.step = plan.step;
	msg.cycles_per_tick = clock_cycles_per_tick();
	send(&msg, sizeof(msg));

	for (uint32_t i = 0; i < plan.n_items; i++) {
		if (read(WORKER_PLAN_FD, &item, sizeof(item)) != sizeof(item) ||
		    item.row >= reg->n)
			return 1;
		msg = (struct message){ .type = MESSAGE_START, .row = item.row };
		send(&msg, sizeof(msg));
		msg.type = MESSAGE_DONE;
		msg.n = item.n;
		one(&reg->rows[item.row], &plan, &meter, &msg);
	}
	return 0;
}
