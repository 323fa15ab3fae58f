// SPDX-License-Identifier: MIT
/*
 * What a page of a cached file costs. It is copied by pread in pieces of three sizes, or
 * mapped: by faults, by page tables filled ahead, or before. Each is touched or summed.
 *
 * Numbers are per 4 KiB, whatever the piece. None of them is of a disk, nor of a cold
 * page cache. `touch` reads a byte of a page and `sum` all of it: a fair comparison with
 * pread takes the same one of the two. A pass goes over 1 MiB, and the next one over the
 * next: the file as a whole is larger than most L2 caches. All rows of a round share the
 * file, and the next round has another. Where its pages lie in memory moves these rows by
 * up to a fifth (Zen 5 in a PVM guest). That must not be the same luck for a whole run.
 */
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "bench.h"

#define PAGE	     4096UL
#define LEN	     (8UL << 20)
#define PASS	     (1UL << 20) /* what one iteration goes over */
#define PASSES	     (LEN / PASS)
#define PIECE	     (64UL << 10) /* of the pread that sums */
#define WORDS(bytes) ((bytes) / sizeof(uint64_t))
#define TOUCHED	     7 /* the byte of a page: the top of its first word, which differs */

struct file {
	size_t off;			     /* where the next pread or pass starts */
	uint64_t sum[PASSES], touch[PASSES]; /* what each pass must come to */
	char *map;			     /* `warm` rows */
};

/* What word `i` of the file is; and the sum of the first `n`: an arithmetic series. */
#define STEP 0x9e3779b97f4a7c15UL

static uint64_t word(uint64_t i)
{
	return (i + 1) * STEP;
}

static uint64_t sum_of_first(uint64_t n)
{
	return n * (n + 1) / 2 * STEP;
}

static always_inline uint64_t sum(const void *p, size_t len)
{
	const uint64_t *w = p;
	uint64_t total = 0;

	for (size_t i = 0; i < WORDS(len); i++)
		total += w[i];
	return total;
}

static always_inline uint64_t touch(const void *p, size_t len)
{
	const volatile uint8_t *byte = p;
	uint64_t total = 0;

	for (size_t i = 0; i < len; i += PAGE)
		total += byte[i + TOUCHED];
	return total;
}

/* The first row that asks makes the file, and reads it back: it is in the page cache. */
static int fill_file(struct bench_run *run)
{
	uint64_t *w = run->buf;
	int ret = 0;

	for (size_t off = 0; off < LEN && !ret; off += PAGE) {
		for (size_t i = 0; i < WORDS(PAGE); i++)
			w[i] = word(WORDS(off) + i);
		ret = bench_pwrite(run, 0, w, PAGE, off);
	}
	for (size_t off = 0; off < LEN && !ret; off += PAGE)
		if (pread(run->fd[0], w, PAGE, off) != (ssize_t)PAGE)
			ret = bench_errno(run, "pread");
	return ret;
}

/* run->want is the size of a pread, where that is the operation. */
static int setup_file(struct bench_run *run)
{
	struct file *f = run->state;
	char path[BENCH_PATH_MAX];
	struct stat st;
	int ret;

	/* Another build may share the folder: other contents want another name. */
	bench_path(run, "warm-series", path, sizeof(path));
	ret = bench_buffer(run, run->want ?: (long)PIECE)
		      ?: bench_open(run, 0, path, O_RDWR | O_CREAT);
	if (!ret && fstat(run->fd[0], &st))
		ret = bench_errno(run, path);
	/* It is not whole: it is new, or an earlier row died while making it. */
	if (!ret && st.st_size != (off_t)LEN)
		ret = fill_file(run);
	if (ret)
		return ret;
	for (size_t i = 0; i < PASSES; i++)
		f->sum[i] = sum_of_first(WORDS((i + 1) * PASS)) -
			    sum_of_first(WORDS(i * PASS));
	for (size_t off = 0; off < LEN; off += PAGE)
		f->touch[off / PASS] += word(WORDS(off)) >> 56;
	return 0;
}

/* The buffer has the piece that was read last. */
static int verify_pread(struct bench_run *run)
{
	struct file *f = run->state;
	const uint64_t *w = run->buf;
	size_t from = f->off;

	memset(run->buf, 0, run->buf_len);
	if (run->bench->batch(run, 1) != run->want)
		return bench_fail(run, "short read at %zu", from);
	for (size_t i = 0; i < WORDS(run->buf_len); i++)
		if (w[i] != word(WORDS(from) + i))
			return bench_fail(run, "wrong contents at %zu", from);
	return 0;
}

#define READ(loop, ...) BENCH_OF(loop, .state = sizeof(struct file), __VA_ARGS__)

#define FILE_LOCALS                              \
	struct file *const f = run->state;       \
	char *const buf maybe_unused = run->buf; \
	const int fd maybe_unused = run->fd[0];  \
	size_t off = f->off
#define PREAD(name, len, ...)                                                  \
	LOOP_THEN(pread_##name, FILE_LOCALS, f->off = off,                     \
		  fold |= SYS(pread64, fd, buf, len, off);                     \
		  off = (off + (len)) % LEN)                                   \
	READ(pread_##name, .id = "read/pread-" #name, .calls = "pread64",      \
	     .ops = (len) / PAGE, .want = len, .setup = setup_file,            \
	     .verify = verify_pread,                                           \
	     .desc = "4 KiB of a cached file, by pread of " #name,             \
	     .caveat = "copied into the same buffer again, and not looked at", \
	     __VA_ARGS__)

