// SPDX-License-Identifier: MIT
/*
 * How far above its quiet level may the contention probe be, for its window to count?
 *
 *	probe [SECONDS]		of each kind of neighbour, 20 by default
 *
 * A neighbour on every other CPU goes on and off in random spells, all of them in step,
 * and says so. Windows are taken as in a run, and here it is known which of them are
 * quiet. For each tolerance it is counted how many of these are lost, and how many of the
 * busy ones are let in. What that does to the median of a call is told too. Each quiet
 * spell and the busy one after it give one value, and all of them the interval.
 *
 * A last part counts the windows that change sides where the probe is judged in ticks
 * instead of core cycles: alone, while all other CPUs are busy, and after that.
 *
 * A neighbour outside of this machine, on the same host, is not seen by it. Run it with
 * `make method` while nothing else runs.
 */
#include <math.h>
#include <signal.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/time.h"
#include "drive/estimate.h"
#include "neighbour.h"
#include "tool.h"

#define THE_CALL    "null/getppid-inline"
#define SECONDS	    20
#define SECONDS_MAX 120
#define PER_SECOND  40000 /* no more windows fit: they take 25 µs or longer */
#define BLOCK	    40	  /* windows between two looks at the time and at steal */

#define SPELL_LEAST 20	/* windows, for a spell to have a median */
#define START_AFTER 0.2 /* seconds: by then all neighbours wait for the first spell */

#define LOSS  0.02 /* a tolerance may lose so many of the quiet windows */
#define SHOWS 1.01 /* a neighbour that slows the probe by less does not show */
/* A neighbour that may not work in so many windows has others beside it. */
#define CROWDED 0.05

static volatile sig_atomic_t stopped;

static void stop(int sig)
{
	(void)sig;
	stopped = 1;
}

/* What is known of a window. */
enum { CALL_CYCLES, PROBE_CYCLES, PROBE_TICKS, RATE, VALUES };
struct seen {
	double value[VALUES];
	unsigned int spell;
};

static bool is_busy(const struct seen *s)
{
	return s->spell % 2 == 0;
}

/* Windows that were taken in one part, and those that were left out. */
struct taken {
	struct seen *seen;
	size_t n;
	size_t changed, idle, dropped;
	double level[VALUES]; /* of the probe, when it is quiet */
	double *room;	      /* for n values */
};

static void take_window(struct tool *tool, unsigned long n, struct neighbours *nb,
			struct taken *t)
{
	unsigned int spell = spell_of(nb);
	bool busy = spell % 2 == 0, worked = true;
	struct window w;

	for (int i = 0; i < nb->n; i++)
		nb->done[i] = nb->slot[i].done;
	w = tool_window(tool, n);
	for (int i = 0; i < nb->n; i++)
		worked = worked && nb->slot[i].done != nb->done[i];
	if (!spell || spell_of(nb) != spell)
		t->changed++;
	else if (w.drop)
		t->dropped++;
	else if (busy && !worked)
		t->idle++;
	else
		t->seen[t->n++] = (struct seen){
			.value = { [CALL_CYCLES] = w.ticks * w.rate / n,
				   [PROBE_CYCLES] = tool_probe(&w),
				   [PROBE_TICKS] = w.probe,
				   [RATE] = w.rate },
			.spell = spell,
		};
}

/* The quiet level of windows [from, to), as a run finds it. */
static void find_levels(struct taken *t, size_t from, size_t to)
{
	for (int v = PROBE_CYCLES; v <= PROBE_TICKS; v++) {
		for (size_t i = from; i < to; i++)
			t->room[i - from] = t->seen[i].value[v];
		t->level[v] = estimate_quiet_level(t->room, to - from);
	}
}

