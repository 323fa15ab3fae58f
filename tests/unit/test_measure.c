// SPDX-License-Identifier: MIT
/* The measuring stage, driven by a scripted machine and by windows written by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "bench.h"
#include "drive/estimate.h"
#include "measure/live.h"
#include "measure/window.h"

/* A machine on which an iteration takes `cost` ticks, and that warms up if told to. */
struct fake {
	uint64_t cost;
	unsigned int calls, cold, fail_at;
	unsigned int late; /* the window that an interrupt falls into */
};

static int fake_window(void *machine, unsigned long n, struct window *w)
{
	struct fake *f = machine;

	f->calls++;
	if (f->fail_at && f->calls == f->fail_at)
		return BENCH_FAIL;
	*w = (struct window){ .ticks = f->cost * n, .probe = 1000 };
	if (f->calls <= f->cold)
		w->ticks *= 10 - f->calls;
	if (f->calls == f->late)
		w->ticks += 100 * 1000;
	return 0;
}

static struct meter meter(struct fake *f)
{
	return (struct meter){ fake_window, f, 1000, 10, 4000 };
}

static void test_size(void **state)
{
	struct fake cheap = { .cost = 100 }, one = { .cost = 10 * 1000 * 1000 };
	struct fake dear = { .cost = 1000 }, disturbed = { .cost = 100, .late = 3 };
	struct meter m = meter(&cheap);
	unsigned long n;

	(void)state;
	assert_int_equal(window_size(&m, &n), 0);
	/* 250, in whole passes of the loop. */
	assert_int_equal(WINDOW_US * 1000 / 100, 250);
	assert_int_equal(n, 256);
	m = meter(&one);
	assert_int_equal(window_size(&m, &n), 0);
	assert_int_equal(n, 1);
	/* A coarse counter asks for longer windows: 1,000 of its steps. */
	m = meter(&cheap);
	m.step = 1000;
	assert_int_equal(window_size(&m, &n), 0);
	assert_int_equal(n, 10048); /* 1000 * 1000 / 100, in whole passes */
	assert_int_equal(n % WINDOW_MULTIPLE, 0);
	/* Fewer than a pass has: a multiple of the lesser number. */
	m = meter(&dear);
	assert_int_equal(window_size(&m, &n), 0);
	assert_int_equal(n, 32);
	/* A window that an interrupt made longer does not make the others shorter. */
	m = meter(&disturbed);
	assert_int_equal(window_size(&m, &n), 0);
	assert_int_equal(n, 256);
}

static void test_failure_stops(void **state)
{
	struct fake f = { .cost = 100, .fail_at = 3 };
	struct meter m = meter(&f);
	unsigned long n = 0;

	(void)state;
	assert_int_equal(window_size(&m, &n), BENCH_FAIL);
	assert_int_equal(n, 0);
	assert_int_equal(f.calls, 3);
}

static void test_warm_up(void **state)
{
	struct fake cold = { .cost = 100, .cold = 6 }, warm = { .cost = 100 };
	struct meter m = meter(&cold);

	(void)state;
	assert_int_equal(window_warm_up(&m, 10), 0);
	assert_true(cold.calls >= 12);
	m = meter(&warm);
	assert_int_equal(window_warm_up(&m, 10), 0);
	assert_int_equal(warm.calls, 6);
}

static void test_count(void **state)
{
	struct fake f = { .cost = 100 };
	struct meter m = meter(&f);
	struct window w[WINDOWS];
	size_t taken;

	(void)state;
	assert_int_equal(window_count(&m, 25 * 1000), WINDOWS);
	assert_int_equal(window_count(&m, 400 * 1000), 10);
	assert_int_equal(window_count(&m, 1000 * 1000 * 1000), WINDOWS_MIN);
	assert_int_equal(window_take(&m, 250, w, &taken), 0);
	assert_int_equal(taken, WINDOWS);
}

/* One without CPU time. */
#define WINDOW(t, p, d) \
	((struct window){ .ticks = t, .probe = p, .drop = d, .cpu = -1, .rate = 1 })

static void test_sample(void **state)
{
	struct window w[] = { WINDOW(100, 1000, 0),	      WINDOW(102, 1040, 0),
			      WINDOW(104, 1050, 0),	      WINDOW(130, 1200, 0),
			      WINDOW(132, 1200, 0),	      WINDOW(134, 1300, 0),
			      WINDOW(900, 1000, DROP_SWITCH), WINDOW(9, 1000, DROP_CPU) };
	struct sample s = { .n = 1, .windows = w, .n_windows = 8 };
	struct sample_figures f = estimate_sample(&s, 1000);

	(void)state;
	assert_true(f.quiet.ticks == 102 && f.contended.ticks == 132 &&
		    f.all.ticks == 117);
	assert_int_equal(f.n_quiet, 3);
	assert_int_equal(f.dropped, 2);
	assert_int_equal(f.migrated, 1);
	assert_true(isnan(f.cpu));
	for (int i = 0; i < 8; i++)
		w[i].cpu = 50 + i;
	assert_true(estimate_sample(&s, 1000).cpu == 51); /* of the quiet ones alone */
	s.n_windows = 2; /* two quiet windows are not a figure */
	assert_true(isnan(estimate_sample(&s, 1000).quiet.ticks));
}

