// SPDX-License-Identifier: MIT
/* Lines and values of files, as /proc has them. */
#include <errno.h>
#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
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

/* A temporary name that is too long is not cut: that would be another file's name. */
static void test_a_cut_name_removes_nothing(void **state)
{
	char dir[PATH_MAX], other[sizeof("/tmp/syscost-test.XXXXXX/.abc.n")];
	char made[] = "/tmp/syscost-test.XXXXXX";
	const struct file_bytes bytes = { "x", 1 };
	const struct file_part part = { "abc", file_fill_bytes, &bytes };
	struct err err = { 0 };
	FILE *f;

	(void)state;
	assert_non_null(mkdtemp(made));
	snprintf(other, sizeof(other), "%s/.abc.n", made);
	f = fopen(other, "w");
	assert_non_null(f);
	fclose(f);
	/* The folder with so many slashes behind it that ".abc.n" is what fits. */
	memset(dir, '/', sizeof(dir));
	memcpy(dir, made, strlen(made));
	dir[PATH_MAX - 1 - strlen("/.abc.n")] = '\0';
	assert_int_equal(file_write(dir, &part, 1, &err), -ENAMETOOLONG);
	assert_int_equal(access(other, F_OK), 0);
	unlink(other);
	assert_int_equal(rmdir(made), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_value),
		cmocka_unit_test(test_a_cut_name_removes_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
