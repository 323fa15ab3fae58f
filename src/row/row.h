/* SPDX-License-Identifier: MIT */
/*
 * The schema of the stored results, declared once, in the lists below. The structs, the
 * CSV headers, the keys in JSON and the strict readers come from them.
 *
 * Kinds of columns, and what stands for "not available", which is an empty field in CSV:
 *   TEXT    UTF-8; ""
 *   REAL    a number; NAN
 *   COUNT   a whole number from 0 up; -1
 *   WORD    one of the words of its column (words.h); the first one, 0
 *   FIGURE  a value and its interval, in three columns: NAME, NAME_lo, NAME_hi; NAN
 *   RATIO   the same, in NAME_ratio, NAME_lo and NAME_hi
 *   MID     the value of such a figure, and
 *   ENDS    its interval, where that does not stand behind it
 *
 * Columns are only ever appended. Unless another confidence is named, an interval holds
 * the median of this run with at least 95 %: other runs may lie outside. It assumes no
 * distribution: see stats_median_rank().
 */
#ifndef SYSCOST_ROW_H
#define SYSCOST_ROW_H

#include <stddef.h>
#include <stdint.h>

#include "row/words.h"
#include "stats/stats.h"

#define SCHEMA_VERSION 1

#define ESTIMATED "estimated by the chain, also where cycles are counted"

/* results.csv: one row a benchmark variant. X(kind, column, what it is) */
#define RESULT_COLUMNS(X)                                                                \
	X(TEXT, id,                                                                      \
	  "the row: group/name, then :key=value for each parameter that varies")         \
	X(TEXT, group, "the family")                                                     \
	X(TEXT, name, "the id without its family")                                       \
	X(TEXT, via, "how the operation is made")                                        \
	X(TEXT, params, "key=value pairs, separated by spaces")                          \
	X(WORD, status, "ok, noisy (a figure, but not a precise one), skip or fail")     \
	X(TEXT, reason, "why the status is not ok")                                      \
	X(FIGURE, ns, "nanoseconds an operation: median over rounds of quiet medians")   \
	X(FIGURE, ticks, "the same in time-stamp counter ticks")                         \
	X(MID, cycles, "core cycles an operation, see cycles_source")                    \
	X(WORD, cycles_source,                                                           \
	  "counted (by the PMU) or estimated (ticks x cycles a tick)")                   \
	X(ENDS, cycles, "its interval")                                                  \
	X(TEXT, base, "id of the row that it is read against")                           \
	X(FIGURE, ratio, "cost divided by that row's, median over paired rounds")        \
	X(FIGURE, contended_ns, "the same as ns, of windows next to a contended probe")  \
	X(REAL, quiet_share, "quiet windows among the kept ones, 0 to 1")                \
	X(COUNT, rounds, "rounds that measured this row")                                \
	X(COUNT, quiet_rounds, "rounds with enough quiet windows to count")              \
	X(COUNT, windows, "windows kept")                                                \
	X(COUNT, dropped, "windows dropped for an observed cause")                       \
	X(COUNT, n, "iterations a window")                                               \
	X(COUNT, ops, "operations an iteration")                                         \
	X(REAL, min_ns, "fastest window, nanoseconds an operation (diagnostic)")         \
	X(REAL, p99_ns, "99th percentile of the windows (diagnostic)")                   \
	X(MID, faults, "page faults an operation, median over rounds")                   \
	X(MID, switches, "context switches an operation, median over rounds")            \
	X(COUNT, migrations, "windows in which the CPU changed")                         \
	X(REAL, cycles_user, "counted core cycles an operation in user mode")            \
	X(REAL, cycles_kernel, "counted core cycles an operation in the kernel")         \
	X(REAL, instructions_user, "counted instructions an operation in user mode")     \
	X(REAL, instructions_kernel, "counted instructions an operation in the kernel")  \
	X(TEXT, mode, "how the kernel did it, where that varies: inline or punted")      \
	X(TEXT, calls, "system calls of one operation")                                  \
	X(TEXT, events,                                                                  \
	  "NAME=value an operation, for each --events item that could be counted")       \
	X(TEXT, workload, "what is to be done; rows with the same one are alternatives") \
	X(TEXT, strategy, "how this row does it: writev, io_uring with a fixed file")    \
	X(FIGURE, batch_ns,                                                              \
	  "nanoseconds a whole iteration: what its first operation waits")               \
	X(FIGURE, cpu_ns,                                                                \
	  "CPU time an operation, of all threads and the kernel's for it")               \
	X(MID, enters,                                                                   \
	  "system calls an operation, counted in the loop, median over rounds")          \
	X(COUNT, overflow, "completions that found no room in their queue")              \
	X(TEXT, flags_asked, "flags asked of the kernel")                                \
	X(TEXT, flags_in_force, "flags that the kernel says are in force")               \
	X(ENDS, faults, "its interval")                                                  \
	X(ENDS, switches, "its interval")                                                \
	X(ENDS, enters, "its interval")                                                  \
	X(TEXT, layers, "between caller and kernel, as --layer takes them: seccomp:100") \
	X(TEXT, metric,                                                                  \
	  "what it is compared in: cycles; time where it sleeps or others work for it")  \
	X(FIGURE, contended_cycles,                                                      \
	  "as cycles, of windows next to a contended probe; " ESTIMATED)                 \
	X(COUNT, levels,                                                                 \
	  "sharp values on which its quiet windows stand; 0: none; empty: in time, or "  \
	  "too few windows")                                                             \
	X(FIGURE, level_low, "the lowest of them, core cycles an operation; " ESTIMATED) \
	X(FIGURE, level_top,                                                             \
	  "the most frequent of them, core cycles an operation; " ESTIMATED)             \
	X(REAL, level_share,                                                             \
	  "share of the quiet windows that stand on that in this run, 0 to 1")           \
	X(WORD, median_at,                                                               \
	  "where the estimated cycles are: on a level, between two, elsewhere")          \
	X(FIGURE, cycles_ref,                                                            \
	  "cycles in the state that the noise file has; empty: not known; " ESTIMATED)

