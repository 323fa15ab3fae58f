// SPDX-License-Identifier: MIT
/*
 * Many small reads of a file that is in the page cache, one behind the other or at random
 * places, by each way of making them; and the same bytes copied out of a mapping.
 *
 * Every piece has its own place in memory to go to. No disk is read. The file is 4 MiB,
 * which is larger than some L2 caches and smaller than most L3 caches.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#define LEN    (4UL << 20)
#define PLACES 4096 /* of the random order, which repeats */

/* s->more. The sequential rows go from `off` on, the random ones from place[k] on. */
struct source {
	size_t off, k;
	uint32_t place[PLACES];
	char *map;
};

/* What word `i` of the file is. */
static uint64_t word(uint64_t i)
{
	i = (i + 1) * 0x9e3779b97f4a7c15UL;
	return i ^ i >> 32;
}

/* Where the batch after this one begins. */
#define NEXT(off) ((off) + 2 * total > LEN ? 0 : (off) + total)

/* READS(name, calls) { one batch from `off`, or from place[k] on }: see PIECES. */
#define READS(name, calls, ...)                                                    \
	BATCH(name)                                                                \
	{                                                                          \
		struct pieces *const s = run->state;                               \
		struct source *const from = s->more;                               \
		const struct iovec *const iov __attribute__((unused)) = s->iov;    \
		const size_t batch = run->batch, bytes = run->bytes;               \
		const size_t total = batch * bytes;                                \
		const int fd __attribute__((unused)) = run->fd[0];                 \
		char *const buf = run->buf;                                        \
		char *const copy __attribute__((unused)) = buf + 2 * total;        \
		const char *const map __attribute__((unused)) = from->map;         \
		const uint32_t *const place __attribute__((unused)) = from->place; \
		const unsigned long rounds = n;                                    \
		size_t off = from->off, k = from->k;                               \
		long fold = 0;                                                     \
                                                                                   \
		do {                                                               \
			__VA_ARGS__;                                               \
			off = NEXT(off);                                           \
			k += batch;                                                \
			bench_keep(off);                                           \
		} while (--n);                                                     \
		from->off = off;                                                   \
		from->k = k;                                                       \
		run->enters += rounds * (calls);                                   \
		return fold;                                                       \
	}
#define EACH_AT(p) for (size_t at = 0, p = k; at < total; at += bytes, p++)

READS(seq_pread, batch, EACH(SYS(pread64, fd, buf + at, bytes, off + at)))
READS(seq_preadv, 1, ONCE(SYS(preadv, fd, iov, batch, off, 0)))
READS(seq_copy, 1, ONCE(SYS(pread64, fd, copy, total, off));
      for (size_t at = 0; at < total; at += bytes) memcpy(buf + at, copy + at, bytes))
READS(seq_mmap, 0,
      for (size_t at = 0; at < total; at += bytes)
	      memcpy(buf + at, map + off + at, bytes))
READS(random_pread, batch,
      EACH_AT(p)
	      fold |= off_by(SYS(pread64, fd, buf + at, bytes, place[p % PLACES]), bytes))
READS(random_mmap, 0, EACH_AT(p) memcpy(buf + at, map + place[p % PLACES], bytes))

#define SOURCE ((struct source *)((struct pieces *)r)->more)
#define SEQ    (SOURCE->off + at)
#define RANDOM (SOURCE->place[(SOURCE->k + i) % PLACES])
#define ADVANCE                          \
	SOURCE->off = NEXT(SOURCE->off); \
	SOURCE->k += batch
#define PREP_READ(place) io_uring_prep_read(sqe, fd, buf + at, bytes, place)
#define PREP_FIXED(place)                                            \
	io_uring_prep_read_fixed(sqe, 0, buf + at, bytes, place, 0); \
	sqe->flags |= IOSQE_FIXED_FILE
#define PREP_READV \
	io_uring_prep_readv(sqe, fd, ((struct pieces *)r)->iov, batch, SOURCE->off)

