// SPDX-License-Identifier: MIT
/*
 * The registry: descriptors become rows, patterns choose among them, and what is written
 * wrongly in a descriptor is refused with its id. Also the names of system calls.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "measure/calls.h"
#include "measure/registry.h"
#include "measure/support.h"

BATCH_OP(nothing, run->want)

#define BENCH_LIKE(ident, ...)                                            \
	static const struct bench ident = { .desc = "a row of this test", \
					    .batch = batch_nothing,       \
					    __VA_ARGS__ }

/* Make rows of these, and print their ids with what each is read against. */
static int make(struct registry *reg, char *text, struct err *err,
		const struct bench *const *benches)
{
	size_t n = 0;
	int ret;

	while (benches[n])
		n++;
	ret = registry_make(reg, benches, n, err);
	for (size_t i = 0; i < reg->n && !ret && text; i++)
		text += sprintf(text, "%s<%s> ", reg->rows[i].id, reg->rows[i].base);
	return ret;
}

static void becomes(const char *rows, const struct bench *const *benches)
{
	struct registry reg;
	char text[2000] = "";
	struct err err = { "" };

	assert_int_equal(make(&reg, text, &err, benches), 0);
	assert_string_equal(err.text, "");
	assert_string_equal(text, rows);
	registry_free(&reg);
}

#define BECOMES(rows, ...) \
	becomes(rows, (const struct bench *const[]){ __VA_ARGS__, NULL })

static void is_refused(const char *why, const struct bench *const *benches)
{
	struct registry reg;
	struct err err = { "" };

	assert_int_equal(make(&reg, NULL, &err, benches), -EINVAL);
	assert_string_equal(err.text, why);
	registry_free(&reg);
}

#define IS_REFUSED(why, ...) \
	is_refused(why, (const struct bench *const[]){ __VA_ARGS__, NULL })

BENCH_LIKE(plain, .id = "b/plain");
BENCH_LIKE(early, .id = "a/early", .base = "b/plain");
BENCH_LIKE(batch, .id = "b/batch", .params = "batch=8,1 bytes=64", .base = "b/one");
BENCH_LIKE(one, .id = "b/one", .params = "batch=1,4 bytes=64");
BENCH_LIKE(same, .id = "c/same", .params = "batch=4 bytes=64", .base = "b/one");
BENCH_LIKE(other, .id = "d/other", .params = "batch=1,2 bytes=4; batch=1 bytes=8");
BENCH_LIKE(own, .id = "d/own", .params = "batch=1,2 bytes=4", .base = "d/own");

static void test_rows_are_sorted_and_named(void **state)
{
	(void)state;
	BECOMES("a/early<b/plain> b/plain<> ", &plain, &early);
	BECOMES("d/other:batch=1:bytes=4<> d/other:batch=1:bytes=8<> "
		"d/other:batch=2:bytes=4<> ",
		&other);
}

/* The row itself, the one with the same parameters, or the one with batch=1. */
static void test_base_is_a_row(void **state)
{
	(void)state;
	BECOMES("b/batch:batch=1<b/one:batch=1> b/batch:batch=8<b/one:batch=1> "
		"b/one:batch=1<> b/one:batch=4<> ",
		&batch, &one);
	BECOMES("d/own:batch=1<> d/own:batch=2<d/own:batch=1> ", &own);
}

/* "c/same" has one batch, so that its id does not say so: it is not "b/one:batch=4". */
static void test_base_by_parameters(void **state)
{
	(void)state;
	BECOMES("b/one:batch=1<> b/one:batch=4<> c/same<b/one:batch=1> ", &same, &one);
}

static void test_a_row_has_its_parameters(void **state)
{
	const struct bench *const benches[] = { &batch, &one, NULL };
	const struct variant *v;
	struct registry reg;

	(void)state;
	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	v = registry_find(&reg, "b/batch:batch=8");
	assert_non_null(v);
	assert_string_equal(v->group, "b");
	assert_string_equal(v->name, "batch:batch=8");
	assert_string_equal(v->params, "batch=8 bytes=64");
	assert_int_equal(v->ops, 8);
	assert_int_equal(v->param[1], 64);
	assert_null(registry_find(&reg, "b/batch"));
	assert_null(registry_find(&reg, "b/batch:batch=2"));
	registry_free(&reg);
}

