// SPDX-License-Identifier: MIT
/*
 * Many small reads of a cached file, by each way of making them, one behind the other or
 * at random places. The same bytes are also copied out of a mapping.
 *
 * Every piece has its own place in memory to go to. No disk is read. The file is 4 MiB,
 * which is larger than some L2 caches and smaller than most L3 caches.
 */
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "batch.h"

#define LEN    (4UL << 20)
#define PLACES 4096	    /* of the random order, which repeats */
#define CHUNK  (64UL << 10) /* that the file is written in: every page is cached then */

/* The sequential rows go from `off` on, the random ones from place[k] on. */
struct source {
	struct pieces pieces; /* first: see handle.h */
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

/* READS(name, calls, statements): a batch from `off`, or place[k], on; see PIECES. */
#define READ_LOCALS                                             \
	COUNTED_PIECES;                                         \
	struct source *const from = run->state;                 \
	const char *const map maybe_unused = from->map;         \
	const uint32_t *const place maybe_unused = from->place; \
	size_t off = from->off, k = from->k
#define READS(name, calls, ...)                                                      \
	LOOP_THEN(name, READ_LOCALS, from->off = off; from->k = k;                   \
		  run->enters += iterations * (calls), __VA_ARGS__; off = NEXT(off); \
		  k += batch; bench_keep(off))
#define FOR_EACH_PLACE(p) for (size_t at = 0, p = k; at < total; at += bytes, p++)

#define PREAD_AT(place) off_by(SYS(pread64, fd2, buf + at, bytes, place), bytes)

READS(seq_pread, batch, FOR_EACH_PIECE fold |= PREAD_AT(off + at))
READS(seq_preadv, 1, ONCE(SYS(preadv, fd2, iov, batch, off, 0)))
READS(seq_copy, 1, ONCE(SYS(pread64, fd2, copy, total, off));
      FOR_EACH_PIECE memcpy(buf + at, copy + at, bytes))
READS(seq_mmap, 0, FOR_EACH_PIECE memcpy(buf + at, map + off + at, bytes))
READS(random_pread, batch, FOR_EACH_PLACE(p) fold |= PREAD_AT(place[p % PLACES]))
READS(random_mmap, 0, FOR_EACH_PLACE(p) memcpy(buf + at, map + place[p % PLACES], bytes))

#define SOURCE ((struct source *)s)
#define SEQ    (SOURCE->off + at)
#define RANDOM (SOURCE->place[(SOURCE->k + i) % PLACES])
#define ADVANCE                          \
	SOURCE->off = NEXT(SOURCE->off); \
	SOURCE->k += batch
#define PREP_READ(place)  io_uring_prep_read(sqe, fd2, buf + at, bytes, place)
#define PREP_FIXED(place) io_uring_prep_read_fixed(sqe, 0, buf + at, bytes, place, 0)
#define PREP_READV	  io_uring_prep_readv(sqe, fd2, iov, batch, SOURCE->off)

RING_LOOP(seq_ring, 0, SUBMIT(batch, bytes, PREP_READ(SEQ)); ADVANCE)
RING_LOOP(seq_ring_fixed, 0, SUBMIT(batch, bytes, PREP_FIXED(SEQ); FIXED_FILE); ADVANCE)
RING_LOOP(seq_ring_readv, 0, SUBMIT(1, total, PREP_READV); ADVANCE)
RING_LOOP(random_ring, 0, SUBMIT(batch, bytes, PREP_READ(RANDOM)); ADVANCE)
RING_LOOP(random_ring_fixed, 0, SUBMIT(batch, bytes, PREP_FIXED(RANDOM); FIXED_FILE);
	  ADVANCE)

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

static int open_source(struct bench_run *run)
{
	struct source *from = run->state;
	uint64_t random = 1, *w;
	int ret = bench_file(run, 1, "source");

	for (size_t i = 0; i < PLACES; i++) {
		/* xorshift64 (Marsaglia, J. Stat. Soft. 8/14, 2003) */
		random ^= random << 13;
		random ^= random >> 7;
		random ^= random << 17;
		from->place[i] = random % (LEN / run->bytes) * run->bytes;
	}
	w = malloc(CHUNK);
	if (!ret && !w)
		ret = bench_errno(run, "malloc");
	for (size_t off = 0; !ret && off < LEN; off += CHUNK) {
		for (size_t i = 0; i < CHUNK / sizeof(*w); i++)
			w[i] = word(off / sizeof(*w) + i);
		ret = bench_pwrite(run, 1, w, CHUNK, off);
	}
	free(w);
	return ret;
}

/* Each piece has what its place in the file has. */
static int check(struct bench_run *run)
{
	const bool random = !strcmp(run->bench->workload, "read-random");
	struct source *from = run->state;
	size_t off = from->off, k = from->k;
	char *buf = run->buf;

	memset(buf, 0, from->pieces.total);
	if (run->bench->batch(run, 1))
		return bench_fail(run, "an operation failed while verifying");
	for (size_t i = 0; i < run->batch; i++, buf += run->bytes)
		if (!is_there(buf,
			      random ? from->place[(k + i) % PLACES]
				     : off + i * run->bytes,
			      run->bytes))
			return bench_fail(run, "piece %zu has other bytes than the file",
					  i);
	return from->pieces.ring.up ? ring_verify(run) : 0;
}

static HANDLE(seq, .open = open_source, .check = check);
static HANDLE(random, .open = open_source, .check = check);

/*
 * Mapped, and every page of it read by this process. MAP_POPULATE fills the page tables,
 * but under some hypervisors the first access to a page still leaves the guest.
 */
static int map(struct bench_run *run)
{
	struct source *from = run->state;
	char *p = mmap(NULL, LEN, PROT_READ, MAP_SHARED | MAP_POPULATE, run->fd[1], 0);

	if (p == MAP_FAILED)
		return bench_errno(run, "mmap");
	from->map = p;
	return is_there(p, 0, LEN)
		       ? 0
		       : bench_fail(run, "the mapping has other bytes than the file");
}

static void teardown(struct bench_run *run)
{
	struct source *from = run->state;

	pieces_teardown(run);
	if (from->map)
		munmap(from->map, LEN);
}

#define READ(order, slug, ...)                                                          \
	STRATEGY("read-" #order "-" slug, "read-" #order, .want = WANT_ZERO,            \
		 .base = "batch/read-" #order "-pread", .state = sizeof(struct source), \
		 .caveat = "page cache only; no disk", .setup = pieces_setup,           \
		 .verify = pieces_verify, .teardown = teardown, __VA_ARGS__)
#define RING(order, ring, ...)                                                   \
	READ(order, __VA_ARGS__, .arg = FROM(order, .op = IORING_OP_READ, ring), \
	     .via = VIA_RING, .calls = "io_uring_enter")
#define ORDER(order, where)                                                             \
	READ(order, "pread", .strategy = "pread", .calls = "pread64", .params = PLAIN,  \
	     .desc = "pread a piece of a cached file, " where, .arg = FROM(order),      \
	     .batch = batch_##order##_pread);                                           \
	READ(order, "mmap", .strategy = "mmap, warm", .via = VIA_USER, .params = PLAIN, \
	     .desc = "copy a piece out of a mapping, " where,                           \
	     .arg = FROM(order, .more = map), .batch = batch_##order##_mmap);           \
	RING(order, ON_DEFAULT, "uring", .strategy = "io_uring", .params = SWEEP,       \
	     .desc = "a READ request of a cached file, " where,                         \
	     .batch = batch_##order##_ring);                                            \
	RING(order, ON_FIXED, "uring-fixed",                                            \
	     .strategy = "io_uring, fixed file and buffer", .params = COARSE,           \
	     .desc = "a READ_FIXED request of a registered, cached file, " where,       \
	     .batch = batch_##order##_ring_fixed);                                      \
	RING(order, ON_DEFER, "uring-defer",                                            \
	     .strategy = "io_uring deferred, fixed file and buffer", .params = SWEEP,   \
	     .desc = "a READ_FIXED request on a single-issuer ring with deferred task " \
		     "work, its fd registered, " where,                                 \
	     .batch = batch_##order##_ring_fixed)

ORDER(seq, "one behind the other");
ORDER(random, "at random places");
READ(seq, "preadv", .strategy = "preadv", .calls = "preadv", .params = SWEEP,
     .desc = "a piece of a cached file, as one of a preadv", .arg = FROM(seq),
     .batch = batch_seq_preadv);
READ(seq, "copy", .strategy = "pread, then copy", .calls = "pread64", .params = SWEEP,
     .desc = "a piece of a cached file: one pread a batch into a buffer, copied from "
	     "there",
     .arg = FROM(seq), .batch = batch_seq_copy);
RING(seq, ON_DEFAULT, "uring-readv", .strategy = "io_uring, one READV", .params = COARSE,
     .desc = "a piece of one READV request of a cached file",
     .batch = batch_seq_ring_readv);
