// SPDX-License-Identifier: MIT
/*
 * The metrics that every round has. It knows no statistics.
 */
#include <string.h>

#include "compare/metric.h"

static double ticks(const struct round_row *round, bool contended)
{
	return contended ? round->contended_ticks : round->ticks;
}

static double time_of_round(const struct round_row *round, bool contended,
			    double ticks_per_ns)
{
	return ticks(round, contended) * (1 / ticks_per_ns);
}

static double cycles_of_round(const struct round_row *round, bool contended,
			      double ticks_per_ns)
{
	double cycles = contended ? round->contended_cycles : round->cycles;

	(void)ticks_per_ns;
	/* An older folder has one ratio a round. */
	return cycles > 0 ? cycles : ticks(round, contended) * round->cycles_per_tick;
}

const struct metric metric_time = {
	.name = "time",
	.unit = "ns",
	.floor = 1,
	.of_round = time_of_round,
};

const struct metric metric_cycles = {
	.name = "cycles",
	.unit = "cycles",
	.floor = 4,
	.of_round = cycles_of_round,
};

const struct metric *metric_find(const char *name)
{
	static const struct metric *const all[] = { &metric_time, &metric_cycles };

	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		if (!strcmp(all[i]->name, name))
			return all[i];
	return NULL;
}

const struct metric *metric_of_row(const struct result_row *r)
{
	const struct metric *metric = metric_find(r->metric);

	return metric ? metric : &metric_time;
}
