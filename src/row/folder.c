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

#include "base/file.h"
#include "base/json.h"
#include "row/csv.h"
#include "row/folder.h"

static int read_run(struct folder *f, struct err *err)
{
	const json_t *calibration;
	char path[4096];
	int ret;

	snprintf(path, sizeof(path), "%s/run.json", f->path);
	f->run = json_read(path, &ret, err);
	if (!f->run)
		return ret;
	if (json_integer_value(json_object_get(f->run, "schema")) != SCHEMA_VERSION) {
		return err_set(err, -EINVAL, "%s: not of schema %d", path,
			       SCHEMA_VERSION);
	}
	calibration = json_object_get(f->run, "calibration");
	f->environment = json_object_get(f->run, "environment");
	f->pairing = json_string_value(json_object_get(f->run, "pairing"));
	f->ticks_per_ns = json_number_value(json_object_get(calibration, "ticks_per_ns"));
	f->quiet_level = json_number_value(
		json_object_get(calibration, "quiet_probe_ticks"));
	if (!(f->quiet_level > 0))
		f->quiet_level = NAN;
	if (!(f->ticks_per_ns > 1e-6 && f->ticks_per_ns < 1e6))
		f->ticks_per_ns = NAN;
	return 0;
}

int folder_comparable(const struct folder *f, struct err *err)
{
	if (json_is_object(f->environment) && isfinite(f->ticks_per_ns))
		return 0;
	return err_set(err, -EINVAL,
		       "%s/run.json: no environment, or no calibration.ticks_per_ns",
		       f->path);
}

int folder_read(struct folder *f, const char *path, struct err *err)
{
	char file[4096];
	int ret;

	*f = (struct folder){ .path = path };
	table_init(&f->results, &result_schema);
	table_init(&f->rounds, &round_schema);
	if (snprintf(file, sizeof(file), "%s/results.csv", path) >= (int)sizeof(file)) {
		return err_set(err, -ENAMETOOLONG, "the path of a folder is too long");
	}
	ret = csv_read_file(&f->results, &result_schema, file, err);
	if (!ret) {
		snprintf(file, sizeof(file), "%s/rounds.csv", path);
		ret = csv_read_file(&f->rounds, &round_schema, file, err);
	}
	return ret ? ret : read_run(f, err);
}

void folder_free(struct folder *f)
{
	table_free(&f->results);
	table_free(&f->rounds);
	json_decref(f->run);
	f->run = NULL;
}

int folder_write(const char *dir, const struct table *results, const struct table *rounds,
		 const json_t *run, struct err *err)
{
	const struct file_part parts[] = { { "results.csv", csv_fill, results },
					   { "rounds.csv", csv_fill, rounds },
					   { "run.json", json_fill, run } };

	return file_write(dir, parts, 3, err);
}
