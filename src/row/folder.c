// SPDX-License-Identifier: MIT
/* Reads and writes result folders, and judges only whether they can be read. */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "row/csv.h"
#include "row/folder.h"
#include "row/select.h"

#define PATH_SIZE 4200

/* PATH/sub/name, or PATH/name where `sub` is "". */
static const char *path_of(const struct folder *f, const char *sub, const char *name,
			   char buf[PATH_SIZE])
{
	snprintf(buf, PATH_SIZE, "%s/%s%s%s", f->path, sub, *sub ? "/" : "", name);
	return buf;
}

static bool is_there(const struct folder *f, const char *sub, const char *name)
{
	char path[PATH_SIZE];

	return !access(path_of(f, sub, name, path), F_OK);
}

/* One that is neither there nor needed is left empty. */
static int read_table(const struct folder *f, struct table *t, const char *sub, bool need,
		      struct err *err)
{
	const struct schema *schema = t->schema;
	char path[PATH_SIZE];

	if (!need && !is_there(f, sub, schema->file))
		return 0;
	return csv_read_file(t, schema, path_of(f, sub, schema->file, path), err);
}

/* The same for JSON, which says its schema; `may_lack`: an old one does not. */
static int read_json(const struct folder *f, json_t **json, const char *sub,
		     const char *name, bool need, bool may_lack, struct err *err)
{
	const json_t *schema;
	char path[PATH_SIZE];
	int ret;

	if (!need && !is_there(f, sub, name))
		return 0;
	*json = json_read(path_of(f, sub, name, path), &ret, err);
	if (!*json)
		return ret;
	schema = json_object_get(*json, "schema");
	if ((!schema && may_lack) || json_integer_value(schema) == SCHEMA_VERSION)
		return 0;
	return err_set(err, -EINVAL, "%s: not of schema %d", path, SCHEMA_VERSION);
}

static void read_keys_of_run(struct folder *f)
{
	const json_t *calibration = json_object_get(f->run, "calibration");
	double rate = json_number_value(json_object_get(calibration, "ticks_per_ns"));
	double quiet = json_number_value(
		json_object_get(calibration, "quiet_probe_cycles"));

	f->environment = json_object_get(f->run, "environment");
	f->pairing = json_string_value(json_object_get(f->run, "pairing"));
	f->ticks_per_ns = rate > 1e-6 && rate < 1e6 ? rate : NAN;
	/* An older run has ticks, and one ratio. */
	if (!(quiet > 0))
		quiet = json_number_value(
				json_object_get(calibration, "quiet_probe_ticks")) *
			json_number_value(json_object_get(calibration,
							  "cycles_per_tick_estimated"));
	f->quiet_level = quiet > 0 ? quiet : NAN;
}

/* Ids are keys: a table that has one twice, or an empty one, is refused. */
static int check_ids(const struct folder *f, const struct table *t, struct err *err)
{
	struct row_index index;
	const char *twice;
	bool empty;
	size_t n;

	index_make(&index, t);
	twice = index_doubled(&index);
	empty = index_find(&index, "", &n);
	index_free(&index);
	if (empty)
		return err_set(err, -EINVAL, "%s has a row without an id", f->path);
	if (twice)
		return err_set(err, -EINVAL, "%s has the row %.60s twice", f->path,
			       twice);
	return 0;
}

/* The rows and run.json of a run; `sub`: of that arm of a comparison. */
static int read_run(struct folder *f, const char *sub, unsigned int needs,
		    struct err *err)
{
	int ret = 0;

	/* Rows of another schema may have other columns: that is said first. */
	if (is_there(f, sub, "results.csv"))
		ret = read_json(f, &f->run, sub, "run.json", needs & FOLDER_RUN, false,
				err);
	if (!ret)
		ret = read_table(f, &f->results, sub, true, err);
	if (!ret)
		ret = read_table(f, &f->rounds, sub, needs & FOLDER_ROUNDS, err);
	if (!ret)
		ret = read_table(f, &f->windows, sub, false, err);
	read_keys_of_run(f);
	return ret;
}

static int read_comparison(struct folder *f, struct err *err)
{
	int ret = read_json(f, &f->compare, "", "compare.json", false, true, err);

	if (!ret)
		ret = read_table(f, &f->verdicts, "", true, err);
	if (!ret)
		ret = read_table(f, &f->base, "base", false, err);
	return ret;
}

int folder_read(struct folder *f, const char *path, unsigned int needs, struct err *err)
{
	bool may_compare = needs & FOLDER_COMPARISON;
	const char *sub = "";
	int ret = 0;

	*f = (struct folder){ .path = path, .ticks_per_ns = NAN, .quiet_level = NAN };
	table_init(&f->results, &result_schema);
	table_init(&f->rounds, &round_schema);
	table_init(&f->windows, &window_schema);
	table_init(&f->base, &result_schema);
	table_init(&f->verdicts, &verdict_schema);
	if (strlen(path) > PATH_SIZE - 40)
		return err_set(err, -ENAMETOOLONG, "the path of a folder is too long");
	f->compared = may_compare && is_there(f, "", "verdicts.csv");
	if (f->compared) {
		ret = read_comparison(f, err);
		/* Beside them there may be the rows of an older run: --force. */
		f->of_head = is_there(f, "head", "results.csv");
		sub = f->of_head ? "head" : "";
	} else if (may_compare && !is_there(f, "", "results.csv")) {
		return err_set(err, -EINVAL,
			       "%s has neither results.csv nor verdicts.csv: it is no "
			       "result folder",
			       path);
	}
	if (!ret && (!f->compared || is_there(f, sub, "results.csv")))
		ret = read_run(f, sub, needs, err);
	if (!ret)
		ret = check_ids(f, &f->results, err);
	if (!ret)
		ret = check_ids(f, &f->base, err);
	return ret ? ret : check_ids(f, &f->verdicts, err);
}

int folder_comparable(const struct folder *f, struct err *err)
{
	if (json_is_object(f->environment) && isfinite(f->ticks_per_ns))
		return 0;
	return err_set(err, -EINVAL,
		       "%s/run.json: no environment, or no calibration.ticks_per_ns",
		       f->path);
}

void folder_free(struct folder *f)
{
	table_free(&f->results);
	table_free(&f->rounds);
	table_free(&f->windows);
	table_free(&f->base);
	table_free(&f->verdicts);
	json_decref(f->run);
	json_decref(f->compare);
	f->run = f->compare = NULL;
}

int folder_write(const char *dir, const struct table *results, const struct table *rounds,
		 const struct table *windows, const json_t *run, struct err *err)
{
	const struct file_part parts[] = { { "results.csv", csv_fill, results },
					   { "rounds.csv", csv_fill, rounds },
					   { "run.json", json_fill, run },
					   { "windows.csv", csv_fill, windows } };
	int ret = file_write(dir, parts, windows ? 4 : 3, err);
	char path[PATH_SIZE];

	if (ret || windows)
		return ret;
	snprintf(path, sizeof(path), "%s/windows.csv", dir);
	if (unlink(path) && errno != ENOENT)
		return err_set(err, -errno, "%s: %s", path, strerror(errno));
	return 0;
}
