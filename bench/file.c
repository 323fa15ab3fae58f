// SPDX-License-Identifier: MIT
/*
 * File system calls on what is in memory already. The first iteration caches paths,
 * inodes, directory entries and pages, and they stay hot in the CPU's caches.
 *
 * The numbers do not tell what a cold path, a deep one, a contended directory or a disk
 * costs. They depend on the file system that holds run->dir and on the depth of its path.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "bench.h"

#define FILE_SIZE   1234
#define DIR_ENTRIES 32

/* run->buf is one page: the path in one half, what the kernel answers in the other */
#define PATH_LEN 2048
#define ANSWER	 (buf + PATH_LEN)
#define BUF_LEN	 4096

#define CREATE (O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC)
#define PLACE  "all is cached; depends on the file system and depth of the path"

static int setup_path(struct bench_run *run)
{
	int ret = bench_buffer(run, BUF_LEN);

	if (!ret)
		bench_path(run, "file", run->buf, PATH_LEN);
	return ret;
}

static int setup_file(struct bench_run *run)
{
	int ret = setup_path(run)
			  ?: bench_open(run, 0, run->buf, O_CREAT | O_RDWR | O_APPEND);

	if (!ret && ftruncate(run->fd[0], FILE_SIZE))
		ret = bench_errno(run, "ftruncate");
	return ret;
}

static void teardown_file(struct bench_run *run)
{
	if (run->buf)
		unlink(run->buf);
}

/* Two results of which the first is there before the second call is made. */
#define THEN(a, b)               \
	({                       \
		long r_ = (a);   \
		r_ |= (long)(b); \
		r_;              \
	})
#define THEN_CLOSE(open)             \
	({                           \
		long f_ = (open);    \
		f_ | SYS(close, f_); \
	})

/* `fd` was opened as the loop does it: it must be the file, and be gone once closed. */
static int verify_opened(struct bench_run *run, int fd)
{
	struct stat want, got;
	int ret = 0;

	if (fd < 0)
		return bench_errno(run, run->bench->calls);
	if (fstat(run->fd[0], &want) || fstat(fd, &got))
		ret = bench_errno(run, "fstat");
	else if (want.st_ino != got.st_ino || want.st_dev != got.st_dev)
		ret = bench_fail(run, "opened another file");
	if (SYS(close, fd) || SYS(fcntl, fd, F_GETFD) != -EBADF)
		return bench_fail(run, "the descriptor is open after close");
	return ret;
}

static int verify_open(struct bench_run *run)
{
	return verify_opened(run, open(run->buf, O_RDONLY | O_CLOEXEC));
}

static int verify_dup(struct bench_run *run)
{
	return verify_opened(run, dup(run->fd[0]));
}

/* What the loop left behind, wiped afterwards so that the next verify sees new work. */
static int verify_stat(struct bench_run *run)
{
	struct stat *got = (struct stat *)((char *)run->buf + PATH_LEN), want;

	if (fstat(run->fd[0], &want))
		return bench_errno(run, "fstat");
	if (got->st_ino != want.st_ino || got->st_size != FILE_SIZE ||
	    !S_ISREG(got->st_mode))
		return bench_fail(run, "not the file's attributes: size %lld",
				  (long long)got->st_size);
	memset(got, 0, sizeof(*got));
	return 0;
}

static int verify_statx(struct bench_run *run)
{
	struct statx *got = (struct statx *)((char *)run->buf + PATH_LEN);
	struct stat want;

	if (fstat(run->fd[0], &want))
		return bench_errno(run, "fstat");
	if ((got->stx_mask & STATX_BASIC_STATS) != STATX_BASIC_STATS ||
	    got->stx_ino != want.st_ino || got->stx_size != FILE_SIZE)
		return bench_fail(run, "not the file's attributes: size %llu",
				  (unsigned long long)got->stx_size);
	memset(got, 0, sizeof(*got));
	return 0;
}

static int verify_access(struct bench_run *run)
{
	char path[PATH_LEN];

	if (SYS(access, run->buf, R_OK))
		return bench_fail(run, "a readable file is not accessible");
	if (SYS(access, bench_path(run, "absent", path, sizeof(path)), R_OK) != -ENOENT)
		return bench_fail(run, "an absent file is accessible");
	return 0;
}

static char *entry_path(struct bench_run *run, int i, char *path, size_t len)
{
	char name[32];

	snprintf(name, sizeof(name), "entries/entry-%02d", i);
	return bench_path(run, name, path, len);
}

static void teardown_dir(struct bench_run *run)
{
	char path[PATH_LEN];

	for (int i = 0; i < DIR_ENTRIES; i++)
		unlink(entry_path(run, i, path, sizeof(path)));
	rmdir(bench_path(run, "entries", path, sizeof(path)));
}

