// SPDX-License-Identifier: MIT
/* The windows of a row: levels, quantiles, and the reference calls beside them. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/random.h"
#include "drive/record.h"
#include "drive/windows.h"
#include "row/noise.h"

#include "script.h"

#define ROUNDS 60

/* Core cycles of the windows, by round; a clock that moves from round to round. */
static double window_cycles(unsigned int round, unsigned int i, uint64_t *random)
{
	double noise = (double)(random_next(random) >> 11) * 0x1p-53 - 0.5;
	double level = round % 3 ? 450
				 : 437; /* two of three rounds are on the upper one */

	return i % 10 == 9 ? 500 + 100 * noise : level + 0.2 * noise;
}

static struct run run_of(struct registry *reg, struct backend *backend)
{
	struct run run = { .reg = reg, .backend = backend, .quiet_level = 1000 };
	struct trial *t;
	uint64_t random = 1;

	run.plan = calloc(reg->n, sizeof(*run.plan));
	run.trials = calloc(reg->n, sizeof(*run.trials));
	for (size_t i = 0; i < reg->n; i++)
		run.trials[i].variant = &reg->rows[i];
	t = &run.trials[1];
	run.plan[1].wanted = true;
	run.plan[1].n = SCRIPT_N;
	t->outcome.overflow = -1;
	t->n_samples = ROUNDS;
	t->samples = calloc(ROUNDS, sizeof(*t->samples));
	for (unsigned int r = 0; r < ROUNDS; r++) {
		struct sample *s = &t->samples[r];
		double clock = 1.5 + 0.01 * (r % 7);

		*s = (struct sample){ .round = r,
				      .n = SCRIPT_N,
				      .n_windows = 20,
				      .cycles_per_tick = clock };
		for (int k = 0; k < COUNT_MAX; k++)
			s->count[k] = NAN;
		s->windows = calloc(20, sizeof(*s->windows));
		for (unsigned int i = 0; i < 20; i++)
			s->windows[i] = (struct window){
				.ticks = window_cycles(r, i, &random) * SCRIPT_N / clock,
				.probe = (i == 5 ? 2000 : 1000) / clock,
				.drop = i == 6 ? DROP_SWITCH : 0,
				.cpu = -1,
				.rate = clock,
				.ref = { i == 5 ? 900 : 250 + r % 3, i < 18 ? 0 : 270 },
			};
	}
	return run;
}

/* Of windows that were not measured, each sample has its own. */
static void free_run(struct run *run)
{
	for (size_t i = 0; i < run->trials[1].n_samples; i++)
		free(run->trials[1].samples[i].windows);
	run_free(run);
}

static void test_levels_and_quantiles(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds, windows;
	const struct result_row *row;
	const struct window_row *q;

	(void)state;
	script.backend.step = 2;
	run.launch = &launch;
	run.options.precision = 0.01;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, &windows);
	assert_int_equal(results.n, 1);
	row = results.rows;
	assert_string_equal(row->metric, "cycles");
	assert_int_equal(row->levels, 2);
	assert_true(fabs(row->level_low.mid - 437) < 0.1);
	assert_true(fabs(row->level_top.mid - 450) < 0.1);
	assert_true(row->level_top.lo <= row->level_top.mid);
	assert_true(row->level_top.hi - row->level_top.lo < 0.2);
	assert_true(row->level_share > 0.5 && row->level_share < 0.65);
	assert_int_equal(row->median_at, MEDIAN_AT_LEVEL);

	/* Not the window beside a neighbour, nor the one that was dropped. */
	assert_int_equal(windows.n, WINDOW_QUANTILES);
	q = windows.rows;
	assert_string_equal(q[0].id, row->id);
	assert_true(q[0].share == 0 && q[WINDOW_QUANTILES - 1].share == 1);
	assert_true(fabs(q[0].cycles - 437) < 0.2);
	assert_true(fabs(q[WINDOW_QUANTILES / 2].cycles - 450) < 0.2);
	assert_true(q[WINDOW_QUANTILES - 1].cycles > 480);
	for (int i = 1; i < WINDOW_QUANTILES; i++)
		assert_true(q[i].cycles >= q[i - 1].cycles);
	table_free(&results);
	table_free(&rounds);
	table_free(&windows);
	free_run(&run);
	script_registry_free(&reg);
}

/* The median over quiet windows; with fewer than three of them there is none. */
static void test_references_of_a_round(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds;

	(void)state;
	run.launch = &launch;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, NULL);
	assert_int_equal(rounds.n, ROUNDS);
	for_rows (round_row, r, &rounds) {
		assert_true(r->ref_enosys == 250 + r->round % 3);
		assert_true(isnan(r->ref_getuid));
	}
	table_free(&results);
	table_free(&rounds);
	free_run(&run);
	script_registry_free(&reg);
}

/* What sleeps is measured in time: it has no levels of cycles. */
static void test_time_has_no_levels(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds, windows;
	const struct result_row *row;

	(void)state;
	((struct bench *)reg.rows[1].bench)->flags = BENCH_BLOCKS;
	run.launch = &launch;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, &windows);
	row = results.rows;
	assert_string_equal(row->metric, "time");
	assert_int_equal(row->levels, -1);
	assert_true(isnan(row->level_low.mid) && row->median_at == MEDIAN_AT_NONE);
	assert_int_equal(windows.n, 0);
	table_free(&results);
	table_free(&rounds);
	table_free(&windows);
	free_run(&run);
	script_registry_free(&reg);
}

