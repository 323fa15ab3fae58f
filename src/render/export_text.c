// SPDX-License-Identifier: MIT
/*
 * The line formats: Go benchmark text, Otava's CSV, OpenMetrics.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "base/err.h"
#include "render/export.h"
#include "render/say.h"
#include "row/csv.h"

static int done(FILE *out)
{
	return ferror(out) ? -EIO : 0;
}

/* One line of text: control characters become spaces. */
static void put_line(FILE *out, const char *text)
{
	for (; *text; text++)
		putc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, out);
}

/*
 * Go benchmark text (go.dev/design/14313-benchmark-format; golang.org/x/perf/benchfmt):
 * "key: value" lines, then "BenchmarkName N value unit…", a line for each round. A name
 * has no white space of any alphabet, and the letter behind Benchmark is upper case; what
 * follows a slash is configuration, k=v; a number behind the last dash is GOMAXPROCS,
 * which is 1 here, and which has to stand there, lest a number that ends an id is taken
 * for it. Other lines are ignored: they say what is noisy, skipped or failed. There is no
 * key for the status, because benchstat would put rows of unequal keys into separate
 * tables.
 */
static void put_go_name(FILE *out, const char *id)
{
	bool first = true;

	fputs("Benchmark", out);
	for (const unsigned char *p = (const unsigned char *)id; *p; p++, first = false) {
		if (first && *p >= 'a' && *p <= 'z')
			putc(toupper(*p), out);
		else if (*p == ':')
			putc('/', out);
		else if (*p <= ' ' || *p >= 127 || *p == '\\' || (first && !isupper(*p)))
			fprintf(out, first ? "X\\x%02x" : "\\x%02x", *p);
		else
			putc(*p, out);
	}
	fputs("-1", out);
}

static void put_go_head(FILE *out, const struct export_source *src)
{
	static const struct {
		const char *uname, *go;
	} archs[] = { { "x86_64", "amd64" }, { "aarch64", "arm64" } };
	const char *arch = export_env(src, "architecture");
	const char *cpu = export_env(src, "model name");
	const char *kernel = export_env(src, "kernel");

	for (int i = 0; i < 2 && arch; i++)
		if (export_is(arch, archs[i].uname))
			arch = archs[i].go;
	fputs("goos: linux\n", out);
	if (arch && *arch) {
		fputs("goarch: ", out);
		put_line(out, arch);
		putc('\n', out);
	}
	fputs("pkg: syscost\n", out);
	if (cpu && *cpu) {
		fputs("cpu: ", out);
		put_line(out, cpu);
		putc('\n', out);
	}
	if (kernel) {
		fputs("# kernel ", out);
		put_line(out, kernel);
		putc('\n', out);
	}
}

static void put_go_round(FILE *out, const struct export_source *src,
			 const struct result_row *r, const struct round_row *round)
{
	double cycles = round->ticks * round->cycles_per_tick;

	put_go_name(out, r->id);
	fprintf(out, " %" PRId64 " %.9g ns/op %.9g ticks/op", export_operations(r, round),
		round->ticks / src->folder->ticks_per_ns, round->ticks);
	if (isfinite(cycles))
		fprintf(out, " %.9g estimated-cycles/op", cycles);
	if (isfinite(round->cpu_ns))
		fprintf(out, " %.9g cpu-ns/op", round->cpu_ns);
	putc('\n', out);
}

int export_go(FILE *out, const struct export_source *src, struct err *err)
{
	size_t lines = 0;

	(void)err;
	if (!isfinite(src->folder->ticks_per_ns))
		return -ENODATA;
	put_go_head(out, src);
	for_rows (result_row, r, &src->folder->results) {
		const void *const *rounds;
		size_t n;

		if (r->status != ROW_OK) {
			fputs("# ", out);
			put_line(out, status_words[r->status]);
			putc(' ', out);
			put_line(out, r->id);
			fputs(": ", out);
			put_line(out, r->reason);
			putc('\n', out);
		}
		rounds = index_find(&src->rounds_by_id, r->id, &n);
		for (size_t k = 0; k < n && say_has_figure(r); k++) {
			const struct round_row *round = rounds[k];

			if (!isfinite(round->ticks))
				continue;
			put_go_round(out, src, r, round);
			lines++;
		}
	}
	return lines ? done(out) : -ENODATA;
}

/*
 * Apache Otava (otava/importer.py, CsvImporter): a header, then a row a point in time;
 * which columns are the time, attributes and metrics is said in its own configuration. A
 * metric that is empty is refused there, so a row without a figure has no column: join
 * only files with the same header. There is no place for a mark on one metric, so noisy_rows
 * counts.
 */
int export_otava(FILE *out, const struct export_source *src, struct err *err)
{
	const char *date = src->time ? src->time : export_env(src, "date");
	size_t n = 0, noisy = 0;

	if (!date) {
		return err_set(err, -EINVAL,
			       "no date is stored here: give it with --time");
	}
	fputs("time,commit,noisy_rows", out);
	for_rows (result_row, r, &src->folder->results) {
		char name[4200];

		if (!say_has_figure(r))
			continue;
		snprintf(name, sizeof(name), "%s_ns", r->id);
		putc(',', out);
		csv_write_text(out, name);
		noisy += r->status == ROW_NOISY;
		n++;
	}
	putc('\n', out);
	csv_write_text(out, date);
	putc(',', out);
	csv_write_text(out, src->commit ? src->commit : "");
	fprintf(out, ",%zu", noisy);
	for_rows (result_row, r, &src->folder->results) {
		if (say_has_figure(r))
			fprintf(out, ",%.9g", r->ns.mid);
	}
	putc('\n', out);
	return n ? done(out) : -ENODATA;
}

/*
 * OpenMetrics text 1.0 (prometheus.io/docs/specs/om/open_metrics_spec): the samples of a
 * family stand together below its metadata; a unit is the end of the family's name; units
 * are base units, so seconds; in labels backslash, quote and newline are escaped; a state
 * set has one sample a state, labelled with the family's name; # EOF is the last line.
 */
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
	{ "syscost_change_ratio", "ratio", V(ratio.mid), 1, "Cost of the head over the base." },
	{ "syscost_change_lower_ratio", "ratio", V(ratio.lo), 1,
	  "Lower end of the interval of the change." },
	{ "syscost_change_upper_ratio", "ratio", V(ratio.hi), 1,
	  "Upper end of the interval of the change." },
#undef V
};

static void put_results(FILE *out, const struct family *f, const struct table *t,
			const char *arm)
{
	bool cycles = export_is(f->unit, "cycles");

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

int export_openmetrics(FILE *out, const struct export_source *src, struct err *err)
{
	const char *arm = src->folder->base.n ? "head" : NULL;
	struct label about[] = {
		{ "cpu", export_env(src, "model name") },
		{ "kernel", export_env(src, "kernel") },
		{ "host", export_env(src, "host") },
		{ "fingerprint",
		  json_string_value(json_object_get(src->folder->run, "fingerprint")) },
	};

	(void)err;
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
	return done(out);
}