/* All windows of a part. false: stopped, or it could not be done. */
static bool take_part(struct tool *tool, unsigned long n, struct neighbours *nb,
		      const cpu_set_t *cpus, const struct part *part, struct taken *t)
{
	double start = time_now() + START_AFTER;

	*t = (struct taken){ .seen = t->seen, .room = t->room };
	if (!start_neighbours(nb, part, cpus, start))
		return false;
	sleep_until(start);
	while (!stopped && time_now() < start + part->seconds &&
	       t->n + BLOCK < part->seconds * PER_SECOND) {
		uint64_t steal = live_steal(&tool->live);
		size_t before = t->n;

		for (int i = 0; i < BLOCK; i++)
			take_window(tool, n, nb, t);
		if (live_steal(&tool->live) == steal)
			continue;
		t->dropped += t->n - before;
		t->n = before;
	}
	end_neighbours(nb);
	if (!stopped && !t->n)
		fprintf(stderr, "the neighbours did not run\n");
	return !stopped && t->n;
}

/* A value of all quiet windows, or of all busy ones, into t->room. How many. */
static size_t gather(struct taken *t, int v, bool busy)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		if (is_busy(&t->seen[i]) == busy)
			t->room[n++] = t->seen[i].value[v];
	return n;
}

static double all_median(struct taken *t, int v, bool busy)
{
	return stats_median_any(t->room, gather(t, v, busy));
}

static void say_quantiles(struct taken *t, int v, bool busy)
{
	static const double p[] = { 0.02, 0.1, 0.5, 0.9, 0.98, 0.99 };
	size_t n = gather(t, v, busy);

	stats_sort(t->room, n);
	printf("    %-6s %-5s               ", v == PROBE_CYCLES ? "cycles" : "ticks",
	       busy ? "busy" : "quiet");
	for (size_t i = 0; i < sizeof(p) / sizeof(p[0]); i++)
		printf(" %7.3f", stats_quantile(t->room, n, p[i]) / t->level[v]);
	putchar('\n');
}

static double median(struct taken *t, size_t from, size_t to, int v, double limit)
{
	size_t n = 0;

	for (size_t i = from; i < to; i++)
		if (t->seen[i].value[PROBE_CYCLES] <= limit)
			t->room[n++] = t->seen[i].value[v];
	return stats_median_any(t->room, n);
}

static size_t spell_end(const struct taken *t, size_t from)
{
	size_t end = from;

	while (end < t->n && t->seen[end].spell == t->seen[from].spell)
		end++;
	return end;
}

/*
 * The median over windows whose probe is within the limit, as a multiple of the median of
 * all quiet ones. One value a quiet spell and the busy one after it: of the busy one
 * alone, or of both.
 */
static struct figure against_quiet(struct taken *t, int v, bool both, double limit)
{
	double *x = malloc((t->n / SPELL_LEAST + 1) * sizeof(*x));
	struct figure f = FIGURE_NONE;
	size_t n = 0, from, busy, end;

	if (!x)
		return f;
	for (from = 0; from < t->n; from = busy) {
		double over;

		busy = spell_end(t, from);
		end = spell_end(t, busy);
		if (is_busy(&t->seen[from]) || busy - from < SPELL_LEAST ||
		    end - busy < SPELL_LEAST ||
		    t->seen[busy].spell != t->seen[from].spell + 1)
			continue;
		over = median(t, both ? from : busy, end, v, limit);
		if (!isnan(over))
			x[n++] = over / median(t, from, busy, v, INFINITY);
	}
	f = stats_figure(x, n, CONFIDENCE);
	free(x);
	return f;
}

static struct figure say_ratio(const char *what, struct taken *t, int v)
{
	struct figure f = against_quiet(t, v, false, INFINITY);

	printf("    %s %.4f (%.4f to %.4f)\n", what, f.mid, f.lo, f.hi);
	return f;
}

/* How many of the quiet or busy windows there are, and how many are within the limit. */
static size_t count(const struct taken *t, bool busy, double limit)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++)
		n += is_busy(&t->seen[i]) == busy &&
		     t->seen[i].value[PROBE_CYCLES] <= limit;
	return n;
}

