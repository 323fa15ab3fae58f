// SPDX-License-Identifier: MIT
/*
 * One window, as it happens: what is done before it, the timed region, what is observed
 * after it. It drops windows for observed causes only and never looks at their ticks.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "measure/clock.h"
#include "measure/cputime.h"
#include "measure/live.h"
#include "stats/stats.h"

#define CPU_OVERHEAD_READS 21

#define REFERENCE_TRIES 5
#define REFERENCE_US	5 /* wanted length of a window of one, with a fine counter */

_Static_assert(WINDOW_MULTIPLE == BENCH_UNROLL &&
		       WINDOW_MULTIPLE_LESS == BENCH_UNROLL_LESS,
	       "windows of whole passes");

/* What one timed region gives. */
struct timed {
	uint64_t before, after; /* ticks */
	long fold;		/* of the results */
};

/*
 * The timed regions: nothing stands between two reads of the counter but the batch. In
 * the second one the chain is added, on purpose.
 */
static timed_loop void time_batch(struct bench_run *run, unsigned long n, uint64_t chain,
				  struct timed *t)
{
	long (*const batch)(struct bench_run *, unsigned long) = run->bench->batch;
	uint64_t before = arch_ticks();
	long fold = batch(run, n);

	t->after = arch_ticks();
	t->before = before;
	t->fold = fold;
	(void)chain;
}

static timed_loop void time_slowed(struct bench_run *run, unsigned long n, uint64_t chain,
				   struct timed *t)
{
	long (*const batch)(struct bench_run *, unsigned long) = run->bench->batch;
	uint64_t before = arch_ticks();
	long fold = arch_chain_behind(batch(run, n), chain);

	t->after = arch_ticks();
	t->before = before;
	t->fold = fold;
}

