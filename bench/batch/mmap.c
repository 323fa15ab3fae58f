// SPDX-License-Identifier: MIT
/*
 * A byte of every page of a cached file, through a mapping in every state that its page
 * tables can be in, against pread of the pages; and mapping, first touch and unmapping
 * timed apart. An operation is one page of 4 KiB, and `batch` the pages of the mapping.
 *
 * No disk is read. Touching a byte is not reading a page: pread copies all of it. What
 * is mapped here is used by one thread: with more, unmapping interrupts other CPUs.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#ifndef MADV_POPULATE_READ
#define MADV_POPULATE_READ 22 /* Linux 5.14 */
#endif
#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25 /* Linux 6.1 */
#endif

#define PAGE 4096UL
#define HUGE (2UL << 20)

/* s->more */
struct mapping {
	char *map; /* of rows that keep one; else NULL */
	size_t len;
	long sum;	/* what a pass over the pages must come to */
	char **regions; /* of a window: mapped before it, in it, or unmapped in it */
	size_t room;
};

/* MAPPED(name, calls, one pass): fold gets what it found XOR what it must find. */
#define MAPPED(name, calls, ...)                                                       \
	BATCH(name)                                                                    \
	{                                                                              \
		struct mapping *const m = ((struct pieces *)run->state)->more;         \
		const size_t batch = run->batch;                                       \
		const size_t total = batch * PAGE;                                     \
		const int fd __attribute__((unused)) = run->fd[0];                     \
		char *const back                                                       \
			__attribute__((unused)) = ((struct pieces *)run->state)->back; \
		char *const map __attribute__((unused)) = m->map;                      \
		char **const regions __attribute__((unused)) = m->regions;             \
		const long sum __attribute__((unused)) = m->sum;                       \
		const unsigned long rounds = n;                                        \
		long fold = 0;                                                         \
                                                                                       \
		do {                                                                   \
			__VA_ARGS__;                                                   \
		} while (--n);                                                         \
		run->enters += rounds * (calls);                                       \
		return fold;                                                           \
	}
#define TOUCH(p)   fold |= touched(p, total) ^ sum
#define MAP(flags) SYS(mmap, 0, total, PROT_READ, flags, fd, 0)
#define UNMAP(p)   fold |= SYS(munmap, p, total)
#define FRESH(flags, ready)  \
	long p = MAP(flags); \
	ready;               \
	TOUCH((char *)p);    \
	UNMAP(p)
#define MADVISE(p, what) fold |= SYS(madvise, p, total, what)

static inline __attribute__((always_inline)) long touched(const char *map, size_t total)
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
	struct mapping *m = ((struct pieces *)run->state)->more;
	char **regions;

	/* vm.max_map_count is 65530 by default */
	if (n > 32768)
		return bench_fail(run, "a window of %lu mappings is too many", n);
	if (n > m->room) {
		regions = realloc(m->regions, n * sizeof(*regions));
		if (!regions)
			return bench_errno(run, "realloc");
		m->regions = regions;
		m->room = n;
	}

	return 0;
}

static int after_map(struct bench_run *run, unsigned long n)
{
	struct mapping *m = ((struct pieces *)run->state)->more;
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
	struct mapping *m = ((struct pieces *)run->state)->more;
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
	struct mapping *m = ((struct pieces *)run->state)->more;
	int ret = before_touch(run, n);

	for (unsigned long i = 0; !ret && i < n; i++)
		if (touched(m->regions[i], run->batch * PAGE) != m->sum)
			ret = bench_fail(run, "a region has other contents");
	return ret;
}

static void teardown(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct mapping *m = s->more;

	if (!m)
		return;
	if (m->map)
		munmap(m->map, m->len);
	free(m->regions);
	free(m);
	s->more = NULL;
}

/* The pages are the source of setup_areas(), and written to the file. */
static int fill(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct mapping *m = calloc(1, sizeof(*m));

	s->more = m;
	if (!m)
		return bench_errno(run, "calloc");
	m->sum = touched(run->buf, s->total);
	return batch_fill(run, run->fd[0]);
}

static int setup_file(struct bench_run *run)
{
	char path[4096];
	int ret = setup_areas(run, 0);

	if (ret)
		return ret;
	bench_path(run, "mapped", path, sizeof(path));
	run->fd[0] = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (run->fd[0] < 0)
		return bench_errno(run, path);
	unlink(path);
	ret = fill(run);
	if (ret)
		teardown(run);
	return ret;
}