PREAD(4k, PAGE, .base = NULL_CALL);
PREAD(64k, PIECE, .base = "read/pread-4k");
PREAD(1m, 1UL << 20, .base = "read/pread-4k");

/*
 * All of it, so that rows that keep the mapping find every page there. Without a mapping
 * nothing can be touched: see here that there is one, not by a crash.
 */
static int setup_map(struct bench_run *run)
{
	struct file *f = run->state;
	int ret = setup_file(run);
	char *p;

	if (ret)
		return ret;
	p = mmap(NULL, LEN, PROT_READ, MAP_SHARED | MAP_POPULATE, run->fd[0], 0);
	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	f->map = p;
	for (size_t i = 0; i < PASSES; i++)
		if (touch(p + i * PASS, PASS) != f->touch[i])
			return bench_fail(run, "the mapping has other contents");
	return 0;
}

static void teardown_map(struct bench_run *run)
{
	struct file *f = run->state;

	if (f->map)
		munmap(f->map, LEN);
	f->map = NULL;
}

/* For the rows that map in the loop: no mapping left that could share page tables. */
static int setup_unmapped(struct bench_run *run)
{
	int ret = setup_map(run);

	teardown_map(run);
	return ret;
}

/* A pass finds the known value; and finds out when one word of the file is another. */
static int verify_pass(struct bench_run *run)
{
	struct file *f = run->state;
	size_t at = f->off + PASS / 2;
	uint64_t right = word(WORDS(at)), wrong = ~right; /* TOUCHED too */
	int ret = bench_pwrite(run, 0, &wrong, sizeof(wrong), at);
	long found, changed = ret ? 0 : run->bench->batch(run, 1);

	ret = ret ?: bench_pwrite(run, 0, &right, sizeof(right), at);
	if (ret)
		return ret;
	f->off = at - PASS / 2; /* the same pass, right again */
	found = run->bench->batch(run, 1);
	if (found || !changed)
		return bench_fail(run,
				  "passes are off by %#lx, and by %#lx after a change",
				  found, changed);
	return 0;
}

/* What a pass finds, XOR what it must: anything but zero is not what run->want says. */
#define OFF_BY(found, known) ((long)((found) ^ (known)))

#define PASSES_OVER(ident, ...)                                                     \
	LOOP_THEN(ident, FILE_LOCALS, f->off = off, const size_t pass = off / PASS; \
		  __VA_ARGS__ off = (off + PASS) % LEN)
#define MAPPED(ident, walk, flags)                                      \
	PASSES_OVER(ident, {                                            \
		long p = SYS(mmap, 0, PASS, PROT_READ, flags, fd, off); \
                                                                        \
		fold |= OFF_BY(walk((void *)p, PASS), f->walk[pass]);   \
		fold |= SYS(munmap, p, PASS);                           \
	})
#define WARM(ident, walk)                                     \
	PASSES_OVER(ident, {                                  \
		const char *p = f->map + off;                 \
                                                              \
		bench_keep(p);                                \
		fold |= OFF_BY(walk(p, PASS), f->walk[pass]); \
	})

MAPPED(mmap_first_touch, touch, MAP_SHARED)
MAPPED(mmap_first_sum, sum, MAP_SHARED)
MAPPED(mmap_populate_touch, touch, MAP_SHARED | MAP_POPULATE)
MAPPED(mmap_populate_sum, sum, MAP_SHARED | MAP_POPULATE)
WARM(mmap_warm_touch, touch)
WARM(mmap_warm_sum, sum)

PASSES_OVER(pread_64k_sum, {
	uint64_t total = 0;

	for (size_t end = off + PASS, at = off; at < end; at += PIECE) {
		fold |= SYS(pread64, fd, buf, PIECE, at) ^ (long)PIECE;
		total += sum(buf, PIECE);
	}
	fold |= OFF_BY(total, f->sum[pass]);
})

#define PASS_OF(loop, ...)                                                         \
	READ(loop, .base = "read/pread-4k", .ops = PASS / PAGE, .want = WANT_ZERO, \
	     .verify = verify_pass, __VA_ARGS__)
#define MAPPED_PASSES(kind, what, ...)                                                \
	PASS_OF(mmap_##kind##_touch, .id = "read/mmap-" #kind "-touch",               \
		.desc = "a byte of each 4 KiB of a cached file, " what, __VA_ARGS__); \
	PASS_OF(mmap_##kind##_sum, .id = "read/mmap-" #kind "-sum",                   \
		.desc = "the sum of 4 KiB of a cached file, " what, __VA_ARGS__)

MAPPED_PASSES(first, "mapped for one pass", .calls = "mmap munmap",
	      .setup = setup_unmapped,
	      .caveat = "a fault maps its neighbours too (16 pages by default); munmap "
			"is in it");
MAPPED_PASSES(populate, "mapped by MAP_POPULATE for one pass", .calls = "mmap munmap",
	      .setup = setup_unmapped,
	      .caveat = "1 MiB at once, none of it in vain; munmap is in it");
MAPPED_PASSES(warm, "mapped and touched before", .via = VIA_USER, .setup = setup_map,
	      .teardown = teardown_map,
	      .caveat = "no kernel at all: what is left when the mapping is for good");
PASS_OF(pread_64k_sum, .id = "read/pread-64k-sum", .calls = "pread64",
	.setup = setup_file, .desc = "the sum of 4 KiB of a cached file, by pread of 64k",
	.caveat = "the sum runs over a buffer in the cache; of a mapping, over memory");