static void say_tolerances(struct taken *t, size_t quiet, size_t busy, bool shows)
{
	double best = NAN;

	printf("  tolerance    quiet windows lost   busy ones let in   "
	       "shift of the median of all let in\n");
	for (int percent = 1; percent <= 10; percent++) {
		double tolerance = 1 + percent / 100.0;
		double limit = tolerance * t->level[PROBE_CYCLES];
		size_t lost = quiet - count(t, false, limit);
		size_t in = count(t, true, limit);
		struct figure f = against_quiet(t, CALL_CYCLES, true, limit);

		printf("    %.2f%s %9.2f %% %8zu %8.2f %% %8zu   "
		       "%+.3f %% (%+.3f to %+.3f)\n",
		       tolerance, fabs(tolerance - QUIET_TOLERANCE) < 1e-9 ? "*" : " ",
		       100.0 * lost / quiet, lost, 100.0 * in / busy, in,
		       100 * (f.mid - 1), 100 * (f.lo - 1), 100 * (f.hi - 1));
		if (isnan(best) && lost <= LOSS * quiet)
			best = tolerance;
	}
	printf("    (* the suite's QUIET_TOLERANCE)\n");
	if (isnan(best))
		printf("  each of them loses more than %.0f %% of the quiet windows\n",
		       100 * LOSS);
	else
		printf("  %.2f is the smallest that loses at most %.0f %% of them%s\n",
		       best, 100 * LOSS, shows ? ": recommended" : "");
	if (!shows)
		printf("  This neighbour does not show in the probe: its CPU is no "
		       "sibling.\n"
		       "  So the busy windows tell nothing here.\n");
}

static void say_part(const struct part *part, struct taken *t)
{
	size_t quiet = count(t, false, INFINITY), busy = count(t, true, INFINITY);
	struct figure probe;

	find_levels(t, 0, t->n);
	printf("\nneighbour: %s, %.0f s\n", part->name, part->seconds);
	printf("  windows: %zu quiet, %zu busy\n", quiet, busy);
	printf("  left out: %zu it changed, %zu it stood still, %zu as in a run\n",
	       t->changed, t->idle, t->dropped);
	if (t->idle > CROWDED * (busy + t->idle))
		printf("  Other programs run on the neighbours' CPUs, in quiet windows "
		       "too.\n"
		       "  Try again when they are idle.\n");
	if (!quiet || !busy)
		return;
	printf("  probe / quiet level, quantiles"
	       "  2 %%    10 %%    50 %%    90 %%    98 %%    99 %%\n");
	for (int v = PROBE_CYCLES; v <= PROBE_TICKS; v++)
		for (int on = 0; on < 2; on++)
			say_quantiles(t, v, on);
	printf("  medians of busy spells / quiet ones\n");
	probe = say_ratio("probe, cycles", t, PROBE_CYCLES);
	say_ratio("probe, ticks ", t, PROBE_TICKS);
	say_ratio("call, cycles ", t, CALL_CYCLES);
	printf("  call, median: %.1f cycles quiet, %.1f busy\n",
	       all_median(t, CALL_CYCLES, false), all_median(t, CALL_CYCLES, true));
	say_tolerances(t, quiet, busy, probe.lo > SHOWS);
}

/* Windows [from, to): what they are judged to be in cycles, and in ticks. */
static void say_sides(struct taken *t, size_t from, size_t to, const char *name)
{
	size_t n = to - from, only[VALUES] = { 0 }, quiet = 0;
	double low, high;

	for (size_t i = from; i < to; i++) {
		const double *v = t->seen[i].value;
		bool cycles = v[PROBE_CYCLES] <= QUIET_TOLERANCE * t->level[PROBE_CYCLES];
		bool ticks = v[PROBE_TICKS] <= QUIET_TOLERANCE * t->level[PROBE_TICKS];

		only[PROBE_CYCLES] += cycles && !ticks;
		only[PROBE_TICKS] += ticks && !cycles;
		quiet += cycles && ticks;
		t->room[i - from] = v[RATE];
	}
	low = stats_quantile_any(t->room, n, 0.02);
	high = stats_quantile_any(t->room, n, 0.98);
	printf("  %-6s %8zu  %.4f to %.4f %8zu  %8zu %6.2f %%  %8zu %6.2f %%\n", name, n,
	       low, high, quiet, only[PROBE_CYCLES], 100.0 * only[PROBE_CYCLES] / n,
	       only[PROBE_TICKS], 100.0 * only[PROBE_TICKS] / n);
}

