/* SPDX-License-Identifier: MIT */
/* What the facts about a machine mean for the figures, one sentence each. Pure. */
#ifndef SYSCOST_FINDINGS_H
#define SYSCOST_FINDINGS_H

#include <jansson.h>
#include <stddef.h>

#include "machine/facts.h"

enum finding_level { FINDING_OK, FINDING_NOTE, FINDING_WARN };

/* The levels in words: ok, note or warn. */
extern const char *const finding_words[];

struct finding {
	enum finding_level level;
	char what[400];
	const char *effect; /* on the figures */
};

#define FINDINGS_MAX 32 /* more than the facts have: what does not fit is left out */

struct findings {
	size_t n;
	struct finding at[FINDINGS_MAX];
};

void findings_judge(const struct facts *facts, struct findings *out);

/* An array of {"level": ok|note|warn, "what", "effect"}, as run.json has it. */
json_t *findings_json(const struct findings *findings);

#endif
