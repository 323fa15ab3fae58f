// SPDX-License-Identifier: MIT
/*
 * Prints the stored figures of one row. It selects and rounds, and computes nothing.
 */
#include <inttypes.h>
#include <math.h>

#include "render/cost.h"
#include "render/say.h"
#include "render/stored.h"
#include "render/table.h"

#define REASON_WIDTH 500 /* of a text from a folder */

static void put_word(FILE *out, const char *word)
{
	fprintf(out, "  %-*s", STORED_LEFT - 2, word);
}

/* "450.3 (449.4 to 452.1)", with four digits of the middle one. */
static struct text interval(struct figure f)
{
	int digits = decimals(f.mid, 4);

	if (!isfinite(f.lo) || !isfinite(f.hi))
		return text("%.*f (no interval)", digits, f.mid);
	return text("%.*f (%.*f to %.*f)", digits, f.mid, digits, f.lo, digits, f.hi);
}

static void put_cycles(FILE *out, const struct result_row *r)
{
	if (!isfinite(r->cycles.mid))
		return;
	put_word(out, "cycles");
	fprintf(out, "%s%s%s\n", cost_about(r), interval(r->cycles).s,
		r->cycles_source == CYCLES_ESTIMATED ? ", estimated from ticks"
		: r->cycles_source == CYCLES_COUNTED ? ", counted by the CPU"
						     : "");
}

static void put_time(FILE *out, const struct result_row *r, const char *why)
{
	put_word(out, "nanoseconds");
	fprintf(out, "%s%s\n", interval(r->ns).s, why);
}

/* What the row would cost in the state of the core that the noise file has. */
static void put_reference(FILE *out, const struct result_row *r, const json_t *run)
{
	const json_t *calibration = json_object_get(run, "calibration");
	double enosys = json_number_value(
		json_object_get(calibration, "state_enosys_cycles"));
	double getuid = json_number_value(
		json_object_get(calibration, "state_getuid_cycles"));
	struct text state = { "" };

	if (!isfinite(r->cycles_ref.mid))
		return;
	if (enosys > 0 && getuid > 0)
		state = text(" (ENOSYS %s, getuid %s cycles)", say_number(enosys).s,
			     say_number(getuid).s);
	put_word(out, "reference");
	table_wrap(out,
		   text("~%s cycles at the reference state%s; never compared",
			interval(r->cycles_ref).s, state.s)
			   .s,
		   STORED_LEFT, STORED_WIDTH);
}

/* Levels are of timed windows: they are estimated, where cycles are counted too. */
static void put_levels(FILE *out, const struct result_row *r)
{
	if (r->levels < 0)
		return;
	put_word(out, "levels");
	if (r->levels && isfinite(r->level_low.mid) && isfinite(r->level_top.mid)) {
		fprintf(out, "%" PRId64 "; the lowest at ~%s cycles", r->levels,
			interval(r->level_low).s);
		fprintf(out, ",\n%*sthe most frequent at ~%s", STORED_LEFT, "",
			interval(r->level_top).s);
		if (isfinite(r->level_share))
			fprintf(out, ", with %.0f %% of the quiet windows",
				r->level_share * 100);
	} else {
		fputs("none that is sharp", out);
	}
	fputc('\n', out);
	if (r->median_at == MEDIAN_AT_BETWEEN)
		fprintf(out,
			"%*sThe figure lies between two levels of the windows: it may "
			"not come out\n%*sagain.\n",
			STORED_LEFT, "", STORED_LEFT, "");
}

void stored_print(FILE *out, const struct result_row *r, const json_t *run)
{
	struct text clock = say_clock_range(run);

	put_word(out, "status");
	fputs(status_words[r->status], out);
	if (*r->reason) {
		fputs(": ", out);
		table_text(out, r->reason, REASON_WIDTH, false);
	}
	fputc('\n', out);
	if (!say_has_figure(r))
		return;
	if (cost_in_cycles(r)) {
		put_cycles(out, r);
		put_time(out, r, "");
	} else {
		put_time(out, r,
			 isfinite(r->cycles.mid)
				 ? ", which it is compared in: it sleeps, or others work "
				   "for it"
				 : "");
		put_cycles(out, r);
	}
	if (*clock.s) {
		put_word(out, "clock");
		table_wrap(out, text("%s.", clock.s).s, STORED_LEFT, STORED_WIDTH);
	}
	put_reference(out, r, run);
	put_levels(out, r);
}