static void fill(struct sample *s, struct window (*w)[4], size_t n, uint64_t base,
		 uint64_t step)
{
	for (size_t r = 0; r < n; r++) {
		for (int i = 0; i < 4; i++) {
			w[r][i] = WINDOW(base + step * r, 1000, 0);
			w[r][i].rate = 2;
		}
		s[r] = (struct sample){ .round = r,
					.n = 10,
					.windows = w[r],
					.n_windows = 4,
					.faults = 4,
					.cycles_per_tick = 2 };
	}
}

static void test_row_and_ratio(void **state)
{
	struct window wa[10][4], wb[10][4];
	struct sample a[10], b[10];
	const struct sampled all = { a, 10, 1 }, some = { a + 6, 4, 1 },
			     base = { b, 10, 1 };
	struct figure ratio;
	struct estimate e;

	(void)state;
	fill(a, wa, 10, 2000, 200);
	fill(b, wb, 10, 1000, 100);
	estimate_samples(a, 10, 2000);
	assert_int_equal(estimate_row(a, 10, 2, &e), 0);
	assert_true(fabs(e.ticks.mid - 145) < 1e-9);
	assert_true(fabs(e.ticks.lo - 110) < 1e-9 && fabs(e.ticks.hi - 180) < 1e-9);
	assert_true(fabs(e.cycles.mid - 290) < 1e-9);
	assert_true(fabs(e.faults.mid - 2) < 1e-9 && fabs(e.faults.hi - 2) < 1e-9);
	assert_true(e.quiet_share == 1 && e.quiet_rounds == 10);
	assert_true(fabs(e.min - 100) < 1e-9);
	/* Paired: both grow by the same share each round, the ratio does not move. */
	estimate_samples(a, 10, 2000);
	estimate_samples(b, 10, 2000);
	assert_int_equal(estimate_ratio(all, base, true, &ratio), 0);
	assert_true(fabs(ratio.mid - 2) < 1e-9 && fabs(ratio.hi - ratio.lo) < 1e-9);
	/* Rounds that only one of them has do not count. */
	assert_int_equal(estimate_ratio(some, base, false, &ratio), 0);
	assert_true(fabs(ratio.mid - 2) < 1e-9 && isnan(ratio.lo)); /* 4 are few */
}

static void test_quiet_level(void **state)
{
	double probes[100];

	(void)state;
	for (int i = 0; i < 100; i++)
		probes[i] = i < 10 ? 1000 : 1250;
	assert_true(estimate_quiet_level(probes, 100) == 1000);
}

/* Five microseconds in whole passes, and longer with a coarse counter. */
static void test_reference_size(void **state)
{
	static const char *const ids[] = REFERENCE_IDS;
	uint32_t n[REFERENCES];

	(void)state;
	assert_int_equal(live_reference_n(0.1, 1), 64); /* 50 */
	assert_int_equal(live_reference_n(0.05, 1), 112);
	assert_int_equal(live_reference_n(5.0 / 32, 1), 32);
	assert_int_equal(live_reference_n(0.1, 4), 208);
	assert_int_equal(live_reference_n(1, 1), 16);
	assert_int_equal(live_reference_n(1000, 1), 16);
	assert_int_equal(live_reference_n(1e-9, 1), 0);
	assert_int_equal(live_reference_n(0, 1), 0);
	assert_int_equal(live_reference_n(-1, 1), 0);
	assert_int_equal(live_reference_n(NAN, 1), 0);
	/* The real ones, as far as there are any here. */
	live_size_references(1, 1000, n);
	for (size_t i = 0; i < REFERENCES; i++)
		assert_true(n[i] % 16 == 0 && !n[i] == !n[0] && n[i] <= REFERENCE_N_MAX);
	assert_true(live_is_reference(ids[0]) && live_is_reference(ids[1]));
	assert_false(live_is_reference("null/getppid-inline"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_size),	    cmocka_unit_test(test_failure_stops),
		cmocka_unit_test(test_warm_up),	    cmocka_unit_test(test_count),
		cmocka_unit_test(test_sample),	    cmocka_unit_test(test_row_and_ratio),
		cmocka_unit_test(test_quiet_level), cmocka_unit_test(test_reference_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
