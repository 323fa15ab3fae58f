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