static void say_units(const struct part *part, struct taken *t)
{
	static const char *const name[] = { "alone", "loaded", "after" };

	printf("\nthe same windows judged in core cycles and in ticks, %.0f s each:\n"
	       "alone, while all other CPUs are busy, and after that\n",
	       part->spell);
	printf("         windows  cycles a tick        quiet  quiet in cycles only  "
	       "in ticks only\n");
	for (size_t from = 0, end; from < t->n; from = end) {
		unsigned int spell = t->seen[from].spell;

		end = spell_end(t, from);
		/* Alone is a run of its own; the other two have one level. */
		if (spell == 1)
			find_levels(t, 0, end);
		else if (!from || t->seen[from - 1].spell == 1)
			find_levels(t, from, t->n);
		if (spell <= 3)
			say_sides(t, from, end, name[spell - 1]);
	}
}

static void say_place(const struct tool *tool, unsigned long n, int n_others)
{
	char path[96], siblings[128] = "?";

	snprintf(path, sizeof(path),
		 "/sys/devices/system/cpu/cpu%d/topology/thread_siblings_list",
		 tool->live.cpu);
	file_line(path, siblings, sizeof(siblings));
	printf("CPU %d; of its core, by the kernel: CPUs %s; neighbours: %d\n",
	       tool->live.cpu, siblings, n_others);
	printf("%.1f ticks a microsecond, steps of %u; %lu calls of %s a window\n",
	       tool->ticks_per_us, tool->step, n, THE_CALL);
}

static void *shared(size_t bytes)
{
	void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE,
			    MAP_SHARED | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	if (memory != MAP_FAILED)
		return memory;
	perror("mmap");
	exit(2);
}

int main(int argc, char **argv)
{
	static pid_t pid[CPU_SETSIZE];
	static unsigned int done[CPU_SETSIZE];
	const struct sigaction action = { .sa_handler = stop };
	const double seconds = argc > 1 ? atof(argv[1]) : SECONDS;
	const struct part parts[] = {
		{ "adds numbers", add_numbers, 0, seconds },
		{ "streams memory", stream_memory, 0, seconds },
		{ "heats", add_numbers, seconds / 2, 1.5 * seconds },
	};
	struct neighbours nb = { .pid = pid, .done = done };
	struct taken taken = { .n = 0 };
	struct registry reg;
	struct tool tool;
	cpu_set_t others;
	unsigned long n;
	int cpu = tool_cpu(&others), n_others = CPU_COUNT(&others);
	bool ok = true;

	if (argc > 2 || !(seconds >= 1 && seconds <= SECONDS_MAX)) {
		fprintf(stderr, "usage: %s [SECONDS], 1 to %d\n", argv[0], SECONDS_MAX);
		return 2;
	}
	if (!n_others) {
		printf("skip: there is no other CPU that a neighbour could run on\n");
		return 0;
	}
	setvbuf(stdout, NULL, _IOLBF, 0);
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	nb.slot = shared(n_others * sizeof(*nb.slot));
	taken.seen = shared(1.5 * seconds * PER_SECOND * sizeof(*taken.seen));
	taken.room = shared(1.5 * seconds * PER_SECOND * sizeof(*taken.room));
	registry_load(&reg);
	tool_open(&tool, cpu, tool_ticks_per_us());
	tool_begin(&tool, registry_find(&reg, THE_CALL), "/tmp");
	n = tool_size(&tool);
	say_place(&tool, n, n_others);
	for (int i = 0; i < 3 && ok; i++) {
		ok = take_part(&tool, n, &nb, &others, &parts[i], &taken);
		if (ok)
			(i < 2 ? say_part : say_units)(&parts[i], &taken);
	}
	run_teardown(&tool.running);
	registry_free(&reg);
	if (stopped)
		fprintf(stderr, "stopped\n");
	return stopped ? 130 : ok ? 0 : 2;
}
