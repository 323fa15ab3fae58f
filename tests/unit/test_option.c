// SPDX-License-Identifier: MIT
/*
 * Options: what a command line becomes by a table, and what is said where it is wrong.
 */
#include <errno.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "cli/cli.h"
#include "cli/command.h"

struct settings {
	bool force;
	double seconds, delta;
	int cpu;
	unsigned int rounds;
	uint64_t seed;
	enum cli_format format;
	const char *events, *noise, *output;
	struct option_list base;
};

#define FIELD(member) OPTION_FIELD(struct settings, member)

static const struct option_spec options[] = {
	{ "force", 'f', FIELD(force), .help = "do it" },
	{ "seconds", 0, OPTION_NUMBER, "S", 0.5, 100, FIELD(seconds), .help = "time" },
	{ "delta", 0, OPTION_PERCENT, "P", 0, 1000, FIELD(delta), .help = "change" },
	{ "cpu", 0, OPTION_WHOLE, "N", 0, 4095, FIELD(cpu), .help = "where" },
	{ "rounds", 0, OPTION_WHOLE, "N", 1, 4000, FIELD(rounds), .help = "how many" },
	{ "seed", 0, OPTION_WHOLE, "N", FIELD(seed), .help = "chance" },
	{ "format", 0, OPTION_CHOICE, "F", .choice = cli_format_word, FIELD(format),
	  .help = "how" },
	{ "events", 0, OPTION_TEXT, "LIST", FIELD(events), .help = "what" },
	{ "noise", 0, OPTION_FILE, "FILE", FIELD(noise), .help = "a file" },
	{ "output", 'o', OPTION_FOLDER, "DIR", FIELD(output), .help = "a folder" },
	{ "base", 0, OPTION_FOLDER, "DIR", .repeat = true, FIELD(base),
	  .help = "one of several folders, about which this says so much that it has to "
		  "go on in a second line" },
	{ OPTION_END },
};

static const struct command command = {
	.name = "try",
	.usage = "[OPTION…] A [B]",
	.options = options,
	.operand = OPERAND_FOLDER,
	.least = 1,
	.most = 2,
};

static struct settings s;
static char *operands[32];
static size_t n_operands;
static struct err err;

/* Parse words that are separated by a single space each. */
static int parse(const char *line)
{
	static char words[8192];
	char *argv[32] = { "try" }, *rest = words;
	struct call call = { .command = &command, .operands = operands };
	int argc = 1, ret;

	option_free(options, &s);
	s = (struct settings){ .cpu = -1, .delta = NAN };
	err.text[0] = '\0';
	assert_true(strlen(line) < sizeof(words));
	strcpy(words, line);
	while (rest && *line)
		argv[argc++] = strsep(&rest, " ");
	argv[argc] = NULL;
	ret = command_parse(&call, argc, argv, &s, &err);
	n_operands = call.n;
	return ret;
}

static void refuse(const char *line, const char *why)
{
	assert_int_equal(parse(line), -EINVAL);
	assert_string_equal(err.text, why);
}

static void test_every_kind(void **state)
{
	(void)state;
	assert_int_equal(parse("--force --seconds 2.5 --delta 3 --cpu 7 --rounds 4000 "
			       "--seed 18446744073709551615 --format csv --events A,B:u "
			       "--noise n.json --output out --base a --base b in"),
			 0);
	assert_true(s.force);
	assert_float_equal(s.seconds, 2.5, 0);
	assert_float_equal(s.delta, 0.03, 1e-12);
	assert_int_equal(s.cpu, 7);
	assert_int_equal(s.rounds, 4000);
	assert_true(s.seed == UINT64_MAX);
	assert_int_equal(s.format, FORMAT_CSV);
	assert_string_equal(s.events, "A,B:u");
	assert_string_equal(s.noise, "n.json");
	assert_string_equal(s.output, "out");
	assert_int_equal(s.base.n, 2);
	assert_string_equal(s.base.text[0], "a");
	assert_string_equal(s.base.text[1], "b");
}

static void test_what_is_not_given_stays(void **state)
{
	(void)state;
	assert_int_equal(parse("in"), 0);
	assert_int_equal(s.cpu, -1);
	assert_true(isnan(s.delta));
	assert_false(s.force);
	assert_null(s.output);
	assert_int_equal(s.base.n, 0);
}

