// SPDX-License-Identifier: MIT
/* Counters without counters: pages and reads written by hand, our own instruction. */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#include "base/err.h"
#include "drive/estimate.h"
#include "machine/access.h"
#include "measure/counters.h"

/* The page that the instruction below changes under the reader's feet. */
static struct perf_event_mmap_page page;
static uint64_t raw[8];	     /* what each execution returns */
static uint32_t asked[8];    /* which counter it was asked for */
static int calls, disturbed; /* executions; the first so many change the page */

static uint64_t fake_rdpmc(uint32_t counter)
{
	int i = calls < 8 ? calls : 7;

	asked[i] = counter;
	if (calls++ < disturbed) {
		page.lock += 2;
		page.offset += 1000;
		page.index++;
	}
	return raw[i];
}

static int reset(void **state)
{
	(void)state;
	memset(&page, 0, sizeof(page));
	memset(raw, 0, sizeof(raw));
	page.cap_user_rdpmc = 1;
	page.index = 1;
	page.pmc_width = 48;
	page.time_enabled = page.time_running = 500;
	calls = disturbed = 0;
	return 0;
}

static void test_offset_is_added(void **state)
{
	uint64_t value = 0;

	(void)state;
	page.offset = 70000;
	page.index = (1u << 30 | 2) + 1; /* a fixed counter of Intel's */
	raw[0] = 42;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_int_equal(value, 70042);
	assert_int_equal(asked[0], 1u << 30 | 2);
	assert_int_equal(calls, 1);
}

/* The kernel starts a counter just below zero; the bits above its width mean nothing. */
static void test_sign_extension(void **state)
{
	uint64_t value = 0;

	(void)state;
	page.offset = 5000;
	raw[0] = 0xffffffffff9c; /* -100 in 48 bits */
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_int_equal(value, 4900);
	raw[1] = 0xabcd00000000000a; /* 10, and noise above bit 47 */
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_int_equal(value, 5010);
	page.pmc_width = 32;
	raw[2] = 0x80000000; /* positive in 48 bits, negative in 32 */
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_true((int64_t)value == 5000 - 0x80000000LL);
	page.pmc_width = 64;
	raw[3] = ~0ULL;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_int_equal(value, 4999);
}

/* The page changed between the two reads of the lock: nothing of that try may be used. */
static void test_retry_on_lock(void **state)
{
	uint64_t value = 0;

	(void)state;
	disturbed = 2;
	raw[0] = raw[1] = 999999;
	raw[2] = 7;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), 0);
	assert_int_equal(calls, 3);
	assert_int_equal(value, 2007);
	assert_int_equal(asked[2], 2); /* the index was read again as well */
}

static void test_lock_never_at_rest(void **state)
{
	uint64_t value = 1234;

	(void)state;
	disturbed = 1 << 30;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), -EAGAIN);
	assert_int_equal(value, 1234);
}

static void test_no_rdpmc(void **state)
{
	uint64_t value = 1234;

	(void)state;
	page.index = 0; /* not on a counter right now */
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), -EAGAIN);
	page.index = 1;
	page.cap_user_rdpmc = 0;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), -EAGAIN);
	assert_int_equal(calls, 0); /* it would be an illegal instruction */
	page.cap_user_rdpmc = 1;
	page.time_running = 499;
	assert_int_equal(counter_from_page(&page, fake_rdpmc, &value), -ENODATA);
	assert_int_equal(value, 1234);
}

static void test_group_read(void **state)
{
	uint64_t words[] = { 3, 900, 900, 11, 22, 33 }, v[3] = { 1, 2, 3 };

	(void)state;
	assert_int_equal(counter_from_read(words, 0, 3, v), -ENODATA);
	assert_int_equal(counter_from_read(words, 40, 3, v), -EPROTO);
	assert_int_equal(counter_from_read(words, 40, 2, v), -EPROTO);
	words[2] = 899;
	assert_int_equal(counter_from_read(words, sizeof(words), 3, v), -ENODATA);
	words[1] = words[2] = 0;
	assert_int_equal(counter_from_read(words, sizeof(words), 3, v), -ENODATA);
	assert_int_equal(v[0], 1);
	words[1] = words[2] = 900;
	assert_int_equal(counter_from_read(words, sizeof(words), 3, v), 0);
	assert_int_equal(v[0], 11);
	assert_int_equal(v[2], 33);
}

/* Figures an iteration; one window without a count makes that count not available. */
static void test_sum(void **state)
{
	uint64_t overhead[COUNT_MAX] = { 10, 20 };
	struct counts a = { { 100, 1000, 7 }, 7 }, b = { { 310, 1000, 9 }, 7 };
	struct count_sum sum = { 0 };

	(void)state;
	assert_true(isnan(counters_per_iteration(&sum, 0)));
	counters_add(&sum, &a, &b, overhead, 100);
	assert_true(counters_per_iteration(&sum, 0) == 2);
	assert_true(counters_per_iteration(&sum, 1) == -0.2); /* not clamped: honest */
	assert_true(counters_per_iteration(&sum, 2) == 0.02);
	assert_true(isnan(counters_per_iteration(&sum, 3)));
	b.valid = 3;
	b.value[0] = 510;
	counters_add(&sum, &a, &b, overhead, 300);
	assert_true(counters_per_iteration(&sum, 0) == 1.5);
	assert_true(isnan(counters_per_iteration(&sum, 2)));
	b.valid = 7;
	counters_add(&sum, &a, &b, overhead, 100);
	assert_true(isnan(counters_per_iteration(&sum, 2)));
}

