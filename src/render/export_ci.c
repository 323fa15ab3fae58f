// SPDX-License-Identifier: MIT
/*
 * What a CI run shows: JUnit XML, a step summary in Markdown, GitHub's annotations. It
 * passes verdicts on and makes none.
 */
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "render/export.h"
#include "render/say.h"

/* "1.05 times (1.03 to 1.07); 116 ns (…), the base 110 ns (…)": a verdict's figures. */
static char *describe(char *buf, size_t len, const struct verdict_row *v)
{
	char ratio[80], head[120], base[120];

	snprintf(buf, len, "%s; %s, the base %s", export_ratio(ratio, sizeof(ratio), v),
		 export_ns(head, sizeof(head), v->head_ns),
		 export_ns(base, sizeof(base), v->base_ns));
	return buf;
}

/*
 * JUnit XML, as far as its readers agree: testsuite with counts, testcase with classname,
 * name and time, in it failure or skipped, then system-out (the schema of Jenkins' xunit
 * plug-in, junit-10.xsd). XML 1.0 cannot hold most control characters, nor U+FFFE and
 * U+FFFF, in any spelling: U+FFFD stands for them. `time` is that of one operation.
 */
static void put_xml_part(FILE *out, const char *text, size_t len)
{
	const unsigned char *p = (const unsigned char *)text, *end = p + len;

	for (; p < end; p++) {
		if (*p == '<')
			fputs("&lt;", out);
		else if (*p == '>')
			fputs("&gt;", out);
		else if (*p == '&')
			fputs("&amp;", out);
		else if (*p == '"')
			fputs("&quot;", out);
		else if (*p == '\t' || *p == '\n' || *p == '\r')
			fprintf(out, "&#%d;", *p);
		else if (*p < ' ')
			fputs("\xef\xbf\xbd", out);
		else if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe)
			fputs("\xef\xbf\xbd", out), p += 2;
		else
			putc(*p, out);
	}
}

static void put_xml(FILE *out, const char *text)
{
	put_xml_part(out, text, strlen(text));
}

enum outcome { PASSED, FAILED, SKIPPED };

/* Advisory verdicts bind nobody: a benchmark that got slower is no failure then. */
static enum outcome outcome_of(const struct export_source *src,
			       const struct result_row *r, const struct verdict_row *v)
{
	if (r && r->status == ROW_FAIL)
		return FAILED;
	if (v && v->verdict == VERDICT_REGRESSED)
		return export_advisory(src) ? SKIPPED : FAILED;
	if (v)
		return v->verdict == VERDICT_IMPROVED || v->verdict == VERDICT_SAME
			       ? PASSED
			       : SKIPPED;
	/* A row that had no partner was not compared. */
	return r && say_has_figure(r) && !src->folder->compared ? PASSED : SKIPPED;
}

/* Why a case did not pass. */
static void put_message(FILE *out, enum outcome outcome, const struct export_source *src,
			const struct result_row *r, const struct verdict_row *v)
{
	bool failed = r && r->status == ROW_FAIL;
	const char *word = failed		   ? "failed"
			   : v			   ? verdict_words[v->verdict]
			   : !say_has_figure(r)	   ? status_words[r->status]
			   : src->folder->compared ? "not compared"
						   : "";
	const char *reason = v && !failed ? v->reason : r->reason;
	char text[500];

	fprintf(out, "    <%s message=\"", outcome == FAILED ? "failure" : "skipped");
	put_xml(out, word);
	if (v && !failed && v->verdict == VERDICT_REGRESSED) {
		fputs(outcome == SKIPPED ? ", advisory: " : ": ", out);
		put_xml(out, describe(text, sizeof(text), v));
	}
	if (!*reason && r && !failed && !v && !say_has_figure(r))
		reason = "no figure";
	if (*reason) {
		fputs(*word ? ": " : "", out);
		put_xml(out, reason);
	}
	fputs("\"/>\n", out);
}

