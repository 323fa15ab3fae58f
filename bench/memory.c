// SPDX-License-Identifier: MIT
/*
 * Calls that change the address space, and faults that fill it: one thread on one CPU.
 *
 * The numbers do not tell what the same costs with huge pages or under memory pressure.
 * Nor do they tell it with threads on other CPUs, which share a lock and must be
 * interrupted to drop their translations. A fault clears its page, at memory speed.
 */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "bench.h"

#define PAGE  4096UL
#define PAGES 64 /* that one iteration of the fault rows touches */
#define AREA  (PAGES * PAGE)
#define RW    (PROT_READ | PROT_WRITE)
#define ANON  (MAP_PRIVATE | MAP_ANONYMOUS)

struct memory {
	char *page;  /* between two without access: it has no neighbour to merge with */
	long faults; /* minor faults of this thread before the first batch */
	int thp_off; /* what prctl(PR_GET_THP_DISABLE) said, + 1; 0: not asked */
};

static long minor_faults(void)
{
	struct rusage ru;

	getrusage(RUSAGE_THREAD, &ru);
	return ru.ru_minflt;
}

static bool is_mapped(const void *page)
{
	unsigned char core;

	return !mincore((void *)page, PAGE, &core);
}

#define TOUCH(p) (*(volatile char *)(p) = 1)
#define TOUCH_ALL(p)                       \
	for (int i_ = 0; i_ < PAGES; i_++) \
	TOUCH((p) + i_ * PAGE)
#define MAP(len, flags) SYS(mmap, 0, len, RW, flags, fd, 0)
#define UNMAP(p, len)	fold |= SYS(munmap, p, len)

#define MEMORY_LOCALS                                           \
	const struct memory *const m maybe_unused = run->state; \
	char *const page maybe_unused = m->page;                \
	const int fd maybe_unused = run->fd[0] /* -1: anonymous */
#define MEMORY(loop, ...) \
	BENCH_OF(loop, .state = sizeof(struct memory), .teardown = teardown, __VA_ARGS__)

/* The loops touch what mmap returns unseen: it has to have worked once. */
static int setup_map(struct bench_run *run)
{
	struct memory *m = run->state;
	int flags = run->fd[0] < 0 ? ANON : MAP_SHARED;
	void *p = mmap(NULL, AREA, RW, flags, run->fd[0], 0);
	int off;

	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	munmap(p, AREA);
	off = prctl(PR_GET_THP_DISABLE, 0, 0, 0, 0);
	if (off >= 0 && !prctl(PR_SET_THP_DISABLE, 1, 0, 0, 0))
		m->thp_off = off + 1;
	m->faults = minor_faults();
	return 0;
}

static int setup_file(struct bench_run *run)
{
	static const char byte = 1;
	int ret = bench_memfd(run, 0);

	for (int i = 0; i < PAGES && !ret; i++)
		ret = bench_pwrite(run, 0, &byte, 1, (i + 1) * PAGE - 1);
	return ret ?: setup_map(run);
}

static int setup_page(struct bench_run *run)
{
	struct memory *m = run->state;
	char *p = mmap(NULL, 3 * PAGE, PROT_NONE, ANON, -1, 0);

	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	m->page = p + PAGE;
	if (mprotect(m->page, PAGE, RW))
		return bench_errno(run, "mprotect");
	memset(m->page, 0xff, PAGE);
	m->faults = minor_faults();
	return 0;
}

/* No C library: a sanitizer's mlock is empty. */
static int lock_page(struct bench_run *run)
{
	errno = -SYS(mlock, ((struct memory *)run->state)->page, PAGE);
	return errno ? bench_errno(run, "mlock") : 0;
}

static int unlock_page(struct bench_run *run)
{
	errno = -SYS(munlock, ((struct memory *)run->state)->page, PAGE);
	return errno ? bench_errno(run, "munlock") : 0;
}

static int setup_mlock(struct bench_run *run)
{
	return setup_page(run) ?: lock_page(run) ?: unlock_page(run);
}

static void teardown(struct bench_run *run)
{
	struct memory *m = run->state;

	if (m->thp_off)
		prctl(PR_SET_THP_DISABLE, m->thp_off - 1, 0, 0, 0);
	if (m->page)
		munmap(m->page - PAGE, 3 * PAGE);
}