/* rounds.csv: one row a benchmark variant and round. */
#define ROUND_COLUMNS(X)                                                                \
	X(TEXT, id, "the row")                                                          \
	X(COUNT, round, "which round, from 0")                                          \
	X(COUNT, position, "place in the shuffled order of that round")                 \
	X(COUNT, n, "iterations a window")                                              \
	X(COUNT, windows, "windows kept")                                               \
	X(COUNT, quiet, "quiet windows among them")                                     \
	X(COUNT, dropped, "windows dropped for an observed cause")                      \
	X(REAL, ticks, "median of the quiet windows, ticks an operation")               \
	X(REAL, contended_ticks, "median of the contended windows, ticks an operation") \
	X(REAL, all_ticks, "median of all kept windows, ticks an operation")            \
	X(REAL, probe, "median of the contention probe over its quiet level")           \
	X(REAL, cycles_per_tick, "core cycles a tick, measured in this round")          \
	X(REAL, cpu_ns, "CPU time an operation, nanoseconds, as in results.csv")        \
	X(REAL, cycles, "median of the quiet windows, core cycles an operation")        \
	X(REAL, contended_cycles, "the same of the contended windows")                  \
	X(REAL, ref_enosys,                                                             \
	  "floor/enosys-inline beside its quiet windows, core cycles a call")           \
	X(REAL, ref_getuid, "null/getuid-inline likewise")

/* windows.csv: how the quiet windows of a row are distributed; some rows a benchmark. */
#define WINDOW_COLUMNS(X)                                                              \
	X(TEXT, id, "the row")                                                         \
	X(REAL, share, "share of its quiet windows that cost at most so much, 0 to 1") \
	X(REAL, cycles, "core cycles an operation")

/*
 * verdicts.csv: one row a benchmark variant that two arms have in common. `ratio` is the
 * head's cost over the base's.
 */
#define VERDICT_COLUMNS(X)                                                             \
	X(TEXT, id, "the row")                                                         \
	X(WORD, verdict,                                                               \
	  "regressed, suspected, improved, same, inconclusive, contaminated or skip")  \
	X(TEXT, reason, "why, in words")                                               \
	X(FIGURE, ratio,                                                               \
	  "head over base: exp of the median log-ratio; its interval is at `level`")   \
	X(REAL, level,                                                                 \
	  "confidence of that interval, 0 to 1: the family's error shared out")        \
	X(REAL, delta, "smallest relative change that counts")                         \
	X(REAL, p_slower, "p-value of: the ratio is 1 + delta or less")                \
	X(REAL, p_faster, "p-value of: the ratio is 1 / (1 + delta) or more")          \
	X(REAL, p_differs, "two-sided p-value of: the ratio is 1")                     \
	X(WORD, advice, "slower or faster at a false discovery rate of 5 %, or empty") \
	X(COUNT, rounds, "pairs of rounds, or rounds of the smaller side")             \
	X(COUNT, pilot_rounds, "pairs of the pilot that chose `rounds`")               \
	X(REAL, sigma,                                                                 \
	  "spread of the log-ratios: 1.4826 MAD, or of their tenths if larger")        \
	X(FIGURE, base_ns, "nanoseconds an operation, the base")                       \
	X(FIGURE, head_ns, "nanoseconds an operation, the head")                       \
	X(RATIO, confirm,                                                              \
	  "the ratio in fresh rounds, where it was flagged; at `confirm_level`")       \
	X(COUNT, confirm_rounds, "pairs of these fresh rounds")                        \
	X(REAL, injected, "known slowdown that was added on purpose, as a ratio")      \
	X(REAL, confirm_level,                                                         \
	  "confidence of that interval: shared out over what was flagged")             \
	X(WORD, cause, "what the verdict is due to, in one word")                      \
	X(WORD, contention, "of the rounds compared: quiet, mixed or contended")       \
	X(TEXT, metric, "what was compared: time, cycles, instructions")               \
	X(FIGURE, base, "the base in that metric, where it is not time")               \
	X(FIGURE, head, "the head likewise")

