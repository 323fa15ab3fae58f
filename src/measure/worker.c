// SPDX-License-Identifier: MIT
/*
 * One round: a fresh, pinned process measures every planned benchmark once, in the order
 * of the plan. It estimates nothing and drops nothing: it sends every window as observed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/clock.h"
#include "measure/counters.h"
#include "measure/cputime.h"
#include "measure/layer.h"
#include "measure/support.h"
#include "measure/worker.h"
#include "stats/stats.h"

#define COUNTED_WINDOWS 9 /* of one benchmark in one round, where there are counters */

struct machine {
	struct running *r;
	double ticks_per_us;
	uint64_t overhead;
	uint32_t probe_passes;
	int64_t cpu_overhead;	 /* nanoseconds that taking CPU time takes */
	uint64_t chain;		 /* passes of the chain behind each window */
	double faults, switches; /* in windows since they were set to 0 */
	int stat_fd;
	int cpu;
	const struct counters *counters; /* open ones, in counted windows; else NULL */
	struct counts begin, end;	 /* of the last counted window */
};

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

static void count_usage(struct machine *m, const struct rusage *before, struct window *w)
{
	struct rusage after;

	getrusage(RUSAGE_THREAD, &after);
	if (after.ru_nivcsw != before->ru_nivcsw &&
	    !(m->r->run.bench->flags & BENCH_BLOCKS))
		w->drop |= DROP_SWITCH;
	m->faults += after.ru_minflt + after.ru_majflt - before->ru_minflt -
		     before->ru_majflt;
	m->switches += after.ru_nvcsw + after.ru_nivcsw - before->ru_nvcsw -
		       before->ru_nivcsw;
}