BENCH_LIKE(thrice, .id = "a/thrice", .params = "batch=8 bytes=1", .ops = 3);

/* Operations an iteration that the descriptor says itself are not its batch. */
static void test_ops(void **state)
{
	const struct bench *const benches[] = { &plain, &thrice, NULL };
	struct registry reg;

	(void)state;
	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	assert_int_equal(registry_find(&reg, "a/thrice")->ops, 3);
	assert_int_equal(registry_find(&reg, "b/plain")->ops, 1);
	registry_free(&reg);
}

#define VALUES_24 "1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24"

BENCH_LIKE(most, .id = "a/most", .params = "a=" VALUES_24 " b=1 c=1 d=1");

static void test_as_much_as_there_may_be(void **state)
{
	const struct bench *const benches[] = { &most, NULL };
	struct registry reg;

	(void)state;
	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	assert_int_equal(reg.n, 24);
	assert_non_null(registry_find(&reg, "a/most:a=24"));
	registry_free(&reg);
}

BENCH_LIKE(no_slash, .id = "plain");
BENCH_LIKE(no_group, .id = "/plain");
BENCH_LIKE(no_name, .id = "a/");
BENCH_LIKE(long_group, .id = "a-group-with-a-name-of-32-octets/plain");
BENCH_LIKE(capital, .id = "a/Plain");
BENCH_LIKE(dot, .id = "a/plain.c");
BENCH_LIKE(lost, .id = "a/lost", .base = "no/such");
BENCH_LIKE(no_value, .id = "a/no-value", .params = "batch");
BENCH_LIKE(no_number, .id = "a/no-number", .params = "batch=x");
BENCH_LIKE(no_param, .id = "a/no-param", .params = "=1");
BENCH_LIKE(long_param, .id = "a/long-param", .params = "sixteen-letters-=1");
BENCH_LIKE(many_names, .id = "a/many-names", .params = "a=1 b=1 c=1 d=1 e=1");
BENCH_LIKE(many_values, .id = "a/many-values", .params = "a=" VALUES_24 ",25");
/* One byte more than there is room for, with the NUL. */
#define TOO_LONG                                                      \
	"a/a-name-that-goes-on-and-on-and-on-and-on-and-on-until-it-" \
	"is-so-long-that-it-has-no-room-in-row"
BENCH_LIKE(too_long, .id = TOO_LONG);
BENCH_LIKE(long_base, .id = "a/long-base", .base = TOO_LONG);
BENCH_LIKE(no_call, .id = "a/no-call", .calls = "open nonesuch close");
static const struct bench no_desc = { .id = "a/no-desc", .batch = batch_nothing },
			  no_batch = { .id = "a/no-batch", .desc = "no loop" },
			  no_id = { .desc = "no id", .batch = batch_nothing };

