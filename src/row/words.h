/* SPDX-License-Identifier: MIT */
/*
 * The words that stand in WORD columns: enums in memory, text in files. An enum is named for
 * its column and starts with what stands for "not available", which is empty in a file.
 */
#ifndef SYSCOST_WORDS_H
#define SYSCOST_WORDS_H

/* What became of a row: only ok and noisy have a figure, noisy not a precise one. */
enum row_status { ROW_NONE, ROW_OK, ROW_NOISY, ROW_SKIP, ROW_FAIL, ROW_STATUSES };

/* What became of the comparison of two sides. */
enum row_verdict {
	VERDICT_NONE,
	VERDICT_REGRESSED,
	VERDICT_IMPROVED,
	VERDICT_SAME,
	VERDICT_INCONCLUSIVE,
	VERDICT_CONTAMINATED,
	VERDICT_SKIP,
	VERDICTS
};

/* What a verdict is due to. The sentence in `reason` is made from it (compare/reason.h). */
enum row_cause {
	CAUSE_NONE,
	CAUSE_SLOWER, /* all of the interval is beyond delta */
	CAUSE_FASTER, /* likewise, to the other side */
	CAUSE_WITHIN, /* all of it is within delta */
	CAUSE_WIDE,   /* it reaches over delta */
	CAUSE_FEW,    /* there are rounds, but too few of one contention state */
	CAUSE_NO_ROUNDS,
	CAUSE_NO_MATCH, /* there are rounds, but none that may be compared */
	CAUSE_UNEQUAL,	/* neighbours of the two sides were not equally busy */
	CAUSE_UNCONFIRMED,
	CAUSE_CONTROL,	 /* the control, as it should be */
	CAUSE_DISTURBED, /* the control says that the machine changed */
	CAUSE_FAILED_HEAD,
	CAUSE_FAILED_BASE,
	CAUSE_FAILED_BOTH,
	CAUSE_SKIPPED_HEAD,
	CAUSE_SKIPPED_BASE,
	CAUSE_SKIPPED_BOTH,
	CAUSE_ABSENT_HEAD,
	CAUSE_ABSENT_BASE,
	CAUSES
};

/* Whether the rounds behind a verdict had the core to themselves. */
enum row_contention {
	CONTENTION_NONE,
	CONTENTION_QUIET,
	CONTENTION_MIXED, /* some pairs had a busy neighbour, the same on both sides */
	CONTENTION_BUSY,
	CONTENTIONS
};

/* What a false discovery rate allows to say of a row that has no verdict of its own. */
enum row_advice { ADVICE_NONE, ADVICE_SLOWER, ADVICE_FASTER, ADVICES };

/* Where a number of core cycles is from. */
enum row_cycles_source { CYCLES_NONE, CYCLES_COUNTED, CYCLES_ESTIMATED, CYCLES_SOURCES };

/* As they stand in files. */
extern const char *const status_words[ROW_STATUSES];
extern const char *const verdict_words[VERDICTS];
extern const char *const cause_words[CAUSES];
extern const char *const contention_words[CONTENTIONS];
extern const char *const advice_words[ADVICES];
extern const char *const cycles_source_words[CYCLES_SOURCES];

#endif
