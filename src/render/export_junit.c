// SPDX-License-Identifier: MIT
/*
 * JUnit XML, as far as its readers agree (the schema of Jenkins' xunit plug-in,
 * junit-10.xsd). A testsuite has counts, a testcase has classname, name and time (of one
 * operation), in it failure or skipped, then system-out. XML 1.0 cannot hold most control
 * characters, nor U+FFFE and U+FFFF: U+FFFD stands for them.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/export.h"
#include "render/markup.h"
#include "render/say.h"

static void put_xml(FILE *out, const char *text)
{
	static const char *const escapes[256] = {
		['<'] = "&lt;",	 ['>'] = "&gt;",   ['&'] = "&amp;",  ['"'] = "&quot;",
		['\t'] = "&#9;", ['\n'] = "&#10;", ['\r'] = "&#13;",
	};

	for (const unsigned char *p = (const unsigned char *)text; *p; p++) {
		if (escapes[*p])
			fputs(escapes[*p], out);
		else if (*p < ' ')
			fputs("\xef\xbf\xbd", out);
		else if (p[0] == 0xef && p[1] == 0xbf && p[2] >= 0xbe)
			fputs("\xef\xbf\xbd", out), p += 2;
		else
			putc(*p, out);
	}
}

#define put(out, ...) markup(out, put_xml, __VA_ARGS__)

enum outcome { PASSED, FAILED, SKIPPED, OUTCOMES };

/* Advisory verdicts are only advice: a benchmark that got slower is no failure then. */
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

	put(out,
	    outcome == FAILED ? "    <failure message=\"%s" : "    <skipped message=\"%s",
	    word);
	if (v && !failed && v->verdict == VERDICT_REGRESSED)
		put(out, outcome == SKIPPED ? ", advisory: %s" : ": %s",
		    export_change(v).s);
	if (v && !failed && v->verdict == VERDICT_SUSPECTED)
		put(out, ": %s", export_change(v).s);
	if (!*reason && r && !failed && !v && !say_has_figure(r))
		reason = "no figure";
	put(out, "%s%s\"/>\n", *reason && *word ? ": " : "", reason);
}

static enum outcome put_case(FILE *out, const struct export_source *src,
			     const struct result_row *r, const struct verdict_row *v)
{
	enum outcome outcome = outcome_of(src, r, v);
	const char *id = v ? v->id : r->id, *slash = strchr(id, '/');
	double ns = v ? v->head_ns.mid : say_has_figure(r) ? r->ns.mid : NAN;
	struct text figures = { "" };
	char family[4200];

	snprintf(family, sizeof(family), "%.*s", slash ? (int)(slash - id) : 0, id);
	put(out, "  <testcase classname=\"syscost.%s\" name=\"%s\"", family,
	    slash && slash[1] ? slash + 1 : id);
	if (isfinite(ns) && outcome != SKIPPED && fabs(ns) < 1e18)
		fprintf(out, " time=\"%.12f\"", ns * 1e-9);
	fputs(">\n", out);
	if (outcome != PASSED)
		put_message(out, outcome, src, r, v);
	if (v && isfinite(v->ratio.mid))
		figures = export_change(v);
	else if (r && say_has_figure(r))
		figures = export_ns(r->ns);
	if (*figures.s)
		put(out, "    <system-out>%s%s%s</system-out>\n", figures.s,
		    r && r->status == ROW_NOISY ? ", noisy: " : "",
		    r && r->status == ROW_NOISY ? r->reason : "");
	fputs("  </testcase>\n", out);
	return outcome;
}

/* The verdicts, then the rows that have none. */
static int export_junit(FILE *out, const struct export_source *src)
{
	size_t n[OUTCOMES] = { 0 }, len, found;
	char *cases = NULL;
	FILE *mem = open_memstream(&cases, &len);

	if (!mem)
		return -ENOMEM;
	for_rows (verdict_row, v, &src->folder->verdicts) {
		const void *const *r = index_find(&src->by_id, v->id, &found);

		n[put_case(mem, src, r ? *r : NULL, v)]++;
	}
	for_rows (result_row, r, &src->folder->results)
		if (!index_find(&src->verdicts_by_id, r->id, &found))
			n[put_case(mem, src, r, NULL)]++;
	fclose(mem);
	fprintf(out,
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
		"<testsuite name=\"syscost\" tests=\"%zu\" failures=\"%zu\" errors=\"0\" "
		"skipped=\"%zu\">\n",
		n[PASSED] + n[FAILED] + n[SKIPPED], n[FAILED], n[SKIPPED]);
	fwrite(cases, 1, len, out);
	fputs("</testsuite>\n", out);
	free(cases);
	return export_done(out);
}

EXPORT_FORMAT(junit) = {
	.name = "junit",
	.summary = "JUnit XML, a test case a benchmark",
	.write = export_junit,
};