/* The eighth figure of the CPU's line in /proc/stat is its steal time, proc(5). */
uint64_t live_steal(const struct live *live)
{
	char text[8192], name[16], *line;
	unsigned long long f[8] = { 0 };
	ssize_t len = live->stat_fd < 0 ? -1
					: pread(live->stat_fd, text, sizeof(text) - 1, 0);

	if (len <= 0)
		return 0;
	text[len] = '\0';
	snprintf(name, sizeof(name), "\ncpu%d ", live->cpu);
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

static void count_usage(struct live *live, const struct rusage *before, struct window *w)
{
	struct rusage after;

	getrusage(RUSAGE_THREAD, &after);
	if (after.ru_nivcsw != before->ru_nivcsw &&
	    !(live->running->run.bench->flags & BENCH_BLOCKS))
		w->drop |= DROP_SWITCH;
	live->faults += after.ru_minflt + after.ru_majflt - before->ru_minflt -
			before->ru_majflt;
	live->switches += after.ru_nvcsw + after.ru_nivcsw - before->ru_nvcsw -
			  before->ru_nivcsw;
}

/* CPU time since cputime_start; no thread counts for more than the window was long. */
static int64_t cpu_spent(const struct live *live, const struct cputime *cpu,
			 const struct timed *t)
{
	int64_t most = (t->after - t->before) * 1000 / live->ticks_per_us;
	int64_t spent = cputime_since(cpu, most) - live->cpu_overhead;

	return spent < 0 ? 0 : spent;
}

/* Core cycles of one reference call. A result of another kind makes it "not taken". */
static float take_reference(const struct live *live, struct reference *ref, double rate)
{
	struct bench_run *run = &ref->running.run;
	struct timed t;
	int64_t ticks;

	time_batch(run, ref->n, 0, &t);
	ticks = t.after - t.before - live->overhead;
	if (ticks <= 0 || (run->want == BENCH_ANY ? t.fold < 0 : t.fold != run->want))
		return 0;
	return ticks * rate / ref->n;
}

/*
 * The reference calls beside a window that is observed already, up to a last probe. They
 * were not taken if that, or what the kernel counts, says that somebody came in between.
 */
static void take_references(struct live *live, uint32_t probe_before, struct window *w)
{
	struct rusage before, after;
	uint32_t probe_after;

	getrusage(RUSAGE_THREAD, &before);
	for (size_t i = 0; i < REFERENCES; i++)
		w->ref[i] = take_reference(live, &live->reference[i], w->rate);
	probe_after = clock_probe(live->probe_passes);
	getrusage(RUSAGE_THREAD, &after);
	if (after.ru_nivcsw != before.ru_nivcsw || sched_getcpu() != live->cpu ||
	    probe_after > QUIET_TOLERANCE * probe_before)
		memset(w->ref, 0, sizeof(w->ref));
}

uint32_t live_reference_n(double us, unsigned int scale)
{
	double passes = ceil(REFERENCE_US / us * scale / BENCH_UNROLL_LESS);

	if (!(us > 0) || !(passes <= REFERENCE_N_MAX / BENCH_UNROLL_LESS))
		return 0;
	return fmax(1, passes) * BENCH_UNROLL_LESS;
}

static const char *const reference_ids[REFERENCES] = REFERENCE_IDS;

bool live_is_reference(const char *id)
{
	for (size_t i = 0; i < REFERENCES; i++)
		if (!strcmp(id, reference_ids[i]))
			return true;
	return false;
}

bool live_references(struct live *live, const struct plan *plan)
{
	for (size_t i = 0; i < REFERENCES; i++) {
		struct reference *ref = &live->reference[i];

		ref->n = plan->reference_n[i];
		if (!ref->n || !registry_row(reference_ids[i], &ref->row) ||
		    run_setup(&ref->running, &ref->row, live->cpu, -1, "", false))
			return false;
	}
	return true;
}

/* Microseconds of one reference call. */
static double time_reference(const struct live *live, const char *id)
{
	struct reference ref = { .n = BENCH_UNROLL_LESS };
	double x[REFERENCE_TRIES] = { 0 };

	if (!registry_row(id, &ref.row))
		return 0;
	if (!run_setup(&ref.running, &ref.row, live->cpu, -1, "", false))
		for (int k = 0; k < REFERENCE_TRIES; k++)
			x[k] = take_reference(live, &ref, 1);
	run_teardown(&ref.running);
	return stats_median_any(x, REFERENCE_TRIES) / live->ticks_per_us;
}

void live_size_references(unsigned int step, double ticks_per_us, uint32_t n[REFERENCES])
{
	struct live live = { .cpu = sched_getcpu(),
			     .ticks_per_us = ticks_per_us,
			     .overhead = clock_overhead(&clock_real) };
	unsigned int scale = clock_scale(step, ticks_per_us);
	bool all = true;

	for (size_t i = 0; i < REFERENCES; i++) {
		n[i] = live_reference_n(time_reference(&live, reference_ids[i]), scale);
		all &= n[i] > 0;
	}
	if (!all)
		memset(n, 0, REFERENCES * sizeof(*n));
}

int live_window(void *arg, unsigned long n, struct window *w)
{
	struct live *live = arg;
	struct bench_run *run = &live->running->run;
	const struct bench *b = run->bench;
	const bool take_cpu = b->flags & BENCH_CPU;
	uint32_t probe_before, probe_after, chain_before, chain_after;
	struct cputime cpu;
	struct rusage usage;
	struct timed t;
	uint64_t ticks;
	int ret;

	ret = b->before ? b->before(run, n) : 0;
	if (ret)
		return ret;
	if (take_cpu)
		cputime_threads(&cpu);
	getrusage(RUSAGE_THREAD, &usage);
	probe_before = clock_probe(live->probe_passes);
	chain_before = clock_chain(live->chain_passes);
	if (take_cpu)
		cputime_start(&cpu);
	if (live->counters)
		counters_begin(live->counters, &live->begin);
	(live->chain ? time_slowed : time_batch)(run, n, live->chain, &t);
	if (live->counters)
		counters_end(live->counters, &live->end);
	*w = (struct window){ .cpu = take_cpu ? cpu_spent(live, &cpu, &t) : -1 };
	chain_after = clock_chain(live->chain_passes);
	probe_after = clock_probe(live->probe_passes);
	window_set_rate(w, clock_rate(chain_before, chain_after, live->chain_passes,
				      live->chain_overhead));

	run->done += n;
	ticks = t.after - t.before;
	w->ticks = ticks > live->overhead ? ticks - live->overhead : 0;
	w->probe = probe_before > probe_after ? probe_before : probe_after;
	if (sched_getcpu() != live->cpu)
		w->drop |= DROP_CPU;
	count_usage(live, &usage, w);
	if (live->take_references)
		take_references(live, probe_after, w);
	ret = b->after ? b->after(run, n) : 0;
	return ret ? ret : judge(run, t.fold, n);
}

static int64_t cpu_overhead(void)
{
	double x[CPU_OVERHEAD_READS];

	for (int i = 0; i < CPU_OVERHEAD_READS; i++) {
		struct cputime c;

		cputime_threads(&c);
		cputime_start(&c);
		x[i] = cputime_since(&c, INT64_MAX);
	}
	return stats_median_any(x, CPU_OVERHEAD_READS);
}

void live_open(struct live *live, const struct plan *plan)
{
	*live = (struct live){
		.cpu = plan->cpu,
		.ticks_per_us = plan->ticks_per_us,
		.probe_passes = plan->probe_passes,
		.chain_passes = clock_chain_passes(plan->step, plan->ticks_per_us),
		.stat_fd = open("/proc/stat", O_RDONLY | O_CLOEXEC),
		.overhead = clock_overhead(&clock_real),
		.cpu_overhead = cpu_overhead(),
	};
	live->chain_overhead = clock_chain_overhead(&clock_real, live->chain_passes);
}