static int setup_dir(struct bench_run *run)
{
	char path[PATH_LEN];
	int ret = bench_buffer(run, BUF_LEN);

	if (!ret && mkdir(bench_path(run, "entries", path, sizeof(path)), 0700))
		ret = bench_errno(run, "mkdir");
	ret = ret ?: bench_open(run, 0, path, O_RDONLY | O_DIRECTORY);
	if (ret)
		return ret;
	for (int i = 0; i < DIR_ENTRIES; i++) {
		int fd = open(entry_path(run, i, path, sizeof(path)),
			      O_CREAT | O_WRONLY | O_CLOEXEC, 0600);

		if (fd < 0)
			return bench_errno(run, "open");
		close(fd);
	}
	run->want = SYS(getdents64, run->fd[0], run->buf, BUF_LEN);
	if (run->want <= 0)
		return bench_fail(run, "getdents64 returned %ld", run->want);
	memset(run->buf, 0, BUF_LEN);
	return 0;
}

static int verify_getdents(struct bench_run *run)
{
	int entries = 0;

	for (long at = 0; at < run->want; entries++) {
		struct dirent64 *entry = (void *)((char *)run->buf + at);

		if (!entry->d_reclen)
			return bench_fail(run, "entry %d is empty", entries);
		at += entry->d_reclen;
	}
	if (entries != DIR_ENTRIES + 2) /* "." and ".." */
		return bench_fail(run, "%d entries instead of %d", entries,
				  DIR_ENTRIES + 2);
	if (SYS(getdents64, run->fd[0], run->buf, BUF_LEN))
		return bench_fail(run, "one getdents64 does not reach the end");
	memset(run->buf, 0, BUF_LEN);
	return 0;
}

static int setup_fcntl(struct bench_run *run)
{
	int ret = setup_file(run);

	if (!ret)
		run->want = fcntl(run->fd[0], F_GETFL);
	return ret;
}

static int verify_fcntl(struct bench_run *run)
{
	if ((run->want & (O_ACCMODE | O_APPEND)) != (O_RDWR | O_APPEND))
		return bench_fail(run, "flags are %#lx", run->want);
	return 0;
}

static int verify_lseek(struct bench_run *run)
{
	off_t at = lseek(run->fd[0], 0, SEEK_CUR);

	if (at != FILE_SIZE / 2)
		return bench_fail(run, "the position is %lld", (long long)at);
	lseek(run->fd[0], 0, SEEK_SET);
	return 0;
}

static int setup_zero(struct bench_run *run)
{
	int ret = bench_buffer(run, run->bytes);

	if (ret)
		return ret;
	memset(run->buf, 0xff, run->bytes);
	return bench_open(run, 0, "/dev/zero", O_RDONLY);
}

static int verify_zero(struct bench_run *run)
{
	const char *buf = run->buf;

	for (size_t i = 0; i < run->bytes; i++)
		if (buf[i])
			return bench_fail(run, "byte %zu was not read", i);
	memset(run->buf, 0xff, run->bytes);
	return 0;
}

/* Good results prove it: O_EXCL refuses a file that is there, unlink one that is not. */
static int verify_creat(struct bench_run *run)
{
	if (SYS(access, run->buf, F_OK) != -ENOENT)
		return bench_fail(run, "the file is there after unlink");
	return 0;
}

static int needs_tmpfs(struct bench_run *run)
{
	struct statfs fs;

	if (statfs("/dev/shm", &fs))
		return bench_skip(run, "statfs /dev/shm: %s", strerror(errno));
	if (fs.f_type != TMPFS_MAGIC)
		return bench_skip(run, "/dev/shm is not a tmpfs");
	return 0;
}

static int setup_fsync(struct bench_run *run)
{
	char path[] = "/dev/shm/syscost-XXXXXX";

	run->fd[0] = mkostemp(path, O_CLOEXEC);
	if (run->fd[0] < 0)
		return bench_errno(run, "mkostemp in /dev/shm");
	unlink(path);
	if (write(run->fd[0], path, sizeof(path)) != sizeof(path))
		return bench_errno(run, "write");
	return 0;
}

static int verify_fsync(struct bench_run *run)
{
	struct statfs fs;
	struct stat st;

	if (fstatfs(run->fd[0], &fs) || fstat(run->fd[0], &st))
		return bench_errno(run, "fstat");
	if (fs.f_type != TMPFS_MAGIC || st.st_nlink || !st.st_size)
		return bench_fail(run, "not an unlinked file with data on a tmpfs");
	return 0;
}

#define FILE_CALL(ident, expr, ...) \
	CALL(ident, expr, .setup = setup_file, .teardown = teardown_file, __VA_ARGS__)
/* A call of its own name, which gives 0. */
#define LOOK(call, expr, ...)                                                         \
	FILE_CALL(call, expr, .id = "file/" #call, .calls = #call, .want = WANT_ZERO, \
		  __VA_ARGS__)

