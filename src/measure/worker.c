// SPDX-License-Identifier: MIT
/*
 * A fresh, pinned process measures every planned benchmark once, in the order of the
 * plan. It estimates nothing and drops nothing: it sends every window as observed.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "measure/clock.h"
#include "measure/layers.h"
#include "measure/live.h"
#include "measure/wire.h"
#include "measure/worker.h"

#define REFERENCE_LEAST 16 /* iterations in a window of a call that is cheap */
#define COUNTED_WINDOWS 9  /* of one benchmark in one round, where there are counters */

static void send_message(const struct message *msg)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX], *p = buf;
	size_t left = wire_put_message(buf, msg);

	while (left) {
		ssize_t sent = write(WORKER_OUT_FD, p, left);

		if (sent < 0 && errno == EINTR)
			continue;
		if (sent <= 0)
			_exit(1); /* nobody listens any more */
		p += sent;
		left -= sent;
	}
}

/* The windows of one round, and what else was seen in them, an iteration. */
static int measure_windows(struct meter *meter, struct reading *reading)
{
	struct live *live = meter->machine;
	struct bench_run *run = &live->running->run;
	unsigned long done = run->done, enters = run->enters;
	uint64_t steal = live_steal(live);
	size_t taken = 0;
	int ret;

	live->faults = live->switches = 0;
	ret = window_take(meter, reading->n, reading->windows, &taken);
	if (live_steal(live) != steal)
		for (size_t i = 0; i < taken; i++)
			reading->windows[i].drop |= DROP_STEAL;
	reading->n_windows = taken;
	done = run->done - done;
	if (done) {
		reading->faults = live->faults / done;
		reading->switches = live->switches / done;
		reading->enters = (double)(run->enters - enters) / done;
	}
	return ret;
}

/*
 * Counted windows come behind the timed ones. An open counter makes every switch between
 * threads dearer, so no time is taken while one is open. Only windows next to the fastest
 * probes of this round count.
 */
static int count_events(struct meter *meter, const struct event_list *events,
			struct reading *reading)
{
	struct live *live = meter->machine;
	struct count_sum sum = { 0 };
	struct counters counters;
	double fastest = INFINITY; /* core cycles */
	int ret = 0;

	if (!events->n || counters_open(&counters, events))
		return 0;
	for (size_t i = 0; i < reading->n_windows; i++)
		if (!(reading->windows[i].drop & DROP_CLOCK))
			fastest = fmin(fastest, reading->windows[i].probe *
							reading->windows[i].rate);
	live->take_references = false;
	live->counters = &counters;
	for (size_t i = 0; i < reading->n_windows && i < COUNTED_WINDOWS && !ret; i++) {
		struct window w;

		ret = live_window(live, reading->n, &w);
		if (!ret && !w.drop && w.probe * w.rate <= QUIET_TOLERANCE * fastest)
			counters_add(&sum, &live->begin, &live->end, counters.overhead,
				     reading->n);
	}
	live->counters = NULL;
	counters_close(&counters);
	for (uint32_t i = 0; i < COUNT_MAX; i++)
		reading->count[i] = counters_per_iteration(&sum, i);
	return ret;
}

/* Calls that are cheap enough for a state of the core to show in them. */
static bool wants_references(const struct bench *b, unsigned long n)
{
	return b->calls && n >= REFERENCE_LEAST && !(b->flags & BENCH_BLOCKS) &&
	       (b->via == VIA_INLINE || b->via == VIA_LIBC || b->via == VIA_SYSCALL ||
		b->via == VIA_SHIELDED);
}

/* A benchmark that is set up. 0, or a verdict. */
static int measure(struct meter *meter, const struct event_list *events,
		   struct reading *reading)
{
	struct live *live = meter->machine;
	struct bench_run *run = &live->running->run;
	const struct bench *b = run->bench;
	struct window first;
	int ret;

	live->take_references = false;
	ret = live_window(live, 1, &first);
	if (!ret && b->verify)
		ret = b->verify(run);
	if (!ret && !reading->n)
		ret = window_size(meter, &reading->n);
	live->take_references = live->has_references && wants_references(b, reading->n);
	if (!ret)
		ret = window_warm_up(meter, reading->n);
	if (!ret)
		ret = measure_windows(meter, reading);
	if (!ret)
		ret = count_events(meter, events, reading);
	if (!ret && b->verify)
		ret = b->verify(run);
	return ret;
}

static void measure_and_send(const struct variant *v, const struct plan *plan,
			     struct meter *meter, struct message *msg)
{
	struct live *live = meter->machine;
	struct reading *reading = &msg->reading;
	struct running r;
	int ret, verdict;

	live->running = &r;
	ret = run_setup(&r, v, plan->cpu, plan->other_cpu, plan->dir, !reading->n);
	verdict = ret ? ret : measure(meter, &plan->events, reading);
	/* It refused or failed without a reason. */
	if (verdict && r.run.outcome.status == OUTCOME_OK)
		bench_fail(&r.run, "failed");
	run_teardown(&r);
	reading->outcome = r.run.outcome;
	if (reading->outcome.status != OUTCOME_OK)
		reading->n_windows = 0;
	send_message(msg);
}

