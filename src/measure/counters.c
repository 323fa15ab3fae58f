// SPDX-License-Identifier: MIT
/*
 * Opens, reads and closes counters; see counters.h. Decides nothing about windows.
 */
#include <dlfcn.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "bench.h"
#include "measure/counters.h"
/* libpfm4 brings a copy of the kernel's header that clashes with it: leave that one out. */
#define __PERFMON_PERF_EVENT_H__
#include <perfmon/pfmlib_perf_event.h>
#include "stats/stats.h"

#define FORMAT                                                \
	(PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | \
	 PERF_FORMAT_TOTAL_TIME_RUNNING)

/*
 * libpfm4 comes when an event's name is to be understood, and not before: its tables would
 * be relocated at every start of a process, rounds included, which costs 6 ms and 170 pages
 * here. A static program has it inside, where they are in place already.
 */
typeof(pfm_initialize) pfm_initialize __attribute__((weak));
typeof(pfm_get_os_event_encoding) pfm_get_os_event_encoding __attribute__((weak));
typeof(pfm_strerror) pfm_strerror __attribute__((weak));

struct pfm {
	typeof(pfm_initialize) *initialize;
	typeof(pfm_get_os_event_encoding) *encode;
	typeof(pfm_strerror) *strerror;
};

/* 0, or -ENOENT with one line in err. */
static int pfm_load(struct pfm *pfm, struct err *err)
{
	void *lib = pfm_initialize ? NULL : dlopen("libpfm.so.4", RTLD_NOW);

	*pfm = (struct pfm){ pfm_initialize, pfm_get_os_event_encoding, pfm_strerror };
	if (lib) {
		pfm->initialize = dlsym(lib, "pfm_initialize");
		pfm->encode = dlsym(lib, "pfm_get_os_event_encoding");
		pfm->strerror = dlsym(lib, "pfm_strerror");
	}
	if (pfm->initialize && pfm->encode && pfm->strerror &&
	    pfm->initialize() == PFM_SUCCESS)
		return 0;
	return err_set(err, -ENOENT,
		       "--events needs libpfm4, which cannot be loaded here: "
		       "install the package libpfm4");
}

static int encode(const struct pfm *pfm, const char *name, uint32_t slot, struct event *e)
{
	pfm_perf_encode_arg_t arg = { .size = sizeof(arg) };
	int ret;

	*e = (struct event){ .slot = slot, .attr.size = sizeof(e->attr) };
	arg.attr = &e->attr;
	ret = pfm->encode(name, PFM_PLM0 | PFM_PLM3, PFM_OS_PERF_EVENT, &arg);
	snprintf(e->name, sizeof(e->name), "%s", name);
	e->attr.read_format = FORMAT;
	return ret;
}

void events_own(struct event_list *list)
{
	static const struct {
		const char *name;
		uint64_t config;
		bool user;
	} own[COUNT_OWN] = {
		[COUNT_CYCLES_USER] = { "CYCLES:u", PERF_COUNT_HW_CPU_CYCLES, true },
		[COUNT_CYCLES_KERNEL] = { "CYCLES:k", PERF_COUNT_HW_CPU_CYCLES, false },
		[COUNT_INSTRUCTIONS_USER] = { "INSTRUCTIONS:u",
					      PERF_COUNT_HW_INSTRUCTIONS, true },
		[COUNT_INSTRUCTIONS_KERNEL] = { "INSTRUCTIONS:k",
						PERF_COUNT_HW_INSTRUCTIONS, false },
	};

	for (uint32_t i = 0; i < COUNT_OWN; i++) {
		struct event *e = &list->event[i];

		*e = (struct event){ .slot = i,
				     .attr = { .size = sizeof(e->attr),
					       .type = PERF_TYPE_HARDWARE,
					       .config = own[i].config,
					       .read_format = FORMAT,
					       .exclude_user = !own[i].user,
					       .exclude_kernel = own[i].user,
					       .exclude_hv = 1,
					       .exclude_guest = 1 } };
		snprintf(e->name, sizeof(e->name), "%s", own[i].name);
	}
	list->n = list->n_own = COUNT_OWN;
}

