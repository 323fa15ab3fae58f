// SPDX-License-Identifier: MIT
/*
 * A byte of every page of a cached file: through a mapping, in every state that its page
 * tables can be in, and by pread. Mapping, first touch and unmapping are also timed
 * apart. An operation is one page of 4 KiB, and `batch` the pages of the mapping.
 *
 * No disk is read. Touching a byte is not reading a page: pread copies all of it. What
 * is mapped here is used by one thread: with more, unmapping interrupts other CPUs.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

#define PAGE	    4096UL
#define HUGE	    (2UL << 20)
#define REGIONS_MAX 32768 /* of a window; vm.max_map_count is 65530 by default */

struct mapping {
	struct pieces pieces; /* first: see handle.h */
	char *map;	      /* of rows that keep one; else NULL */
	size_t len;
	long sum;		    /* what a pass over the pages must come to */
	char *regions[REGIONS_MAX]; /* mapped before a window, or in it, or unmapped */
};

/* What some rows keep mapped: `arg`. */
struct kept {
	bool memfd; /* of a file in memory */
	int (*keep)(struct bench_run *run);
};

/* MAPPED(name, calls, one pass): fold gets what it found XOR what it must find. */
#define MAPPED_LOCALS                                   \
	COUNTED;                                        \
	struct mapping *const m = run->state;           \
	const size_t batch = run->batch;                \
	const size_t total = batch * PAGE;              \
	const int fd maybe_unused = run->fd[0];         \
	char *const back maybe_unused = m->pieces.back; \
	char *const map maybe_unused = m->map;          \
	char **const regions maybe_unused = m->regions; \
	const long sum maybe_unused = m->sum
#define MAPPED(name, calls, ...) \
	LOOP_THEN(name, MAPPED_LOCALS, run->enters += iterations * (calls), __VA_ARGS__)
#define TOUCH(p)   fold |= touched(p, total) ^ sum
#define MAP(flags) SYS(mmap, 0, total, PROT_READ, flags, fd, 0)
#define UNMAP(p)   fold |= SYS(munmap, p, total)
#define FRESH(flags, ready)  \
	long p = MAP(flags); \
	ready;               \
	TOUCH((char *)p);    \
	UNMAP(p)
#define MADVISE(p, what) fold |= SYS(madvise, p, total, what)

static always_inline long touched(const char *map, size_t total)
{
	const volatile unsigned char *p = (const void *)map;
	long sum = 0;

	for (size_t at = 0; at < total; at += PAGE)
		sum += p[at];
	return sum;
}

MAPPED(map_pread, batch,
       for (size_t at = 0; at < total; at += PAGE)
	       fold |= off_by(SYS(pread64, fd, back + at, PAGE, at), PAGE);
       TOUCH(back))
MAPPED(map_fresh, 2, FRESH(MAP_SHARED, (void)0))
MAPPED(map_populate, 2, FRESH(MAP_SHARED | MAP_POPULATE, (void)0))
MAPPED(map_madvise, 3, FRESH(MAP_SHARED, MADVISE(p, MADV_POPULATE_READ)))
MAPPED(map_dontneed, 1, MADVISE(map, MADV_DONTNEED); TOUCH(map))
MAPPED(map_warm, 0, TOUCH(map))

/* The parts: region n - 1 of the window. A refused mapping must not be touched. */
MAPPED(map_only, 1, long p = MAP(MAP_SHARED); fold |= p; regions[n - 1] = (char *)p)
MAPPED(map_only_populate, 1, long p = MAP(MAP_SHARED | MAP_POPULATE); fold |= p;
       regions[n - 1] = (char *)p)
MAPPED(touch_only, 0, TOUCH(regions[n - 1]))
MAPPED(unmap_only, 1, UNMAP(regions[n - 1]))

/* Room for the regions of a window. */
static int before_map(struct bench_run *run, unsigned long n)
{
	return n <= REGIONS_MAX
		       ? 0
		       : bench_fail(run, "a window of %lu mappings is too many", n);
}

static int after_map(struct bench_run *run, unsigned long n)
{
	struct mapping *m = run->state;
	int ret = 0;

	for (unsigned long i = 0; i < n; i++)
		if ((long)m->regions[i] < 0 && (long)m->regions[i] > -4096L)
			ret = bench_fail(run, "mmap failed in the timed loop");
		else if (munmap(m->regions[i], run->batch * PAGE))
			ret = bench_errno(run, "munmap");
	return ret;
}

/* Regions that no one has touched yet. */
static int before_touch(struct bench_run *run, unsigned long n)
{
	struct mapping *m = run->state;
	int ret = before_map(run, n);

	for (unsigned long i = 0; !ret && i < n; i++) {
		m->regions[i] = mmap(NULL, run->batch * PAGE, PROT_READ, MAP_SHARED,
				     run->fd[0], 0);
		if (m->regions[i] == MAP_FAILED)
			ret = bench_errno(run, "mmap");
	}
	return ret;
}