static int check_faults(struct bench_run *run, unsigned long per_iteration)
{
	struct memory *m = run->state;
	long faults = minor_faults() - m->faults;

	if (faults < 0 || (unsigned long)faults < run->done * per_iteration)
		return bench_fail(run, "%ld faults in %lu iterations of %lu", faults,
				  run->done, per_iteration);
	return 0;
}

static int verify_mmap(struct bench_run *run)
{
	const int fd = -1;
	long p = MAP(PAGE, ANON);

	if (p < 0 || !is_mapped((void *)p))
		return bench_fail(run, "the page is not there after mmap");
	if (SYS(munmap, p, PAGE) || is_mapped((void *)p))
		return bench_fail(run, "the page is there after munmap");
	return 0;
}

static int verify_touch(struct bench_run *run)
{
	return verify_mmap(run) ?: check_faults(run, 1);
}

static int verify_fault(struct bench_run *run)
{
	return check_faults(run, PAGES);
}

static int verify_fault_file(struct bench_run *run)
{
	int ret = 0;

	for (int i = 0; i < PAGES && !ret; i++) {
		char byte = 0;

		if (pread(run->fd[0], &byte, 1, i * PAGE) != 1 || byte != 1)
			return bench_fail(run, "page %d of the file was not written", i);
		ret = bench_pwrite(run, 0, "", 1, i * PAGE);
	}
	return ret ?: check_faults(run, PAGES);
}

/* uname writes to where it is pointed to, or returns EFAULT. */
static int verify_mprotect(struct bench_run *run)
{
	struct memory *m = run->state;

	if (SYS(uname, m->page))
		return bench_fail(run, "the page is not writable");
	if (SYS(mprotect, m->page, PAGE, PROT_READ) || SYS(uname, m->page) != -EFAULT)
		return bench_fail(run, "the page is not protected");
	return mprotect(m->page, PAGE, RW) ? bench_errno(run, "mprotect") : 0;
}

static int verify_dontneed(struct bench_run *run)
{
	struct memory *m = run->state;

	if (m->page[0] != 1 || m->page[1] || m->page[PAGE - 1])
		return bench_fail(run, "the page was not dropped and touched");
	memset(m->page, 0xff, PAGE);
	return check_faults(run, 1);
}

/* madvise refuses to drop a locked page. */
static int verify_mlock(struct bench_run *run)
{
	struct memory *m = run->state;
	int ret;

	if (SYS(madvise, m->page, PAGE, MADV_DONTNEED))
		return bench_fail(run, "the page is locked after munlock");
	TOUCH(m->page);
	ret = lock_page(run);
	if (!ret && SYS(madvise, m->page, PAGE, MADV_DONTNEED) != -EINVAL)
		ret = bench_fail(run, "the page is not locked after mlock");
	return ret ?: unlock_page(run);
}

/*
 * The heap that the worker has locked ends in a mapping of its own. Above one that is not
 * locked, as in any program, brk makes a mapping larger instead of adding one.
 */
static int setup_brk(struct bench_run *run)
{
	return sbrk(PAGE) == (void *)-1 ? bench_errno(run, "sbrk") : 0;
}

static void teardown_brk(struct bench_run *run)
{
	(void)run;
	sbrk(-PAGE);
}

static int verify_brk(struct bench_run *run)
{
	const long at = SYS(brk, 0);
	void *page = (void *)((at + PAGE - 1) & -PAGE);
	bool grown, shrunk;

	if (at != (long)sbrk(0))
		return bench_fail(run, "the break is not where the C library left it");
	grown = SYS(brk, at + PAGE) == at + (long)PAGE && is_mapped(page);
	shrunk = SYS(brk, at) == at && !is_mapped(page);
	if (!grown || !shrunk)
		return bench_fail(run, "the break did not %s", grown ? "shrink" : "grow");
	return 0;
}

LOOP(mmap, MEMORY_LOCALS, long p = MAP(PAGE, ANON); fold |= p; UNMAP(p, PAGE))
MEMORY(mmap, .id = "memory/mmap-munmap", .calls = "mmap munmap", .base = NULL_CALL,
       .setup = setup_map, .verify = verify_mmap,
       .desc = "map 4 KiB of anonymous memory, unmap it untouched",
       .caveat = "no page is allocated; the kernel may grow a neighbour instead of "
		 "adding a mapping");