int events_parse(const char *text, struct event_list *list, struct err *err)
{
	struct event_list longer = *list;
	uint32_t slot = COUNT_OWN;
	struct pfm pfm;

	if (pfm_load(&pfm, err))
		return -ENOENT;

	for (const char *at = text, *end;; at = end + 1) {
		char name[sizeof(longer.event[0].name)];
		int ret;

		end = strchrnul(at, ',');
		if (end == at || end - at >= (long)sizeof(name)) {
			return err_set(
				err, -EINVAL,
				"--events wants names between its commas, each shorter "
				"than %zu bytes, not '%s'",
				sizeof(name), text);
		}
		if (slot == COUNT_MAX) {
			return err_set(err, -EINVAL, "--events takes at most %d events",
				       COUNT_MAX - COUNT_OWN);
		}
		snprintf(name, sizeof(name), "%.*s", (int)(end - at), at);
		ret = encode(&pfm, name, slot++, &longer.event[longer.n++]);
		if (ret != PFM_SUCCESS) {
			return err_set(
				err, -EINVAL,
				"event '%s' is not known to libpfm4 on this CPU (%s): "
				"examples are PAGE-FAULTS, CYCLES:u, perf_raw::r00c0",
				name, pfm.strerror(ret));
		}
		if (!*end)
			break;
	}
	*list = longer;
	return 0;
}

static long number_in(const char *path, const char *key)
{
	char line[256];
	FILE *f = fopen(path, "re");
	long value = -1;

	while (f && value < 0 && fgets(line, sizeof(line), f))
		if (!strncmp(line, key, strlen(key)))
			value = strtol(line + strlen(key), NULL, 10);
	if (f)
		fclose(f);
	return value;
}

struct counter_access counters_access(void)
{
	static const char *const pmus[] = { "cpu", "cpu_core" };
	struct counter_access a = {
		.paranoid = number_in("/proc/sys/kernel/perf_event_paranoid", ""),
		.seccomp = number_in("/proc/self/status", "Seccomp:") > 0,
	};

	for (size_t i = 0; i < sizeof(pmus) / sizeof(pmus[0]); i++) {
		char path[64];

		snprintf(path, sizeof(path), "/sys/bus/event_source/devices/%s", pmus[i]);
		if (!access(path, F_OK))
			a.hardware = true;
	}
	return a;
}

/* Which errno means what: perf_event_open(2), ERRORS, and the kernel's own checks. */
const char *counters_reason(int err, bool hardware_event, const struct counter_access *a,
			    char *buf, size_t len)
{
	if (err == ENOSYS && !a->seccomp)
		snprintf(buf, len, "this kernel is built without perf events");
	else if ((err == EPERM || err == ENOSYS) && a->seccomp)
		snprintf(buf, len,
			 "a seccomp filter refuses perf_event_open (%s): start the "
			 "container with a profile that allows it",
			 strerror(err));
	else if (err == EACCES && a->paranoid >= 2)
		snprintf(buf, len,
			 "kernel.perf_event_paranoid is %d: 'sudo sysctl "
			 "kernel.perf_event_paranoid=1' allows it",
			 a->paranoid);
	else if (err == EACCES || err == EPERM)
		snprintf(buf, len,
			 "perf_event_open was refused (%s): the capability CAP_PERFMON "
			 "allows it, unless a security module forbids it",
			 strerror(err));
	else if ((err == ENOENT || err == ENODEV || err == EOPNOTSUPP) &&
		 hardware_event && !a->hardware)
		snprintf(buf, len,
			 "this machine shows no hardware counters: a virtual machine "
			 "needs a virtual PMU from its host");
	else if (err == ENOENT || err == ENODEV || err == EOPNOTSUPP)
		snprintf(buf, len, "the kernel does not count this event on this CPU");
	else if (err == EBUSY)
		snprintf(buf, len,
			 "the counters are taken: by another profiler, or by the "
			 "watchdog ('sudo sysctl kernel.nmi_watchdog=0')");
	else
		snprintf(buf, len, "perf_event_open: %s", strerror(err));
	return buf;
}