/* Medians over the rounds that were quiet and counted, an operation. */
static void test_figures(void **state)
{
	struct window quiet[3], loud[3];
	struct sample s[9];
	struct estimate e;

	(void)state;
	for (int i = 0; i < 3; i++) {
		quiet[i] = (struct window){ 100, .probe = 1000, .cpu = -1, .rate = 1 };
		loud[i] = (struct window){ 100, .probe = 2000, .cpu = -1, .rate = 1 };
	}
	for (unsigned int r = 0; r < 9; r++) {
		s[r] = (struct sample){
			.round = r, .n = 1, .windows = quiet, .n_windows = 3
		};
		for (int c = 0; c < COUNT_MAX; c++)
			s[r].count[c] = NAN;
		s[r].count[COUNT_CYCLES_USER] = 10 + 2 * r;
		s[r].count[COUNT_CYCLES_KERNEL] = 200;
		s[r].count[COUNT_OWN] = r == 8 ? 5 : 1;
	}
	s[7].windows = loud; /* of a contended core: not looked at */
	s[8].count[COUNT_CYCLES_KERNEL] = NAN;
	estimate_samples(s, 9, 1000);
	assert_int_equal(estimate_row(s, 9, 2, &e), 0);
	assert_true(e.count[COUNT_CYCLES_USER] == 8.5);
	assert_true(e.count[COUNT_CYCLES_KERNEL] == 100);
	assert_true(e.counted_cycles.mid == 108); /* rounds 0 to 6 */
	assert_true(e.counted_cycles.lo == 105 && e.counted_cycles.hi == 111);
	assert_true(e.count[COUNT_OWN] == 0.5);
	assert_true(isnan(e.count[COUNT_INSTRUCTIONS_USER]));
	for (unsigned int r = 0; r < 9; r++)
		s[r].count[COUNT_CYCLES_KERNEL] = NAN;
	estimate_samples(s, 9, 1000);
	assert_int_equal(estimate_row(s, 9, 2, &e), 0);
	assert_true(isnan(e.counted_cycles.mid));
}

static void test_encoding(void **state)
{
	struct event_list list = { 0 };
	struct err err = { 0 };
	const struct perf_event_attr *a;

	(void)state;
	events_own(&list);
	assert_int_equal(list.n, 4);
	assert_int_equal(events_parse("PAGE-FAULTS,perf::INSTRUCTIONS:u,perf_raw::r1c0",
				      &list, &err),
			 0);
	assert_int_equal(list.n, 7);
	assert_int_equal(list.n_own, 4);
	a = &list.event[COUNT_CYCLES_USER].attr;
	assert_int_equal(a->type, PERF_TYPE_HARDWARE);
	assert_int_equal(a->config, PERF_COUNT_HW_CPU_CYCLES);
	assert_true(a->exclude_kernel && !a->exclude_user);
	a = &list.event[COUNT_INSTRUCTIONS_KERNEL].attr;
	assert_int_equal(a->config, PERF_COUNT_HW_INSTRUCTIONS);
	assert_true(!a->exclude_kernel && a->exclude_user);
	assert_int_equal(list.event[4].attr.type, PERF_TYPE_SOFTWARE);
	assert_int_equal(list.event[4].attr.config, PERF_COUNT_SW_PAGE_FAULTS);
	assert_int_equal(list.event[4].slot, COUNT_OWN);
	assert_string_equal(list.event[5].name, "perf::INSTRUCTIONS:u");
	assert_true(list.event[5].attr.exclude_kernel);
	assert_int_equal(list.event[6].attr.type, PERF_TYPE_RAW);
	assert_int_equal(list.event[6].attr.config, 0x1c0);
}

static void test_bad_lists(void **state)
{
	static const char *const bad[] = {
		"",
		",",
		"PAGE-FAULTS,",
		"no_such_event",
		"PAGE-FAULTS,no_such_event",
		"CYCLES:q=7",
		"PAGE FAULTS",
		/* nine */
		"FAULTS,FAULTS,FAULTS,FAULTS,FAULTS,FAULTS,FAULTS,FAULTS,FAULTS",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct event_list list = { 0 };
		struct err err = { 0 };

		assert_int_equal(events_parse(bad[i], &list, &err), -EINVAL);
		assert_int_equal(list.n, 0);
		assert_true(err.text[0] && !strchr(err.text, '\n'));
		if (strstr(bad[i], "no_such_event"))
			assert_non_null(strstr(err.text, "'no_such_event'"));
	}
}

