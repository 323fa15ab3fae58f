// SPDX-License-Identifier: MIT
/* CPU lists as the kernel writes them, and the choice among CPUs. */
#include <errno.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "machine/cpus.h"

/* The set in `text` as numbers between spaces. */
static const char *parsed(const char *text)
{
	static char out[512];
	cpu_set_t set;
	size_t at = 0;

	if (cpus_parse(text, &set))
		return "refused";
	out[0] = '\0';
	for (int i = 0; i < CPU_SETSIZE; i++)
		if (CPU_ISSET(i, &set) && at < sizeof(out))
			at += snprintf(out + at, sizeof(out) - at, at ? " %d" : "%d", i);
	return out;
}

static void test_lists(void **state)
{
	(void)state;
	assert_string_equal(parsed(""), "");
	assert_string_equal(parsed("\n"), "");
	assert_string_equal(parsed("5"), "5");
	assert_string_equal(parsed("0-3,8,10-11\n"), "0 1 2 3 8 10 11");
	assert_string_equal(parsed("7-7"), "7");
	assert_string_equal(parsed("3,1,1-2"), "1 2 3");
	/* The example of the kernel's documentation, cut short: two of every 25. */
	assert_string_equal(parsed("1,2,10-12,100-160:2/25"),
			    "1 2 10 11 12 100 101 125 126 150 151");
	assert_string_equal(parsed("0-9:1/4"), "0 4 8");
	assert_string_equal(parsed("0-3:4/4"), "0 1 2 3");
	/* What does not fit is left out: the machine has more CPUs than a cpu_set_t. */
	assert_string_equal(parsed("1023-5000,99999"), "1023");
}

static void test_refused(void **state)
{
	static const char *const bad[] = {
		",",	   "1,",      ",1",    "1,,2",	  "-1",
		"3-1",	   "1-",      "a",     "1 2",	  " 1",
		"1\n2",	   "1\n\n",   "0-3:",  "0-3:2",	  "0-3:2/",
		"0-3:0/4", "0-3:5/4", "3:1/2", "N",	  "all",
		"0x3",	   "+1",      "1-2-3", "0-3:1/0", "99999999999999999999"
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		cpu_set_t set, before;

		memset(&set, 0x5a, sizeof(set));
		before = set;
		if (cpus_parse(bad[i], &set) != -EINVAL)
			fail_msg("'%s' was taken", bad[i]);
		assert_memory_equal(&set, &before, sizeof(set));
	}
}

static void check(const char *allowed, const char *isolated, int wanted, int cpu,
		  int other)
{
	cpu_set_t a, i;
	int got = -7, got_other = -7;

	assert_int_equal(cpus_parse(allowed, &a), 0);
	assert_int_equal(cpus_parse(isolated, &i), 0);
	assert_int_equal(cpus_choose(&a, &i, wanted, &got, &got_other),
			 cpu == -7 ? -EINVAL : 0);
	assert_int_equal(got, cpu);
	assert_int_equal(got_other, other);
}

static void test_choose(void **state)
{
	(void)state;
	check("0-3", "", -1, 3, 2);
	check("0", "", -1, 0, -1);
	/* An isolated one that is allowed; the peer takes another one, if there is. */
	check("0-7", "2,4", -1, 4, 2);
	check("0-7", "2", -1, 2, 7);
	check("0-3", "2,6-7", -1, 2, 3);
	check("0-3", "6-7", -1, 3, 2);
	/* What was asked for wins; what is not allowed is refused, *cpu untouched. */
	check("0-3", "2", 1, 1, 2);
	check("0-3", "", 4, -7, -7);
	check("0-3", "", CPU_SETSIZE, -7, -7);
	check("0-3", "", 1 << 30, -7, -7);
	check("", "", -1, -7, -7);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_lists),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_choose),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
