// SPDX-License-Identifier: MIT
/*
 * syscost noise: compare this program with itself several times, and keep the result. It
 * is how much each benchmark moves when nothing has changed, and how often a verdict was
 * false.
 */
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/random.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "drive/ab.h"
#include "drive/process.h"
#include "machine/env.h"
#include "row/fingerprint.h"
#include "row/noise.h"
#include "stats/binomial.h"

struct settings {
	struct ab_options ab;
	const char *noise;
	char kept[OPTION_PATH_MAX]; /* where nothing else was asked for */
	unsigned int runs;
	double seconds; /* 0: not given */
	bool quick;
	enum cli_format format;
};

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "runs", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(runs),
	  .help = "comparisons of the whole suite (default 5; 0: print only)" },
	{ "quick", FIELD(quick),
	  .help = "take 27 seconds for each comparison instead of 110" },
	{ "seconds", 0, OPTION_NUMBER, "S", 1, 86400, FIELD(seconds),
	  .help = "time for each comparison" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise),
	  .help = "the noise file (default: one for this class of machines)" },
	{ "cpu", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(ab.run.cpu),
	  .help = "CPU to measure on (default: an isolated one, or the last)" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word_but_csv,
	  FIELD(format), .help = "table or json on standard output" },
	{ OPTION_END },
};

static void print(const struct noise *noise, const char *path, enum cli_format format)
{
	struct noise_totals t = noise_total(noise);
	uint64_t alarms = t.regressed + t.improved;
	double bound = stats_rate_upper(alarms, t.comparisons, 0.05);

	if (format == FORMAT_JSON) {
		json_t *json = json_pack(
			"{s:o, s:s, s:I, s:I, s:I, s:I, s:o, s:I, s:I}", "file",
			cli_json_text(path), "machine", noise->machine, "runs",
			(json_int_t)noise->runs, "comparisons", (json_int_t)t.comparisons,
			"false_alarms", (json_int_t)t.regressed, "false_improvements",
			(json_int_t)t.improved, "rate_upper_95",
			t.comparisons ? json_real(bound) : json_null(),
			"flagged_before_confirmation", (json_int_t)noise->flagged,
			"runs_contaminated", (json_int_t)noise->contaminated);

		cli_print_json(json, 0);
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

/* Compare this program with itself, once, and add the result to the file. */
static int compare_once(const struct selection *selection, struct settings *s,
			struct noise *noise)
{
	struct launch base, head;
	struct process_backend process;
	struct ab c;
	struct err err = { 0 };
	int ret;

	s->ab.gate.noise = noise;
	launch_parse(&base, "base", "self", &err);
	launch_parse(&head, "head", "self", &err);
	s->ab.run.seed = random_seed();
	process_backend(&process);
	ret = ab_measure(&c, &process.backend, &selection->reg, selection->chosen, &base,
			 &head, &s->ab, &err);
	session_progress_end(&s->ab.run);
	if (!ret && !*s->ab.run.stop) {
		noise_add(noise, &c.verdicts, c.summary.disturbed);
		ret = noise_write(noise, s->noise, &err);
	}
	for (size_t i = 0; !ret && i < c.verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c.verdicts, struct verdict_row,
							i);

		if (gate_flagged(v))
			fprintf(stderr,
				"syscost: false alarm: %s %s (%.4f), seed %" PRIu64 "\n",
				v->id, verdict_words[v->verdict], v->ratio.mid,
				s->ab.run.seed);
	}
	ab_free(&c);
	return ret ? cli_error("%s", err.text) : EXIT_FINE;
}

/* Read what is known of this class of machines; s->noise gets the path of the file. */
static int read_noise(struct settings *s, struct noise *noise)
{
	struct err err = { 0 };
	char machine[17];
	json_t *env = env_record(false);
	int ret;

	env_machine_class(env, machine);
	json_decref(env);
	noise_init(noise, machine);
	if (!s->noise && noise_path(machine, s->kept, sizeof(s->kept)))
		return cli_error("there is no home for the noise file: use --noise FILE");
	s->noise = s->noise ?: s->kept;
	ret = noise_read(noise, s->noise, &err);
	if (ret == -ENOENT)
		noise_init(noise, machine);
	else if (ret)
		return cli_error("%s", err.text);
	else if (strcmp(noise->machine, machine))
		return cli_error("%s is of another class of machines: use another file",
				 s->noise);
	return EXIT_FINE;
}

static void defaults(void *settings)
{
	struct settings *s = settings;
	struct run_options run;

	session_options(&run);
	ab_defaults(&s->ab, &run);
	s->runs = 5;
}

static int measure_noise(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct selection selection;
	struct noise noise;
	int status;

	if (s->quick)
		ab_quick(&s->ab);
	if (s->seconds)
		s->ab.run.seconds = s->seconds;
	if (!session_select(call, false, &selection))
		return EXIT_TROUBLE;
	status = read_noise(s, &noise);
	for (unsigned int i = 0; i < s->runs && status == EXIT_FINE && !*s->ab.run.stop;
	     i++)
		status = compare_once(&selection, s, &noise);
	if (status == EXIT_FINE)
		print(&noise, s->noise, s->format);
	noise_free(&noise);
	session_free(&selection);
	return status;
}

static const char about[] =
	"Compares this program with itself (A/A), and keeps the result for 'compare'\n"
	"and 'ab'. Prints how often a verdict was false, with an exact bound. Use the\n"
	"length of the later comparisons: short ones move more.\n";

const struct command command_noise = {
	.name = "noise",
	.summary = "compare this program with itself: how far does it move?",
	.usage = "[OPTION…] [PATTERN…]",
	.about = about,
	.options = options,
	.operand = OPERAND_PATTERN,
	.settings_size = sizeof(struct settings),
	.defaults = defaults,
	.fn = measure_noise,
};