/* Regions every page of which has been touched. */
static int before_unmap(struct bench_run *run, unsigned long n)
{
	struct mapping *m = run->state;
	int ret = before_touch(run, n);

	for (unsigned long i = 0; !ret && i < n; i++)
		if (touched(m->regions[i], run->batch * PAGE) != m->sum)
			ret = bench_fail(run, "a region has other contents");
	return ret;
}

static void teardown(struct bench_run *run)
{
	struct mapping *m = run->state;

	if (m->map)
		munmap(m->map, m->len);
}

/* The pages are the source of pieces_areas(), and written to the file. */
static int setup(struct bench_run *run)
{
	const struct kept *kept = run->bench->arg;
	struct mapping *m = run->state;
	const bool memfd = kept && kept->memfd;
	int ret = pieces_areas(run, false)
			  ?: (memfd ? bench_memfd(run, 0) : bench_file(run, 0, "mapped"))
			  ?: pieces_fill(run, 0);

	if (ret)
		return ret;
	m->sum = touched(run->buf, m->pieces.total);
	return kept ? kept->keep(run) : 0;
}

/* A mapping that is kept, with its page tables filled. */
static int keep_at(struct bench_run *run, char *where, size_t len)
{
	struct mapping *m = run->state;
	char *p = mmap(where, len, PROT_READ, MAP_SHARED | (where ? MAP_FIXED : 0),
		       run->fd[0], 0);

	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	m->map = p;
	m->len = len;
	return touched(p, run->batch * PAGE) == m->sum
		       ? 0
		       : bench_fail(run, "the mapping has other contents");
}

static int keep(struct bench_run *run)
{
	return keep_at(run, NULL, run->batch * PAGE);
}

/* Does /proc/self/smaps say that the mapping at `p` has huge pages? */
static bool is_huge(const char *p)
{
	FILE *f = fopen("/proc/self/smaps", "re");
	char line[300];
	bool here = false, huge = false;

	while (f && fgets(line, sizeof(line), f)) {
		unsigned long from, to, kib;
		char what[64];

		if (sscanf(line, "%lx-%lx ", &from, &to) == 2)
			here = (unsigned long)p >= from && (unsigned long)p < to;
		else if (here && sscanf(line, "%63[A-Za-z]: %lu kB", what, &kib) == 2 &&
			 kib)
			huge |= !strcmp(what, "FilePmdMapped") ||
				!strcmp(what, "ShmemPmdMapped");
	}
	if (f)
		fclose(f);
	return huge;
}

