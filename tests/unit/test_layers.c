// SPDX-License-Identifier: MIT
/* Stacks of layers: what a user writes, and the order in which they come and go. */
#include <errno.h>
#include <signal.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "measure/layers.h"

static void refuse(const char *text, const char *message)
{
	struct layer_stack stack = { 0 }, before;
	struct err err = { "" };

	assert_int_equal(layer_stack_add(&stack, "seccomp:7", &err), 0);
	before = stack;
	assert_int_equal(layer_stack_add(&stack, text, &err), -EINVAL);
	assert_string_equal(err.text, message);
	assert_memory_equal(&stack, &before, sizeof(stack));
}

static void test_text(void **state)
{
	struct layer_stack stack = { 0 };
	struct err err = { "" };

	(void)state;
	assert_string_equal(stack.text, "");
	assert_int_equal(layer_stack_add(&stack, "seccomp:100", &err), 0);
	assert_int_equal(layer_stack_add(&stack, "test-parent,seccomp:4000", &err), 0);
	assert_string_equal(stack.text, "seccomp:100,test-parent,seccomp:4000");
}

static void test_refused(void **state)
{
	(void)state;
	refuse("", "'' is no layer: the layers are seccomp");
	refuse("seccomp:1,,seccomp:1", "'' is no layer: the layers are seccomp");
	refuse("strace", "'strace' is no layer: the layers are seccomp");
	refuse("seccomp:0",
	       "the layer seccomp is 'seccomp:K', K from 1 to 4000 instructions, "
	       "not '0'");
	refuse("seccomp:1e3",
	       "the layer seccomp is 'seccomp:K', K from 1 to 4000 instructions, "
	       "not '1e3'");
	refuse("seccomp:99999999999999999999",
	       "the layer seccomp is 'seccomp:K', K from 1 to 4000 instructions, "
	       "not '99999999999999999999'");
	refuse("test-parent:1", "the layer test-parent takes no number, not '1'");
	refuse("seccomp:1,seccomp:1,seccomp:1,seccomp:1,seccomp:1,seccomp:1,seccomp:1,"
	       "seccomp:1",
	       "more than 8 layers");
}

static void test_sorted(void **state)
{
	size_t n;
	const struct layer *const *all = layer_all(&n);

	(void)state;
	assert_true(n >= 4);
	for (size_t i = 1; i < n; i++)
		assert_true(strcmp(all[i - 1]->name, all[i]->name) < 0);
	for (size_t i = 0; i < n; i++) {
		assert_non_null(all[i]->summary);
		assert_non_null(all[i]->install);
		/* What stays on the machine must be able to go. */
		assert_true((all[i]->where == LAYER_MACHINE) == (all[i]->remove != NULL));
		/* So that every stack fits into LAYER_STACK_TEXT. */
		assert_true(strlen(all[i]->name) <= 32);
	}
}

static void test_needs(void **state)
{
	struct layer_stack stack = { 0 };
	struct err err = { "" };

	(void)state;
	assert_int_equal(layer_stack_add(&stack, "seccomp:1", &err), 0);
	assert_int_equal(layer_stack_needs(&stack, &err), 0);
	assert_int_equal(layer_stack_add(&stack, "test-refused:3", &err), 0);
	assert_int_equal(layer_stack_needs(&stack, &err), -EPERM);
	assert_string_equal(err.text, "the layer test-refused: refused on purpose (3)");
}

static void test_machine(void **state)
{
	char path[] = "/tmp/test_layers.XXXXXX";
	struct layer_stack stack = { 0 };
	struct err err = { "" };

	(void)state;
	assert_non_null(mkdtemp(path));
	rmdir(path);
	setenv("SYSCOST_TEST_LAYER", path, 1);
	assert_int_equal(layer_stack_add(&stack, "test-machine,seccomp:1", &err), 0);
	assert_int_equal(layer_stack_install(&stack, LAYER_MACHINE, &err), 0);
	assert_int_equal(access(path, F_OK), 0);
	layer_stack_remove(&stack);
	assert_int_equal(access(path, F_OK), -1);
	/* The second one finds the file of the first one; both are gone then. */
	assert_int_equal(layer_stack_add(&stack, "test-machine", &err), 0);
	assert_int_equal(layer_stack_install(&stack, LAYER_MACHINE, &err), -EEXIST);
	assert_string_equal(err.text, "the layer test-machine: no file to make");
	assert_int_equal(access(path, F_OK), -1);
	unsetenv("SYSCOST_TEST_LAYER");
}

/* In the child: install what belongs to a place, and say how it went. */
static int in_a_child(const char *text, enum layer_where where, int then)
{
	struct layer_stack stack = { 0 };
	struct err err = { "" };
	int status;
	pid_t pid = fork();

	if (!pid) {
		if (layer_stack_add(&stack, text, &err) ||
		    layer_stack_install(&stack, where, &err))
			_exit(1);
		if (then < 0)
			raise(-then);
		_exit(then);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void test_places(void **state)
{
	int status;

	(void)state;
	status = in_a_child("seccomp:10,seccomp:20", LAYER_WORKER, 5);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	/* A parent ends as its child ends. */
	status = in_a_child("test-parent", LAYER_PARENT, 6);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 6);
	status = in_a_child("test-parent,test-parent", LAYER_PARENT, -SIGUSR1);
	assert_true(WIFSIGNALED(status) && WTERMSIG(status) == SIGUSR1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_text),	cmocka_unit_test(test_refused),
		cmocka_unit_test(test_sorted),	cmocka_unit_test(test_needs),
		cmocka_unit_test(test_machine), cmocka_unit_test(test_places),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
