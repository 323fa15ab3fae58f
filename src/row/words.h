/* SPDX-License-Identifier: MIT */
/* The words of WORD columns: enums in memory, text in files; "": not available. */
#ifndef SYSCOST_WORDS_H
#define SYSCOST_WORDS_H

/* What became of a row: only ok and noisy have a figure, noisy not a precise one. */
#define STATUS_WORDS(W)       \
	W(ROW_NONE, "")       \
	W(ROW_OK, "ok")       \
	W(ROW_NOISY, "noisy") \
	W(ROW_SKIP, "skip")   \
	W(ROW_FAIL, "fail")

/* What became of the comparison of two sides; suspected: flagged, not confirmed. */
#define VERDICT_WORDS(W)                        \
	W(VERDICT_NONE, "")                     \
	W(VERDICT_REGRESSED, "regressed")       \
	W(VERDICT_SUSPECTED, "suspected")       \
	W(VERDICT_IMPROVED, "improved")         \
	W(VERDICT_SAME, "same")                 \
	W(VERDICT_INCONCLUSIVE, "inconclusive") \
	W(VERDICT_CONTAMINATED, "contaminated") \
	W(VERDICT_SKIP, "skip")

/*
 * What a verdict is due to, as compare/reason.h says it. All of an interval is slower or
 * faster than delta or within it, or it is too wide for that. There are few rounds of one
 * contention state; or none; or none that match. Neighbours of the two sides were
 * unequal. Fresh rounds did not confirm it. The control is as it should be, or shows a
 * disturbed machine. One side or both failed, were skipped or lack it.
 */
#define CAUSE_WORDS(W)                           \
	W(CAUSE_NONE, "")                        \
	W(CAUSE_SLOWER, "slower")                \
	W(CAUSE_FASTER, "faster")                \
	W(CAUSE_WITHIN, "within")                \
	W(CAUSE_WIDE, "wide")                    \
	W(CAUSE_FEW, "few")                      \
	W(CAUSE_NO_ROUNDS, "no-rounds")          \
	W(CAUSE_NO_MATCH, "no-match")            \
	W(CAUSE_UNEQUAL, "unequal")              \
	W(CAUSE_CLOCK, "clock")                  \
	W(CAUSE_UNCONFIRMED, "unconfirmed")      \
	W(CAUSE_CONTROL, "control")              \
	W(CAUSE_DISTURBED, "disturbed")          \
	W(CAUSE_FAILED_HEAD, "failed-in-head")   \
	W(CAUSE_FAILED_BASE, "failed-in-base")   \
	W(CAUSE_FAILED_BOTH, "failed-in-both")   \
	W(CAUSE_SKIPPED_HEAD, "skipped-in-head") \
	W(CAUSE_SKIPPED_BASE, "skipped-in-base") \
	W(CAUSE_SKIPPED_BOTH, "skipped-in-both") \
	W(CAUSE_ABSENT_HEAD, "not-in-head")      \
	W(CAUSE_ABSENT_BASE, "not-in-base")

/* Had the rounds behind a verdict the core to themselves? mixed: not all pairs. */
#define CONTENTION_WORDS(W)          \
	W(CONTENTION_NONE, "")       \
	W(CONTENTION_QUIET, "quiet") \
	W(CONTENTION_MIXED, "mixed") \
	W(CONTENTION_BUSY, "contended")

/* What a false discovery rate allows to say of a row that has no verdict of its own. */
#define ADVICE_WORDS(W)            \
	W(ADVICE_NONE, "")         \
	W(ADVICE_SLOWER, "slower") \
	W(ADVICE_FASTER, "faster")

/* Where a number of core cycles is from. */
#define CYCLES_SOURCE_WORDS(W)       \
	W(CYCLES_NONE, "")           \
	W(CYCLES_COUNTED, "counted") \
	W(CYCLES_ESTIMATED, "estimated")

/* Where the median of a row's windows is: on one of their levels, between two of them. */
#define MEDIAN_AT_WORDS(W)              \
	W(MEDIAN_AT_NONE, "")           \
	W(MEDIAN_AT_LEVEL, "level")     \
	W(MEDIAN_AT_BETWEEN, "between") \
	W(MEDIAN_AT_ELSEWHERE, "elsewhere")

#define WORD_ENUM(name, word) name,
enum row_status { STATUS_WORDS(WORD_ENUM) ROW_STATUSES };
enum row_verdict { VERDICT_WORDS(WORD_ENUM) VERDICTS };
enum row_cause { CAUSE_WORDS(WORD_ENUM) CAUSES };
enum row_contention { CONTENTION_WORDS(WORD_ENUM) CONTENTIONS };
enum row_advice { ADVICE_WORDS(WORD_ENUM) ADVICES };
enum row_cycles_source { CYCLES_SOURCE_WORDS(WORD_ENUM) CYCLES_SOURCES };
enum row_median_at { MEDIAN_AT_WORDS(WORD_ENUM) MEDIAN_ATS };

/* As they stand in files. */
extern const char *const status_words[ROW_STATUSES];
extern const char *const verdict_words[VERDICTS];
extern const char *const cause_words[CAUSES];
extern const char *const contention_words[CONTENTIONS];
extern const char *const advice_words[ADVICES];
extern const char *const cycles_source_words[CYCLES_SOURCES];
extern const char *const median_at_words[MEDIAN_ATS];

#endif