/* The file filled up to 2 MiB, mapped at a multiple of it, and collapsed. */
static int keep_huge(struct bench_run *run)
{
	struct mapping *m = run->state;
	char *around, *p;
	int ret;

	if (ftruncate(run->fd[0], HUGE))
		return bench_errno(run, "ftruncate");
	around = mmap(NULL, 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (around == MAP_FAILED)
		return bench_errno(run, "mmap");
	p = (char *)(((uintptr_t)around + HUGE - 1) & -HUGE);
	ret = keep_at(run, p, HUGE);
	/* Give back what is before the huge page; what is behind it goes with it. */
	if (p > around)
		munmap(around, p - around);
	m->map = p;
	m->len = around + 2 * HUGE - p;
	if (ret)
		return ret;
	if (madvise(p, HUGE, MADV_COLLAPSE))
		return bench_skip(run,
				  "MADV_COLLAPSE: %s; needs Linux 6.1, and huge pages "
				  "for this file system",
				  strerror(errno));
	if (touched(p, run->batch * PAGE) != m->sum)
		return bench_fail(run, "the huge page has other contents");
	return is_huge(p) ? 0
			  : bench_skip(run, "no huge page is mapped, says "
					    "/proc/self/smaps");
}

/* A pass finds the known sum, and something else when a byte of the file is another. */
static int verify_pass(struct bench_run *run)
{
	const size_t last = (run->batch - 1) * PAGE;
	unsigned char right = *((unsigned char *)run->buf + last), wrong = right ^ 1;
	long found, changed;
	int ret = pieces_window(run, &found)
			  ?: bench_pwrite(run, 0, &wrong, 1, last)
			  ?: pieces_window(run, &changed)
			  ?: bench_pwrite(run, 0, &right, 1, last);

	if (!ret && (found || !changed))
		ret = bench_fail(run, "a pass is off by %#lx, and by %#lx after a change",
				 found, changed);
	return ret;
}

/* What was mapped has the contents of the file. */
static int verify_map(struct bench_run *run)
{
	struct mapping *m = run->state;
	int ret = 0, after;

	if (run->bench->batch(run, 1) < 0)
		return bench_fail(run, "mmap failed");
	if (touched(m->regions[0], run->batch * PAGE) != m->sum)
		ret = bench_fail(run, "the mapping has other contents");
	after = after_map(run, 1);
	return ret ?: after;
}

/* What was unmapped is gone: mincore(2) does not find it. */
static int verify_unmap(struct bench_run *run)
{
	struct mapping *m = run->state;
	unsigned char core[PIECES_MOST];
	int ret = before_unmap(run, 1);

	if (ret)
		return ret;
	if (mincore(m->regions[0], run->batch * PAGE, core))
		return bench_fail(run, "the region is not there before");
	if (run->bench->batch(run, 1))
		return bench_fail(run, "munmap failed");
	return mincore(m->regions[0], run->batch * PAGE, core) && errno == ENOMEM
		       ? 0
		       : bench_fail(run, "the region is still there");
}

#define MMAP(slug, work, ...)                                                           \
	STRATEGY("mmap-" slug, "mmap-" work, .base = "batch/mmap-read-pread",           \
		 .state = sizeof(struct mapping), .setup = setup, .teardown = teardown, \
		 __VA_ARGS__)

/* Whole passes. */
#define PASS(slug, ...) \
	MMAP("read-" slug, "read", .want = WANT_ZERO, .verify = verify_pass, __VA_ARGS__)
#define KEPT(...) .arg = (&(const struct kept){ __VA_ARGS__ })
#define PAGES	  "batch=" N_1024 " bytes=4096"
#define SOME	  "batch=1,4,16,64,256,1024 bytes=4096"
#define HUGE_AXES "batch=1,16,512 bytes=4096"

PASS("pread", .strategy = "pread", .calls = "pread64", .params = SOME,
     .desc = "pread 4 KiB of a cached file, touch a byte",
     .caveat = "copied, which touching a mapping is not", .batch = batch_map_pread);
PASS("fresh", .strategy = "mmap, fault-around", .calls = "mmap munmap", .params = PAGES,
     .desc = "map a cached file, touch a byte of each page, unmap it",
     .caveat = "a fault maps its neighbours too (16 pages by default)",
     .batch = batch_map_fresh);
PASS("populate", .strategy = "mmap, MAP_POPULATE", .calls = "mmap munmap",
     .params = PAGES,
     .desc = "map a cached file by MAP_POPULATE, touch a byte of each page, unmap it",
     .caveat = "no page is mapped in vain", .batch = batch_map_populate);
PASS("madvise", .strategy = "mmap, MADV_POPULATE_READ", .calls = "mmap madvise munmap",
     .params = PAGES, .caveat = "needs Linux 5.14", .batch = batch_map_madvise,
     .desc = "map a cached file, fill its page tables by madvise, touch each page, unmap "
	     "it");
PASS("dontneed", .strategy = "mapped, MADV_DONTNEED", .calls = "madvise", .params = PAGES,
     .desc = "drop the page tables of a kept mapping, touch a byte of each page",
     .caveat = "the page cache keeps the pages", KEPT(.keep = keep),
     .batch = batch_map_dontneed);
PASS("warm", .strategy = "mapped, warm", .via = VIA_USER, .params = PAGES,
     .desc = "touch a byte of each page of a kept mapping", .caveat = "no kernel at all",
     KEPT(.keep = keep), .batch = batch_map_warm);
PASS("huge-file", .strategy = "mapped, warm, huge page", .via = VIA_USER,
     .params = HUGE_AXES,
     .desc = "touch a byte of each 4 KiB of a huge page that is mapped",
     .caveat = "no kernel at all; a huge page must be had first", KEPT(.keep = keep_huge),
     .batch = batch_map_warm);
PASS("huge-memfd", .strategy = "mapped, warm, huge page in memory", .via = VIA_USER,
     .params = HUGE_AXES,
     .desc = "touch a byte of each 4 KiB of a huge page that is mapped",
     .caveat = "no kernel at all; a huge page must be had first",
     KEPT(.memfd = true, .keep = keep_huge), .batch = batch_map_warm);

/* The parts of "fresh" and "populate". */
MMAP("map", "map", .strategy = "mmap", .calls = "mmap", .params = SOME,
     .desc = "map a cached file; a page's share",
     .caveat = "unmapped outside of the time", .batch = batch_map_only,
     .before = before_map, .after = after_map, .verify = verify_map);
MMAP("map-populate", "map", .strategy = "mmap, MAP_POPULATE", .calls = "mmap",
     .params = SOME, .desc = "map a cached file by MAP_POPULATE; a page's share",
     .caveat = "unmapped outside of the time", .batch = batch_map_only_populate,
     .before = before_map, .after = after_map, .verify = verify_map);
MMAP("touch", "touch", .strategy = "fault-around", .via = VIA_USER, .params = SOME,
     .desc = "touch a byte of each page of a fresh mapping for the first time",
     .caveat = "mapped and unmapped outside of the time; faults, but no call",
     .want = WANT_ZERO, .batch = batch_touch_only, .before = before_touch,
     .after = after_map, .verify = verify_pass);
MMAP("unmap", "unmap", .strategy = "munmap", .calls = "munmap", .params = SOME,
     .desc = "unmap a file every page of which was touched; a page's share",
     .caveat = "mapped and touched outside of the time", .want = WANT_ZERO,
     .batch = batch_unmap_only, .before = before_unmap, .verify = verify_unmap);
