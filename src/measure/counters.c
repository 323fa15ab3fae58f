// SPDX-License-Identifier: MIT
/* Opens, reads and closes counters. It decides nothing about windows. */
#include <errno.h>
#include <math.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "bench.h"
#include "machine/access.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "stats/stats.h"

/* A file descriptor, or -errno. */
static int open_event(const struct event *e, int leader)
{
	struct perf_event_attr attr = e->attr;
	long fd;

	attr.pinned = attr.disabled = leader < 0;
	fd = syscall(SYS_perf_event_open, &attr, 0, -1, leader, PERF_FLAG_FD_CLOEXEC);
	return fd < 0 ? -errno : (int)fd;
}

static void close_group(struct counter_group *g)
{
	for (uint32_t i = 0; i < g->n; i++) {
		if (g->page[i])
			munmap(g->page[i], sysconf(_SC_PAGESIZE));
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
		page = ARCH_HAS_RDPMC ? mmap(NULL, sysconf(_SC_PAGESIZE), PROT_READ,
					     MAP_SHARED, fd, 0)
				      : MAP_FAILED;
		g->page[i] = page == MAP_FAILED ? NULL : page;
		g->fd[i] = fd;
		g->slot[i] = e[i].slot;
		g->n++;
	}
	ioctl(g->fd[0], PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
	return 0;
}

static void read_group(const struct counter_group *g, struct counts *out)
{
	uint64_t words[COUNTER_WORDS(COUNT_OWN)], value[COUNT_OWN];
	uint32_t i;
	int ret = 0;

	for (i = 0; i < g->n && !ret; i++)
		ret = g->page[i] ? counter_from_page(g->page[i], arch_rdpmc, &value[i])
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

/* What a pair of reads counts by itself, around all that an empty window has in it. */
static void measure_overhead(struct counters *c)
{
	long (*volatile batch)(struct bench_run *, unsigned long) = clock_empty_batch;
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
	for (int s = 0; s < COUNT_MAX; s++)
		c->overhead[s] = stats_median_any(x[s], EMPTY_PAIRS);
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

static void remove_event(struct event_list *list, uint32_t at)
{
	list->n--;
	list->n_own--;
	memmove(&list->event[at], &list->event[at + 1],
		(list->n - at) * sizeof(list->event[0]));
}

int counters_try(struct event_list *list, char *own, size_t own_len, struct err *err)
{
	const struct counter_access a = counter_access_read();
	char why[COUNTER_REASON_MAX];
	int ret = list->n_own ? try_group(list->event, list->n_own) : 0;

	own[0] = '\0';
	if (ret)
		counter_access_reason(&a, -ret, true, own, own_len);
	/* The kernel may have refused its own half alone. */
	if (ret == -EACCES || ret == -EPERM) {
		for (uint32_t i = list->n_own; i-- > 0;)
			if (list->event[i].attr.exclude_user)
				remove_event(list, i);
		ret = list->n_own ? try_group(list->event, list->n_own) : ret;
	}
	while (ret && list->n_own)
		remove_event(list, 0);
	for (uint32_t i = list->n_own; i < list->n; i++) {
		const struct event *e = &list->event[i];

		ret = try_group(e, 1);
		if (!ret)
			continue;
		return err_set(err, ret, "event '%s' cannot be counted: %s", e->name,
			       counter_access_reason(&a, -ret,
						     e->attr.type != PERF_TYPE_SOFTWARE,
						     why, sizeof(why)));
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

/* The kernel changes the page at an interrupt or a switch: rarely twice in a row. */
#define PAGE_TRIES 1000

int counter_from_page(const struct perf_event_mmap_page *page,
		      uint64_t (*rdpmc)(uint32_t counter), uint64_t *value)
{
	const volatile struct perf_event_mmap_page *p = page;

	for (int tries = 0; tries < PAGE_TRIES; tries++) {
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
