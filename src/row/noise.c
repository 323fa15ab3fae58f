// SPDX-License-Identifier: MIT
/*
 * Reads, extends and writes the noise file. Which verdict a comparison got is decided
 * elsewhere; this only stores it.
 */
#include <errno.h>
#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/file.h"
#include "base/json.h"
#include "row/noise.h"
#include "stats/stats.h"

#define NOISE_SCHEMA   1
#define NOISE_KIND     "syscost noise"
#define NOISE_MAX_ROWS 20000
#define NOISE_MAX_LOG  20 /* e^20 is no ratio of two costs */

void noise_init(struct noise *noise, const char *machine)
{
	*noise = (struct noise){ 0 };
	snprintf(noise->machine, sizeof(noise->machine), "%s", machine);
}

void noise_free(struct noise *noise)
{
	for (size_t i = 0; i < noise->n; i++)
		free(noise->rows[i].id);
	free(noise->rows);
	*noise = (struct noise){ 0 };
}

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

/* The index of `id`, or where it belongs. */
static size_t place_of(const struct noise *noise, const char *id)
{
	size_t lo = 0, hi = noise->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (strcmp(noise->rows[mid].id, id) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct noise_row *noise_find(const struct noise *noise, const char *id)
{
	size_t i = place_of(noise, id);

	return i < noise->n && !strcmp(noise->rows[i].id, id) ? &noise->rows[i] : NULL;
}

static struct noise_row *insert_row(struct noise *noise, size_t at, const char *id)
{
	if (noise->n == noise->room) {
		noise->room = noise->room ? 2 * noise->room : 64;
		noise->rows = realloc(noise->rows, noise->room * sizeof(*noise->rows));
		if (!noise->rows)
			abort();
	}
	memmove(&noise->rows[at + 1], &noise->rows[at],
		(noise->n++ - at) * sizeof(*noise->rows));
	noise->rows[at] = (struct noise_row){ .id = strdup(id) };
	if (!noise->rows[at].id)
		abort();
	return &noise->rows[at];
}

static struct noise_row *find_or_add(struct noise *noise, const char *id)
{
	size_t at = place_of(noise, id);

	if (at < noise->n && !strcmp(noise->rows[at].id, id))
		return &noise->rows[at];
	return insert_row(noise, at, id);
}

static void keep_ratio(struct noise_row *row, double ln_ratio)
{
	if (row->n == NOISE_KEEP) {
		memmove(row->ln_ratio, row->ln_ratio + 1,
			(NOISE_KEEP - 1) * sizeof(*row->ln_ratio));
		row->n--;
	}
	row->ln_ratio[row->n++] = ln_ratio;
}

void noise_add(struct noise *noise, const struct table *verdicts, bool contaminated)
{
	noise->runs++;
	noise->contaminated += contaminated;
	for (size_t i = 0; i < verdicts->n && !contaminated; i++) {
		const struct verdict_row *v = table_row(verdicts, struct verdict_row, i);
		struct noise_row *row;

		/*
		 * The control has no p-value; without an interval there were no rounds.
		 */
		if (!(v->ratio.mid > 0) || !isfinite(v->ratio.lo) ||
		    !isfinite(v->p_slower) || v->verdict == VERDICT_CONTAMINATED ||
		    v->verdict == VERDICT_SKIP)
			continue;
		row = find_or_add(noise, v->id);
		row->comparisons++;
		row->regressed += v->verdict == VERDICT_REGRESSED;
		row->improved += v->verdict == VERDICT_IMPROVED;
		noise->flagged += v->confirm_rounds >= 0;
		keep_ratio(row,
			   fmax(-NOISE_MAX_LOG, fmin(NOISE_MAX_LOG, log(v->ratio.mid))));
	}
}

double noise_delta(const struct noise *noise, const char *id)
{
	const struct noise_row *row = noise_find(noise, id);
	double x[NOISE_KEEP];

	if (!row || row->n < NOISE_LEAST)
		return NAN;
	for (size_t i = 0; i < row->n; i++)
		x[i] = fabs(row->ln_ratio[i]);
	stats_sort(x, row->n);
	return expm1(stats_quantile(x, row->n, 0.99));
}

struct noise_totals noise_total(const struct noise *noise)
{
	struct noise_totals t = { 0 };

	for (size_t i = 0; i < noise->n; i++) {
		t.comparisons += noise->rows[i].comparisons;
		t.regressed += noise->rows[i].regressed;
		t.improved += noise->rows[i].improved;
	}
	return t;
}

/* A whole number from 0 up that a double holds exactly. */
static bool is_count(json_int_t x)
{
	return x >= 0 && x <= (json_int_t)1 << 53;
}

/* One benchmark of the file; false: not as noise_write() writes it. */
static bool read_row(struct noise *noise, const char *id, json_t *json)
{
	json_int_t comparisons, regressed, improved;
	struct noise_row *row;
	json_t *logs, *x;
	size_t i;

	if (!*id || strlen(id) > 4096 ||
	    json_unpack(json, "{s:I, s:I, s:I, s:o !}", "comparisons", &comparisons,
			"regressed", &regressed, "improved", &improved, "ln_ratio",
			&logs) ||
	    !is_count(comparisons) || !is_count(regressed) || !is_count(improved) ||
	    regressed + improved > comparisons || !json_is_array(logs) ||
	    json_array_size(logs) > NOISE_KEEP ||
	    json_array_size(logs) > (size_t)comparisons)
		return false;
	row = insert_row(noise, noise->n, id);
	row->comparisons = comparisons;
	row->regressed = regressed;
	row->improved = improved;
	json_array_foreach (logs, i, x) {
		double v = json_number_value(x);

		if (!json_is_number(x) || !(fabs(v) <= NOISE_MAX_LOG))
			return false;
		row->ln_ratio[row->n++] = v;
	}
	return true;
}

static int by_id(const void *a, const void *b)
{
	return strcmp(((const struct noise_row *)a)->id,
		      ((const struct noise_row *)b)->id);
}

static const char *read_json(struct noise *noise, json_t *json)
{
	json_int_t schema, runs, contaminated, flagged;
	const char *kind, *machine, *id;
	json_t *rows, *row;

	if (json_unpack(json, "{s:s, s:I}", "kind", &kind, "schema", &schema) ||
	    strcmp(kind, NOISE_KIND))
		return "not a noise file";
	if (schema != NOISE_SCHEMA)
		return "written by another version of syscost";
	if (json_unpack(json, "{s:s, s:I, s:s, s:I, s:I, s:I, s:o !}", "kind", &kind,
			"schema", &schema, "machine", &machine, "runs", &runs,
			"contaminated", &contaminated, "flagged", &flagged, "rows",
			&rows) ||
	    !json_is_object(rows) || json_object_size(rows) > NOISE_MAX_ROWS ||
	    !is_count(runs) || !is_count(contaminated) || !is_count(flagged) ||
	    contaminated > runs || strlen(machine) != 16 ||
	    strspn(machine, "0123456789abcdef") != 16)
		return "a key is missing, unknown or out of range";
	noise_init(noise, machine);
	noise->runs = runs;
	noise->contaminated = contaminated;
	noise->flagged = flagged;
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

static int write_json(FILE *out, const void *arg)
{
	const struct noise *noise = arg;
	json_t *rows = json_object(), *json;
	int ret;

	for (size_t i = 0; i < noise->n; i++) {
		const struct noise_row *r = &noise->rows[i];
		json_t *logs = json_array();

		for (size_t k = 0; k < r->n; k++)
			json_array_append_new(logs, json_real(r->ln_ratio[k]));
		json_object_set_new(rows, r->id,
				    json_pack("{s:I, s:I, s:I, s:o}", "comparisons",
					      (json_int_t)r->comparisons, "regressed",
					      (json_int_t)r->regressed, "improved",
					      (json_int_t)r->improved, "ln_ratio", logs));
	}
	json = json_pack("{s:s, s:i, s:s, s:I, s:I, s:I, s:o}", "kind", NOISE_KIND,
			 "schema", NOISE_SCHEMA, "machine", noise->machine, "runs",
			 (json_int_t)noise->runs, "contaminated",
			 (json_int_t)noise->contaminated, "flagged",
			 (json_int_t)noise->flagged, "rows", rows);
	ret = json && !json_dumpf(json, out, JSON_INDENT(1) | JSON_REAL_PRECISION(6)) &&
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

int noise_write(const struct noise *noise, const char *path, struct err *err)
{
	char dir[4096], *slash;
	struct file_part part = { NULL, write_json, noise };

	if (snprintf(dir, sizeof(dir), "%s%s", strchr(path, '/') ? "" : "./", path) >=
	    (int)sizeof(dir)) {
		return err_set(err, -ENAMETOOLONG,
			       "the path of the noise file is too long");
	}
	make_parents(dir);
	slash = strrchr(dir, '/');
	*slash = '\0';
	part.name = slash + 1;
	return file_write(*dir ? dir : "/", &part, 1, err);
}