static void test_mistakes_are_refused(void **state)
{
	(void)state;
	is_refused("no benchmark was linked in", (const struct bench *const[]){ NULL });
	IS_REFUSED("benchmark '?': it has no id", &no_id);
	IS_REFUSED("benchmark 'a/no-desc': desc and batch are required", &no_desc);
	IS_REFUSED("benchmark 'a/no-batch': desc and batch are required", &no_batch);
	IS_REFUSED("benchmark 'plain': the id must be group/name", &no_slash);
	IS_REFUSED("benchmark '/plain': the id must be group/name", &no_group);
	IS_REFUSED("benchmark 'a/': the id must be group/name", &no_name);
	IS_REFUSED("benchmark 'a-group-with-a-name-of-32-octets/plain': the id must be "
		   "group/name",
		   &long_group);
	IS_REFUSED(
		"benchmark 'a/Plain': the id has a character that is not a-z, 0-9, '_' "
		"or '-'",
		&capital);
	IS_REFUSED("benchmark 'a/plain.c': the id has a character that is not a-z, 0-9, "
		   "'_' or '-'",
		   &dot);
	IS_REFUSED("benchmark 'b/plain': this id is taken", &plain, &early, &plain);
	IS_REFUSED("benchmark 'a/lost': its base is not a row", &lost);
	IS_REFUSED("benchmark 'a/no-value': bad params", &no_value);
	IS_REFUSED("benchmark 'a/no-number': bad params", &no_number);
	IS_REFUSED("benchmark 'a/no-param': bad params", &no_param);
	IS_REFUSED("benchmark 'a/long-param': bad params", &long_param);
	IS_REFUSED("benchmark 'a/many-names': bad params", &many_names);
	IS_REFUSED("benchmark 'a/many-values': too many values of a parameter",
		   &many_values);
	assert_int_equal(sizeof(TOO_LONG), VARIANT_ID_MAX + 1);
	IS_REFUSED("benchmark '" TOO_LONG "': id or params too long", &too_long);
	IS_REFUSED("benchmark 'a/long-base': id or params too long", &long_base);
	IS_REFUSED("benchmark 'a/no-call': no CPU has a system call nonesuch", &no_call);
}

BENCH_LIKE(hidden, .id = "t/hidden", .flags = BENCH_TEST);

/*
 * Which rows the patterns choose of early, batch=1, batch=8, one=1, one=4, plain, hidden.
 */
static void chooses(const char *digits, const char *first, const char *second)
{
	const struct bench *const benches[] = { &plain, &early,	 &batch,
						&one,	&hidden, NULL };
	char *patterns[] = { (char *)first, (char *)second };
	char got[8] = "";
	bool chosen[7];
	struct registry reg;

	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	assert_int_equal(reg.n, 7);
	assert_null(
		registry_select(&reg, patterns, !!first + !!second, BENCH_TEST, chosen));
	for (size_t i = 0; i < reg.n; i++)
		got[i] = '0' + chosen[i];
	assert_string_equal(got, digits);
	registry_free(&reg);
}

static void test_patterns_choose(void **state)
{
	(void)state;
	chooses("1111110", NULL, NULL);
	chooses("0111110", "b/*", NULL);
	chooses("0110000", "b/batch", NULL); /* the bare id names all of its rows */
	chooses("0010000", "b/batch:batch=8", NULL);
	chooses("1000000", "!b/*", NULL);
	chooses("0101010", "b/*", "!*=[48]");
	chooses("1111110", "*", NULL); /* hidden rows must be named by their family */
	chooses("0000001", "t/*", NULL);
	chooses("0000000", "t/*", "!*dden"); /* and may be left out by any */
}

static void test_a_pattern_without_a_row(void **state)
{
	const struct bench *const benches[] = { &plain, NULL };
	char *patterns[] = { (char *)"b/*", (char *)"no/*" };
	struct registry reg;
	bool chosen[1];

	(void)state;
	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	assert_string_equal(registry_select(&reg, patterns, 2, 0, chosen), "no/*");
	registry_free(&reg);
}

/* What is linked in is without a mistake: it would abort. */
static void test_linked_in(void **state)
{
	struct registry reg;
	struct variant v;

	(void)state;
	registry_load(&reg);
	assert_non_null(registry_find(&reg, "null/getppid-inline"));
	assert_true(registry_row("poll/poll:fds=16:ready=1", &v));
	assert_int_equal(v.param[0], 16);
	assert_false(registry_row("poll/poll:fds=17:ready=1", &v));
	assert_false(registry_row("no/such", &v));
	/* By its id alone, every row is found as it is. */
	for (size_t i = 0; i < reg.n; i++) {
		assert_true(registry_row(reg.rows[i].id, &v));
		assert_ptr_equal(v.bench, reg.rows[i].bench);
		assert_memory_equal(v.param, reg.rows[i].param, sizeof(v.param));
	}
	registry_free(&reg);
}

