// SPDX-License-Identifier: MIT
/* Lines and values of files, as /proc has them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"

/* A key is a whole one: "model" is not the beginning of "model name". */
static void test_value(void **state)
{
	char path[] = "/tmp/syscost-test.XXXXXX", value[16];
	int fd = mkstemp(path);

	(void)state;
	assert_true(fd >= 0);
	assert_true(dprintf(fd, "model name\t: A: B\nmodel\t\t: 167\nmodels: 2\n") > 0);
	close(fd);
	assert_true(file_value(path, "model", value, sizeof(value)));
	assert_string_equal(value, "167");
	assert_true(file_value(path, "model name", value, sizeof(value)));
	assert_string_equal(value, "A: B");
	assert_false(file_value(path, "mode", value, sizeof(value)));
	unlink(path);
	assert_false(file_value(path, "model", value, sizeof(value)));
}

int main(void)
{
	const struct CMUnitTest tests[] = { cmocka_unit_test(test_value) };

	return cmocka_run_group_tests(tests, NULL, NULL);
}
