// SPDX-License-Identifier: MIT
/*
 * The bytes between driver and worker: they come back as they went, and nothing else
 * does.
 */
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <math.h>
#include <cmocka.h>

#include "base/random.h"
#include "measure/wire.h"

static struct message full_message(void)
{
	struct message msg = { .type = MESSAGE_DONE,
			       .item = 7,
			       .reading = { .outcome = { .status = OUTCOME_SKIP,
							 .overflow = -1,
							 .mode = "punted",
							 .asked = "A B",
							 .in_force = "A",
							 .reason = "caf\xc3\xa9" },
					    .n = 1ull << 40,
					    .faults = 0.25,
					    .switches = -0.0,
					    .enters = 1e300,
					    .n_windows = WINDOWS } };

	for (size_t i = 0; i < COUNT_MAX; i++)
		msg.reading.count[i] = i ? i * 1.5 : NAN;
	for (size_t i = 0; i < WINDOWS; i++)
		msg.reading.windows[i] = (struct window){ .ticks = (UINT64_C(1) << 56) -
								   i,
							  .probe = UINT32_MAX - i,
							  .drop = DROP_STEAL,
							  .cpu = i % 2 ? -1 : INT64_MAX,
							  .rate = 1.5 + i,
							  .ref = { 0, 249.5f } };
	return msg;
}

static size_t put(uint8_t *buf, const struct message *msg)
{
	size_t len = wire_put_message(buf, msg);

	assert_int_equal(wire_length(buf), len - WIRE_PREFIX);
	return len - WIRE_PREFIX;
}

static void test_message(void **state)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX], again[sizeof(buf)];
	struct message msg = full_message(), got = { 0 };
	size_t len = put(buf, &msg);

	(void)state;
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, len, &got), 0);
	assert_int_equal(put(again, &got), len);
	assert_memory_equal(again, buf, WIRE_PREFIX + len);
	assert_int_equal(got.type, MESSAGE_DONE);
	assert_int_equal(got.item, 7);
	assert_int_equal(got.reading.outcome.status, OUTCOME_SKIP);
	assert_int_equal(got.reading.outcome.overflow, -1);
	assert_string_equal(got.reading.outcome.mode, "punted");
	assert_string_equal(got.reading.outcome.asked, "A B");
	assert_string_equal(got.reading.outcome.in_force, "A");
	assert_string_equal(got.reading.outcome.reason, "caf\xc3\xa9");
	assert_true(got.reading.n == 1ull << 40 && signbit(got.reading.switches));
	assert_true(got.reading.faults == 0.25 && got.reading.enters == 1e300);
	assert_true(isnan(got.reading.count[0]) && got.reading.count[2] == 3);
	assert_memory_equal(got.reading.windows, msg.reading.windows,
			    sizeof(msg.reading.windows));
}

static void test_other_messages(void **state)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message ready = { .type = MESSAGE_READY };
	struct message start = { .type = MESSAGE_START, .item = UINT32_MAX }, got;

	(void)state;
	strcpy(ready.reading.outcome.reason, "pinning");
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, put(buf, &ready), &got), 0);
	assert_true(got.type == MESSAGE_READY);
	assert_string_equal(got.reading.outcome.reason, "pinning");
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, put(buf, &start), &got), 0);
	assert_true(got.type == MESSAGE_START && got.item == UINT32_MAX);
}

/* A path of any bytes must not make a table that cannot be stored. */
static void test_not_utf8(void **state)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message ready = { .type = MESSAGE_READY }, got;

	(void)state;
	strcpy(ready.reading.outcome.reason, "/tmp/\xff\xc3: is full");
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, put(buf, &ready), &got), 0);
	assert_string_equal(got.reading.outcome.reason, "/tmp/??: is full");
}

/*
 * Every byte of a message turned over, and every end cut: refused, or read within bounds.
 */
static void test_hostile_message(void **state)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message msg = full_message(), got, before;
	size_t len = put(buf, &msg);
	uint8_t *data = buf + WIRE_PREFIX;
	uint64_t random = 3;

	(void)state;
	memset(&before, 0x5a, sizeof(before));
	for (size_t cut = 0; cut < len; cut++) {
		uint8_t *part = malloc(cut + !cut); /* a sanitizer sees its end */

		memcpy(part, data, cut);
		got = before;
		assert_int_equal(wire_get_message(part, cut, &got), -EPROTO);
		assert_memory_equal(&got, &before, sizeof(got));
		free(part);
	}
	assert_int_equal(wire_get_message(data, len + 1, &got), -EPROTO);
	for (size_t i = 0; i < len; i++) {
		uint8_t was = data[i];

		data[i] = random_next(&random);
		if (!wire_get_message(data, len, &got) && got.type == MESSAGE_DONE) {
			assert_true(got.reading.n_windows <= WINDOWS);
			assert_true(got.reading.outcome.status <= OUTCOME_FAIL);
			assert_true(strlen(got.reading.outcome.reason) <
				    sizeof(got.reading.outcome.reason));
		}
		data[i] = was;
	}
}