/* Each cause has its own sentence, and the ones that a user can mend say how. */
static void test_reasons(void **state)
{
	struct counter_access a = { .paranoid = 2 };
	char buf[256];

	(void)state;
	assert_non_null(
		strstr(counter_access_reason(&a, ENOENT, true, buf, 256), "virtual PMU"));
	assert_non_null(strstr(counter_access_reason(&a, EACCES, true, buf, 256),
			       "perf_event_paranoid is 2: 'sudo sysctl "));
	assert_null(strstr(counter_access_reason(&a, EPERM, true, buf, 256), "seccomp"));
	a.hardware = true;
	assert_null(strstr(counter_access_reason(&a, ENOENT, true, buf, 256), "virtual"));
	assert_non_null(
		strstr(counter_access_reason(&a, ENOSYS, true, buf, 256), "built"));
	a.seccomp = true;
	assert_non_null(
		strstr(counter_access_reason(&a, EPERM, true, buf, 256), "seccomp"));
	assert_non_null(
		strstr(counter_access_reason(&a, ENOSYS, true, buf, 256), "seccomp"));
	a.paranoid = 1;
	assert_non_null(
		strstr(counter_access_reason(&a, EACCES, true, buf, 256), "CAP_PERFMON"));
}

/* Not sanitized: the sanitizer would touch pages of its own beside ours. */
static __attribute__((no_sanitize("address", "undefined"), noinline)) void
touch(volatile char *p, size_t pages, size_t page_size)
{
	for (size_t i = 0; i < pages; i++)
		p[i * page_size] = 1;
}

/* The real thing, as far as every machine has it: a software event of this thread. */
static void test_live_faults(void **state)
{
	struct event_list list = { 0 };
	struct count_sum sum = { 0 };
	struct counts begin, end;
	struct counters c;
	char own[256];
	struct err err = { 0 };
	const size_t page_size = sysconf(_SC_PAGESIZE);
	volatile char *p;

	(void)state;
	assert_int_equal(events_parse("perf::PAGE-FAULTS:u", &list, &err), 0);
	if (counters_try(&list, own, sizeof(own), &err))
		skip(); /* not allowed here: err says why */
	assert_string_equal(own, "");
	assert_int_equal(counters_open(&c, &list), 0);
	p = mmap(NULL, 64 * page_size, PROT_READ | PROT_WRITE,
		 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_true(p != MAP_FAILED);
	madvise((void *)p, 64 * page_size, MADV_NOHUGEPAGE);
	counters_begin(&c, &begin);
	touch(p, 64, page_size);
	counters_end(&c, &end);
	counters_add(&sum, &begin, &end, c.overhead, 64);
	assert_true(counters_per_iteration(&sum, COUNT_OWN) == 1);
	assert_true(isnan(counters_per_iteration(&sum, COUNT_CYCLES_USER)));
	munmap((void *)p, 64 * page_size);
	counters_close(&c);
	assert_int_equal(c.n_groups, 0);
}

/* Under a real filter, as in a container: no counters, the reason names the filter. */
static int refused_by_filter(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_perf_event_open, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = { .len = 4, .filter = code };
	struct event_list list = { 0 };
	char own[256] = "";
	struct err err = { 0 };

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ||
	    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program))
		return 77;
	events_own(&list);
	if (counters_try(&list, own, sizeof(own), &err) || list.n)
		return 1;
	if (!strstr(own, "seccomp"))
		return 2;
	if (events_parse("PAGE-FAULTS:u", &list, &err) ||
	    !counters_try(&list, own, sizeof(own), &err))
		return 3;
	return !strstr(err.text, "'PAGE-FAULTS:u'") || !strstr(err.text, "seccomp");
}

static void test_filter(void **state)
{
	pid_t pid = fork();
	int status;

	(void)state;
	if (!pid)
		_exit(refused_by_filter());
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	if (WEXITSTATUS(status) == 77)
		skip(); /* no filter can be set here */
	assert_int_equal(WEXITSTATUS(status), 0);
}

/* Own counters are all there, or gone with a reason: never half a truth. */
static void test_live_own(void **state)
{
	struct event_list list = { 0 };
	char own[256];
	struct err err = { 0 };

	(void)state;
	events_own(&list);
	assert_int_equal(counters_try(&list, own, sizeof(own), &err), 0);
	assert_int_equal(list.n, list.n_own);
	assert_true(list.n == 4 ? !own[0] : own[0]);
	assert_true(list.n == 4 || list.n == 2 || list.n == 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(test_offset_is_added, reset),
		cmocka_unit_test_setup(test_sign_extension, reset),
		cmocka_unit_test_setup(test_retry_on_lock, reset),
		cmocka_unit_test_setup(test_lock_never_at_rest, reset),
		cmocka_unit_test_setup(test_no_rdpmc, reset),
		cmocka_unit_test(test_group_read),
		cmocka_unit_test(test_sum),
		cmocka_unit_test(test_figures),
		cmocka_unit_test(test_encoding),
		cmocka_unit_test(test_bad_lists),
		cmocka_unit_test(test_reasons),
		cmocka_unit_test(test_live_faults),
		cmocka_unit_test(test_live_own),
		cmocka_unit_test(test_filter),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
