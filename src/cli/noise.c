// SPDX-License-Identifier: MIT
/*
 * syscost noise: compare this program with itself, again and again, and remember what that
 * showed: how much each benchmark moves when nothing has changed, and how often the gate
 * cried wolf.
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/random.h"
#include "bench.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "drive/ab.h"
#include "machine/env.h"
#include "row/noise.h"
#include "stats/binomial.h"

static const char help[] =
	"usage: syscost noise [OPTION…] [PATTERN…]\n\n"
	"Compares this program with itself (A/A) and keeps what that showed for 'compare' and\n"
	"'ab'. Prints how often the gate cried wolf, with an exact bound. Learn with the length\n"
	"that you compare with: short comparisons move more.\n\n"
	"      --runs N         comparisons of the whole suite (default 5; 0: print only)\n"
	"      --quick          27 seconds each instead of 110\n"
	"      --seconds S      for each\n"
	"      --noise FILE     the noise file (default: one for this class of machines)\n"
	"      --cpu N          CPU to measure on\n"
	"      --format F       table or json\n";

struct settings {
	struct contest_options contest;
	char path[4096];
	double runs;
	enum cli_format format;
};

static bool parse(int argc, char **argv, struct settings *s)
{
	enum { RUNS = 256, QUICK, SECONDS, NOISE, CPU, FORMAT };
	static const struct option options[] = {
		{ "runs", required_argument, NULL, RUNS },
		{ "quick", no_argument, NULL, QUICK },
		{ "seconds", required_argument, NULL, SECONDS },
		{ "noise", required_argument, NULL, NOISE },
		{ "cpu", required_argument, NULL, CPU },
		{ "format", required_argument, NULL, FORMAT },
		{ 0 },
	};
	double x;
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		bool good = true;

		if (opt == RUNS) {
			good = cli_number("--runs", optarg, 0, 1e6, &s->runs);
		} else if (opt == QUICK) {
			contest_quick(&s->contest);
		} else if (opt == SECONDS) {
			good = cli_number("--seconds", optarg, 1, 86400,
					  &s->contest.run.seconds);
		} else if (opt == NOISE) {
			good = *optarg && strlen(optarg) < sizeof(s->path);
			if (good)
				strcpy(s->path, optarg);
			else
				cli_error("--noise wants the path of a file");
		} else if (opt == CPU) {
			good = cli_number("--cpu", optarg, 0, 1e6, &x);
			if (good)
				s->contest.run.cpu = x;
		} else if (opt == FORMAT) {
			good = cli_format(optarg, &s->format);
			if (good && s->format == FORMAT_CSV) {
				cli_error("noise prints table or json");
				good = false;
			}
		} else {
			good = false; /* getopt has said why */
		}
		if (!good)
			return false;
	}
	return true;
}

static void print(const struct noise *noise, const char *path, enum cli_format format)
{
	struct noise_totals t = noise_total(noise);
	uint64_t alarms = t.regressed + t.improved;
	double bound = stats_rate_upper(alarms, t.comparisons, 0.05);

	if (format == FORMAT_JSON) {
		json_t *json = json_pack(
			"{s:s, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I}", "file", path,
			"machine", noise->machine, "runs", (json_int_t)noise->runs,
			"comparisons", (json_int_t)t.comparisons, "false_alarms",
			(json_int_t)t.regressed, "false_improvements",
			(json_int_t)t.improved, "rate_upper_95",
			t.comparisons ? json_real(bound) : json_null(),
			"flagged_before_confirmation", (json_int_t)noise->flagged,
			"runs_contaminated", (json_int_t)noise->contaminated);

		json_dumpf(json, stdout, JSON_INDENT(2));
		putchar('\n');
		json_decref(json);
		return;
	}
	printf("%s: machine class %s\n", path, noise->machine);
	printf("  %" PRIu64 " A/A comparisons of the suite, %" PRIu64
	       " seen to be contaminated\n",
	       noise->runs, noise->contaminated);
	printf("  %" PRIu64 " comparisons of a benchmark: %" PRIu64
	       " false regressions, %" PRIu64 " false improvements\n",
	       t.comparisons, t.regressed, t.improved);
	printf("  flagged before they were measured again: %" PRIu64 "\n",
	       noise->flagged);
	if (t.comparisons)
		printf("  the rate of false verdicts is at most %.3g (95 %%, exact)\n",
		       bound);
}

/* One comparison of this program with itself, taken into the file. */
static int once(const struct registry *reg, const bool *chosen, struct settings *s,
		struct noise *noise)
{
	struct arm base, head;
	struct contest c;
	struct err err = { 0 };
	int ret;

	s->contest.gate.noise = noise;
	arm_parse(&base, "base", "self", &err);
	arm_parse(&head, "head", "self", &err);
	s->contest.run.seed = random_seed();
	ret = contest_hold(&c, reg, chosen, &s->contest, &base, &head, &err);
	session_progress_end(&s->contest.run);
	if (!ret && !*s->contest.run.stop) {
		noise_add(noise, &c.verdicts, c.summary.disturbed);
		ret = noise_write(noise, s->path, &err);
	}
	for (size_t i = 0; !ret && i < c.verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c.verdicts, struct verdict_row,
							i);

		if (gate_flagged(v))
			fprintf(stderr,
				"syscost: false alarm: %s %s (%.4f), seed %" PRIu64 "\n",
				v->id, verdict_words[v->verdict], v->ratio.mid,
				s->contest.run.seed);
	}
	contest_free(&c);
	return ret ? cli_error("%s", err.text) : EXIT_FINE;
}

int cmd_noise(const struct registry *reg, int argc, char **argv)
{
	struct settings s = { .runs = 5 };
	char machine[17];
	struct err err = { 0 };
	const char *unmatched;
	int status = EXIT_FINE, ret;
	struct noise noise;
	json_t *env;
	bool *chosen;

	if (argc > 1 && (!strcmp(argv[1], "--help") || !strcmp(argv[1], "-h"))) {
		printf(help);
		return EXIT_FINE;
	}
	session_options(&s.contest.run);
	contest_defaults(&s.contest, &s.contest.run);
	if (!parse(argc, argv, &s))
		return EXIT_TROUBLE;
	env = env_record(false);
	env_machine_class(env, machine);
	json_decref(env);
	if (!s.path[0] && noise_path(machine, s.path, sizeof(s.path)))
		return cli_error("there is no home for the noise file: use --noise FILE");
	noise_init(&noise, machine);
	ret = noise_read(&noise, s.path, &err);
	if (ret && ret != -ENOENT) {
		noise_free(&noise);
		return cli_error("%s", err.text);
	}
	if (ret)
		noise_init(&noise, machine);
	else if (strcmp(noise.machine, machine)) {
		noise_free(&noise);
		return cli_error("%s is of another class of machines: use another file",
				 s.path);
	}
	chosen = calloc(reg->n, sizeof(*chosen));
	unmatched = registry_select(reg, argv + optind, argc - optind,
				    BENCH_TEST | BENCH_SWEEP, chosen);
	if (unmatched)
		status = cli_error("no benchmark matches '%s': see 'syscost list'",
				   unmatched);
	for (int i = 0; i < s.runs && status == EXIT_FINE && !*s.contest.run.stop; i++)
		status = once(reg, chosen, &s, &noise);
	if (status == EXIT_FINE)
		print(&noise, s.path, s.format);
	free(chosen);
	noise_free(&noise);
	return status;
}
