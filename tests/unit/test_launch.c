// SPDX-License-Identifier: MIT
/* What a user writes for an arm, and the command that comes of it. Nothing is started. */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#include "base/err.h"
#include "drive/launch.h"

static void command(const char *text, const char *wanted)
{
	struct err err = { 0 };
	char line[5000] = "";
	const char *argv[LAUNCH_ARGV];
	struct launch arm;

	if (launch_parse(&arm, "head", text, &err))
		fail_msg("%s", err.text);
	assert_string_equal(arm.text, text);
	launch_command(&arm, "/bin/this", "round", argv);
	for (int i = 0; argv[i]; i++) {
		strcat(line, i ? "|" : "");
		strcat(line, argv[i]);
	}
	assert_string_equal(line, wanted);
}

static void refuse(const char *text, const char *wanted)
{
	struct err err = { 0 };
	struct launch arm;

	assert_int_equal(launch_parse(&arm, "head", text, &err), -EINVAL);
	assert_string_equal(err.text, wanted);
}

static void test_commands(void **state)
{
	char real[4096], wanted[4200];

	(void)state;
	assert_non_null(realpath("/bin/true", real)); /* often a link */
	snprintf(wanted, sizeof(wanted), "%s|round", real);
	command("/bin/true", wanted);
	command("self", "/bin/this|round");
	command("exec:strace -f {}", "strace|-f|/bin/this|round");
	command("exec:nice  -n 5", "nice|-n|5|/bin/this|round");
	command("exec:a {} b", "a|/bin/this|round|b");
	command("exec:a b{}; $x", "a|b{};|$x|/bin/this|round"); /* no shell, no parts */
	command("env:LD_BIND_NOW=", "/bin/this|round");
	command("layer:seccomp:4000", "/bin/this|round");
}

static void test_fields(void **state)
{
	struct err err = { 0 };
	struct launch arm;

	(void)state;
	assert_int_equal(launch_parse(&arm, "base", "env:A=b=c", &err), 0);
	assert_string_equal(arm.env, "A=b=c");
	assert_int_equal(launch_parse(&arm, "base", "layer:seccomp:7,test-parent", &err),
			 0);
	assert_int_equal(arm.layers.n, 2);
	assert_string_equal(arm.layers.use[0].layer->name, "seccomp");
	assert_int_equal(arm.layers.use[0].k, 7);
	assert_string_equal(arm.layers.use[1].layer->name, "test-parent");
	assert_string_equal(arm.label, "base");
	assert_null(arm.wrapper[0]);
}

static void test_refused(void **state)
{
	char many[200] = "exec:";

	(void)state;
	for (int i = 0; i < 40; i++)
		strcat(many, "x ");
	refuse("exec: ", "head arm: exec: wants a command, such as 'exec:strace -f {}'");
	refuse(many, "head arm: more than 31 words");
	refuse("env:=x", "head arm: env: wants NAME=VALUE, not '=x'");
	refuse("env:x", "head arm: env: wants NAME=VALUE, not 'x'");
	refuse("layer:seccomp:0",
	       "head arm: the layer seccomp is 'seccomp:K', K from 1 to "
	       "4000 instructions, not '0'");
	refuse("layer:seccomp", "head arm: the layer seccomp is 'seccomp:K', K from 1 to "
				"4000 instructions, not ''");
	refuse("layer:test-parent:3",
	       "head arm: the layer test-parent takes no number, not '3'");
	refuse("layer:ptrace", "head arm: 'ptrace' is no layer: the layers are seccomp");
	refuse("layer:", "head arm: '' is no layer: the layers are seccomp");
	refuse("/no/such", "head arm: '/no/such' is no program (No such file or "
			   "directory): give the path of a syscost, exec:, env:, layer: "
			   "or self");
	refuse("/", "head arm: '/' is no program (Permission denied): give the path of a "
		    "syscost, exec:, env:, layer: or self");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_commands),
		cmocka_unit_test(test_fields),
		cmocka_unit_test(test_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