LOOP(mmap_touch, MEMORY_LOCALS, long p = MAP(PAGE, ANON); TOUCH(p); fold |= p;
     UNMAP(p, PAGE))
MEMORY(mmap_touch, .id = "memory/mmap-touch-munmap", .calls = "mmap munmap",
       .base = "memory/mmap-munmap", .setup = setup_map, .verify = verify_touch,
       .desc = "map 4 KiB of anonymous memory, write to it, unmap it",
       .caveat = "includes a page fault, clearing and freeing the page, and a TLB flush");

LOOP(mprotect, MEMORY_LOCALS, fold |= SYS(mprotect, page, PAGE, PROT_READ);
     fold |= SYS(mprotect, page, PAGE, RW))
MEMORY(mprotect, .id = "memory/mprotect-pair", .calls = "mprotect mprotect",
       .base = NULL_CALL, .want = WANT_ZERO, .setup = setup_page,
       .verify = verify_mprotect,
       .desc = "make a touched page read-only, then writable again",
       .caveat = "two calls; one CPU has seen the page, so that no other is interrupted");

LOOP(dontneed, MEMORY_LOCALS, fold |= SYS(madvise, page, PAGE, MADV_DONTNEED);
     TOUCH(page))
MEMORY(dontneed, .id = "memory/madvise-dontneed-touch", .calls = "madvise",
       .base = NULL_CALL, .want = WANT_ZERO, .setup = setup_page,
       .verify = verify_dontneed,
       .desc = "drop a touched page by MADV_DONTNEED, write to it again",
       .caveat = "includes the page fault, and clearing and freeing the page");

LOOP(mlock, MEMORY_LOCALS, fold |= SYS(mlock, page, PAGE);
     fold |= SYS(munlock, page, PAGE))
MEMORY(mlock, .id = "memory/mlock-pair", .calls = "mlock munlock", .base = NULL_CALL,
       .want = WANT_ZERO, .setup = setup_mlock, .verify = verify_mlock,
       .desc = "lock a resident page into memory, unlock it",
       .caveat = "two calls; the page is there already: nothing is read in");

LOOP(fault_anon, MEMORY_LOCALS, long p = MAP(AREA, ANON); TOUCH_ALL(p); fold |= p;
     UNMAP(p, AREA))
MEMORY(fault_anon, .id = "memory/fault-anon", .calls = "mmap munmap", .base = NULL_CALL,
       .ops = PAGES, .setup = setup_map, .verify = verify_fault,
       .desc = "minor fault of a fresh anonymous page: 1/64 of map, 64 writes, unmap",
       .caveat = "1/64 of mmap and munmap and the freeing of the page are included; no "
		 "huge pages");

LOOP(fault_file, MEMORY_LOCALS, long p = MAP(AREA, MAP_SHARED); TOUCH_ALL(p); fold |= p;
     UNMAP(p, AREA))
MEMORY(fault_file, .id = "memory/fault-file", .calls = "mmap munmap",
       .base = "memory/fault-anon", .ops = PAGES, .setup = setup_file,
       .verify = verify_fault_file,
       .desc = "minor write fault of a cached page of a shared memfd: 1/64 of map, 64 "
	       "writes, unmap",
       .caveat = "on tmpfs; writes, since reads fault around; 1/64 of mmap and munmap is "
		 "included");

/*
 * The break is asked for once a batch, not in setup: malloc may have moved it between two
 * batches. A refused brk returns the break as it was, never an error. So each call folds
 * how far the break is from where it should be.
 */
#define BREAK const long at = SYS(brk, 0)
LOOP(brk, BREAK; (void)run, fold |= SYS(brk, at + PAGE) - (at + (long)PAGE);
     fold |= SYS(brk, at) - at)
BENCH_OF(brk, .id = "memory/brk-pair", .calls = "brk brk", .base = NULL_CALL,
	 .want = WANT_ZERO, .setup = setup_brk, .verify = verify_brk,
	 .teardown = teardown_brk, .desc = "grow the heap by a page, shrink it again",
	 .caveat = "two calls; the page is never touched");