/* With too few windows nobody looks for levels: that is not the same as none. */
static void test_few_windows(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds, windows;
	const struct result_row *row;

	(void)state;
	for (unsigned int r = 1; r < ROUNDS; r++)
		free(run.trials[1].samples[r].windows);
	run.trials[1].n_samples = 1;
	run.launch = &launch;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, &windows);
	row = results.rows;
	assert_string_equal(row->metric, "cycles");
	assert_int_equal(row->levels, -1);
	assert_true(isnan(row->level_low.mid) && row->median_at == MEDIAN_AT_NONE);
	assert_int_equal(windows.n, WINDOW_QUANTILES);
	table_free(&results);
	table_free(&rounds);
	table_free(&windows);
	free_run(&run);
	script_registry_free(&reg);
}

/*
 * Half of the rounds are on each level, and those on the upper one have more windows. So
 * the figure of the row is between them, though most windows are on the upper one.
 */
static void test_place_of_the_figure(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds;
	const struct result_row *row;

	(void)state;
	for (unsigned int r = 0; r < ROUNDS; r++) {
		struct sample *s = &run.trials[1].samples[r];
		double level = r % 2 ? 450 : 437;

		s->n_windows = r % 2 ? 20 : 12;
		for (unsigned int i = 0; i < s->n_windows; i++)
			s->windows[i].ticks = level * SCRIPT_N / s->cycles_per_tick;
	}
	script.backend.step = 2;
	run.launch = &launch;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, NULL);
	row = results.rows;
	assert_int_equal(row->levels, 2);
	assert_true(row->level_share > 0.5 && fabs(row->level_top.mid - 450) < 1);
	assert_true(row->cycles.mid > 438 && row->cycles.mid < 449);
	assert_int_equal(row->median_at, MEDIAN_AT_BETWEEN);
	table_free(&results);
	table_free(&rounds);
	free_run(&run);
	script_registry_free(&reg);
}

/* At the state itself, with slopes of 0, it is the same figure and interval. */
static void test_figure_at_the_state(void **state)
{
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds;
	const struct result_row *row;
	struct noise noise;

	(void)state;
	noise_init(&noise, "0123456789abcdef");
	noise_add_apart(&noise, "made/0000", "cycles", 450);
	noise.rows[0].reference = (struct noise_reference){ .known = true, .runs = 7 };
	noise.state[0] = 250;
	noise.state[1] = 270;
	for (unsigned int r = 0; r < ROUNDS; r++)
		for (unsigned int i = 0; i < 20; i++) {
			struct window *w = &run.trials[1].samples[r].windows[i];

			w->ref[0] = 250;
			w->ref[1] = 270;
		}
	script.backend.step = 100;
	run.launch = &launch;
	run.options.noise = &noise;
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, NULL);
	row = results.rows;
	assert_true(row->cycles.lo < row->cycles.mid && row->cycles.mid < row->cycles.hi);
	assert_true(fabs(row->cycles_ref.mid - row->cycles.mid) < 1e-9);
	assert_true(fabs(row->cycles_ref.lo - row->cycles.lo) < 1e-9);
	assert_true(fabs(row->cycles_ref.hi - row->cycles.hi) < 1e-9);
	table_free(&results);
	table_free(&rounds);
	noise_free(&noise);
	free_run(&run);
	script_registry_free(&reg);
}

/* A row that does not come out again in separate runs is noisy, however precise. */
static void test_separate_runs_differ(void **state)
{
	static const double apart[] = { 440, 442, 463, 441 };
	struct script script = script_make();
	struct registry reg = script_registry(1);
	struct run run = run_of(&reg, &script.backend), *runs[] = { &run };
	struct launch launch = { 0 };
	struct table results, rounds;
	const struct result_row *row;
	struct noise noise;

	(void)state;
	noise_init(&noise, "0123456789abcdef");
	strcpy(noise.own, "one");
	for (size_t i = 0; i < 4; i++)
		noise_add_apart(&noise, "made/0000", "cycles", apart[i]);
	run.launch = &launch;
	run.options.noise = &noise;
	run.options.precision = 0.05; /* the two levels are 3 % apart */
	run_finish(runs, 1);
	record_rows(&run, &results, &rounds, NULL);
	row = results.rows;
	assert_int_equal(row->status, ROW_NOISY);
	assert_string_equal(row->reason, "separate runs of it differed by 5.2 %");
	assert_true(row->cycles.mid > 400);
	table_free(&results);
	table_free(&rounds);
	/* On another system nothing is known. */
	strcpy(noise.own, "another");
	record_rows(&run, &results, &rounds, NULL);
	row = results.rows;
	assert_int_equal(row->status, ROW_OK);
	table_free(&results);
	table_free(&rounds);
	noise_free(&noise);
	free_run(&run);
	script_registry_free(&reg);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_levels_and_quantiles),
		cmocka_unit_test(test_references_of_a_round),
		cmocka_unit_test(test_time_has_no_levels),
		cmocka_unit_test(test_few_windows),
		cmocka_unit_test(test_place_of_the_figure),
		cmocka_unit_test(test_figure_at_the_state),
		cmocka_unit_test(test_separate_runs_differ),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
