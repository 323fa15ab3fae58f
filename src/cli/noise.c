// SPDX-License-Identifier: MIT
/*
 * syscost noise: how much each benchmark moves when nothing has changed, and how often a
 * verdict is false. It compares this program with itself several times, or makes separate
 * whole runs, and keeps what they say.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "base/err.h"
#include "base/json.h"
#include "base/random.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "drive/ab.h"
#include "drive/apart.h"
#include "drive/process.h"
#include "row/noise.h"
#include "stats/binomial.h"

struct settings {
	struct run_options run;
	const char *noise;
	char kept[OPTION_PATH_MAX]; /* the path of the file that is read and added to */
	int runs;		    /* -1: not given */
	double pause;		    /* negative: not given */
	bool apart, quick;
	enum cli_format format;
};

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "apart", FIELD(apart),
	  .help = "make separate whole runs, as 'syscost run' does, and learn how far "
		  "they lie apart: for 'compare'" },
	{ "runs", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(runs),
	  .help = "comparisons of the whole suite (default 5), or separate runs of it "
		  "(default 6); 0: print only" },
	{ "pause", 0, OPTION_NUMBER, "S", 0, 86400, FIELD(pause),
	  .help = "seconds between two separate runs (default 120)" },
	{ "quick", FIELD(quick),
	  .help = "take 27 seconds for each comparison instead of 110, or 8 for each "
		  "separate run instead of 50" },
	{ "seconds", 0, OPTION_NUMBER, "S", 1, 86400, FIELD(run.seconds),
	  .help = "time for each comparison, or for each separate run" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise),
	  .help = "the noise file (default: one for this class of machines)" },
	{ "cpu", 0, OPTION_WHOLE, "N", 0, 1e6, FIELD(run.cpu),
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

/* How far separate runs lie apart, as far as the file knows, and what is judged of it. */
static json_t *apart_json(const struct noise_spread *spread,
			  const struct apart_alarms *plain,
			  const struct apart_alarms *learnt)
{
	json_t *json = json_pack(
		"{s:I, s:I, s:I, s:o, s:o, s:o, s:o}", "rows", (json_int_t)spread->rows,
		"runs", (json_int_t)spread->runs, "pairs", (json_int_t)spread->pairs,
		"median", json_real_or_null(spread->median), "p90",
		json_real_or_null(spread->p90), "most", json_real_or_null(spread->most),
		"most_id", json_text_or_null(spread->worst));
	const struct {
		const char *key;
		const struct apart_alarms *alarms;
	} judged[] = { { "compared", plain }, { "compared_learnt", learnt } };

	for (int i = 0; i < 2; i++) {
		const struct apart_alarms *a = judged[i].alarms;

		json_object_set_new(
			json, judged[i].key,
			a->pairs
				? json_pack("{s:I, s:I, s:I, s:I, s:I}", "pairs",
					    (json_int_t)a->pairs, "comparisons",
					    (json_int_t)a->comparisons, "false_alarms",
					    (json_int_t)a->regressed,
					    "false_improvements", (json_int_t)a->improved,
					    "contaminated", (json_int_t)a->contaminated)
				: json_null());
	}
	return json;
}

static void print_alarms(const struct apart_alarms *a, const char *delta)
{
	if (a->pairs)
		printf("  %zu comparisons of a benchmark in these runs, %s:\n  %zu false "
		       "regressions, %zu false improvements, %zu contaminated\n",
		       a->comparisons, delta, a->regressed, a->improved, a->contaminated);
}

static void print_apart(const struct noise *noise, const char *path,
			const struct apart *a, enum cli_format format)
{
	struct noise_spread spread = noise_apart_spread(noise);
	struct apart_alarms plain = apart_alarms(a, false);
	struct apart_alarms learnt = apart_alarms(a, true);
	size_t corrected = 0;

	for (size_t i = 0; i < noise->n; i++)
		corrected += noise->rows[i].reference.known;
	if (format == FORMAT_JSON) {
		cli_print_json(json_pack("{s:o, s:s, s:I, s:o, s:I}", "file",
					 cli_json_text(path), "machine", noise->machine,
					 "runs_made", (json_int_t)a->n, "apart",
					 apart_json(&spread, &plain, &learnt),
					 "rows_with_references", (json_int_t)corrected),
			       0);
		return;
	}
	printf("%s: machine class %s\n", path, noise->machine);
	printf("  %zu separate runs made, up to %zu known of %zu benchmarks\n", a->n,
	       spread.runs, spread.rows);
	if (spread.pairs)
		printf("  two runs of a benchmark differ by %.2f %% (median of %zu "
		       "pairs),\n  by up to %.2f %% in nine of ten, and by %.1f %% at "
		       "most (%s)\n",
		       spread.median * 100, spread.pairs, spread.p90 * 100,
		       spread.most * 100, spread.worst);
	print_alarms(&plain, "with nothing learnt");
	print_alarms(&learnt, "with what the others teach");
	printf("  the reference calls correct %zu benchmarks\n", corrected);
}

/* What a comparison adds to the file. */
static void add_comparison(struct noise *noise, void *arg)
{
	const struct ab *c = arg;

	noise_add(noise, &c->verdicts, c->summary.disturbed);
}

/* Compare this program with itself, once, and add the result to the file. */
static int compare_once(const struct selection *selection, struct settings *s,
			struct ab_options *options, struct noise *noise)
{
	struct launch base, head;
	struct process_backend process;
	struct ab c;
	struct err err = { 0 };
	int ret;

	options->gate.noise = noise;
	launch_parse(&base, "base", "self", &err);
	launch_parse(&head, "head", "self", &err);
	options->run.seed = random_seed();
	process_backend(&process);
	ret = ab_measure(&c, &process.backend, &selection->reg, selection->chosen, &base,
			 &head, options, &err);
	session_progress_end(&options->run);
	if (!ret && !*options->run.stop)
		ret = noise_update(noise, s->noise, add_comparison, &c, &err);
	for (size_t i = 0; !ret && i < c.verdicts.n; i++) {
		const struct verdict_row *v = table_row(&c.verdicts, struct verdict_row,
							i);

		if (gate_flagged(v))
			fprintf(stderr,
				"syscost: false alarm: %s %s (%.4f), seed %" PRIu64 "\n",
				v->id, verdict_words[v->verdict], v->ratio.mid,
				options->run.seed);
	}
	ab_free(&c);
	return ret ? cli_error("%s", err.text) : EXIT_FINE;
}

static int compare_several(const struct selection *selection, struct settings *s,
			   struct noise *noise)
{
	int runs = s->runs < 0 ? 5 : s->runs, status = EXIT_FINE;
	struct ab_options options;

	ab_defaults(&options, &s->run);
	if (s->quick)
		ab_quick(&options);
	if (s->run.seconds)
		options.run.seconds = s->run.seconds;
	for (int i = 0; i < runs && status == EXIT_FINE && !*s->run.stop; i++)
		status = compare_once(selection, s, &options, noise);
	if (status == EXIT_FINE)
		print(noise, s->noise, s->format);
	return status;
}

static void add_run(struct noise *noise, void *arg)
{
	apart_learn(noise, arg);
}

static void add_fit(struct noise *noise, void *arg)
{
	apart_fit(noise, arg);
}

/* Where a run is added to when it has ended. */
struct file {
	const char *path;
	struct noise *noise;
};

static int keep_run(void *arg, const struct apart_run *run, struct err *err)
{
	struct file *file = arg;

	return noise_update(file->noise, file->path, add_run, (void *)run, err);
}

/* Sleep; a signal ends it. */
static void sleep_for(void *arg, double seconds)
{
	struct timespec ts = { .tv_sec = seconds };

	(void)arg;
	ts.tv_nsec = (seconds - ts.tv_sec) * 1e9;
	nanosleep(&ts, NULL);
}

static int run_several(const struct selection *selection, struct settings *s,
		       struct noise *noise)
{
	struct file file = { s->noise, noise };
	struct apart_options options = { .runs = s->runs < 0 ? 6 : s->runs,
					 .pause = s->pause < 0 ? 120 : s->pause,
					 .wait = sleep_for,
					 .done = keep_run,
					 .done_arg = &file };
	struct process_backend process;
	struct event_list count;
	const struct launch self = { 0 };
	struct apart apart;
	struct err err = { 0 }, later = { 0 };
	char own[256];
	int ret, fitted = 0;

	if (noise_is_foreign(noise))
		fprintf(stderr,
			"syscost: the separate runs in %s are of another system (kernel, "
			"settings or build): runs of this one start anew\n",
			s->noise);
	session_fit(selection, s->quick, &s->run);
	/* As `run` does: what is counted takes time of every round. */
	events_own(&count);
	ret = counters_try(&count, own, sizeof(own), &err);
	if (ret)
		return cli_error("%s", err.text);
	s->run.events = &count;
	options.run = s->run;
	process_backend(&process);
	ret = apart_measure(&apart, &process.backend, &selection->reg, selection->chosen,
			    &self, &options, &err);
	session_progress_end(&s->run);
	/* An error in a later run does not lose what the earlier ones say. */
	if (apart.n)
		fitted = noise_update(noise, s->noise, add_fit, &apart,
				      ret ? &later : &err);
	if (!fitted && (!ret || apart.n))
		print_apart(noise, s->noise, &apart, s->format);
	apart_free(&apart);
	fflush(stdout);
	return ret || fitted ? cli_error("%s", err.text) : EXIT_FINE;
}

static void defaults(void *settings)
{
	struct settings *s = settings;

	session_options(&s->run);
	s->runs = -1;
	s->pause = -1;
}

static int measure_noise(const struct call *call, void *settings)
{
	struct settings *s = settings;
	struct selection selection;
	struct noise noise;
	int status;

	if (s->pause >= 0 && !s->apart)
		return cli_error("--pause is between separate runs: it wants --apart");
	if (!session_select(call, false, &selection))
		return EXIT_TROUBLE;
	status = session_noise(&noise, s->noise, LEARNT_ADD, s->kept, sizeof(s->kept));
	s->noise = s->kept;
	if (status == EXIT_FINE)
		status = s->apart ? run_several(&selection, s, &noise)
				  : compare_several(&selection, s, &noise);
	noise_free(&noise);
	session_free(&selection);
	return status;
}

static const char about[] =
	"Compares this program with itself (A/A), and keeps the result for 'compare'\n"
	"and 'ab'. Prints how often a verdict was false, with an exact bound. Use the\n"
	"length of the later comparisons: short ones move more.\n"
	"\n"
	"With --apart, makes separate whole runs, and keeps the median of each benchmark\n"
	"when a run has ended. From four runs on, 'compare' takes its delta for separate\n"
	"runs from that. Six runs also tell how each benchmark moves with the state of\n"
	"the core, by the reference calls beside its windows. What separate runs say holds for\n"
	"one system: with another kernel, other settings of it or another build it starts\n"
	"anew.\n";

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
