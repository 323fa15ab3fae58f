// SPDX-License-Identifier: MIT
/* Reads and writes files. It understands nothing that is in them. */
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/room.h"

/* Read until the end: a file of /proc has no size before it is read. */
static int read_all(int fd, size_t max, char **text, size_t *len)
{
	size_t room = 1 << 16, n = 0;
	char *buf = malloc(room);
	ssize_t got = buf ? 1 : -1;
	int ret = -ENOMEM;

	while (buf && (got = read(fd, buf + n, room - n - 1))) {
		if (got < 0 && errno == EINTR)
			continue;
		ret = -errno;
		if (got < 0)
			break;
		n += got;
		ret = -EFBIG;
		if (n > max)
			break;
		if (n + 1 == room) {
			char *more = realloc(buf, room *= 2);

			ret = -ENOMEM;
			if (!more)
				break;
			buf = more;
		}
	}
	if (got) {
		free(buf);
		return ret;
	}
	buf[n] = '\0';
	*text = buf;
	*len = n;
	return 0;
}

int file_read(const char *path, size_t max, char **text, size_t *len, struct err *err)
{
	/* Without O_NONBLOCK, opening a pipe that nobody writes to waits for ever. */
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK), ret;
	struct stat st;

	if (fd < 0)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		ret = err_set(err, -EINVAL, "%s: not a file", path);
	else if ((ret = read_all(fd, max, text, len)) == -EFBIG)
		err_set(err, ret, "%s: larger than %zu MiB", path, max >> 20);
	else if (ret)
		err_set(err, ret, "%s: %s", path, strerror(-ret));
	close(fd);
	return ret;
}

bool file_line(const char *path, char *buf, size_t len)
{
	FILE *f = fopen(path, "re");
	bool got = f && fgets(buf, len, f);

	if (f)
		fclose(f);
	if (got)
		buf[strcspn(buf, "\n")] = '\0';
	return got;
}

bool file_value(const char *path, const char *key, char *buf, size_t len)
{
	size_t key_len = strlen(key);
	char line[8192];
	FILE *f = fopen(path, "re");
	bool got = false;

	while (f && !got && fgets(line, sizeof(line), f)) {
		const char *colon = strchr(line, ':');

		got = colon && !strncmp(line, key, key_len) &&
		      line + key_len + strspn(line + key_len, " \t") == colon;
		if (!got)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(buf, len, "%s", colon + 1 + strspn(colon + 1, " \t"));
	}
	if (f)
		fclose(f);
	return got;
}

int file_fill_bytes(FILE *out, const void *arg)
{
	const struct file_bytes *bytes = arg;

	return fwrite(bytes->at, 1, bytes->n, out) == bytes->n ? 0 : -EIO;
}

/* The name of a file, and the one that it has until it is whole. */
struct place {
	char path[PATH_MAX], temp[PATH_MAX];
};

static int name_file(struct place *place, const char *dir, const char *name,
		     struct err *err)
{
	if (snprintf(place->path, PATH_MAX, "%s/%s", dir, name) < PATH_MAX &&
	    snprintf(place->temp, PATH_MAX, "%s/.%s.new", dir, name) < PATH_MAX)
		return 0;
	place->temp[0] = '\0'; /* cut, it would name another file */
	return err_set(err, -ENAMETOOLONG, "the path of %s is too long", name);
}

static int cannot_write(const struct place *place, int ret, struct err *err)
{
	return err_set(err, ret, "%s cannot be written: %s", place->path, strerror(-ret));
}

/* All of it under its temporary name, and on the disk. */
static int write_part(const struct place *place, const struct file_part *part,
		      struct err *err)
{
	FILE *out = fopen(place->temp, "we");
	int ret = out ? part->fill(out, part->arg) : -errno;

	if (out && !ret && (fflush(out) || fsync(fileno(out))))
		ret = -errno;
	if (out && fclose(out) && !ret)
		ret = -errno;
	return ret ? cannot_write(place, ret, err) : 0;
}

int file_write(const char *dir, const struct file_part *parts, size_t n, struct err *err)
{
	struct place *places = room_for(n, sizeof(*places));
	int ret = 0;

	for (size_t i = 0; i < n && !ret; i++)
		ret = name_file(&places[i], dir, parts[i].name, err);
	for (size_t i = 0; i < n && !ret; i++)
		ret = write_part(&places[i], &parts[i], err);
	for (size_t i = 0; i < n && !ret; i++)
		if (rename(places[i].temp, places[i].path))
			ret = cannot_write(&places[i], -errno, err);
	for (size_t i = 0; i < n && ret; i++)
		unlink(places[i].temp);
	free(places);
	return ret;
}

int file_folder(const char *dir, bool force, struct err *err)
{
	struct stat st;

	if (!mkdir(dir, 0777))
		return 0;
	if (errno != EEXIST)
		return err_set(err, -errno,
			       "%s cannot be made (%s): choose another with -o", dir,
			       strerror(errno));
	if (!force)
		return err_set(err, -EEXIST,
			       "%s exists: choose another with -o, or use --force", dir);
	if (stat(dir, &st) || !S_ISDIR(st.st_mode) || access(dir, W_OK | X_OK))
		return err_set(err, -ENOTDIR, "%s is not a folder that can be written",
			       dir);
	return 0;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	remove(path);
	return 0;
}

static int remove_below(const char *path, const struct stat *st, int type,
			struct FTW *ftw)
{
	return ftw->level ? remove_one(path, st, type, ftw) : 0;
}

void file_remove_all(const char *dir, bool itself)
{
	nftw(dir, itself ? remove_one : remove_below, 16, FTW_DEPTH | FTW_PHYS);
}
