/* SPDX-License-Identifier: MIT */
/*
 * Hardware and software counters of the measuring thread, through perf_event_open(2).
 * What is to be counted is a list of events; see events.h.
 *
 * The suite's own four (cycles and instructions, user and kernel apart) are one pinned
 * group. All of them count all of the time, or none is available. Each event that the
 * user asks for stands alone. A counter that the kernel had to share, whose time running
 * is less than its time enabled, is not available. A scaled count is a guess.
 *
 * Only this thread is counted, no peer and no thread of an io_uring. Context switches,
 * faults and migrations come from getrusage(2) and sched_getcpu(3): without permission.
 */
#ifndef SYSCOST_COUNTERS_H
#define SYSCOST_COUNTERS_H

#include <linux/perf_event.h>
#include <stddef.h>
#include <stdint.h>

#include "base/err.h"
#include "measure/events.h"

/*
 * Open what the list holds and close it again, to see what this machine allows. Own
 * events that it refuses (the kernel's half, or all four) leave the list, and `own` says
 * why; else it is "". 0, or -errno and err where one of the user's cannot be counted.
 */
int counters_try(struct event_list *list, char *own, size_t own_len, struct err *err);

/* Open counters of the calling thread. */
struct counter_group {
	uint32_t n;
	int fd[COUNT_OWN]; /* the leader first */
	uint32_t slot[COUNT_OWN];
	struct perf_event_mmap_page *page[COUNT_OWN]; /* NULL: read(2) only */
};

struct counters {
	struct counter_group group[COUNT_MAX - COUNT_OWN + 1];
	uint32_t n_groups;
	uint64_t overhead[COUNT_MAX]; /* of a pair of reads around an empty window */
};

/* One read; a slot whose bit in `valid` is not set was not available. */
struct counts {
	uint64_t value[COUNT_MAX];
	uint32_t valid;
};

/* 0, or -errno: nothing is open then. */
int counters_open(struct counters *c, const struct event_list *list);
void counters_close(struct counters *c);
/*
 * Begin before the first time-stamp read and end after the second: their fences bound
 * what is counted. The own group is read next to it: last to begin, first to end.
 */
void counters_begin(const struct counters *c, struct counts *out);
void counters_end(const struct counters *c, struct counts *out);

/* Totals over windows. */
struct count_sum {
	double total[COUNT_MAX];
	uint32_t valid; /* in every window so far */
	double iterations;
};

/* Add one window of n iterations; what an empty window counts is taken off. */
void counters_add(struct count_sum *sum, const struct counts *begin,
		  const struct counts *end, const uint64_t *overhead, unsigned long n);
/* Counts an iteration; NAN where not available in all windows. */
double counters_per_iteration(const struct count_sum *sum, uint32_t slot);

/*
 * A count from user memory, by the protocol in the comment of struct perf_event_mmap_page
 * (include/uapi/linux/perf_event.h). It reads index, offset and counter again until the
 * lock did not change meanwhile, and extends the counter's sign from pmc_width bits.
 * `rdpmc` is the instruction. -EAGAIN: not possible now, use read(2). -ENODATA: the
 * counter was shared.
 */
int counter_from_page(const struct perf_event_mmap_page *page,
		      uint64_t (*rdpmc)(uint32_t counter), uint64_t *value);

/* PERF_FORMAT_GROUP and both times: their number, enabled, running, then the counts. */
#define COUNTER_WORDS(n) (3 + (n))
/*
 * The counts in the `bytes` that read(2) returned for a group of n. 0, or -EPROTO.
 * -ENODATA: the group did not count all of the time (0 bytes: a pinned group that found
 * no place).
 */
int counter_from_read(const uint64_t *words, size_t bytes, uint32_t n, uint64_t *values);

#endif