static void test_ways_of_writing(void **state)
{
	(void)state;
	assert_int_equal(parse("--seconds=3 -o out -f in --cpu=0"), 0);
	assert_float_equal(s.seconds, 3, 0);
	assert_string_equal(s.output, "out");
	assert_true(s.force);
	assert_int_equal(s.cpu, 0);
	assert_int_equal(parse("-oout --noise=a=b in"), 0);
	assert_string_equal(s.output, "out");
	assert_string_equal(s.noise, "a=b");
	/* The start of a name is enough where no other one begins so. */
	assert_int_equal(parse("--sec 4 --forc in"), 0);
	assert_float_equal(s.seconds, 4, 0);
	assert_true(s.force);
	/* The last one counts. */
	assert_int_equal(parse("--cpu 1 --cpu 2 in"), 0);
	assert_int_equal(s.cpu, 2);
	/* What follows an option that takes a value is that value. */
	assert_int_equal(parse("--events --force in"), 0);
	assert_string_equal(s.events, "--force");
	assert_false(s.force);
}

static void test_operands_stand_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse("a --force b"), 0);
	assert_true(s.force);
	assert_int_equal(n_operands, 2);
	assert_string_equal(operands[0], "a");
	assert_string_equal(operands[1], "b");
	assert_int_equal(parse("-- --force -"), 0);
	assert_false(s.force);
	assert_string_equal(operands[0], "--force");
	assert_string_equal(operands[1], "-");
	refuse("", "try wants [OPTION…] A [B]: see 'syscost try --help'");
	refuse("a b c", "try takes no 'c': see 'syscost try --help'");
}

static void test_numbers_are_checked(void **state)
{
	(void)state;
	static const char *const bad[] = { "x",	  "0.4", "101", "nan", "inf",	 "1e999",
					   "0x8", "3s",	 "-1",	"1,5", "--force" };
	char line[64], why[128];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "--seconds %s in", bad[i]);
		snprintf(why, sizeof(why),
			 "--seconds wants a number from 0.5 to 100, not '%s'", bad[i]);
		refuse(line, why);
	}
	refuse("--seconds= in", "--seconds wants a number from 0.5 to 100, not ''");
	refuse("in --seconds", "--seconds wants a number from 0.5 to 100");
	refuse("--delta 1001 in", "--delta wants a number from 0 to 1000, not '1001'");
	assert_int_equal(parse("--seconds 1e2 --delta 0 in"), 0);
	assert_float_equal(s.seconds, 100, 0);
	assert_float_equal(s.delta, 0, 0);
}

static void test_whole_numbers_are_whole(void **state)
{
	(void)state;
	static const char *const bad[] = { "0.5",
					   "1e2",
					   "-1",
					   "+1",
					   "",
					   "0x1",
					   "18446744073709551616",
					   "99999999999999999999999" };
	char line[64], why[160];

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		snprintf(line, sizeof(line), "--seed=%s in", bad[i]);
		snprintf(why, sizeof(why),
			 "--seed wants a whole number from 0 to 18446744073709551615, "
			 "not '%s'",
			 bad[i]);
		refuse(line, why);
	}
	refuse("--cpu 4096 in", "--cpu wants a whole number from 0 to 4095, not '4096'");
	/* 2^32 would be 0 in 32 bits. */
	refuse("--cpu 4294967296 in",
	       "--cpu wants a whole number from 0 to 4095, not '4294967296'");
	refuse("--rounds 0 in", "--rounds wants a whole number from 1 to 4000, not '0'");
	assert_int_equal(s.rounds, 0);
}

static void test_words_are_checked(void **state)
{
	char path[OPTION_PATH_MAX + 32] = "--output ";

	(void)state;
	refuse("--format xml in", "--format wants table, json or csv, not 'xml'");
	refuse("--format tab in", "--format wants table, json or csv, not 'tab'");
	refuse("in --format", "--format wants table, json or csv");
	refuse("--events= in", "--events wants LIST, not ''");
	refuse("--noise= in", "--noise wants FILE, not ''");
	refuse("--base a --base= in", "--base wants DIR, not ''");
	refuse("in -o", "--output wants DIR");
	memset(path + 9, 'a', OPTION_PATH_MAX + 1);
	refuse(path, "--output wants a path of 3800 bytes at most");
	path[9 + OPTION_PATH_MAX] = '\0';
	strcat(path, " in");
	assert_int_equal(parse(path), 0);
}

static void test_flags_take_no_value(void **state)
{
	(void)state;
	refuse("--force=yes in", "--force takes no value, not 'yes'");
	refuse("-fo in", "--force takes no value, not 'o'");
	refuse("--help=x", "--help takes no value, not 'x'");
}

static void test_options_that_are_not_there(void **state)
{
	(void)state;
	refuse("--nonsense in", "there is no option --nonsense: --help lists them");
	refuse("--secnods 3", "there is no option --secnods: did you mean --seconds?");
	refuse("--fromat=csv", "there is no option --fromat: did you mean --format?");
	refuse("--seeds 3", "there is no option --seeds: did you mean --seed?");
	refuse("--Force", "there is no option --Force: did you mean --force?");
	refuse("-x", "there is no option -x: --help lists them");
	refuse("--fo in", "--fo is short for --force and for --format");
	refuse("--se 3 in", "--se is short for --seconds and for --seed");
}