static void test_names_of_calls(void **state)
{
	char which[CALL_NAME_MAX] = "";

	(void)state;
	assert_int_equal(calls_check("read write", which), 0);
	assert_int_equal(calls_check("read riscv_flush_icache nonesuch", which), -ENOSYS);
	assert_string_equal(which, "riscv_flush_icache");
	assert_int_equal(calls_check("read nonesuch", which), -EINVAL);
	assert_string_equal(which, "nonesuch");
	assert_int_equal(calls_check("rea", which), -EINVAL); /* not a part of a name */
}

/* The row of `b`, which is set up and torn down. */
static struct outcome set_up(const struct bench *b, long *want)
{
	const struct bench *const benches[] = { b, NULL };
	struct registry reg;
	struct running r;

	assert_int_equal(make(&reg, NULL, NULL, benches), 0);
	run_setup(&r, &reg.rows[0], 0, -1, "/nowhere", true);
	*want = r.run.want;
	run_teardown(&r);
	registry_free(&reg);
	return r.run.outcome;
}

static void test_a_call_that_this_cpu_lacks(void **state)
{
	BENCH_LIKE(inlined, .id = "a/inlined", .calls = "read riscv_flush_icache");
	BENCH_LIKE(by_libc, .id = "a/by-libc", .calls = "riscv_flush_icache",
		   .via = VIA_LIBC);
	struct outcome o;
	long want;

	(void)state;
	o = set_up(&inlined, &want);
	assert_int_equal(o.status, OUTCOME_SKIP);
	assert_string_equal(o.reason,
			    "this CPU's Linux has no riscv_flush_icache system call");
	/* The C library may make another one. */
	assert_int_equal(set_up(&by_libc, &want).status, OUTCOME_OK);
}

static void test_wanted_results(void **state)
{
	BENCH_LIKE(any, .id = "a/any");
	BENCH_LIKE(zero, .id = "a/zero", .want = WANT_ZERO);
	BENCH_LIKE(bytes, .id = "a/bytes", .want = WANT_BYTES,
		   .params = "batch=4 bytes=64");
	BENCH_LIKE(value, .id = "a/value", .want = -EAGAIN);
	long want;

	(void)state;
	set_up(&any, &want);
	assert_int_equal(want, BENCH_ANY);
	set_up(&zero, &want);
	assert_int_equal(want, 0);
	set_up(&bytes, &want);
	assert_int_equal(want, 256);
	set_up(&value, &want);
	assert_int_equal(want, -EAGAIN);
}

static int torn_down;

static int give_up(struct bench_run *run)
{
	return bench_fail(run, "half-way");
}

static void count_teardown(struct bench_run *run)
{
	(void)run;
	torn_down++;
}

/* What a failed setup has made is undone, and the reason is its own. */
static void test_a_failed_setup_is_torn_down(void **state)
{
	BENCH_LIKE(fails, .id = "a/fails", .setup = give_up, .teardown = count_teardown);
	BENCH_LIKE(skips, .id = "a/skips", .needs = give_up, .teardown = count_teardown);
	struct outcome o;
	long want;

	(void)state;
	o = set_up(&fails, &want);
	assert_int_equal(o.status, OUTCOME_FAIL);
	assert_string_equal(o.reason, "half-way");
	assert_int_equal(torn_down, 1);
	set_up(&skips, &want); /* its setup never began */
	assert_int_equal(torn_down, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_rows_are_sorted_and_named),
		cmocka_unit_test(test_base_is_a_row),
		cmocka_unit_test(test_base_by_parameters),
		cmocka_unit_test(test_a_row_has_its_parameters),
		cmocka_unit_test(test_ops),
		cmocka_unit_test(test_as_much_as_there_may_be),
		cmocka_unit_test(test_mistakes_are_refused),
		cmocka_unit_test(test_patterns_choose),
		cmocka_unit_test(test_a_pattern_without_a_row),
		cmocka_unit_test(test_linked_in),
		cmocka_unit_test(test_names_of_calls),
		cmocka_unit_test(test_a_call_that_this_cpu_lacks),
		cmocka_unit_test(test_wanted_results),
		cmocka_unit_test(test_a_failed_setup_is_torn_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
