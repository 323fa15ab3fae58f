// SPDX-License-Identifier: MIT
/*
 * Which estimate of an operation's cost varies less from process to process?
 *
 *	twice	(ticks(2N) - ticks(N)) / N	what surrounds the operations cancels
 *	empty	(ticks(N) - overhead) / N	an empty window is taken off
 *
 * Both are made in the same fresh processes, from interleaved windows of N, N, N and 2N:
 * `twice` gets one of N and the one of 2N, `empty` the three of N, so that both had the
 * same time to measure. Only windows between two quiet probes count, as in a run. Run it
 * with `make method`; it uses the suite's own batches. It takes half a minute.
 */
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>

#include "drive/estimate.h"
#include "tool.h"

#define LAUNCHES 240
#define TURNS	 12 /* of N, N, N, 2N in one process */

static const char *const ids[] = { "floor/empty", "null/getppid-inline",
				   "clock/monotonic-vdso", "write/null",
				   "file/open-close" };
#define IDS (sizeof(ids) / sizeof(ids[0]))

struct taken {
	double n;			/* iterations */
	struct window window[TURNS][4]; /* the last one is of 2N */
};

struct launch {
	struct taken row[IDS];
};

static void measure(struct tool *tool, const struct variant *v, const char *dir,
		    unsigned long n, struct taken *out)
{
	tool_begin(tool, v, dir);
	for (int i = 0; i < 8; i++)
		tool_window(tool, n);
	for (int t = 0; t < TURNS; t++)
		for (int k = 0; k < 4; k++) {
			int which = (k + t) % 4; /* the 2N window goes round */

			out->window[t][which] = tool_window(tool, which == 3 ? 2 * n : n);
		}
	out->n = n;
	run_teardown(&tool->running);
}

/* The process of one launch: argv has the CPU, the folder, ticks a µs and every n. */
static int launched(const struct registry *reg, char **argv)
{
	static struct launch all;
	struct tool tool;

	tool_open(&tool, atoi(argv[2]), strtod(argv[4], NULL));
	mlockall(MCL_CURRENT);
	for (size_t i = 0; i < IDS; i++)
		measure(&tool, registry_find(reg, ids[i]), argv[3],
			strtoul(argv[5 + i], NULL, 10), &all.row[i]);
	return fwrite(&all, sizeof(all), 1, stdout) != 1;
}

static bool launch(char **argv, struct launch *out)
{
	int pipe_fd[2], status;
	bool got;
	FILE *in;
	pid_t pid;

	if (pipe(pipe_fd))
		return false;
	pid = fork();
	if (!pid) {
		dup2(pipe_fd[1], STDOUT_FILENO);
		close(pipe_fd[0]);
		close(pipe_fd[1]);
		execv("/proc/self/exe", argv);
		_exit(127);
	}
	close(pipe_fd[1]);
	in = fdopen(pipe_fd[0], "r");
	got = in && fread(out, sizeof(*out), 1, in) == 1;
	fclose(in);
	return waitpid(pid, &status, 0) == pid && !status && got;
}

/* Median ticks of the quiet ones among windows [from, to) of each turn; NAN: too few. */
static double quiet_median(const struct taken *t, int from, int to, double level)
{
	double x[TURNS * 4];
	size_t n = 0;

	for (int i = 0; i < TURNS; i++)
		for (int k = from; k < to; k++)
			if (!t->window[i][k].drop &&
			    tool_probe(&t->window[i][k]) <= QUIET_TOLERANCE * level)
				x[n++] = t->window[i][k].ticks;
	stats_sort(x, n);
	return n >= QUIET_WINDOWS ? stats_median(x, n) : NAN;
}

static void say(const char *name, double *x, size_t n)
{
	struct figure e = stats_figure(x, n, CONFIDENCE);
	double off[LAUNCHES];

	for (size_t i = 0; i < n; i++)
		off[i] = fabs(x[i] - e.mid);
	stats_sort(off, n);
	printf("  %s %10.3f %6.2f %6.2f", name, e.mid,
	       148.26 * stats_median(off, n) / fabs(e.mid), 100 * stats_precision(&e));
}

int main(int argc, char **argv)
{
	static struct launch all[LAUNCHES];
	static double probes[LAUNCHES * IDS * TURNS * 4];
	char cpu_text[16], rate[32], numbers[IDS][24];
	char dir[] = "/tmp/syscost-twice.XXXXXX";
	char *child[6 + IDS] = { argv[0], (char *)"launch", cpu_text, dir, rate };
	struct registry reg;
	struct tool tool;
	cpu_set_t others;
	size_t n = 0, at = 0;
	double level;

	registry_load(&reg);
	if (argc == (int)(5 + IDS) && !strcmp(argv[1], "launch"))
		return launched(&reg, argv);
	if (!mkdtemp(dir))
		return 2;
	tool_open(&tool, tool_cpu(&others), tool_ticks_per_us());
	snprintf(cpu_text, sizeof(cpu_text), "%d", tool.live.cpu);
	snprintf(rate, sizeof(rate), "%.6f", tool.ticks_per_us);
	for (size_t i = 0; i < IDS; i++) {
		tool_begin(&tool, registry_find(&reg, ids[i]), dir);
		snprintf(numbers[i], sizeof(numbers[i]), "%lu", tool_size(&tool));
		run_teardown(&tool.running);
		child[5 + i] = numbers[i];
	}
	for (int i = 0; i < LAUNCHES; i++)
		n += launch(child, &all[n]);
	rmdir(dir);
	for (size_t i = 0; i < n; i++)
		for (size_t r = 0; r < IDS; r++)
			for (int w = 0; w < TURNS * 4; w++)
				probes[at++] = tool_probe(
					&all[i].row[r].window[w / 4][w % 4]);
	level = estimate_quiet_level(probes, at);
	printf("%zu processes; ticks an operation, robust sigma %% and half interval "
	       "%%\n",
	       n);
	for (size_t r = 0; r < IDS; r++) {
		double twice[LAUNCHES], empty[LAUNCHES];
		size_t kept = 0;

		for (size_t i = 0; i < n; i++) {
			const struct taken *t = &all[i].row[r];
			double one = quiet_median(t, 0, 1, level);
			double two = quiet_median(t, 3, 4, level);

			if (isnan(one) || isnan(two))
				continue;
			twice[kept] = (two - one) / t->n;
			empty[kept++] = quiet_median(t, 0, 3, level) / t->n;
		}
		printf("%-22s %4zu quiet", ids[r], kept);
		say("twice", twice, kept);
		say("empty", empty, kept);
		putchar('\n');
	}
	registry_free(&reg);
	return n == LAUNCHES ? 0 : 2;
}