/* A mapping that is kept, with its page tables filled. */
static int keep(struct bench_run *run, size_t len, char *where)
{
	struct mapping *m = ((struct pieces *)run->state)->more;
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

static int setup_kept(struct bench_run *run)
{
	int ret = setup_file(run);

	if (ret)
		return ret;
	ret = keep(run, run->batch * PAGE, NULL);
	if (ret)
		teardown(run);
	return ret;
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
static int collapse(struct bench_run *run)
{
	struct mapping *m;
	char *p;
	int ret = 0;

	if (ftruncate(run->fd[0], HUGE))
		return bench_errno(run, "ftruncate");
	p = mmap(NULL, 2 * HUGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	m = ((struct pieces *)run->state)->more;
	ret = keep(run, HUGE, (char *)(((uintptr_t)p + HUGE - 1) & -HUGE));
	m->map = p; /* with what is around it */
	m->len = 2 * HUGE;
	p = (char *)(((uintptr_t)p + HUGE - 1) & -HUGE);
	if (!ret && madvise(p, HUGE, MADV_COLLAPSE))
		ret = bench_skip(run,
				 "MADV_COLLAPSE: %s; needs Linux 6.1, and huge pages "
				 "for this file system",
				 strerror(errno));
	if (!ret && touched(p, run->batch * PAGE) != m->sum)
		ret = bench_fail(run, "the huge page has other contents");
	if (!ret && !is_huge(p))
		ret = bench_skip(run, "no huge page is mapped, says /proc/self/smaps");
	if (ret)
		return ret;
	/* Give back what is before the huge page, so that m->map is where it begins. */
	if (p > m->map)
		munmap(m->map, p - m->map);
	m->len -= p - m->map;
	m->map = p;
	return 0;
}

static int setup_huge_file(struct bench_run *run)
{
	int ret = setup_file(run);

	if (ret)
		return ret;
	ret = collapse(run);
	if (ret)
		teardown(run);
	return ret;
}

static int setup_huge_memfd(struct bench_run *run)
{
	int ret = setup_areas(run, 0);

	if (ret)
		return ret;
	run->fd[0] = memfd_create("mapped", MFD_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "memfd_create");
	ret = fill(run);
	if (!ret)
		ret = collapse(run);
	if (ret)
		teardown(run);
	return ret;
}

/* One window of one iteration, as the harness makes them. */
static int once(struct bench_run *run, long *fold)
{
	const struct bench *b = run->bench;
	int ret = b->before ? b->before(run, 1) : 0;

	if (ret)
		return ret;
	*fold = b->batch(run, 1);
	return b->after ? b->after(run, 1) : 0;
}

/* A pass finds the known sum, and something else when a byte of the file is another. */
static int verify_pass(struct bench_run *run)
{
	const size_t last = (run->batch - 1) * PAGE;
	unsigned char right = *((unsigned char *)run->buf + last), wrong = right ^ 1;
	long found, changed;
	int ret = once(run, &found);

	if (ret)
		return ret;
	if (pwrite(run->fd[0], &wrong, 1, last) != 1)
		return bench_errno(run, "pwrite");
	ret = once(run, &changed);
	if (pwrite(run->fd[0], &right, 1, last) != 1)
		return bench_errno(run, "pwrite");
	if (!ret && (found || !changed))
		ret = bench_fail(run, "a pass is off by %#lx, and by %#lx after a change",
				 found, changed);
	return ret;
}

/* What was mapped has the contents of the file. */
static int verify_map(struct bench_run *run)
{
	struct mapping *m = ((struct pieces *)run->state)->more;
	int ret = before_map(run, 1), after;

	if (ret)
		return ret;
	if (run->bench->batch(run, 1) < 0)
		return bench_fail(run, "mmap failed");
	if (touched(m->regions[0], run->batch * PAGE) != m->sum)
		ret = bench_fail(run, "the mapping has other contents");
	after = after_map(run, 1);
	return ret ? ret : after;
}

/* What was unmapped is gone: mincore(2) does not find it. */
static int verify_unmap(struct bench_run *run)
{
	struct mapping *m = ((struct pieces *)run->state)->more;
	unsigned char core[MOST];
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

static int setup_map(struct bench_run *run)
{
	int ret = setup_file(run);

	run->want = BENCH_ANY; /* results are addresses */
	return ret;
}

#define ROW(ident, slug, work, how, made_by, loop, axes, what, not_this, ...)       \
	BATCH_ROW(mmap_##ident, slug, work, how, .base = "batch/mmap-read-pread",   \
		  .via = made_by, .params = axes, .desc = what, .caveat = not_this, \
		  .batch = batch_##loop, .teardown = teardown, __VA_ARGS__)
#define PASS(ident, how, made_by, axes, what, not_this, ...)                          \
	ROW(ident, "mmap-read-" #ident, "mmap-read", how, made_by, map_##ident, axes, \
	    what, not_this, .verify = verify_pass, __VA_ARGS__)

#define PAGES "batch=" N_1024 " bytes=4096"
#define SOME  "batch=1,4,16,64,256,1024 bytes=4096"

PASS(pread, "pread", VIA_INLINE, SOME, "pread 4 KiB of a cached file, touch a byte",
     "copied, which touching a mapping is not", .calls = "pread64", .setup = setup_file);
PASS(fresh, "mmap, fault-around", VIA_INLINE, PAGES,
     "map a cached file, touch a byte of each page, unmap it",
     "a fault maps its neighbours too (16 pages by default)", .calls = "mmap munmap",
     .setup = setup_file);
PASS(populate, "mmap, MAP_POPULATE", VIA_INLINE, PAGES,
     "map a cached file by MAP_POPULATE, touch a byte of each page, unmap it",
     "no page is mapped in vain", .calls = "mmap munmap", .setup = setup_file);
PASS(madvise, "mmap, MADV_POPULATE_READ", VIA_INLINE, PAGES,
     "map a cached file, fill its page tables by madvise, touch each page, unmap it",
     "needs Linux 5.14", .calls = "mmap madvise munmap", .setup = setup_file);
PASS(dontneed, "mapped, MADV_DONTNEED", VIA_INLINE, PAGES,
     "drop the page tables of a kept mapping, touch a byte of each page",
     "the page cache keeps the pages", .calls = "madvise", .setup = setup_kept);
PASS(warm, "mapped, warm", VIA_USER, PAGES, "touch a byte of each page of a kept mapping",
     "no kernel at all", .setup = setup_kept);

#define HUGE_AXES "batch=1,16,512 bytes=4096"
#define HUGE_ROW(ident, how, set_up)                                            \
	ROW(huge_##ident, "mmap-read-huge-" #ident, "mmap-read", how, VIA_USER, \
	    map_warm, HUGE_AXES,                                                \
	    "touch a byte of each 4 KiB of a huge page that is mapped",         \
	    "no kernel at all; a huge page must be had first", .setup = set_up, \
	    .verify = verify_pass)
HUGE_ROW(file, "mapped, warm, huge page", setup_huge_file);
HUGE_ROW(memfd, "mapped, warm, huge page in memory", setup_huge_memfd);

/* The parts of map_fresh and map_populate. */
#define PART(ident, loop, slug, work, how, made_by, what, not_this, ...) \
	ROW(ident, slug, work, how, made_by, loop, SOME, what, not_this, __VA_ARGS__)
PART(part_map, map_only, "mmap-map", "mmap-map", "mmap", VIA_INLINE,
     "map a cached file; a page's share", "unmapped outside of the time", .calls = "mmap",
     .setup = setup_map, .before = before_map, .after = after_map, .verify = verify_map);
PART(part_populate, map_only_populate, "mmap-map-populate", "mmap-map",
     "mmap, MAP_POPULATE", VIA_INLINE,
     "map a cached file by MAP_POPULATE; a page's share", "unmapped outside of the time",
     .calls = "mmap", .setup = setup_map, .before = before_map, .after = after_map,
     .verify = verify_map);
PART(part_touch, touch_only, "mmap-touch", "mmap-touch", "fault-around", VIA_USER,
     "touch a byte of each page of a fresh mapping for the first time",
     "mapped and unmapped outside of the time; faults, but no call", .setup = setup_file,
     .before = before_touch, .after = after_map, .verify = verify_pass);
PART(part_unmap, unmap_only, "mmap-unmap", "mmap-unmap", "munmap", VIA_INLINE,
     "unmap a file every page of which was touched; a page's share",
     "mapped and touched outside of the time", .calls = "munmap", .setup = setup_file,
     .before = before_unmap, .verify = verify_unmap);
