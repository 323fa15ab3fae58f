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
							  .rate = 1.5 + i };
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
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message msg = full_message(), got = { 0 };
	size_t len = put(buf, &msg);

	(void)state;
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, len, &got), 0);
	assert_int_equal(got.type, MESSAGE_DONE);
	assert_int_equal(got.item, 7);
	assert_int_equal(got.reading.outcome.status, OUTCOME_SKIP);
	assert_int_equal(got.reading.outcome.overflow, -1);
	assert_string_equal(got.reading.outcome.mode, "punted");
	assert_string_equal(got.reading.outcome.reason, "caf\xc3\xa9");
	assert_true(got.reading.n == 1ull << 40 && signbit(got.reading.switches));
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
		got = before;
		assert_int_equal(wire_get_message(data, cut, &got), -EPROTO);
		assert_memory_equal(&got, &before, sizeof(got));
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

/* Figures that would poison the driver's arithmetic. */
static void test_impossible(void **state)
{
	static const double rates[] = { NAN, INFINITY, 0, -1, 1e9 };
	uint8_t buf[WIRE_PREFIX + WIRE_MESSAGE_MAX];
	struct message msg = full_message(), got;

	(void)state;
	for (size_t i = 0; i < sizeof(rates) / sizeof(rates[0]); i++) {
		msg.reading.windows[3].rate = rates[i];
		assert_int_equal(
			wire_get_message(buf + WIRE_PREFIX, put(buf, &msg), &got),
			-EPROTO);
	}
	msg = full_message();
	msg.reading.faults = NAN;
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, put(buf, &msg), &got),
			 -EPROTO);
	msg = full_message();
	msg.reading.outcome.status = OUTCOME_OK;
	msg.reading.n_windows = 0;
	assert_int_equal(wire_get_message(buf + WIRE_PREFIX, put(buf, &msg), &got),
			 -EPROTO);
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

static void test_plan(void **state)
{
	struct plan_item items[] = { { "null/getppid-inline", 128, 0 },
				     { "write/pipe:batch=4", 0, 99 } };
	struct plan plan = { .cpu = 3,
			     .other_cpu = -1,
			     .step = 26,
			     .probe_passes = 1600,
			     .round_us = 1500,
			     .ticks_per_us = 2596.5,
			     .dir = "/tmp/x",
			     .layers = "seccomp:100",
			     .n_items = 2,
			     .items = items };
	struct plan got = { 0 };
	char *data;
	size_t len;

	(void)state;
	events_own(&plan.events);
	write_plan(&plan, &data, &len);
	assert_int_equal(wire_read_plan(data, len, &got), 0);
	assert_true(got.cpu == 3 && got.other_cpu == -1 && got.step == 26);
	assert_true(got.round_us == 1500 && got.probe_passes == 1600 &&
		    got.ticks_per_us == 2596.5);
	assert_string_equal(got.dir, "/tmp/x");
	assert_string_equal(got.layers, "seccomp:100");
	assert_memory_equal(&got.events, &plan.events, sizeof(got.events));
	assert_int_equal(got.n_items, 2);
	assert_memory_equal(got.items, items, sizeof(items));
	wire_free_plan(&got);

	for (size_t cut = 0; cut < len; cut++)
		assert_true(wire_read_plan(data, cut, &got) < 0);
	data[4]++; /* the version */
	assert_int_equal(wire_read_plan(data, len, &got), -EBADMSG);
	data[0]++;
	assert_int_equal(wire_read_plan(data, len, &got), -EPROTO);
	free(data);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_message),	   cmocka_unit_test(test_other_messages),
		cmocka_unit_test(test_not_utf8),   cmocka_unit_test(test_hostile_message),
		cmocka_unit_test(test_impossible), cmocka_unit_test(test_length),
		cmocka_unit_test(test_plan),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
