// SPDX-License-Identifier: MIT
/*
 * Reads result folders. It judges whether they can be read, not what is in them.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "store/csv.h"
#include "store/folder.h"

#define MAX_JSON (64 << 20)

json_t *folder_json(const char *path, int *ret, char *err, size_t err_len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	json_error_t json_err;
	json_t *json = NULL;
	struct stat st;

	*ret = -EINVAL;
	if (fd < 0) {
		*ret = -errno;
		snprintf(err, err_len, "%s: %s", path, strerror(errno));
		return NULL;
	}
	if (fstat(fd, &st) || !S_ISREG(st.st_mode))
		snprintf(err, err_len, "%s: not a file", path);
	else if (st.st_size > MAX_JSON)
		snprintf(err, err_len, "%s: larger than %d MiB", path, MAX_JSON >> 20);
	else if (!(json = json_loadfd(fd, JSON_REJECT_DUPLICATES, &json_err)))
		snprintf(err, err_len, "%s, line %d: %s", path, json_err.line,
			 json_err.text);
	close(fd);
	if (json)
		*ret = 0;
	return json;
}

static int read_run(struct folder *f, char *err, size_t err_len)
{
	const json_t *calibration;
	char path[4096];
	int ret;

	snprintf(path, sizeof(path), "%s/run.json", f->path);
	f->run = folder_json(path, &ret, err, err_len);
	if (!f->run)
		return ret;
	if (json_integer_value(json_object_get(f->run, "schema")) != SCHEMA_VERSION) {
		snprintf(err, err_len, "%s: not of schema %d", path, SCHEMA_VERSION);
		return -EINVAL;
	}
	calibration = json_object_get(f->run, "calibration");
	f->environment = json_object_get(f->run, "environment");
	f->pairing = json_string_value(json_object_get(f->run, "pairing"));
	f->ticks_per_ns = json_number_value(json_object_get(calibration, "ticks_per_ns"));
	f->quiet_level = json_number_value(
		json_object_get(calibration, "quiet_probe_ticks"));
	if (!(f->quiet_level > 0))
		f->quiet_level = NAN;
	if (!json_is_object(f->environment) || !(f->ticks_per_ns > 1e-6) ||
	    !(f->ticks_per_ns < 1e6)) {
		snprintf(err, err_len,
			 "%s: no environment, or no calibration.ticks_per_ns", path);
		return -EINVAL;
	}
	return 0;
}

int folder_read(struct folder *f, const char *path, char *err, size_t err_len)
{
	char file[4096];
	int ret;

	*f = (struct folder){ .path = path };
	table_init(&f->results, &result_schema);
	table_init(&f->rounds, &round_schema);
	if (snprintf(file, sizeof(file), "%s/results.csv", path) >= (int)sizeof(file)) {
		snprintf(err, err_len, "the path of a folder is too long");
		return -ENAMETOOLONG;
	}
	ret = csv_read_file(&f->results, &result_schema, file, err, err_len);
	if (!ret) {
		snprintf(file, sizeof(file), "%s/rounds.csv", path);
		ret = csv_read_file(&f->rounds, &round_schema, file, err, err_len);
	}
	return ret ? ret : read_run(f, err, err_len);
}

void folder_free(struct folder *f)
{
	table_free(&f->results);
	table_free(&f->rounds);
	json_decref(f->run);
	f->run = NULL;
}