/* A file descriptor, or -errno. */
static int open_event(const struct event *e, int leader)
{
	struct perf_event_attr attr = e->attr;
	long fd;

	attr.pinned = attr.disabled = leader < 0;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static size_t page_size(void)
{
	return sysconf(_SC_PAGESIZE);
}

static void close_group(struct counter_group *g)
{
	for (uint32_t i = 0; i < g->n; i++) {
		if (g->page[i])
			munmap(g->page[i], page_size());
		close(g->fd[i]);
	}
	g->n = 0;
}

static int open_group(struct counter_group *g, const struct event *e, uint32_t n)
{
	g->n = 0;
	for (uint32_t i = 0; i < n; i++) {
		int fd = open_event(&e[i], i ? g->fd[0] : -1);
		void *page;

		if (fd < 0) {
			close_group(g);
			return fd;
		}
		page = ARCH_HAS_RDPMC
			       ? mmap(NULL, page_size(), PROT_READ, MAP_SHARED, fd, 0)
			       : MAP_FAILED;
		g->page[i] = page == MAP_FAILED ? NULL : page;
		g->fd[i] = fd;
		g->slot[i] = e[i].slot;
		g->n++;
	}
	ioctl(g->fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
	return 0;
}

static uint64_t rdpmc(uint32_t counter)
{
	return arch_rdpmc(counter);
}

static void read_group(const struct counter_group *g, struct counts *out)
{
	uint64_t words[COUNTER_WORDS(COUNT_OWN)], value[COUNT_OWN];
	uint32_t i;
	int ret = 0;

	for (i = 0; i < g->n && !ret; i++)
		ret = g->page[i] ? counter_from_page(g->page[i], rdpmc, &value[i])
				 : -EAGAIN;
	if (ret == -EAGAIN) {
		ssize_t got = read(g->fd[0], words, sizeof(words));

		ret = counter_from_read(words, got < 0 ? 0 : got, g->n, value);
	}
	for (i = 0; i < g->n && !ret; i++) {
		out->value[g->slot[i]] = value[i];
		out->valid |= 1u << g->slot[i];
	}
}

void counters_begin(const struct counters *c, struct counts *out)
{
	out->valid = 0;
	for (uint32_t i = c->n_groups; i-- > 0;)
		read_group(&c->group[i], out);
}

void counters_end(const struct counters *c, struct counts *out)
{
	out->valid = 0;
	for (uint32_t i = 0; i < c->n_groups; i++)
		read_group(&c->group[i], out);
}

#define EMPTY_PAIRS 31

static __attribute__((noinline, aligned(64))) long batch_nothing(struct bench_run *run,
								 unsigned long n)
{
	(void)run;
	return (long)n >> 63;
}

/* What a pair of reads counts by itself, with everything that stands between in a window. */
static void measure_overhead(struct counters *c)
{
	long (*volatile batch)(struct bench_run *, unsigned long) = batch_nothing;
	double x[COUNT_MAX][EMPTY_PAIRS];
	struct counts begin, end;

	for (int i = 0; i < EMPTY_PAIRS; i++) {
		counters_begin(c, &begin);
		arch_ticks();
		batch(NULL, 1);
		arch_ticks();
		counters_end(c, &end);
		for (int s = 0; s < COUNT_MAX; s++)
			x[s][i] = begin.valid & end.valid & 1u << s
					  ? end.value[s] - begin.value[s]
					  : 0;
	}
	for (int s = 0; s < COUNT_MAX; s++) {
		stats_sort(x[s], EMPTY_PAIRS);
		c->overhead[s] = stats_median(x[s], EMPTY_PAIRS);
	}
}

int counters_open(struct counters *c, const struct event_list *list)
{
	int ret = 0;

	*c = (struct counters){ 0 };
	if (list->n_own) {
		ret = open_group(&c->group[0], list->event, list->n_own);
		c->n_groups = !ret;
	}
	for (uint32_t i = list->n_own; i < list->n && !ret; i++) {
		ret = open_group(&c->group[c->n_groups], &list->event[i], 1);
		c->n_groups += !ret;
	}
	if (ret)
		counters_close(c);
	else
		measure_overhead(c);
	return ret;
}

void counters_close(struct counters *c)
{
	for (uint32_t i = 0; i < c->n_groups; i++)
		close_group(&c->group[i]);
	c->n_groups = 0;
}

/* Does a group of these open, and count? 0 or -errno. */
static int try_group(const struct event *e, uint32_t n)
{
	struct counter_group g;
	struct counts out = { 0 };
	int ret = open_group(&g, e, n);

	if (ret)
		return ret;
	read_group(&g, &out);
	close_group(&g);
	return out.valid ? 0 : -EBUSY;
}

static void leave_out(struct event_list *list, uint32_t at)
{
	list->n--;
	list->n_own--;
	memmove(&list->event[at], &list->event[at + 1],
		(list->n - at) * sizeof(list->event[0]));
}

int counters_try(struct event_list *list, char *own, size_t own_len, struct err *err)
{
	struct counter_access a = counters_access();
	char why[256];
	int ret = list->n_own ? try_group(list->event, list->n_own) : 0;

	own[0] = '\0';
	if (ret)
		counters_reason(-ret, true, &a, own, own_len);
	if (ret == -EACCES || ret == -EPERM) { /* may be the kernel's half alone */
		for (uint32_t i = list->n_own; i-- > 0;)
			if (list->event[i].attr.exclude_user)
				leave_out(list, i);
		ret = list->n_own ? try_group(list->event, list->n_own) : ret;
	}
	while (ret && list->n_own)
		leave_out(list, 0);
	for (uint32_t i = list->n_own; i < list->n; i++) {
		const struct event *e = &list->event[i];

		ret = try_group(e, 1);
		if (!ret)
			continue;
		return err_set(err, ret, "event '%s' cannot be counted: %s", e->name,
			       counters_reason(-ret, e->attr.type != PERF_TYPE_SOFTWARE,
					       &a, why, sizeof(why)));
	}
	return 0;
}

void counters_add(struct count_sum *sum, const struct counts *begin,
		  const struct counts *end, const uint64_t *overhead, unsigned long n)
{
	uint32_t valid = begin->valid & end->valid;

	sum->valid = sum->iterations ? sum->valid & valid : valid;
	for (uint32_t s = 0; s < COUNT_MAX; s++)
		if (valid & 1u << s)
			sum->total[s] += (double)(end->value[s] - begin->value[s]) -
					 (double)overhead[s];
	sum->iterations += n;
}

double counters_per_iteration(const struct count_sum *sum, uint32_t slot)
{
	if (!(sum->valid & 1u << slot) || !sum->iterations)
		return NAN;
	return sum->total[slot] / sum->iterations;
}

#define barrier() __asm__ volatile("" : : : "memory")

int counter_from_page(const struct perf_event_mmap_page *page,
		      uint64_t (*rdpmc)(uint32_t counter), uint64_t *value)
{
	const volatile struct perf_event_mmap_page *p = page;

	/* The kernel changes the page at an interrupt or a switch: rarely twice in a row. */
	for (int tries = 0; tries < 1000; tries++) {
		uint32_t lock = p->lock, index;
		uint64_t count, enabled, running;

		barrier();
		enabled = p->time_enabled;
		running = p->time_running;
		index = p->index;
		count = p->offset;
		if (p->cap_user_rdpmc && index) {
			unsigned int unused = 64 - p->pmc_width;
			uint64_t pmc = rdpmc(index - 1);

			count += (int64_t)(pmc << unused) >> unused;
		}
		barrier();
		if (p->lock != lock)
			continue;
		if (!p->cap_user_rdpmc || !index)
			return -EAGAIN;
		if (running < enabled)
			return -ENODATA;
		*value = count;
		return 0;
	}
	return -EAGAIN;
}

int counter_from_read(const uint64_t *words, size_t bytes, uint32_t n, uint64_t *values)
{
	if (!bytes)
		return -ENODATA;
	if (bytes != COUNTER_WORDS(n) * sizeof(*words) || words[0] != n)
		return -EPROTO;
	if (!words[2] || words[2] < words[1])
		return -ENODATA;
	memcpy(values, words + 3, n * sizeof(*values));
	return 0;
}
