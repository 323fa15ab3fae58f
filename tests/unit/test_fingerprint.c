// SPDX-License-Identifier: MIT
/* Environment records written by hand: fingerprints, classes, differences in words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

#include "row/fingerprint.h"

#define OLD_FLAGS "-O2 -fno-stack-protector"
#define NEW_FLAGS "-O2 -g -O2 -fno-stack-protector -std=gnu11"

static json_t *record(void)
{
	return json_pack("{s:s, s:s, s:s, s:{s:s}}", "model name", "X", "kernel", "6.1",
			 "cpus online", "0-1", "vulnerabilities", "mds", "Not affected");
}

static void set(json_t *env, const char *key, const char *text)
{
	json_object_set_new(env, key, json_string(text));
}

/* FNV-1a by its authors' test vectors. */
static void test_hash(void **state)
{
	char out[FINGERPRINT_SIZE];

	(void)state;
	fingerprint_text("", out);
	assert_string_equal(out, "cbf29ce484222325");
	fingerprint_text("foobar", out);
	assert_string_equal(out, "85944171f73967e8");
}

static void test_differences(void **state)
{
	json_t *a = record(), *b = record();
	char text[200];

	(void)state;
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 0);
	assert_string_equal(text, "");
	set(b, "kernel", "6.12");
	set(json_object_get(b, "vulnerabilities"), "mds", "Vulnerable\n");
	set(b, "smt", "on");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 3);
	assert_string_equal(text, "kernel: '6.1' against '6.12'; mds: 'Not affected' "
				  "against 'Vulnerable?'; smt: nothing against 'on'");
	assert_int_equal(env_differences(a, b, text, 20), 3);
	assert_true(strlen(text) < 20);
	json_decref(a);
	json_decref(b);
}

/* A mitigation that only one of the kernels knows. */
static void test_vulnerability_of_one(void **state)
{
	json_t *a = record(), *b = record();
	char text[200];

	(void)state;
	set(json_object_get(b, "vulnerabilities"), "tsa", "Vulnerable");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 1);
	assert_string_equal(text, "tsa: nothing against 'Vulnerable'");
	assert_int_equal(env_differences(b, a, text, sizeof(text)), 1);
	assert_string_equal(text, "tsa: 'Vulnerable' against nothing");
	json_decref(a);
	json_decref(b);
}

/* Another kernel: another fingerprint, the same class. */
static void test_class(void **state)
{
	json_t *a = record(), *b = record();
	char x[FINGERPRINT_SIZE], y[FINGERPRINT_SIZE];

	(void)state;
	set(b, "kernel", "6.12");
	env_fingerprint(a, x);
	env_fingerprint(b, y);
	assert_string_not_equal(x, y);
	env_machine_class(a, x);
	env_machine_class(b, y);
	assert_string_equal(x, y);
	set(b, "cpus online", "0-3");
	env_machine_class(b, y);
	assert_string_not_equal(x, y);
	json_decref(a);
	json_decref(b);
}

/* Other flags, or another compiler, are other loops: other fingerprint, a difference. */
static void test_build(void **state)
{
	json_t *a = record(), *b = record();
	char x[FINGERPRINT_SIZE], y[FINGERPRINT_SIZE], text[200];

	(void)state;
	set(a, "flags", NEW_FLAGS);
	set(b, "flags", "-march=native " NEW_FLAGS);
	set(a, "compiler", "12.2.0");
	set(b, "compiler", "12.2.0");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 1);
	assert_string_equal(text, "flags: '" NEW_FLAGS
				  "' against '-march=native " NEW_FLAGS "'");
	env_fingerprint(a, x);
	env_fingerprint(b, y);
	assert_string_not_equal(x, y);
	set(b, "flags", NEW_FLAGS);
	env_fingerprint(b, y);
	assert_string_equal(x, y);
	set(b, "compiler", "Clang 14");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 1);
	env_fingerprint(b, y);
	assert_string_not_equal(x, y);
	env_machine_class(a, x);
	env_machine_class(b, y);
	assert_string_equal(x, y);
	json_decref(a);
	json_decref(b);
}

/* What an older record does not tell is no difference. */
static void test_older_record(void **state)
{
	json_t *a = record(), *b = record();
	char text[200];

	(void)state;
	set(b, "flags", NEW_FLAGS);
	set(b, "compiler", "12.2.0");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 0);
	set(a, "flags", OLD_FLAGS);
	json_object_set_new(a, "compiler", json_null());
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 0);
	assert_int_equal(env_differences(b, a, text, sizeof(text)), 0);
	set(a, "compiler", "11.1.0");
	assert_int_equal(env_differences(a, b, text, sizeof(text)), 1);
	assert_string_equal(text, "compiler: '11.1.0' against '12.2.0'");
	json_decref(a);
	json_decref(b);
}

/* A system is another one with another kernel, and with another build. */
static void test_system(void **state)
{
	json_t *env = record();
	char first[FINGERPRINT_SIZE], now[FINGERPRINT_SIZE], print[FINGERPRINT_SIZE];

	(void)state;
	env_system(env, first);
	assert_int_equal(strlen(first), 16);
	set(env, "hostname", "elsewhere");
	env_system(env, now);
	assert_string_equal(now, first);
	set(env, "build id", "1234");
	env_fingerprint(env, print);
	env_system(env, now);
	assert_string_not_equal(now, first);
	set(env, "build id", "1235");
	env_system(env, first);
	assert_string_not_equal(now, first);
	set(env, "build id", "1234");
	env_system(env, first);
	assert_string_equal(now, first);
	set(env, "kernel", "6.12");
	env_system(env, now);
	assert_string_not_equal(now, first);
	json_decref(env);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash),
		cmocka_unit_test(test_differences),
		cmocka_unit_test(test_vulnerability_of_one),
		cmocka_unit_test(test_class),
		cmocka_unit_test(test_build),
		cmocka_unit_test(test_system),
		cmocka_unit_test(test_older_record),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