RING_BATCH(seq_ring, batch, bytes, PREP_READ(SEQ), ADVANCE)
RING_BATCH(seq_ring_fixed, batch, bytes, PREP_FIXED(SEQ), ADVANCE)
RING_BATCH(seq_ring_readv, 1, total, PREP_READV, ADVANCE)
RING_BATCH(random_ring, batch, bytes, PREP_READ(RANDOM), ADVANCE)
RING_BATCH(random_ring_fixed, batch, bytes, PREP_FIXED(RANDOM), ADVANCE)

/* Does `found` have the bytes of the file at `off`? */
static bool is_there(const char *found, size_t off, size_t len)
{
	while (len) {
		uint64_t w = word(off / sizeof(w));
		size_t skip = off % sizeof(w), some = sizeof(w) - skip;

		if (some > len)
			some = len;
		if (memcmp(found, (char *)&w + skip, some))
			return false;
		found += some;
		off += some;
		len -= some;
	}
	return true;
}

/* Written in pieces of 64 KiB: every page is in the page cache then. */
static int fill_file(struct bench_run *run)
{
	const size_t some = 64UL << 10;
	uint64_t *w = malloc(some);
	int ret = w ? 0 : bench_errno(run, "malloc");

	for (size_t off = 0; !ret && off < LEN; off += some) {
		for (size_t i = 0; i < some / sizeof(*w); i++)
			w[i] = word(off / sizeof(*w) + i);
		errno = ENOSPC; /* what a short write means */
		if (pwrite(run->fd[0], w, some, off) != (ssize_t)some)
			ret = bench_errno(run, "pwrite");
	}
	free(w);
	return ret;
}

static void teardown(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct source *from = s->more;

	ring_teardown(run);
	if (from && from->map)
		munmap(from->map, LEN);
	free(from);
	s->more = NULL;
}

static int setup_source(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct source *from = calloc(1, sizeof(*from));
	uint64_t random = 1;
	char path[4096];

	s->more = from;
	if (!from)
		return bench_errno(run, "calloc");
	for (size_t i = 0; i < PLACES; i++) {
		/* xorshift64 (Marsaglia, J. Stat. Soft. 8/14, 2003) */
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		from->place[i] = random % (LEN / run->bytes) * run->bytes;
	}
	bench_path(run, "source", path, sizeof(path));
	run->fd[0] = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (run->fd[0] < 0)
		return bench_errno(run, path);
	unlink(path);
	return fill_file(run);
}

static int setup_read(struct bench_run *run)
{
	int ret = setup_areas(run, 0);

	if (!ret)
		ret = setup_source(run);
	if (ret)
		teardown(run);
	return ret;
}

/*
 * Mapped, and every page of it read by this process: MAP_POPULATE fills the page tables,
 * but under some hypervisors the first access to a page still leaves the guest.
 */
static int setup_mmap(struct bench_run *run)
{
	struct pieces *s = run->state;
	struct source *from;
	int ret = setup_read(run);

	if (ret)
		return ret;
	from = s->more;
	from->map = mmap(NULL, LEN, PROT_READ, MAP_SHARED | MAP_POPULATE, run->fd[0], 0);
	if (from->map == MAP_FAILED) {
		from->map = NULL;
		ret = bench_errno(run, "mmap");
	} else if (!is_there(from->map, 0, LEN)) {
		ret = bench_fail(run, "the mapping has other bytes than the file");
	}
	if (ret)
		teardown(run);
	return ret;
}

static int setup_ring(struct bench_run *run, enum ring_mode mode, bool fixed)
{
	struct pieces *s = run->state;
	int ret = setup_read(run);

	if (ret)
		return ret;
	ret = ring_setup(run, &s->ring, mode, run->batch);
	if (!ret)
		ret = ring_needs_op(run, &s->ring, IORING_OP_READ, "READ", "Linux 5.6");
	if (!ret && fixed)
		ret = ring_fix_file(run, &s->ring, run->fd[0]);
	if (!ret && fixed)
		ret = ring_fix_buffer(run, &s->ring, run->buf, s->total);
	if (!ret)
		ret = ring_probe_read(run, run->fd[0], run->buf, run->bytes, 0);
	if (ret)
		teardown(run);
	return ret;
}