static void refuse(const uint8_t *data, size_t len)
{
	struct message got;

	assert_int_equal(wire_get_message(data, len, &got), -EPROTO);
}

static void refuse_message(const struct message *msg)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];

	refuse(buf + WIRE_PREFIX, put(buf, msg));
}

/* Figures that would poison the driver's arithmetic. */
static void test_impossible(void **state)
{
	static const double rates[] = { NAN, INFINITY, 0, -1, 1e6 };
	static const double figures[] = { NAN, INFINITY, -INFINITY };
	struct message msg = full_message();

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		msg.reading.windows[3].rate = rates[i];
		refuse_message(&msg);
	}
	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]); i++) {
		msg = full_message();
		msg.reading.windows[3].ref[1] = figures[i];
		refuse_message(&msg);
		msg = full_message();
		msg.reading.faults = figures[i];
		refuse_message(&msg);
		msg = full_message();
		msg.reading.switches = figures[i];
		refuse_message(&msg);
		msg = full_message();
		msg.reading.enters = figures[i];
		refuse_message(&msg);
	}
	msg = full_message();
	msg.reading.windows[WINDOWS - 1].ticks = (UINT64_C(1) << 56) + 1;
	refuse_message(&msg);
	msg = full_message();
	msg.reading.n = 0;
	refuse_message(&msg);
	msg = full_message();
	msg.reading.outcome.status = OUTCOME_OK;
	msg.reading.n_windows = 0;
	refuse_message(&msg);
	msg = full_message();
	msg.reading.outcome.status = OUTCOME_FAIL + 1;
	refuse_message(&msg);
	msg = (struct message){ .type = MESSAGE_DONE + 1 };
	refuse_message(&msg);
}

#define WINDOW_BYTES 48
#define MODE_AT	     14 /* behind type, item, status and overflow: its length */

/* What our encoder never writes: other counts, texts that are too long or end early. */
static void test_impossible_bytes(void **state)
{
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX], *data = buf + WIRE_PREFIX;
	struct message msg = full_message();
	const size_t more = sizeof(msg.reading.outcome.mode);
	size_t len = put(buf, &msg), windows_at = len - WINDOWS * WINDOW_BYTES - 1;
	size_t counts_at = windows_at - COUNT_MAX * sizeof(double) - 1;

	(void)state;
	assert_int_equal(data[windows_at], WINDOWS);
	memcpy(data + len, data + len - WINDOW_BYTES, WINDOW_BYTES);
	data[windows_at]++;
	refuse(data, len + WINDOW_BYTES);
	data[windows_at]--;
	assert_int_equal(data[counts_at], COUNT_MAX);
	data[counts_at]--;
	refuse(data, len);

	msg.type = MESSAGE_READY;
	len = put(buf, &msg);
	assert_int_equal(data[MODE_AT], strlen("punted"));
	data[MODE_AT + 2 + 1] = '\0';
	refuse(data, len);

	msg.reading.outcome.mode[0] = '\0';
	len = put(buf, &msg);
	memmove(data + MODE_AT + 2 + more, data + MODE_AT + 2, len - MODE_AT - 2);
	memset(data + MODE_AT + 2, 'x', more);
	data[MODE_AT] = more;
	refuse(data, len + more);
}

static void test_length(void **state)
{
	static const uint8_t most[] = { 0, WIRE_MESSAGE_MAX >> 8, 0, 0 };
	static const uint8_t more[] = { 1, WIRE_MESSAGE_MAX >> 8, 0, 0 };
	static const uint8_t huge[] = { 0xff, 0xff, 0xff, 0xff };

	(void)state;
	assert_int_equal(wire_length(most), WIRE_MESSAGE_MAX);
	assert_int_equal(wire_length(more), 0);
	assert_int_equal(wire_length(huge), 0);
}

static void write_plan(const struct plan *plan, char **data, size_t *len)
{
	FILE *out = open_memstream(data, len);

	assert_non_null(out);
	assert_int_equal(wire_write_plan(out, plan), 0);
	fclose(out);
}

/* A plan with everything in it; `items` has room for two. */
static struct plan full_plan(struct plan_item *items)
{
	struct plan plan = { .cpu = 3,
			     .other_cpu = -1,
			     .step = 26,
			     .probe_passes = 1601,
			     .round_us = 1500,
			     .reference_n = { 64, 48 },
			     .ticks_per_us = 2596.5,
			     .dir = "/tmp/x",
			     .layers = "seccomp:100",
			     .n_items = 2,
			     .items = items };

	items[0] = (struct plan_item){ "null/getppid-inline", 128, 0 };
	items[1] = (struct plan_item){ "write/pipe:batch=4", 0, 99 };
	events_own(&plan.events);
	return plan;
}

