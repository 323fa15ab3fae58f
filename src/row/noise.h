/* SPDX-License-Identifier: MIT */
/*
 * The noise file: how far each benchmark moves when nothing has changed. It has what
 * comparisons of this program with itself (A/A) showed, interleaved, and what separate
 * whole runs showed. There is one JSON file for each class of machines
 * (env_machine_class()). It is written whole or not at all, and read strictly. Reading
 * and writing are noise_file.c's; the corrected figures are state.h's.
 *
 * What separate runs showed holds for one system (env_system()): the same kernel with the
 * same settings, and the same build. It is `apart`, `reference` and `state`. A run of
 * another system starts these three anew; what A/A comparisons showed stays.
 */
#ifndef SYSCOST_NOISE_H
#define SYSCOST_NOISE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/err.h"
#include "row/fingerprint.h"
#include "row/row.h"

#define NOISE_KEEP	  200 /* newest values kept of one benchmark */
#define NOISE_LEAST	  3   /* fewer say nothing about a 99th percentile */
#define NOISE_APART	  4   /* separate runs; fewer say nothing about a deviation */
#define NOISE_PAIRED	  20  /* newest separate runs that are held against each other */
#define NOISE_REFERENCES  2   /* calls that are measured beside the windows of a round */
#define NOISE_COVARIANCES (NOISE_REFERENCES * (NOISE_REFERENCES + 1) / 2)
#define NOISE_MAX_RATIO	  20 /* e^20 is no ratio of two costs */
#define NOISE_MAX_APART	  50 /* and e^50 is no cost */

/* Changes of a benchmark with those of the reference calls: see state.h. */
struct noise_reference {
	bool known;
	size_t runs; /* that it was learnt from */
	double slope[NOISE_REFERENCES];
	double covariance[NOISE_COVARIANCES]; /* of the slopes: 00, 10, 11 */
};

struct noise_row {
	char *id;
	const char *metric; /* of all that follows: "cycles" or "time", never freed */
	uint64_t comparisons, regressed, improved; /* ever; the two are false alarms */
	double ln_ratio[NOISE_KEEP];		   /* the oldest first */
	size_t n;
	double apart[NOISE_KEEP]; /* ln of the medians of separate runs, likewise */
	size_t n_apart;
	struct noise_reference reference;
};

struct noise {
	char machine[FINGERPRINT_SIZE]; /* the class, "" before it is known */
	char system[FINGERPRINT_SIZE];	/* of the separate runs; "": there are none */
	char own[FINGERPRINT_SIZE]; /* system of who runs; not in the file; "": unknown */
	uint64_t runs;		    /* A/A comparisons of whole suites */
	uint64_t contaminated;	    /* of these, ones that were seen to be disturbed */
	uint64_t flagged; /* benchmarks flagged before they were measured again */
	/*
	 * Core cycles of the reference calls at which corrected figures are stated; NAN
	 * before they are known.
	 */
	double state[NOISE_REFERENCES];
	struct noise_row *rows; /* by id */
	size_t n, room;
};

void noise_init(struct noise *noise, const char *machine);
void noise_free(struct noise *noise);

/*
 * Where the file of a machine class is: $XDG_STATE_HOME/syscost/noise-CLASS.json. Without
 * that variable its first part is ~/.local/state (XDG base directory specification 0.8).
 * 0; -ENOENT without a home; -ENAMETOOLONG.
 */
int noise_path(const char *machine, char *buf, size_t len);

/*
 * Read a file into *noise, which noise_free() frees in any case. 0, or -errno and one
 * line in err. -ENOENT: there is none. -EINVAL: it is not a noise file to the last key.
 */
int noise_read(struct noise *noise, const char *path, struct err *err);

/*
 * Add to a file, which is made if there is none: lock, read, `change`, write. So nothing
 * is lost that another program has added meanwhile. The lock is on an empty file beside
 * it, .NAME.lock, which stays. *noise, which is of a class of machines, becomes what the
 * file has then; on failure it stays as it is. 0, or -errno with one line in err: -EXDEV
 * where the file is of another class, -EBUSY where ten seconds did not give the lock.
 */
int noise_update(struct noise *noise, const char *path,
		 void (*change)(struct noise *noise, void *arg), void *arg,
		 struct err *err);

/*
 * Take in the verdicts of one A/A comparison. Rows without a ratio, and those that were
 * seen to be disturbed (contaminated, inconclusive for want of rounds), teach nothing.
 * `contaminated`: the whole comparison was; then only that is counted.
 */
void noise_add(struct noise *noise, const struct table *verdicts, bool contaminated);

/*
 * Take in the median of a benchmark in a run of its own, in `metric`, on noise->own. Of a
 * benchmark that was known in another metric, here and in noise_add(), only the numbers
 * of comparisons and of false alarms stay.
 */
void noise_add_apart(struct noise *noise, const char *id, const char *metric,
		     double median);

/* Whether separate runs are known that are not of noise->own. */
bool noise_is_foreign(const struct noise *noise);
/* Forget what separate runs showed, unless it is of noise->own. */
void noise_renew(struct noise *noise);

/* The stored word for a metric that can be kept, or NULL. */
const char *noise_metric(const char *name);

/*
 * A new row in front of rows[at], without a metric, for the reader of the file. It does
 * not look for a row of that id. Aborts without memory.
 */
struct noise_row *noise_insert(struct noise *noise, size_t at, const char *id);

/* NULL: there is none. The second one is to be changed. */
const struct noise_row *noise_find(const struct noise *noise, const char *id);
struct noise_row *noise_row_of(struct noise *noise, const char *id);

/*
 * The relative change that 99 of 100 A/A comparisons of this benchmark stayed within:
 * 0.013 for 1.3 %. With less than 100 of them that is close to the largest seen. NAN:
 * unknown.
 */
double noise_delta(const struct noise *noise, const char *id);

/*
 * The relative change that two separate runs of an unchanged benchmark exceed upwards
 * with a chance of `tail`, and downwards likewise. It is the larger of two: what 99 of
 * 100 pairs of runs so far differed by, and what two new runs would. The latter takes
 * medians of runs to be normal (stats_student_difference). It speaks of runs as they were
 * made: minutes apart, on one system. Runs that are boots or days apart may differ by
 * more. NAN: fewer than NOISE_APART.
 */
double noise_apart_delta(const struct noise *noise, const char *id, double tail);

/*
 * How far the newest NOISE_PAIRED separate runs of this benchmark lie apart, the largest
 * over the smallest, less 1. NAN: fewer than NOISE_APART, or not of noise->own.
 */
double noise_apart_range(const struct noise *noise, const char *id);

/* All benchmarks together: comparisons, and the false alarms among them. */
struct noise_totals {
	uint64_t comparisons, regressed, improved;
};
struct noise_totals noise_total(const struct noise *noise);

/*
 * Relative changes between two separate runs of a benchmark: each two of its newest
 * twenty, over all benchmarks.
 */
struct noise_spread {
	size_t rows; /* with two runs or more */
	size_t runs; /* of the row that has the most */
	size_t pairs;
	double median, p90, most; /* NAN: no pairs */
	const char *worst;	  /* the id of the row with the most */
};
struct noise_spread noise_apart_spread(const struct noise *noise);

#endif