/* Each piece has what its place in the file has. */
static int verify(struct bench_run *run, bool random)
{
	struct pieces *s = run->state;
	struct source *from = s->more;
	size_t off = from->off, k = from->k;
	char *buf = run->buf;

	memset(buf, 0, s->total);
	if (run->bench->batch(run, 1))
		return bench_fail(run, "an operation failed while verifying");
	for (size_t i = 0; i < run->batch; i++, buf += run->bytes)
		if (!is_there(buf,
			      random ? from->place[(k + i) % PLACES]
				     : off + i * run->bytes,
			      run->bytes))
			return bench_fail(run, "piece %zu has other bytes than the file",
					  i);
	return s->ring.up ? ring_verify(run, &s->ring) : 0;
}

static int verify_seq(struct bench_run *run)
{
	return verify(run, false);
}

static int verify_random(struct bench_run *run)
{
	return verify(run, true);
}

#define SETUP_RING(mode, fixed)                                  \
	static int setup_##mode##_##fixed(struct bench_run *run) \
	{                                                        \
		return setup_ring(run, RING_##mode, fixed);      \
	}
SETUP_RING(DEFAULT, 0)
SETUP_RING(DEFAULT, 1)
SETUP_RING(DEFER, 1)

#define ROW(order, slug, ident, loop, how, made_by, axes, what, ...)                     \
	BATCH_ROW(read_##order##_##ident, "read-" #order "-" slug, "read-" #order, how,  \
		  .base = "batch/read-" #order "-pread", .via = made_by, .params = axes, \
		  .desc = what, .caveat = "page cache only; no disk",                    \
		  .batch = batch_##order##_##loop, .verify = verify_##order,             \
		  .teardown = teardown, __VA_ARGS__)
#define RING_ROW(order, slug, ident, loop, mode, fixed, how, axes, what) \
	ROW(order, slug, ident, loop, how, VIA_RING, axes, what,         \
	    .calls = "io_uring_enter", .setup = setup_##mode##_##fixed)
#define ORDER_ROWS(order, where)                                                    \
	ROW(order, "pread", pread, pread, "pread", VIA_INLINE, PLAIN,               \
	    "pread a piece of a cached file, " where, .calls = "pread64",           \
	    .setup = setup_read);                                                   \
	ROW(order, "mmap", mmap, mmap, "mmap, warm", VIA_USER, PLAIN,               \
	    "copy a piece out of a mapping, " where, .setup = setup_mmap);          \
	RING_ROW(order, "uring", ring, ring, DEFAULT, 0, "io_uring", SWEEP,         \
		 "a READ request of a cached file, " where);                        \
	RING_ROW(order, "uring-fixed", ring_fixed, ring_fixed, DEFAULT, 1,          \
		 "io_uring, fixed file and buffer", COARSE,                         \
		 "a READ_FIXED request of a registered, cached file, " where);      \
	RING_ROW(order, "uring-defer", ring_defer, ring_fixed, DEFER, 1,            \
		 "io_uring deferred, fixed file and buffer", SWEEP,                 \
		 "a READ_FIXED request on a single-issuer ring with deferred task " \
		 "work, its fd registered, " where)

ORDER_ROWS(seq, "one behind the other");
ORDER_ROWS(random, "at random places");
ROW(seq, "preadv", preadv, preadv, "preadv", VIA_INLINE, SWEEP,
    "a piece of a cached file, as one of a preadv", .calls = "preadv",
    .setup = setup_read);
ROW(seq, "copy", copy, copy, "pread, then copy", VIA_INLINE, SWEEP,
    "a piece of a cached file: one pread a batch into a buffer, copied from there",
    .calls = "pread64", .setup = setup_read);
RING_ROW(seq, "uring-readv", ring_readv, ring_readv, DEFAULT, 0, "io_uring, one READV",
	 COARSE, "a piece of one READV request of a cached file");