static void put_case(FILE *out, const struct export_source *src,
		     const struct result_row *r, const struct verdict_row *v)
{
	enum outcome outcome = outcome_of(src, r, v);
	const char *id = v ? v->id : r->id, *slash = strchr(id, '/');
	double ns = v ? v->head_ns.mid : say_has_figure(r) ? r->ns.mid : NAN;
	char text[500] = "";

	fputs("  <testcase classname=\"syscost.", out);
	put_xml_part(out, id, slash ? slash - id : 0);
	fputs("\" name=\"", out);
	put_xml(out, slash && slash[1] ? slash + 1 : id);
	putc('"', out);
	if (isfinite(ns) && outcome != SKIPPED && fabs(ns) < 1e18)
		fprintf(out, " time=\"%.12f\"", ns * 1e-9);
	fputs(">\n", out);
	if (outcome != PASSED)
		put_message(out, outcome, src, r, v);
	if (v && isfinite(v->ratio.mid))
		describe(text, sizeof(text), v);
	else if (r && say_has_figure(r))
		export_ns(text, sizeof(text), r->ns);
	if (*text) {
		fputs("    <system-out>", out);
		put_xml(out, text);
		if (r && r->status == ROW_NOISY) {
			fputs(", noisy: ", out);
			put_xml(out, r->reason);
		}
		fputs("</system-out>\n", out);
	}
	fputs("  </testcase>\n", out);
}

/* All cases through `fn`: the verdicts, then the rows that have none. */
static void each_case(const struct export_source *src,
		      void (*fn)(void *arg, const struct result_row *r,
				 const struct verdict_row *v),
		      void *arg)
{
	size_t n;

	for_rows (verdict_row, v, &src->folder->verdicts) {
		fn(arg, export_result(src, v->id), v);
	}
	for_rows (result_row, r, &src->folder->results) {
		if (!index_find(&src->verdicts_by_id, r->id, &n))
			fn(arg, r, NULL);
	}
}

struct suite {
	FILE *out;
	const struct export_source *src;
	size_t outcomes[3];
};

static void count_case(void *arg, const struct result_row *r, const struct verdict_row *v)
{
	struct suite *s = arg;

	s->outcomes[outcome_of(s->src, r, v)]++;
}

static void write_case(void *arg, const struct result_row *r, const struct verdict_row *v)
{
	struct suite *s = arg;

	put_case(s->out, s->src, r, v);
}

int export_junit(FILE *out, const struct export_source *src, struct err *err)
{
	struct suite s = { .out = out, .src = src };

	(void)err;
	each_case(src, count_case, &s);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"syscost\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"%zu\">\n",
		s.outcomes[PASSED] + s.outcomes[FAILED] + s.outcomes[SKIPPED],
		s.outcomes[FAILED], s.outcomes[SKIPPED]);
	each_case(src, write_case, &s);
	fputs("</testsuite>\n", out);
	return ferror(out) ? -EIO : 0;
}

/*
 * Markdown as GitHub renders it (github.github.com/gfm): text from rows stands with
 * everything that could mean something as a character reference, which is never taken
 * for markup. A step summary of more than 1 MiB is refused whole (docs.github.com,
 * "Workflow commands", job summaries); what is left out is counted.
 */
#define SUMMARY_MAX ((size_t)1000 * 1000) /* rows; headings fit behind them */

static void put_md(FILE *out, const char *text)
{
	unsigned char last = ' ';

	for (const unsigned char *p = (const unsigned char *)text; *p; last = *p++) {
		bool link = (*p == ':' && p[1] == '/') ||
			    (*p == '.' && tolower(last) == 'w');

		if (*p < ' ' || *p == 127)
			putc(' ', out);
		else if (*p < 127 && !isalnum(*p) &&
			 (link || !strchr(" -/=,%()+;:.", *p)))
			fprintf(out, "&#%d;", *p);
		else
			putc(*p, out);
	}
}

struct summary {
	FILE *out;
	size_t used, rows, left_out;
};

/* Takes over `line`. */
static void put_piece(struct summary *s, char *line, size_t len, bool row)
{
	s->rows += row;
	if (row && (s->left_out || s->used + len > SUMMARY_MAX)) {
		s->left_out++;
	} else {
		fwrite(line, 1, len, s->out);
		s->used += len;
	}
	free(line);
}