__attribute__((format(printf, 2, 3))) static void send_skip(struct message *msg,
							    const char *fmt, ...)
{
	struct outcome *o = &msg->reading.outcome;
	va_list ap;

	o->status = OUTCOME_SKIP;
	va_start(ap, fmt);
	vsnprintf(o->reason, sizeof(o->reason), fmt, ap);
	va_end(ap);
	send_message(msg);
}

/*
 * A ring ends late: some 20 ms after its close, the kernel interrupts every task that
 * used it (io_uring/io_uring.c: io_ring_exit_work adds task work). A call that is under
 * way in this process then comes up short. A process that has ended is not interrupted,
 * so rows with rings get one of their own.
 *
 * So do rows with threads. A process that has made one is no longer single-threaded for
 * the C library (sys/single_threaded.h), which then locks its streams: an fwrite behind
 * such a row took 520 cycles instead of 463 (Intel Xeon, model 167, glibc 2.36). And so
 * do rows that make the heap larger: behind them a brk took 24 % more.
 *
 * Warming up touches the pages that it shares
 * with its parent: locking all of them would take longer than the row.
 */
static void measure_in_a_child(const struct variant *v, const struct plan *plan,
			       struct meter *meter, struct message *msg)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	if (pid < 0) {
		send_skip(msg, "fork: %s", strerror(errno));
		return;
	}
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		if (getppid() != parent)
			_exit(1);
		measure_and_send(v, plan, meter, msg);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	/*
	 * It died in the benchmark: die of the same signal, so that the driver reports
	 * that.
	 */
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	if (status)
		_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/* Pin, lock, calibrate. Ready, or why not. */
static void pin_and_calibrate(const struct plan *plan, struct live *live,
			      struct message *msg)
{
	struct outcome *outcome = &msg->reading.outcome;
	struct layer_stack layers = { 0 };
	struct err err = { "" };
	cpu_set_t set;

	outcome->status = OUTCOME_SKIP;
	CPU_ZERO(&set);
	CPU_SET(plan->cpu, &set);
	if (sched_setaffinity(0, sizeof(set), &set)) {
		snprintf(outcome->reason, sizeof(outcome->reason),
			 "pinning to CPU %d: %s", plan->cpu, strerror(errno));
		return;
	}
	/* Not MCL_FUTURE: it would change what the mapping benchmarks measure. */
	mlockall(MCL_CURRENT);
	if ((plan->layers[0] && layer_stack_add(&layers, plan->layers, &err)) ||
	    layer_stack_install(&layers, LAYER_WORKER, &err)) {
		snprintf(outcome->reason, sizeof(outcome->reason), "%.150s", err.text);
		return;
	}
	live_open(live, plan);
	live->has_references = live_references(live, plan);
	outcome->status = OUTCOME_OK;
}

/* All of the plan, from a file that is rewound. */
static int read_plan(struct plan *plan)
{
	struct stat st;
	void *data;
	int ret;

	if (fstat(WORKER_PLAN_FD, &st) || st.st_size <= 0 || st.st_size > WIRE_PLAN_MAX)
		return -EPROTO;
	data = malloc(st.st_size);
	if (!data)
		return -ENOMEM;
	ret = pread(WORKER_PLAN_FD, data, st.st_size, 0) == st.st_size
		      ? wire_read_plan(data, st.st_size, plan)
		      : -EPROTO;
	free(data);
	return ret;
}

static void measure_item(const struct plan *plan, uint32_t i, struct meter *meter)
{
	struct live *live = meter->machine;
	struct message msg = { .type = MESSAGE_START, .item = i };
	struct variant v;

	send_message(&msg);
	msg.type = MESSAGE_DONE;
	msg.reading.n = plan->items[i].n;
	msg.reading.outcome.overflow = -1;
	for (size_t c = 0; c < COUNT_MAX; c++)
		msg.reading.count[c] = NAN;
	live->chain = plan->items[i].chain;
	if (!registry_row(plan->items[i].id, &v))
		send_skip(&msg, "this build of syscost does not have it");
	else if (v.bench->via == VIA_RING || (v.bench->flags & BENCH_ALONE))
		measure_in_a_child(&v, plan, meter, &msg);
	else
		measure_and_send(&v, plan, meter, &msg);
}

int worker_main(void)
{
	struct message ready = { .type = MESSAGE_READY };
	struct live live;
	struct meter meter = { .window = live_window, .machine = &live };
	struct plan plan;
	int ret;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	ret = read_plan(&plan);
	if (ret == -EBADMSG)
		return WORKER_OTHER_VERSION;
	if (ret) {
		fprintf(stderr,
			"syscost: '%s' is for the program itself: use 'syscost run'\n",
			WORKER_COMMAND);
		return 2;
	}
	fcntl(WORKER_PLAN_FD, F_SETFD, FD_CLOEXEC);
	fcntl(WORKER_OUT_FD, F_SETFD, FD_CLOEXEC);
	pin_and_calibrate(&plan, &live, &ready);
	send_message(&ready);
	meter.ticks_per_us = plan.ticks_per_us;
	meter.step = plan.step;
	meter.round_us = plan.round_us;
	for (uint32_t i = 0;
	     i < plan.n_items && ready.reading.outcome.status == OUTCOME_OK; i++)
		measure_item(&plan, i, &meter);
	wire_free_plan(&plan);
	return 0;
}
