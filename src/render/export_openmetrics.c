// SPDX-License-Identifier: MIT
/*
 * OpenMetrics text 1.0 (prometheus.io/docs/specs/om/open_metrics_spec). The samples of a
 * family stand together below its metadata. A unit is the end of the family's name; units
 * are base units, so seconds. In labels backslash, quote and newline are escaped. A state
 * set has one sample a state, labelled with the family's name. # EOF is the last line.
 */
#include <math.h>
#include <string.h>

#include "render/export.h"
#include "render/say.h"

struct label {
	const char *name, *value;
};

static void put_sample(FILE *out, const char *name, const struct label *labels, size_t n,
		       double value)
{
	const char *separator = "{";

	fputs(name, out);
	for (size_t i = 0; i < n; i++) {
		if (!labels[i].value || !*labels[i].value)
			continue; /* empty is the same as not there */
		fprintf(out, "%s%s=\"", separator, labels[i].name);
		for (const char *p = labels[i].value; *p; p++)
			if (*p == '\n')
				fputs("\\n", out);
			else if (*p == '"' || *p == '\\')
				fprintf(out, "\\%c", *p);
			else
				putc(*p, out);
		putc('"', out);
		separator = ",";
	}
	fprintf(out, "%s %.9g\n", *separator == ',' ? "}" : "", value);
}

static void put_family(FILE *out, const char *name, const char *type, const char *unit,
		       const char *help)
{
	fprintf(out, "# TYPE %s %s\n", name, type);
	if (unit)
		fprintf(out, "# UNIT %s %s\n", name, unit);
	fprintf(out, "# HELP %s %s\n", name, help);
}

#define NS 1e-9

static const struct family {
	const char *name, *unit;
	size_t field; /* in the row */
	double scale;
	const char *help;
} result_families[] = {
#define R(f) offsetof(struct result_row, f)
	{ "syscost_operation_seconds", "seconds", R(ns.mid), NS,
	  "Time an operation: the median over rounds." },
	{ "syscost_operation_lower_seconds", "seconds", R(ns.lo), NS,
	  "Lower end of the 95 % interval of the time an operation." },
	{ "syscost_operation_upper_seconds", "seconds", R(ns.hi), NS,
	  "Upper end of the 95 % interval of the time an operation." },
	{ "syscost_operation_cycles", "cycles", R(cycles.mid), 1,
	  "Core cycles an operation; the label source says if they were counted." },
	{ "syscost_operation_lower_cycles", "cycles", R(cycles.lo), 1,
	  "Lower end of the 95 % interval of the cycles an operation." },
	{ "syscost_operation_upper_cycles", "cycles", R(cycles.hi), 1,
	  "Upper end of the 95 % interval of the cycles an operation." },
#undef R
}, verdict_families[] = {
#define V(f) offsetof(struct verdict_row, f)
	{ "syscost_change_ratio", "ratio", V(ratio.mid), 1,
	  "Cost of the head over the base." },
	{ "syscost_change_lower_ratio", "ratio", V(ratio.lo), 1,
	  "Lower end of the interval of the change." },
	{ "syscost_change_upper_ratio", "ratio", V(ratio.hi), 1,
	  "Upper end of the interval of the change." },
#undef V
};

static void put_results(FILE *out, const struct family *f, const struct table *t,
			const char *arm)
{
	bool cycles = !strcmp(f->unit, "cycles");

	for_rows (result_row, r, t) {
		double x = *(const double *)((const char *)r + f->field);
		struct label labels[] = {
			{ "arm", arm },
			{ "id", r->id },
			{ "via", r->via },
			{ "source", cycles ? cycles_source_words[r->cycles_source] : "" }
		};

		if (say_has_figure(r) && isfinite(x * f->scale))
			put_sample(out, f->name, labels, 4, x * f->scale);
	}
}

static void put_states(FILE *out, const char *family, const char *const *states, size_t n,
		       const char *arm, const char *id, size_t state)
{
	for (size_t i = 1; i < n; i++) {
		struct label labels[] = { { "arm", arm },
					  { "id", id },
					  { family, states[i] } };

		put_sample(out, family, labels, 3, state == i);
	}
}

static void put_statuses(FILE *out, const struct table *t, const char *arm)
{
	for_rows (result_row, r, t) {
		put_states(out, "syscost_status", status_words, ROW_STATUSES, arm, r->id,
			   r->status);
	}
}

static void put_verdicts(FILE *out, const struct table *t)
{
	for (size_t k = 0; k < sizeof(verdict_families) / sizeof(verdict_families[0]);
	     k++) {
		const struct family *f = &verdict_families[k];

		put_family(out, f->name, "gauge", f->unit, f->help);
		for_rows (verdict_row, v, t) {
			double x = *(const double *)((const char *)v + f->field);
			struct label label = { "id", v->id };

			if (isfinite(x) && v->verdict != VERDICT_SKIP)
				put_sample(out, f->name, &label, 1, x);
		}
	}
	put_family(out, "syscost_verdict", "stateset", NULL,
		   "What became of the comparison of the head with the base.");
	for_rows (verdict_row, v, t) {
		put_states(out, "syscost_verdict", verdict_words, VERDICTS, NULL, v->id,
			   v->verdict);
	}
}

static int export_openmetrics(FILE *out, const struct export_source *src)
{
	const char *arm = src->folder->base.n ? "head" : NULL;
	struct label about[] = {
		{ "cpu", export_env(src, "model name") },
		{ "kernel", export_env(src, "kernel") },
		{ "host", export_env(src, "host") },
		{ "fingerprint",
		  json_string_value(json_object_get(src->folder->run, "fingerprint")) },
	};

	put_family(out, "syscost_machine", "info", NULL, "Where it was measured.");
	put_sample(out, "syscost_machine_info", about, 4, 1);
	for (size_t k = 0; k < sizeof(result_families) / sizeof(result_families[0]);
	     k++) {
		const struct family *f = &result_families[k];

		put_family(out, f->name, "gauge", f->unit, f->help);
		put_results(out, f, &src->folder->results, arm);
		put_results(out, f, &src->folder->base, "base");
	}
	put_family(out, "syscost_status", "stateset", NULL,
		   "What became of a row; only ok and noisy have a figure.");
	put_statuses(out, &src->folder->results, arm);
	put_statuses(out, &src->folder->base, "base");
	if (src->folder->compared)
		put_verdicts(out, &src->folder->verdicts);
	fputs("# EOF\n", out);
	return export_done(out);
}

EXPORT_FORMAT(openmetrics) = {
	.name = "openmetrics",
	.summary = "OpenMetrics text for Prometheus",
	.write = export_openmetrics,
};