static void put_verdict_row(struct summary *s, const struct verdict_row *v)
{
	bool loud = v->verdict == VERDICT_REGRESSED;
	char text[120], *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		abort();
	fputs(loud ? "| **" : "| ", f);
	put_md(f, verdict_words[v->verdict]);
	fputs(loud ? "** | <code>" : " | <code>", f);
	put_md(f, v->id);
	fprintf(f, "</code> | %s", export_ratio(text, sizeof(text), v));
	fprintf(f, " | %s", export_ns(text, sizeof(text), v->base_ns));
	fprintf(f, " | %s | ", export_ns(text, sizeof(text), v->head_ns));
	put_md(f, v->reason);
	fputs(" |\n", f);
	fclose(f);
	put_piece(s, line, len, true);
}

static void put_result_row(struct summary *s, const struct result_row *r)
{
	bool figure = say_has_figure(r);
	char text[120], *line = NULL;
	size_t len;
	FILE *f = open_memstream(&line, &len);

	if (!f)
		abort();
	fputs("| <code>", f);
	put_md(f, r->id);
	fprintf(f, "</code> | %s",
		export_ns(text, sizeof(text), figure ? r->ns : FIGURE_NONE));
	fprintf(f, " | %s%s",
		figure && r->cycles_source == CYCLES_ESTIMATED ? "about " : "",
		export_interval(text, sizeof(text), figure ? r->cycles : FIGURE_NONE,
				""));
	fputs(" | ", f);
	put_md(f, status_words[r->status]);
	if (*r->reason)
		fputs(": ", f);
	put_md(f, r->reason);
	fputs(" |\n", f);
	fclose(f);
	put_piece(s, line, len, true);
}

static void put_text(struct summary *s, const char *text)
{
	put_piece(s, strdup(text), strlen(text), false);
}

#define VERDICT_HEAD                                                     \
	"| verdict | benchmark | head over base | base | head | why |\n" \
	"|---|---|---|---|---|---|\n"

/* What is not "same" first; the rest folded away. */
static void put_verdict_tables(struct summary *s, const struct export_source *src)
{
	static const enum row_verdict first[] = { VERDICT_REGRESSED, VERDICT_CONTAMINATED,
						  VERDICT_IMPROVED, VERDICT_INCONCLUSIVE,
						  VERDICT_SKIP };
	size_t same = 0;

	for (size_t i = 0; i < src->folder->verdicts.n; i++)
		same += table_row(&src->folder->verdicts, struct verdict_row, i)
				->verdict == VERDICT_SAME;
	if (same < src->folder->verdicts.n)
		put_text(s, VERDICT_HEAD);
	for (size_t w = 0; w < sizeof(first) / sizeof(first[0]); w++)
		for_rows (verdict_row, v, &src->folder->verdicts) {
			if (v->verdict == first[w])
				put_verdict_row(s, v);
		}
	if (!same)
		return;
	put_text(s, "\n<details><summary>the same</summary>\n\n" VERDICT_HEAD);
	for_rows (verdict_row, v, &src->folder->verdicts) {
		if (v->verdict == VERDICT_SAME)
			put_verdict_row(s, v);
	}
	put_text(s, "\n</details>\n");
}

static void put_failures(struct summary *s, const struct export_source *src)
{
	bool any = false;

	for_rows (result_row, r, &src->folder->results) {
		if (r->status != ROW_FAIL)
			continue;
		if (!any)
			put_text(s, "\n| failed | time an operation | cycles | why |\n"
				    "|---|---|---|---|\n");
		any = true;
		put_result_row(s, r);
	}
}

static void put_about(FILE *out, const struct export_source *src)
{
	const char *command = json_string_value(
		json_object_get(src->folder->compare, "command"));
	const char *seed = json_string_value(
		json_object_get(src->folder->compare, "seed"));
	struct {
		const char *before, *text, *after;
	} lines[] = {
		{ "Contaminated: ", export_disturbed(src), ".\n\n" },
		{ "Advisory only: ", export_advisory(src), ".\n\n" },
		{ "", export_env(src, "model name"), ", " },
		{ "Linux ", export_env(src, "kernel"),
		  ". Intervals are in brackets.\n\n" },
		{ "Again with <code>", command, "" },
		{ " --seed ", command ? seed : NULL, "" },
		{ "", command ? "" : NULL, "</code>\n\n" },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		if (!lines[i].text)
			continue;
		fputs(lines[i].before, out);
		put_md(out, lines[i].text);
		fputs(lines[i].after, out);
	}
}

