// SPDX-License-Identifier: MIT
/*
 * A stored set of samples becomes the same rows, byte for byte: tests/golden/record/
 * holds samples.json and the two tables made from it. `BLESS=1 build/unit/test_record`
 * writes them anew; a change of theirs needs a reason.
 */
#include <jansson.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "bench.h"
#include "drive/record.h"
#include "row/csv.h"

#define GOLDEN	   "tests/golden/record/"
#define GOLDEN_MAX (1 << 20)

static double real(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static const char *text(const json_t *o, const char *key)
{
	return json_string_value(json_object_get(o, key));
}

static void read_sample(struct sample *s, const json_t *from)
{
	const json_t *windows = json_object_get(from, "windows");
	const json_t *count = json_object_get(from, "count");

	*s = (struct sample){ .round = real(from, "round"),
			      .position = real(from, "position"),
			      .faults = real(from, "faults"),
			      .switches = real(from, "switches"),
			      .enters = real(from, "enters"),
			      .cycles_per_tick = real(from, "cycles_per_tick"),
			      .n_windows = json_array_size(windows) };
	for (size_t i = 0; i < COUNT_MAX; i++) {
		const json_t *c = json_array_get(count, i);

		s->count[i] = json_is_number(c) ? json_number_value(c) : NAN;
	}
	s->windows = calloc(s->n_windows, sizeof(*s->windows));
	for (size_t i = 0; i < s->n_windows; i++) {
		const json_t *w = json_array_get(windows, i);

		s->windows[i] = (struct window){
			.ticks = json_integer_value(json_array_get(w, 0)),
			.probe = json_integer_value(json_array_get(w, 1)),
			.drop = json_integer_value(json_array_get(w, 2)),
			.cpu = json_integer_value(json_array_get(w, 3)),
			.rate = s->cycles_per_tick,
		};
	}
}

#define copy(to, text) snprintf(to, sizeof(to), "%s", text)

static void read_row(struct run *run, const json_t *from)
{
	const struct variant *v = registry_find(run->reg, text(from, "id"));
	const json_t *samples = json_object_get(from, "samples");
	const char *status = text(from, "status");
	struct run_plan *plan;
	struct trial *trial;

	assert_non_null(v);
	trial = &run->trials[v - run->reg->rows];
	plan = &run->plan[v - run->reg->rows];
	plan->wanted = true;
	plan->n = real(from, "n");
	trial->outcome.status = !strcmp(status, "ok")	  ? OUTCOME_OK
				: !strcmp(status, "skip") ? OUTCOME_SKIP
							  : OUTCOME_FAIL;
	copy(trial->outcome.reason, text(from, "reason"));
	copy(trial->outcome.mode, text(from, "mode"));
	copy(trial->outcome.asked, text(from, "asked"));
	copy(trial->outcome.in_force, text(from, "in_force"));
	trial->outcome.overflow = real(from, "overflow");
	trial->n_samples = trial->room = json_array_size(samples);
	trial->samples = calloc(trial->room + 1, sizeof(*trial->samples));
	for (size_t i = 0; i < trial->n_samples; i++) {
		read_sample(&trial->samples[i], json_array_get(samples, i));
		trial->samples[i].n = plan->n;
	}
}

static void compare_file(const struct table *t, const char *name)
{
	char path[128], *got = NULL, *want;
	size_t len = 0;
	FILE *out, *f;

	snprintf(path, sizeof(path), GOLDEN "%s", name);
	out = getenv("BLESS") ? fopen(path, "w") : open_memstream(&got, &len);
	assert_non_null(out);
	assert_int_equal(csv_write(out, t), 0);
	fclose(out);
	if (!got)
		return;
	f = fopen(path, "r");
	assert_non_null(f);
	want = calloc(1, GOLDEN_MAX);
	assert_true(fread(want, 1, GOLDEN_MAX - 1, f) < GOLDEN_MAX - 1);
	fclose(f);
	for (size_t line = 1, i = 0; got[i] || want[i]; line += got[i++] == '\n')
		if (got[i] != want[i])
			fail_msg("%s, line %zu: '%.60s' instead of '%.60s'; if that is "
				 "wanted: BLESS=1 build/unit/test_record",
				 path, line, got + i, want + i);
	free(want);
	free(got);
}

/* The backend's clock and counter, as they were when the samples were stored. */
static double now(struct backend *b)
{
	(void)b;
	return 1;
}

static double rate(struct backend *b)
{
	(void)b;
	return 2.596;
}

static void test_samples_become_the_same_rows(void **state)
{
	json_t *from = json_load_file(GOLDEN "samples.json", 0, NULL), *row;
	struct event_list events = { 0 };
	struct run run = { 0 }, *runs[] = { &run };
	struct launch launch = { 0 };
	struct backend backend = { .now = now, .ticks_per_ns = rate };
	struct table results, rounds;
	struct registry reg;
	size_t i;

	(void)state;
	assert_non_null(from);
	registry_load(&reg);
	events_own(&events);
	run.reg = &reg;
	run.options.precision = real(from, "precision");
	run.options.events = &events;
	run.plan = calloc(reg.n, sizeof(*run.plan));
	run.trials = calloc(reg.n, sizeof(*run.trials));
	for (i = 0; i < reg.n; i++) {
		run.trials[i].variant = &reg.rows[i];
		run.trials[i].outcome.overflow = -1;
	}
	json_array_foreach (json_object_get(from, "rows"), i, row)
		read_row(&run, row);
	backend.step = real(from, "step");
	run.launch = &launch;
	run.backend = &backend;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, NULL);
	compare_file(&results, "results.csv");
	compare_file(&rounds, "rounds.csv");
	table_free(&results);
	table_free(&rounds);
	for (i = 0; i < reg.n; i++)
		for (size_t k = 0; k < run.trials[i].n_samples; k++)
			free(run.trials[i].samples[k].windows);
	run_free(&run);
	registry_free(&reg);
	json_decref(from);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_samples_become_the_same_rows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
