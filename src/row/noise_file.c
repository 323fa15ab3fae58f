// SPDX-License-Identifier: MIT
/*
 * Reads the noise file, and adds to it while nobody else does.
 */
#include <errno.h>
#include <fcntl.h>
#include <float.h>
#include <jansson.h>
#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/time.h"
#include "row/noise.h"
#include "stats/control.h"

#define NOISE_SCHEMA	3
#define NOISE_KIND	"syscost noise"
#define NOISE_MAX_ROWS	20000
#define NOISE_MAX_STATE 1e9 /* cycles of a reference call */
#define NOISE_MAX_SLOPE 1e6
#define NOISE_MAX_ERROR 1e12 /* a covariance of slopes */
#define LOCK_SECONDS	10   /* another program writes for far less */

int noise_path(const char *machine, char *buf, size_t len)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");
	int n;

	/* A relative path is to be ignored, says the specification. */
	if (state && *state == '/')
		n = snprintf(buf, len, "%s/syscost/noise-%s.json", state, machine);
	else if (home && *home == '/')
		n = snprintf(buf, len, "%s/.local/state/syscost/noise-%s.json", home,
			     machine);
	else
		return -ENOENT;
	return n < (int)len ? 0 : -ENAMETOOLONG;
}

/* A whole number from 0 up that a double holds exactly. */
static bool is_count(json_int_t x)
{
	return x >= 0 && x <= (json_int_t)1 << 53;
}

/* The `least` to `most` numbers of an array, each from lo to hi; -1: it is not so. */
static int read_numbers(json_t *array, size_t least, size_t most, double lo, double hi,
			double *out)
{
	json_t *x;
	size_t i;

	if (!json_is_array(array) || json_array_size(array) < least ||
	    json_array_size(array) > most)
		return -1;
	json_array_foreach (array, i, x) {
		out[i] = json_number_value(x);
		if (!json_is_number(x) || !(out[i] >= lo && out[i] <= hi))
			return -1;
	}
	return json_array_size(array);
}

/* The slopes of a row, where it has any; false: not as they are written. */
static bool read_reference(struct noise_row *row, json_t *json)
{
	struct noise_reference *r = &row->reference;
	const size_t n = NOISE_REFERENCES, m = NOISE_COVARIANCES;
	const double most = NOISE_MAX_ERROR;
	json_t *slope, *covariance;
	json_int_t runs;

	if (!json)
		return true;
	if (json_unpack(json, "{s:I, s:o, s:o !}", "runs", &runs, "slope", &slope,
			"covariance", &covariance) ||
	    !is_count(runs) || runs < CONTROL_ROUNDS ||
	    read_numbers(slope, n, n, 0, NOISE_MAX_SLOPE, r->slope) < 0 ||
	    read_numbers(covariance, m, m, -most, most, r->covariance) < 0)
		return false;
	r->known = true;
	r->runs = runs;
	/* Variances stand at the end of each row of the triangle. */
	for (size_t i = 0, at = 0; i < n; i++, at += i + 1)
		if (r->covariance[at] < 0)
			return false;
	return true;
}

/* One benchmark of the file; false: not as it is written. */
static bool read_row(struct noise *noise, const char *id, json_t *json)
{
	json_int_t comparisons, regressed, improved;
	json_t *logs, *apart, *reference = NULL;
	struct noise_row *row;
	const char *metric;
	int n, n_apart;

	if (!*id || strlen(id) > 4096 ||
	    json_unpack(json, "{s:s, s:I, s:I, s:I, s:o, s:o, s?o !}", "metric", &metric,
			"comparisons", &comparisons, "regressed", &regressed, "improved",
			&improved, "ln_ratio", &logs, "apart", &apart, "reference",
			&reference) ||
	    !noise_metric(metric) || !is_count(comparisons) || !is_count(regressed) ||
	    !is_count(improved) || regressed + improved > comparisons)
		return false;
	row = noise_insert(noise, noise->n, id);
	row->metric = noise_metric(metric);
	row->comparisons = comparisons;
	row->regressed = regressed;
	row->improved = improved;
	n = read_numbers(logs, 0, NOISE_KEEP, -NOISE_MAX_RATIO, NOISE_MAX_RATIO,
			 row->ln_ratio);
	n_apart = read_numbers(apart, 0, NOISE_KEEP, -NOISE_MAX_APART, NOISE_MAX_APART,
			       row->apart);
	if (n < 0 || n_apart < 0 || n > comparisons || !read_reference(row, reference))
		return false;
	row->n = n;
	row->n_apart = n_apart;
	/* Slopes are of cycles, and without a state they say nothing. */
	return !reference ||
	       (row->metric == noise_metric("cycles") && isfinite(noise->state[0]));
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct noise_row *)a)->id,
		      ((const struct noise_row *)b)->id);
}