static int real_window(void *machine, unsigned long n, struct window *w)
{
	struct machine *m = machine;
	struct bench_run *run = &m->r->run;
	const struct bench *b = run->bench;
	const bool take_cpu = b->flags & BENCH_CPU;
	uint64_t before, after, ticks;
	uint32_t probe_before, probe_after;
	struct cputime cpu;
	struct rusage usage;
	int64_t spent;
	long fold;
	int ret;

	ret = b->before ? b->before(run, n) : 0;
	if (ret)
		return ret;
	if (take_cpu)
		cputime_threads(&cpu);
	getrusage(RUSAGE_THREAD, &usage);
	probe_before = clock_probe(m->probe_passes);
	if (take_cpu)
		cputime_start(&cpu);
	if (m->counters)
		counters_begin(m->counters, &m->begin);
	before = arch_ticks();
	fold = b->batch(run, n);
	if (m->chain)
		fold = arch_chain_behind(fold, m->chain);
	after = arch_ticks();
	if (m->counters)
		counters_end(m->counters, &m->end);
	spent = take_cpu
			? cputime_since(&cpu, (after - before) * 1000 / m->ticks_per_us) -
				  m->cpu_overhead
			: -1;
	probe_after = clock_probe(m->probe_passes);

	run->done += n;
	ticks = after - before;
	*w = (struct window){ .ticks = ticks > m->overhead ? ticks - m->overhead : 0,
			      .probe = probe_before > probe_after ? probe_before
								  : probe_after,
			      .cpu = take_cpu && spent < 0 ? 0 : spent };
	if (sched_getcpu() != m->cpu)
		w->drop |= DROP_CPU;
	count_usage(m, &usage, w);
	ret = b->after ? b->after(run, n) : 0;
	return ret ? ret : judge(run, fold, n);
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

/* The windows of one round, and what else was seen in them, an iteration. */
static int take(struct meter *meter, struct message *msg, struct window *windows,
		size_t *taken)
{
	struct machine *m = meter->machine;
	struct bench_run *run = &m->r->run;
	unsigned long done = run->done, enters = run->enters;
	uint64_t steal = steal_time(m);
	int ret;

	m->faults = m->switches = 0;
	ret = window_take(meter, msg->n, windows, taken);
	if (steal_time(m) != steal)
		for (size_t i = 0; i < *taken; i++)
			windows[i].drop |= DROP_STEAL;
	done = run->done - done;
	if (done) {
		msg->faults = m->faults / done;
		msg->switches = m->switches / done;
		msg->enters = (double)(run->enters - enters) / done;
	}
	return ret;
}

/*
 * Counted windows come behind the timed ones: an open counter makes every switch between
 * threads dearer, so that no time is taken while one is open. Only windows next to the
 * fastest probes of this round count.
 */
static int count(struct meter *meter, const struct event_list *events,
		 struct message *msg, const struct window *timed, size_t n_timed)
{
	struct machine *m = meter->machine;
	struct count_sum sum = { 0 };
	struct counters counters;
	uint32_t fastest = UINT32_MAX;
	int ret = 0;

	if (!events->n || counters_open(&counters, events))
		return 0;
	for (size_t i = 0; i < n_timed; i++)
		if (timed[i].probe < fastest)
			fastest = timed[i].probe;
	m->counters = &counters;
	for (size_t i = 0; i < n_timed && i < COUNTED_WINDOWS && !ret; i++) {
		struct window w;

		ret = real_window(m, msg->n, &w);
		if (!ret && !w.drop && w.probe <= QUIET_TOLERANCE * fastest)
			counters_add(&sum, &m->begin, &m->end, counters.overhead, msg->n);
	}
	m->counters = NULL;
	counters_close(&counters);
	for (uint32_t i = 0; i < COUNT_MAX; i++)
		msg->count[i] = counters_per_iteration(&sum, i);
	return ret;
}

static void measure(struct meter *meter, const struct event_list *events,
		    struct message *msg, struct window *windows)
{
	struct machine *m = meter->machine;
	struct bench_run *run = &m->r->run;
	const struct bench *b = run->bench;
	struct window first;
	size_t taken = 0;
	int ret;

	ret = real_window(m, 1, &first);
	if (!ret && b->verify)
		ret = b->verify(run);
	if (!ret && !msg->n)
		ret = window_size(meter, &msg->n);
	if (!ret)
		ret = window_warm_up(meter, msg->n);
	if (!ret)
		ret = take(meter, msg, windows, &taken);
	if (!ret)
		ret = count(meter, events, msg, windows, taken);
	if (!ret && b->verify)
		ret = b->verify(run);
	msg->status = !ret ? ROW_OK : ret == BENCH_SKIP ? ROW_SKIP : ROW_FAIL;
	msg->n_windows = ret ? 0 : taken;
}

static void one(const struct variant *v, const struct plan_head *plan,
		struct meter *meter, struct message *msg)
{
	struct machine *m = meter->machine;
	struct window windows[WINDOWS];
	struct running r;
	int ret;

	m->r = &r;
	for (uint32_t i = 0; i < COUNT_MAX; i++)
		msg->count[i] = NAN;
	ret = run_setup(&r, v, plan->cpu, plan->other_cpu, plan->dir, !msg->n);
	if (ret)
		msg->status = ret == BENCH_SKIP ? ROW_SKIP : ROW_FAIL;
	else
		measure(meter, &plan->events, msg, windows);
	memcpy(msg->mode, r.run.mode, sizeof(msg->mode));
	memcpy(msg->asked, r.run.asked, sizeof(msg->asked));
	memcpy(msg->in_force, r.run.in_force, sizeof(msg->in_force));
	memcpy(msg->reason, r.run.reason, sizeof(msg->reason));
	msg->overflow = r.run.overflow;
	if (run_teardown(&r, !ret) && msg->status == ROW_OK) {
		msg->status = ROW_FAIL;
		msg->n_windows = 0;
		memcpy(msg->reason, r.run.reason, sizeof(msg->reason));
	}
	send(msg, sizeof(*msg));
	send(windows, msg->n_windows * sizeof(*windows));
}

/*
 * A ring's end comes late: some 20 ms after its close, when the kernel interrupts every
 * task that used it (io_uring/io_uring.c: io_ring_exit_work adds task work), and a call
 * that is under way in this process then comes up short. A process that has ended is not
 * interrupted, so that rows with rings get one of their own. Warming up touches the pages
 * that it shares with its parent: locking all of them would take longer than the row.
 */
static void one_apart(const struct variant *v, const struct plan_head *plan,
		      struct meter *meter, struct message *msg)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0) {
		msg->status = ROW_SKIP;
		snprintf(msg->reason, sizeof(msg->reason), "fork: %s", strerror(errno));
		send(msg, sizeof(*msg));
		return;
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		one(v, plan, meter, msg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/* It died in the benchmark: die of the same, so that the benchmark is blamed. */
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	if (status)
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

static int64_t cpu_overhead(void)
{
	double x[21];

	for (int i = 0; i < 21; i++) {
		struct cputime c;

		cputime_threads(&c);
		cputime_start(&c);
		x[i] = cputime_since(&c, INT64_MAX);
	}
	stats_sort(x, 21);
	return stats_median(x, 21);
}

/* Pin, lock, calibrate. 0, or why not in msg->reason. */
static int settle(const struct plan_head *plan, struct machine *machine,
		  struct message *msg)
{
	cpu_set_t set;
	int ret;

	CPU_ZERO(&set);
	CPU_SET(plan->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		snprintf(msg->reason, sizeof(msg->reason), "pinning to CPU %d: %s",
			 plan->cpu, strerror(errno));
		return BENCH_SKIP;
	}
	/* Not MCL_FUTURE: it would change what the mapping benchmarks measure. */
	mlockall(MCL_CURRENT);
	machine->cpu = plan->cpu;
	machine->stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC);
	ret = plan->filter ? layer_filter(plan->filter) : 0;
	if (ret) {
		snprintf(msg->reason, sizeof(msg->reason), "a seccomp filter: %s",
			 strerror(-ret));
		return BENCH_SKIP;
	}
	machine->probe_passes = clock_probe_passes(plan->step, plan->ticks_per_us);
	machine->overhead = clock_overhead(&clock_real);
	machine->cpu_overhead = cpu_overhead();
	msg->cycles_per_tick = clock_cycles_per_tick(
		&clock_real, clock_chain_passes(plan->step, plan->ticks_per_us));
	return 0;
}

int worker_main(void)
{
	struct message msg = { .type = MESSAGE_ROUND, .overflow = -1 };
	struct machine machine = { 0 };
	struct meter meter = { .window = real_window, .machine = &machine };
	struct plan_head plan;
	struct plan_item item;

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
	if (plan.protocol != WORKER_PROTOCOL)
		return WORKER_PROTOCOL_STATUS;
	if (plan.events.n > COUNT_MAX || plan.events.n_own > COUNT_OWN)
		return 1;
	fcntl(WORKER_PLAN_FD, F_SETFD, FD_CLOEXEC);
	fcntl(WORKER_OUT_FD, F_SETFD, FD_CLOEXEC);
	msg.status = settle(&plan, &machine, &msg) ? ROW_SKIP : ROW_OK;
	send(&msg, sizeof(msg));
	if (msg.status != ROW_OK)
		return 0;
	meter.ticks_per_us = machine.ticks_per_us = plan.ticks_per_us;
	meter.step = plan.step;
	meter.round_us = plan.round_us;

	for (uint32_t i = 0; i < plan.n_items; i++) {
		struct variant v;

		if (read(WORKER_PLAN_FD, &item, sizeof(item)) != sizeof(item))
			return 1;
		item.id[VARIANT_ID_MAX - 1] = '\0';
		msg = (struct message){ .type = MESSAGE_START,
					.item = i,
					.overflow = -1 };
		send(&msg, sizeof(msg));
		msg.type = MESSAGE_DONE;
		msg.n = item.n;
		machine.chain = item.chain;
		if (!registry_row(item.id, &v)) {
			msg.status = ROW_SKIP;
			snprintf(msg.reason, sizeof(msg.reason),
				 "this build of syscost does not have it");
			send(&msg, sizeof(msg));
		} else if (v.bench->via == VIA_RING) {
			one_apart(&v, &plan, &meter, &msg);
		} else {
			one(&v, &plan, &meter, &msg);
		}
	}
	return 0;
}