static void test_plan(void **state)
{
	struct plan_item items[2];
	struct plan plan = full_plan(items), got = { 0 };
	char *data;
	size_t len;

	(void)state;
	write_plan(&plan, &data, &len);
	assert_int_equal(wire_read_plan(data, len, &got), 0);
	assert_true(got.cpu == 3 && got.other_cpu == -1 && got.step == 26);
	assert_true(got.reference_n[0] == 64 && got.reference_n[1] == 48);
	assert_true(got.round_us == 1500 && got.probe_passes == 1601 &&
		    got.ticks_per_us == 2596.5);
	assert_string_equal(got.dir, "/tmp/x");
	assert_string_equal(got.layers, "seccomp:100");
	assert_memory_equal(&got.events, &plan.events, sizeof(got.events));
	assert_int_equal(got.n_items, 2);
	assert_memory_equal(got.items, items, sizeof(items));
	wire_free_plan(&got);
	free(data);
}

static void refuse_plan(const void *data, size_t len, int why)
{
	struct plan got, before;

	memset(&before, 0x5a, sizeof(before));
	got = before;
	assert_int_equal(wire_read_plan(data, len, &got), why);
	assert_memory_equal(&got, &before, sizeof(got));
}

/* Cut short, too long, of another version; every byte of it turned over. */
static void test_hostile_plan(void **state)
{
	struct plan_item items[2];
	struct plan plan = full_plan(items), got;
	uint64_t random = 3;
	char *data;
	size_t len;

	(void)state;
	write_plan(&plan, &data, &len);
	data = realloc(data, len + 1);
	data[len] = '\0';
	refuse_plan(data, len + 1, -EPROTO);
	for (size_t cut = 0; cut < len; cut++) {
		char *part = malloc(cut + !cut); /* a sanitizer sees its end */

		memcpy(part, data, cut);
		refuse_plan(part, cut, cut < 4 || cut >= 8 ? -EPROTO : -EBADMSG);
		free(part);
	}
	for (size_t i = 0; i < len; i++) {
		char was = data[i];

		data[i] = random_next(&random);
		if (!wire_read_plan(data, len, &got)) {
			assert_true(got.events.n <= COUNT_MAX);
			for (size_t e = 0; e < got.events.n; e++)
				assert_true(got.events.event[e].slot < COUNT_MAX);
			assert_int_equal(got.n_items, 2);
			wire_free_plan(&got);
		}
		data[i] = was;
	}
	data[4]++; /* the version */
	refuse_plan(data, len, -EBADMSG);
	data[0]++;
	refuse_plan(data, len, -EPROTO);
	free(data);
}

static void refuse_written(const struct plan *plan)
{
	char *data;
	size_t len;

	write_plan(plan, &data, &len);
	refuse_plan(data, len, -EPROTO);
	free(data);
}

/* Counts that the structs have no room for, or that would have no end of memory. */
static void test_impossible_plan(void **state)
{
	struct plan_item items[2];
	struct plan plan = full_plan(items);
	uint8_t *at;
	char *data;
	size_t len;

	(void)state;
	plan.events.n_own = plan.events.n + 1;
	refuse_written(&plan);
	plan = full_plan(items);
	plan.events.n = COUNT_MAX;
	plan.events.n_own = COUNT_OWN - 1;
	refuse_written(&plan);
	plan.events.n_own = COUNT_OWN + 1;
	refuse_written(&plan);
	plan = full_plan(items);
	plan.reference_n[1] = REFERENCE_N_MAX + 1;
	refuse_written(&plan);
	/* All of them, or none. */
	plan.reference_n[1] = 0;
	refuse_written(&plan);
	plan = full_plan(items);
	plan.events.event[0].slot = COUNT_MAX;
	refuse_written(&plan);

	plan = full_plan(items);
	write_plan(&plan, &data, &len);
	/* The length of an event's attr stands before it, and the slot before that. */
	at = memmem(data, len, &plan.events.event[0].attr,
		    sizeof(plan.events.event[0].attr));
	assert_non_null(at);
	assert_int_equal(at[-2], sizeof(plan.events.event[0].attr));
	at[-2]--;
	memmove(at, at + 1, (uint8_t *)data + len - at - 1);
	refuse_plan(data, len - 1, -EPROTO);
	free(data);

	write_plan(&plan, &data, &len);
	/* Four bytes with their number stand before the items. */
	at = memmem(data, len, items[0].id, strlen(items[0].id));
	assert_non_null(at);
	assert_int_equal(at[-6], plan.n_items);
	memset(at - 6, 0xff, 4);
	refuse_plan(data, len, -EPROTO);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),
		cmocka_unit_test(test_other_messages),
		cmocka_unit_test(test_not_utf8),
		cmocka_unit_test(test_hostile_message),
		cmocka_unit_test(test_impossible),
		cmocka_unit_test(test_impossible_bytes),
		cmocka_unit_test(test_length),
		cmocka_unit_test(test_plan),
		cmocka_unit_test(test_hostile_plan),
		cmocka_unit_test(test_impossible_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