FILE_CALL(open, THEN_CLOSE(SYS(open, buf, O_RDONLY | O_CLOEXEC)), .id = "file/open-close",
	  .calls = "open close", .base = NULL_CALL, .verify = verify_open,
	  .caveat = PLACE, .desc = "open a regular file by its absolute path, close it");
FILE_CALL(openat, THEN_CLOSE(SYS(openat, AT_FDCWD, buf, O_RDONLY | O_CLOEXEC)),
	  .id = "file/openat-close", .calls = "openat close", .base = "file/open-close",
	  .verify = verify_open, .caveat = PLACE,
	  .desc = "open a regular file by openat and absolute path, close it");
FILE_CALL(dup, THEN_CLOSE(SYS(dup, fd)), .id = "file/dup-close", .calls = "dup close",
	  .base = NULL_CALL, .verify = verify_dup,
	  .desc = "duplicate a descriptor, close the duplicate",
	  .caveat = "the close is not the last one of its file: it frees nothing");
LOOK(stat, SYS(stat, buf, ANSWER), .base = NULL_CALL, .verify = verify_stat,
     .caveat = PLACE, .desc = "stat of a regular file by its absolute path");
LOOK(fstat, SYS(fstat, fd, ANSWER), .base = NULL_CALL, .verify = verify_stat,
     .desc = "fstat of an open regular file");
LOOK(lstat, SYS(lstat, buf, ANSWER), .base = "file/stat", .verify = verify_stat,
     .desc = "lstat of a regular file by a path whose last part is no symbolic link",
     .caveat = "no link is met: the difference to stat is not that of following one");
LOOK(statx, SYS(statx, AT_FDCWD, buf, 0, STATX_BASIC_STATS, ANSWER), .base = "file/stat",
     .verify = verify_statx, .caveat = PLACE,
     .desc = "statx of a regular file by its absolute path, STATX_BASIC_STATS");
LOOK(access, SYS(access, buf, R_OK), .base = NULL_CALL, .verify = verify_access,
     .caveat = PLACE, .desc = "access(R_OK) of a regular file by its absolute path");
CALL(fcntl, SYS(fcntl, fd, F_GETFL), .id = "file/fcntl", .calls = "fcntl",
     .base = NULL_CALL, .setup = setup_fcntl, .verify = verify_fcntl,
     .teardown = teardown_file, .desc = "fcntl(F_GETFL) of a regular file");
FILE_CALL(lseek, SYS(lseek, fd, FILE_SIZE / 2, SEEK_SET), .id = "file/lseek",
	  .calls = "lseek", .base = NULL_CALL, .want = FILE_SIZE / 2,
	  .verify = verify_lseek,
	  .desc = "lseek(SEEK_SET) to the same place in a regular file",
	  .caveat = "the position does not change after the first time, and no data "
		    "moves");
/*
 * ext4 passes over inodes freed in the last minutes (fs/ext4/ialloc.c:
 * recently_deleted()): in an `ab` of 110 seconds the row went from 11 to 136 us.
 */
CALL(creat, THEN(THEN_CLOSE(SYS(openat, AT_FDCWD, buf, CREATE, 0600)), SYS(unlink, buf)),
     .id = "file/creat-unlink", .calls = "openat close unlink",
     .base = "file/openat-close", .setup = setup_path, .verify = verify_creat,
     .teardown = teardown_file,
     .desc = "create an empty file (O_EXCL), close it, unlink it",
     .caveat = "a journal is written later, by others; ext4 passes over inodes that "
	       "were freed of late: the more of them there are, the dearer");

CALL(getdents, THEN(SYS(lseek, fd, 0, SEEK_SET), SYS(getdents64, fd, buf, BUF_LEN)),
     .id = "file/getdents", .calls = "lseek getdents64", .base = NULL_CALL,
     .setup = setup_dir, .verify = verify_getdents, .teardown = teardown_dir,
     .desc = "rewind a directory and read its 32 entries (and . and ..) in one call",
     .caveat = "one op is two calls: lseek to 0 is included; depends on the file system");
CALL(read_zero, SYS(read, fd, buf, bytes), .id = "file/read-zero", .calls = "read",
     .params = "bytes=1,4096,65536", .base = NULL_CALL, .want = WANT_BYTES,
     .setup = setup_zero, .verify = verify_zero,
     .desc = "read `bytes` bytes of /dev/zero",
     .caveat = "memory is cleared, not copied, and the buffer stays in the cache");
CALL(fsync, SYS(fsync, fd), .id = "file/fsync-tmpfs", .calls = "fsync", .base = NULL_CALL,
     .want = WANT_ZERO, .needs = needs_tmpfs, .setup = setup_fsync,
     .verify = verify_fsync, .desc = "fsync of a file in /dev/shm",
     .caveat = "a tmpfs has nothing to write: this is the way to fsync, never the "
	       "cost of storage");