/* Sixteen hexadecimal digits: a hash. */
static bool is_hash(const char *text)
{
	return strlen(text) == FINGERPRINT_SIZE - 1 &&
	       strspn(text, "0123456789abcdef") == FINGERPRINT_SIZE - 1;
}

static const char *read_json(struct noise *noise, json_t *json)
{
	json_int_t schema, runs, contaminated, flagged;
	const char *kind, *machine, *system, *id;
	json_t *rows, *row, *state;

	if (json_unpack(json, "{s:s, s:I}", "kind", &kind, "schema", &schema) ||
	    strcmp(kind, NOISE_KIND))
		return "not a noise file";
	if (schema != NOISE_SCHEMA)
		return "written by another version of syscost";
	if (json_unpack(json, "{s:s, s:I, s:s, s:s, s:I, s:I, s:I, s:o, s:o !}", "kind",
			&kind, "schema", &schema, "machine", &machine, "system", &system,
			"runs", &runs, "contaminated", &contaminated, "flagged", &flagged,
			"state", &state, "rows", &rows) ||
	    !json_is_object(rows) || json_object_size(rows) > NOISE_MAX_ROWS ||
	    !is_count(runs) || !is_count(contaminated) || !is_count(flagged) ||
	    contaminated > runs || !is_hash(machine) || (*system && !is_hash(system)))
		return "a key is missing, unknown or out of range";
	noise_init(noise, machine);
	strcpy(noise->system, system);
	noise->runs = runs;
	noise->contaminated = contaminated;
	noise->flagged = flagged;
	if (!json_is_null(state) &&
	    read_numbers(state, NOISE_REFERENCES, NOISE_REFERENCES, DBL_MIN,
			 NOISE_MAX_STATE, noise->state) < 0)
		return "the state is damaged";
	json_object_foreach (rows, id, row)
		if (!read_row(noise, id, row))
			return "a row is damaged";
	if (noise->n)
		qsort(noise->rows, noise->n, sizeof(*noise->rows), by_id);
	return NULL;
}

int noise_read(struct noise *noise, const char *path, struct err *err)
{
	const char *wrong;
	json_t *json;
	int ret;

	noise_init(noise, "");
	json = json_read(path, &ret, err);
	if (!json)
		return ret;
	wrong = read_json(noise, json);
	json_decref(json);
	if (!wrong)
		return 0;
	noise_free(noise);
	return err_set(err, -EINVAL, "%s: %s; move it away to start anew", path, wrong);
}

static json_t *number_array(const double *x, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_real(x[i]));
	return array;
}

static json_t *row_json(const struct noise_row *r)
{
	const struct noise_reference *f = &r->reference;
	json_t *json = json_pack("{s:s, s:I, s:I, s:I, s:o, s:o}", "metric", r->metric,
				 "comparisons", (json_int_t)r->comparisons, "regressed",
				 (json_int_t)r->regressed, "improved",
				 (json_int_t)r->improved, "ln_ratio",
				 number_array(r->ln_ratio, r->n), "apart",
				 number_array(r->apart, r->n_apart));

	if (f->known)
		json_object_set_new(
			json, "reference",
			json_pack("{s:I, s:o, s:o}", "runs", (json_int_t)f->runs, "slope",
				  number_array(f->slope, NOISE_REFERENCES), "covariance",
				  number_array(f->covariance, NOISE_COVARIANCES)));
	return json;
}

