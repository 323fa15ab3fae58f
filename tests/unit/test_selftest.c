// SPDX-License-Identifier: MIT
/* The self-test's verdicts, from figures written by hand. */
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "drive/selftest.h"

static enum selftest_verdict judge(double lo, double hi, double quiet)
{
	struct selftest_line line = { .figure = { (lo + hi) / 2, lo, hi },
				      .low = 0.99,
				      .high = 1.01,
				      .quiet_share = quiet };

	return selftest_judge(&line);
}

static void test_judge(void **state)
{
	(void)state;
	assert_int_equal(judge(0.995, 1.005, 0.9), SELFTEST_PASS);
	assert_int_equal(judge(0.99, 1.01, NAN), SELFTEST_PASS);
	assert_int_equal(judge(0.995, 1.005, 0.1), SELFTEST_NOISY); /* rarely quiet */
	assert_int_equal(judge(0.98, 1.005, 0.9), SELFTEST_NOISY);  /* reaches out */
	assert_int_equal(judge(0.95, 1.05, 0.9), SELFTEST_NOISY);
	assert_int_equal(judge(1.02, 1.05, 0.9), SELFTEST_FAIL);
	assert_int_equal(judge(0.9, 0.98, 0.9), SELFTEST_FAIL);
	assert_int_equal(judge(NAN, NAN, 0.9), SELFTEST_NOISY); /* no interval */
	assert_int_equal(selftest_judge(&(struct selftest_line){ .lacks = "counters" }),
			 SELFTEST_SKIP);
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_judge) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