int export_markdown(FILE *out, const struct export_source *src, struct err *err)
{
	struct summary s = { .out = out };
	char counts[200];

	(void)err;
	fprintf(out, "## syscost: %s\n\n", export_counts(counts, sizeof(counts), src));
	put_about(out, src);
	if (src->folder->compared) {
		put_verdict_tables(&s, src);
		put_failures(&s, src);
	} else {
		put_text(&s, "| benchmark | time an operation | cycles | status |\n"
			     "|---|---|---|---|\n");
		for (size_t i = 0; i < src->folder->results.n; i++)
			put_result_row(&s, table_row(&src->folder->results,
						     struct result_row, i));
	}
	if (s.left_out)
		fprintf(out,
			"\n%zu of %zu rows were left out: a step summary holds 1 MiB.\n",
			s.left_out, s.rows);
	return ferror(out) ? -EIO : 0;
}

/*
 * GitHub's workflow commands: "::warning title=T::message". In the message % CR and LF are
 * escaped, in a property also : and , (actions/toolkit, packages/core/src/command.ts). Ten
 * warnings a step are shown, and as many notices: the worst ten, and the counts as one
 * notice.
 */
#define WORST 10
#define TITLE 200 /* bytes of an id in a title: GitHub takes 255 characters */

static void put_command(FILE *out, const char *text, size_t max, bool property)
{
	for (const char *p = text; *p; p++) {
		if ((size_t)(p - text) >= max && (*p & 0xc0) != 0x80)
			break; /* between two characters */
		if (strchr("%\r\n", *p) || (property && strchr(":,", *p)))
			fprintf(out, "%%%02X", *p);
		else
			putc(*p, out);
	}
}

static void put_warning(FILE *out, const char *what, const char *id, const char *text,
			const char *reason)
{
	fprintf(out, "::warning title=%s ", what);
	put_command(out, id, TITLE, true);
	fputs("::", out);
	put_command(out, text, SIZE_MAX, false);
	fputs(*text && *reason ? ": " : "", out);
	put_command(out, reason, SIZE_MAX, false);
	putc('\n', out);
}

static void put_remark(FILE *out, const char *before, const char *text)
{
	if (!text)
		return;
	fputs(before, out);
	put_command(out, text, SIZE_MAX, false);
}

static int worse_first(const void *a, const void *b)
{
	const struct verdict_row *x = *(const struct verdict_row *const *)a;
	const struct verdict_row *y = *(const struct verdict_row *const *)b;
	double p = isfinite(x->ratio.mid) ? x->ratio.mid : 0,
	       q = isfinite(y->ratio.mid) ? y->ratio.mid : 0;

	return (p < q) - (p > q) ?: (x > y) - (x < y);
}

int export_annotations(FILE *out, const struct export_source *src, struct err *err)
{
	const struct verdict_row **red = calloc(src->folder->verdicts.n + 1,
						sizeof(*red));
	size_t n_red = 0, shown = 0, failed = 0;
	char counts[200], text[500];

	(void)err;
	if (!red)
		return -ENOMEM;
	for_rows (verdict_row, v, &src->folder->verdicts) {
		if (v->verdict == VERDICT_REGRESSED)
			red[n_red++] = v;
	}
	qsort(red, n_red, sizeof(*red), worse_first);
	for (; shown < n_red && shown < WORST; shown++)
		put_warning(out, "regressed", red[shown]->id,
			    describe(text, sizeof(text), red[shown]), red[shown]->reason);
	free(red);
	for_rows (result_row, r, &src->folder->results) {
		if (r->status != ROW_FAIL)
			continue;
		failed++;
		if (shown < WORST) {
			put_warning(out, "failed", r->id, "", r->reason);
			shown++;
		}
	}
	fprintf(out, "::notice title=syscost::%s",
		export_counts(counts, sizeof(counts), src));
	if (src->folder->compared && failed)
		fprintf(out, ", %zu failed", failed);
	if (shown < n_red + failed)
		fprintf(out, "; the worst %zu of %zu are shown", shown, n_red + failed);
	put_remark(out, "; contaminated: ", export_disturbed(src));
	put_remark(out, "; advisory only: ", export_advisory(src));
	putc('\n', out);
	return ferror(out) ? -EIO : 0;
}
