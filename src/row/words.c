// SPDX-License-Identifier: MIT
/*
 * The words of the WORD columns, each of them once. What they mean is in words.h.
 */
#include "row/words.h"

const char *const status_words[ROW_STATUSES] = {
	[ROW_NONE] = "",     [ROW_OK] = "ok",	  [ROW_NOISY] = "noisy",
	[ROW_SKIP] = "skip", [ROW_FAIL] = "fail",
};

const char *const verdict_words[VERDICTS] = {
	[VERDICT_NONE] = "",
	[VERDICT_REGRESSED] = "regressed",
	[VERDICT_IMPROVED] = "improved",
	[VERDICT_SAME] = "same",
	[VERDICT_INCONCLUSIVE] = "inconclusive",
	[VERDICT_CONTAMINATED] = "contaminated",
	[VERDICT_SKIP] = "skip",
};

const char *const cause_words[CAUSES] = {
	[CAUSE_NONE] = "",
	[CAUSE_SLOWER] = "slower",
	[CAUSE_FASTER] = "faster",
	[CAUSE_WITHIN] = "within",
	[CAUSE_WIDE] = "wide",
	[CAUSE_FEW] = "few",
	[CAUSE_NO_ROUNDS] = "no-rounds",
	[CAUSE_NO_MATCH] = "no-match",
	[CAUSE_UNEQUAL] = "unequal",
	[CAUSE_UNCONFIRMED] = "unconfirmed",
	[CAUSE_CONTROL] = "control",
	[CAUSE_DISTURBED] = "disturbed",
	[CAUSE_FAILED_HEAD] = "failed-in-head",
	[CAUSE_FAILED_BASE] = "failed-in-base",
	[CAUSE_FAILED_BOTH] = "failed-in-both",
	[CAUSE_SKIPPED_HEAD] = "skipped-in-head",
	[CAUSE_SKIPPED_BASE] = "skipped-in-base",
	[CAUSE_SKIPPED_BOTH] = "skipped-in-both",
	[CAUSE_ABSENT_HEAD] = "not-in-head",
	[CAUSE_ABSENT_BASE] = "not-in-base",
};

const char *const contention_words[CONTENTIONS] = {
	[CONTENTION_NONE] = "",
	[CONTENTION_QUIET] = "quiet",
	[CONTENTION_MIXED] = "mixed",
	[CONTENTION_BUSY] = "contended",
};

const char *const advice_words[ADVICES] = {
	[ADVICE_NONE] = "",
	[ADVICE_SLOWER] = "slower",
	[ADVICE_FASTER] = "faster",
};

const char *const cycles_source_words[CYCLES_SOURCES] = {
	[CYCLES_NONE] = "",
	[CYCLES_COUNTED] = "counted",
	[CYCLES_ESTIMATED] = "estimated",
};
