// SPDX-License-Identifier: MIT
/* Collects the facts. What they mean is machine/findings.c's. */
#include <unistd.h>

#include "drive/doctor.h"
#include "measure/clock.h"
#include "measure/counters.h"
#include "measure/window.h"
#include "stats/stats.h"

/* Probes over half a second: a neighbour comes and goes in milliseconds to seconds. */
#define PROBES	     200
#define PROBE_GAP_US 2500
#define AWAKE_CHAINS 20	  /* a core that slept runs slowly at first */
#define PROBE_LOW    0.02 /* quantiles of what most of them take */
#define PROBE_HIGH   0.9

static void look_at_clock(struct clock_facts *c)
{
	struct clock_point start = clock_point();
	double probes[PROBES], rates[PROBES], ticks_per_us;
	uint32_t probe_passes, chain_passes;
	double overhead;

	c->step = clock_step(&clock_real);
	usleep(CLOCK_ROUGH_US);
	ticks_per_us = clock_ticks_per_ns(start, clock_point()) * 1000;
	probe_passes = clock_probe_passes(c->step, ticks_per_us);
	chain_passes = clock_chain_passes(c->step, ticks_per_us);
	overhead = clock_chain_overhead(&clock_real, chain_passes);
	for (int i = 0; i < PROBES; i++) {
		uint32_t before, probe, after;

		clock_chain(AWAKE_CHAINS * chain_passes);
		before = clock_chain(chain_passes);
		probe = clock_probe(probe_passes);
		after = clock_chain(chain_passes);
		rates[i] = clock_rate(before, after, chain_passes, overhead);
		probes[i] = probe * rates[i];
		usleep(PROBE_GAP_US);
	}
	stats_sort(probes, PROBES);
	stats_sort(rates, PROBES);
	c->probe_lo = stats_quantile(probes, PROBES, PROBE_LOW);
	c->probe_hi = stats_quantile(probes, PROBES, PROBE_HIGH);
	c->neighbour = c->probe_hi > QUIET_TOLERANCE * c->probe_lo;
	c->overhead = clock_overhead(&clock_real);
	c->ticks_per_ns = clock_ticks_per_ns(start, clock_point());
	c->ghz_lo = stats_quantile(rates, PROBES, PROBE_LOW) * c->ticks_per_ns;
	c->ghz_hi = stats_quantile(rates, PROBES, 1 - PROBE_LOW) * c->ticks_per_ns;
}

static void look_at_counters(struct counter_facts *c)
{
	struct event_list list = { 0 };

	events_own(&list);
	counters_try(&list, c->why, sizeof(c->why), NULL);
	c->cycles = list.n_own == COUNT_OWN ? COUNTED_ALL
		    : list.n_own	    ? COUNTED_USER
					    : COUNTED_NOT;
}

void doctor_look(struct findings *findings)
{
	struct facts facts;

	look_at_clock(&facts.clock);
	look_at_counters(&facts.counters);
	facts_read(&facts.machine);
	findings_judge(&facts, findings);
}
