// SPDX-License-Identifier: MIT
/*
 * Rows found and picked by id: doubles, patterns as `run` has them, text that is freed
 * (under `make sanitize`).
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <cmocka.h>

#include "row/select.h"

static void fill(struct table *t, const char *const *ids)
{
	table_init(t, &round_schema);
	for (int i = 0; ids[i]; i++) {
		struct round_row *r = table_add(t);

		row_set(&r->id, ids[i]);
		r->round = i;
	}
}

/* The ids that are left, with a space behind each, are these. */
static void assert_ids(const struct table *t, const char *ids)
{
	char got[200] = "";

	for (size_t i = 0; i < t->n; i++)
		snprintf(got + strlen(got), sizeof(got) - strlen(got), "%s ",
			 table_row(t, struct round_row, i)->id);
	assert_string_equal(got, ids);
}

static const char *const ids[] = {
	"b/x:n=2", "a/y", "b/x:n=1", "a/y", "c/z", "a/x", NULL
};

static void test_index(void **state)
{
	const void *const *rows;
	struct row_index index;
	struct table t;
	size_t n;

	(void)state;
	fill(&t, ids);
	index_make(&index, &t);
	rows = index_find(&index, "a/y", &n);
	assert_int_equal(n, 2);
	assert_ptr_equal(rows[0], table_row(&t, struct round_row, 1));
	assert_ptr_equal(rows[1], table_row(&t, struct round_row, 3));
	rows = index_find(&index, "c/z", &n);
	assert_int_equal(n, 1);
	assert_ptr_equal(rows[0], table_row(&t, struct round_row, 4));
	assert_null(index_find(&index, "b/x", &n));
	assert_int_equal(n, 0);
	assert_null(index_find(&index, "zz", &n));
	assert_string_equal(index_doubled(&index), "a/y");
	index_free(&index);
	assert_null(index_find(&index, "a/y", &n));
	table_free(&t);
	table_init(&t, &round_schema);
	index_make(&index, &t);
	assert_null(index_doubled(&index));
	index_free(&index);
}

static void picks(const char *left, char *one, char *two)
{
	char *patterns[] = { one, two };
	struct table t, *tables[] = { &t };

	fill(&t, ids);
	assert_null(select_rows(tables, 1, patterns, !!one + !!two));
	assert_ids(&t, left);
	table_free(&t);
}

static void test_patterns(void **state)
{
	(void)state;
	picks("b/x:n=2 a/y b/x:n=1 a/y c/z a/x ", NULL, NULL);
	picks("a/y a/y a/x ", "a/*", NULL);
	picks("b/x:n=2 b/x:n=1 ", "b/x", NULL); /* the id without parameters names all */
	picks("b/x:n=1 ", "b/x:n=1", NULL);
	picks("b/x:n=2 b/x:n=1 c/z ", "!a/*", NULL);
	picks("a/x ", "a/*", "!a/y");
	picks("a/y a/y c/z a/x ", "c/z", "a/*");
}

static void test_no_match(void **state)
{
	char *patterns[] = { "a/*", "none/*" }, *other[] = { "c/z", "!q/*" };
	static const char *const more[] = { "q/q", NULL };
	struct table t, u, *tables[] = { &t, &u };

	(void)state;
	fill(&t, ids);
	fill(&u, more);
	assert_string_equal(select_rows(tables, 2, patterns, 2), "none/*");
	assert_int_equal(t.n, 6); /* as it was */
	assert_int_equal(u.n, 1);
	assert_null(select_rows(tables, 2, other, 2)); /* each matches in one of them */
	assert_ids(&t, "c/z ");
	assert_ids(&u, "");
	table_free(&t);
	table_free(&u);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_index),
		cmocka_unit_test(test_patterns),
		cmocka_unit_test(test_no_match),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