static void test_a_slip_is_near_and_another_word_is_not(void **state)
{
	size_t edits = SIZE_MAX;

	(void)state;
	assert_true(option_nearer("rnu", "run", &edits));
	assert_int_equal(edits, 1);
	assert_false(option_nearer("rnu", "ran", &edits));
	edits = SIZE_MAX;
	assert_false(option_nearer("xyz", "run", &edits));
	assert_false(option_nearer("", "ab", &edits));
	assert_false(option_nearer("exprot", "explain", &edits));
	assert_true(option_nearer("exprot", "export", &edits));
	edits = SIZE_MAX;
	assert_false(option_nearer("a-word-that-is-so-long-that-nobody-can-have-meant-it",
				   "run", &edits));
}

static void test_help_is_asked_for_anywhere(void **state)
{
	(void)state;
	assert_int_equal(parse("--help"), OPTION_WANTS_HELP);
	assert_int_equal(parse("-h"), OPTION_WANTS_HELP);
	assert_int_equal(parse("--cpu 1 a b c --help --nonsense"), OPTION_WANTS_HELP);
	assert_int_equal(parse("-f -h"), OPTION_WANTS_HELP);
	/* Not as a value, nor as an operand. */
	assert_int_equal(parse("--events --help in"), 0);
	assert_int_equal(parse("-- --help"), 0);
}

static void test_help_lists_every_option(void **state)
{
	char *text = NULL, *line, *rest;
	size_t len, lines = 0;
	FILE *out = open_memstream(&text, &len);

	(void)state;
	option_print(out, options);
	fclose(out);
	rest = text;
	assert_string_equal(strsep(&rest, "\n"), "  -f, --force        do it");
	assert_string_equal(strsep(&rest, "\n"), "      --seconds S    time");
	while ((line = strsep(&rest, "\n"))) {
		assert_true(strlen(line) <= 90);
		lines += !!strstr(line, "  --") || !!strstr(line, ", --");
		/* A second line stands below the first. */
		if (strstr(line, "second line"))
			assert_int_equal(strspn(line, " "), 21);
	}
	assert_int_equal(lines, 10);
	free(text);
}

extern const struct command command_run, command_list, command_explain, command_doctor,
	command_batch, command_ab, command_noise, command_compare, command_report,
	command_export, command_complete;

/* A field of another size than its option's value would be overrun. */
static void test_fields_fit_their_options(void **state)
{
	static const struct command *const all[] = {
		&command_run,	 &command_list,	  &command_explain, &command_doctor,
		&command_batch,	 &command_ab,	  &command_noise,   &command_compare,
		&command_report, &command_export, &command_help,    &command_complete,
		&command,
	};

	(void)state;
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		const struct option_spec *o = all[i]->options;

		for (; o; o = option_next(o)) {
			size_t size = sizeof(const char *);

			assert_int_equal(option_has_value(o), o->value != NULL);
			assert_non_null(o->help);
			if (o->kind == OPTION_HELP)
				continue;
			if (o->kind == OPTION_FLAG)
				size = sizeof(bool);
			else if (o->kind == OPTION_NUMBER || o->kind == OPTION_PERCENT)
				size = sizeof(double);
			else if (o->kind == OPTION_CHOICE ||
				 (o->kind == OPTION_WHOLE && o->size == 4))
				size = 4;
			else if (o->kind == OPTION_WHOLE)
				size = 8;
			else if (o->repeat)
				size = sizeof(struct option_list);
			assert_int_equal(o->size, size);
			if (o->kind == OPTION_WHOLE && size == 4)
				assert_true(o->max && o->max <= INT32_MAX);
			if (o->kind == OPTION_CHOICE)
				assert_non_null(o->choice);
			if (all[i] != &command)
				assert_true(o->offset + size <= all[i]->settings_size);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_kind),
		cmocka_unit_test(test_what_is_not_given_stays),
		cmocka_unit_test(test_ways_of_writing),
		cmocka_unit_test(test_operands_stand_anywhere),
		cmocka_unit_test(test_numbers_are_checked),
		cmocka_unit_test(test_whole_numbers_are_whole),
		cmocka_unit_test(test_words_are_checked),
		cmocka_unit_test(test_flags_take_no_value),
		cmocka_unit_test(test_options_that_are_not_there),
		cmocka_unit_test(test_a_slip_is_near_and_another_word_is_not),
		cmocka_unit_test(test_help_is_asked_for_anywhere),
		cmocka_unit_test(test_help_lists_every_option),
		cmocka_unit_test(test_fields_fit_their_options),
	};
	int ret = cmocka_run_group_tests(tests, NULL, NULL);

	option_free(options, &s);
	return ret;
}
