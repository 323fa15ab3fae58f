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

/* What a false discovery rate allows to say of a row that has no verdict of its own. */
enum row_advice { ADVICE_NONE, ADVICE_SLOWER, ADVICE_FASTER, ADVICES };

/* Where a number of core cycles is from. */
enum row_cycles_source { CYCLES_NONE, CYCLES_COUNTED, CYCLES_ESTIMATED, CYCLES_SOURCES };

/* As they stand in files. */
extern const char *const status_words[ROW_STATUSES];
extern const char *const verdict_words[VERDICTS];
extern const char *const advice_words[ADVICES];
extern const char *const cycles_source_words[CYCLES_SOURCES];

#endif