static int write_json(FILE *out, const void *arg)
{
	const struct noise *noise = arg;
	json_t *rows = json_object(), *json;
	int ret;

	for (size_t i = 0; i < noise->n; i++)
		json_object_set_new(rows, noise->rows[i].id, row_json(&noise->rows[i]));
	json = json_pack("{s:s, s:i, s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "kind",
			 NOISE_KIND, "schema", NOISE_SCHEMA, "machine", noise->machine,
			 "system", noise->system, "runs", (json_int_t)noise->runs,
			 "contaminated", (json_int_t)noise->contaminated, "flagged",
			 (json_int_t)noise->flagged, "state",
			 isfinite(noise->state[0])
				 ? number_array(noise->state, NOISE_REFERENCES)
				 : json_null(),
			 "rows", rows);
	ret = json && !json_dumpf(json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(9)) &&
			      putc('\n', out) != EOF
		      ? 0
		      : -EIO;
	json_decref(json);
	return ret;
}

/* Make the folders of a path, not its last part. */
static void make_parents(char *path)
{
	for (char *p = strchr(path + 1, '/'); p; p = strchr(p + 1, '/')) {
		*p = '\0';
		mkdir(path, 0777); /* if it cannot be made, writing says so */
		*p = '/';
	}
}

/* The folder of a file, and the file's name in it. */
struct place {
	char dir[PATH_MAX];
	const char *name;
};

static int find_place(struct place *place, const char *path, struct err *err)
{
	char *slash = strrchr(path, '/');

	place->name = slash ? slash + 1 : path;
	if (snprintf(place->dir, sizeof(place->dir), "%s%s",
		     strchr(path, '/') ? "" : "./", path) >= (int)sizeof(place->dir))
		return err_set(err, -ENAMETOOLONG,
			       "the path of the noise file is too long");
	make_parents(place->dir);
	slash = strrchr(place->dir, '/');
	slash[slash == place->dir] = '\0';
	return 0;
}

/* The file that is locked; it stays, for whoever waits for it has it open. */
static int open_lock(const char *path, struct err *err)
{
	int fd = open(path, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600);
	struct stat st;

	if (fd < 0)
		return err_set(err, -errno, "%s cannot be written: %s", path,
			       strerror(errno));
	if (!fstat(fd, &st) && S_ISREG(st.st_mode))
		return fd;
	close(fd);
	return err_set(err, -EINVAL, "%s: not a file", path);
}

/* An open and locked file, to be closed; or -errno. */
static int lock(const struct place *place, struct err *err)
{
	const struct timespec moment = { .tv_nsec = 20000000 };
	double end = time_now() + LOCK_SECONDS;
	char path[PATH_MAX];
	int fd, ret;

	if (snprintf(path, sizeof(path), "%s/.%s.lock", place->dir, place->name) >=
	    (int)sizeof(path))
		return err_set(err, -ENAMETOOLONG,
			       "the path of the noise file is too long");
	fd = open_lock(path, err);
	if (fd < 0)
		return fd;
	while ((ret = flock(fd, LOCK_EX | LOCK_NB) ? -errno : 0)) {
		if ((ret != -EWOULDBLOCK && ret != -EINTR) || time_now() > end)
			break;
		nanosleep(&moment, NULL);
	}
	if (!ret)
		return fd;
	close(fd);
	if (ret == -EWOULDBLOCK)
		return err_set(err, -EBUSY, "%s is locked by another program", path);
	return err_set(err, ret, "%s cannot be locked: %s", path, strerror(-ret));
}

/* What is in the file, or nothing yet, of the class of `noise`, for the same system. */
static int read_again(const struct noise *noise, const char *path, struct noise *now,
		      struct err *err)
{
	int ret = noise_read(now, path, err);

	if (ret == -ENOENT) {
		noise_init(now, noise->machine);
		ret = 0;
	}
	memcpy(now->own, noise->own, sizeof(now->own));
	if (ret || !strcmp(now->machine, noise->machine))
		return ret;
	return err_set(err, -EXDEV,
		       "%s is of another class of machines: use another file", path);
}

int noise_update(struct noise *noise, const char *path,
		 void (*change)(struct noise *noise, void *arg), void *arg,
		 struct err *err)
{
	struct noise now;
	struct place place;
	struct file_part part = { NULL, write_json, &now };
	int ret = find_place(&place, path, err), fd;

	if (ret)
		return ret;
	fd = lock(&place, err);
	if (fd < 0)
		return fd;
	ret = read_again(noise, path, &now, err);
	if (!ret) {
		change(&now, arg);
		part.name = place.name;
		ret = file_write(place.dir, &part, 1, err);
	}
	close(fd);
	if (ret) {
		noise_free(&now);
		return ret;
	}
	noise_free(noise);
	*noise = now;
	return 0;
}