/* What `syscost batch` prints: one row for each strategy of a workload and baseline. */
#define BATCH_COLUMNS(X)                                                               \
	X(TEXT, workload, "what is to be done")                                        \
	X(COUNT, bytes, "bytes an operation")                                          \
	X(TEXT, strategy, "how")                                                       \
	X(TEXT, baseline,                                                              \
	  "single calls that it is read against; empty: it is such itself")            \
	X(TEXT, best, "yes: the advice for this workload")                             \
	X(COUNT, rounds, "rounds of the workload")                                     \
	X(TEXT, model,                                                                 \
	  "of a/n + b: fits, knee (two of them), untested (two sizes), none")          \
	X(FIGURE, a_ns, "nanoseconds a batch costs once (before the knee)")            \
	X(FIGURE, b_ns, "nanoseconds each operation adds (before the knee)")           \
	X(REAL, knee_n, "the batch size from which on the second curve holds")         \
	X(FIGURE, a2_ns, "a of the second curve")                                      \
	X(FIGURE, b2_ns, "b of the second curve")                                      \
	X(REAL, worst, "largest residual of one curve, median: cost over fit, less 1") \
	X(REAL, worst_n, "at this batch size")                                         \
	X(TEXT, pays,                                                                  \
	  "always, from (a size), beyond (the sizes that were measured), never")       \
	X(FIGURE, breakeven_n,                                                         \
	  "break-even; empty: never; no upper end: open, the lower at most largest_n") \
	X(TEXT, breakeven_by,                                                          \
	  "fit: where curves cross; sizes: between sizes; bound: at most")             \
	X(REAL, largest_n, "largest batch size compared")                              \
	X(REAL, cheaper_from_n, "from this measured size on significantly cheaper")    \
	X(REAL, at_n, "the batch size of what follows")                                \
	X(FIGURE, ns, "nanoseconds an operation")                                      \
	X(FIGURE, ratio, "cost over the baseline's, median over paired rounds")        \
	X(REAL, batch_ns, "nanoseconds a whole batch: what its first operation waits") \
	X(REAL, cpu_ns, "CPU time an operation, as in results.csv")                    \
	X(REAL, enters, "system calls an operation")                                   \
	X(TEXT, mode, "inline or punted")                                              \
	X(WORD, status, "ok, or that of its first row without a figure")               \
	X(TEXT, reason, "why a row has no figure")

#define ROW_TEXT(c)   char *c;
#define ROW_REAL(c)   double c;
#define ROW_COUNT(c)  int64_t c;
#define ROW_FIGURE(c) struct figure c;
#define ROW_RATIO(c)  struct figure c;
#define ROW_MID(c)    struct figure c;
#define ROW_ENDS(c)
#define ROW_WORD(c)		     enum row_##c c;
#define ROW_FIELD(type, column, doc) ROW_##type(column)

struct result_row {
	RESULT_COLUMNS(ROW_FIELD)
};

struct round_row {
	ROUND_COLUMNS(ROW_FIELD)
};

struct window_row {
	WINDOW_COLUMNS(ROW_FIELD)
};

struct verdict_row {
	VERDICT_COLUMNS(ROW_FIELD)
};

struct batch_row {
	BATCH_COLUMNS(ROW_FIELD)
};

enum column_type { COLUMN_TEXT, COLUMN_REAL, COLUMN_COUNT, COLUMN_WORD };

struct column {
	const char *name;
	enum column_type type;
	size_t offset;		  /* in the row's struct */
	const char *const *words; /* of a WORD; the field is an unsigned int */
	unsigned int n_words;
};

/* One of the tables: its columns and the size of its struct. */
struct schema {
	const char *file; /* "results.csv" */
	const struct column *columns;
	size_t n_columns;
	size_t n_oldest; /* columns of its first version: an older file has these at least
			  */
	size_t row_size;
};

extern const struct schema result_schema, round_schema, window_schema, verdict_schema,
	batch_schema;

/* Rows of one schema, one after the other; the table owns the text in them. */
struct table {
	const struct schema *schema;
	void *rows;
	size_t n, room;
};

void table_init(struct table *t, const struct schema *schema);
/* The same, as an initialiser. */
#define TABLE(of)               \
	{                       \
		.schema = &(of) \
	}
void table_free(struct table *t);
/* Drop the rows from the n-th on. */
void table_truncate(struct table *t, size_t n);
/*
 * A new row at the end, all of it not available (TEXT points at a ""). Aborts without
 * memory.
 */
void *table_add(struct table *t);
/* Replace a TEXT field, which nothing else may write, by a copy of `text` (NULL: ""). */
void row_set(char **field, const char *text);
/* The same of `len` bytes that no NUL needs to end. */
void row_set_part(char **field, const char *text, size_t len);

/* The whole number of "key=" in params, or -1. */
long row_param(const char *params, const char *key);

/* Every row of a table in turn: for_rows (result_row, r, results) … */
#define for_rows(type, r, t)                   \
	for (const struct type *r = (t)->rows; \
	     (size_t)(r - (const struct type *)(t)->rows) < (t)->n; r++)

#define table_row(t, type, i) ((type *)(t)->rows + (i))

#endif
