// SPDX-License-Identifier: MIT
/*
 * Markdown as GitHub renders it (github.github.com/gfm). In text from rows, what could
 * mean something becomes a character reference. A step summary of more than 1 MiB is
 * refused whole (docs.github.com, "Workflow commands"): what is left out is counted.
 */
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include "render/export.h"
#include "render/markup.h"
#include "render/say.h"

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

#define put(out, ...) markup(out, put_md, __VA_ARGS__)

struct summary {
	FILE *out;
	size_t used, rows, left_out;
	char *line; /* the next row */
	size_t len;
};

static FILE *begin_row(struct summary *s)
{
	FILE *f = open_memstream(&s->line, &s->len);

	if (!f)
		abort();
	return f;
}

static void end_row(struct summary *s, FILE *f)
{
	fclose(f);
	s->rows++;
	if (s->left_out || s->used + s->len > SUMMARY_MAX) {
		s->left_out++;
	} else {
		fwrite(s->line, 1, s->len, s->out);
		s->used += s->len;
	}
	free(s->line);
}

static void put_heading(struct summary *s, const char *text)
{
	fputs(text, s->out);
	s->used += strlen(text);
}

static void put_verdict(struct summary *s, const struct verdict_row *v)
{
	FILE *f = begin_row(s);

	put(f,
	    v->verdict == VERDICT_REGRESSED || v->verdict == VERDICT_SUSPECTED
		    ? "| **%s** | <code>%s</code>"
		    : "| %s | <code>%s</code>",
	    verdict_words[v->verdict], v->id);
	fprintf(f, " | %s | %s | %s", export_interval(v->ratio, " times").s,
		export_side(v->base_ns, v->base, v->metric).s,
		export_side(v->head_ns, v->head, v->metric).s);
	put(f, " | %s |\n", v->reason);
	end_row(s, f);
}

static void put_result(struct summary *s, const struct result_row *r)
{
	bool figure = say_has_figure(r);
	FILE *f = begin_row(s);

	put(f, "| <code>%s</code>", r->id);
	fprintf(f, " | %s | %s%s", export_ns(figure ? r->ns : FIGURE_NONE).s,
		figure && r->cycles_source == CYCLES_ESTIMATED ? "about " : "",
		export_interval(figure ? r->cycles : FIGURE_NONE, "").s);
	put(f, " | %s%s%s |\n", status_words[r->status], *r->reason ? ": " : "",
	    r->reason);
	end_row(s, f);
}

#define VERDICT_HEAD                                                     \
	"| verdict | benchmark | head over base | base | head | why |\n" \
	"|---|---|---|---|---|---|\n"

/* How many there are of it, all of them written unless `s` is NULL. */
static size_t put_verdicts(struct summary *s, const struct table *verdicts,
			   enum row_verdict verdict)
{
	size_t n = 0;

	for_rows (verdict_row, v, verdicts) {
		if (v->verdict != verdict)
			continue;
		if (s)
			put_verdict(s, v);
		n++;
	}
	return n;
}

/* What is not "same" first; the rest folded away. */
static void put_verdict_tables(struct summary *s, const struct table *verdicts)
{
	static const enum row_verdict first[] = { VERDICT_REGRESSED,	VERDICT_SUSPECTED,
						  VERDICT_CONTAMINATED, VERDICT_IMPROVED,
						  VERDICT_INCONCLUSIVE, VERDICT_SKIP };
	size_t same = put_verdicts(NULL, verdicts, VERDICT_SAME);

	if (same < verdicts->n)
		put_heading(s, VERDICT_HEAD);
	for (size_t w = 0; w < sizeof(first) / sizeof(first[0]); w++)
		put_verdicts(s, verdicts, first[w]);
	if (!same)
		return;
	put_heading(s, "\n<details><summary>the same</summary>\n\n" VERDICT_HEAD);
	put_verdicts(s, verdicts, VERDICT_SAME);
	put_heading(s, "\n</details>\n");
}

static void put_failures(struct summary *s, const struct table *results)
{
	bool any = false;

	for_rows (result_row, r, results) {
		if (r->status != ROW_FAIL)
			continue;
		if (!any)
			put_heading(s, "\n| failed | time an operation | cycles | why |\n"
				       "|---|---|---|---|\n");
		any = true;
		put_result(s, r);
	}
}

static void put_about(FILE *out, const struct export_source *src)
{
	const json_t *compare = src->folder->compare;
	const char *command = json_string_value(json_object_get(compare, "command"));
	const char *seed = json_string_value(json_object_get(compare, "seed"));
	struct {
		const char *form, *text;
	} lines[] = {
		{ "**Cannot tell**: %s.\n\n", export_undecided(src) },
		{ "Contaminated: %s.\n\n", export_disturbed(src) },
		{ "Advisory only: %s.\n\n", export_advisory(src) },
		{ "%s, ", export_env(src, "model name") },
		{ "Linux %s. Intervals are in brackets.\n\n", export_env(src, "kernel") },
		{ "Again with <code>%s", command },
		{ " --seed %s", command ? seed : NULL },
		{ "</code>\n\n", command },
	};

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++)
		if (lines[i].text)
			put(out, lines[i].form, lines[i].text);
}

static int export_markdown(FILE *out, const struct export_source *src)
{
	struct summary s = { .out = out };

	fprintf(out, "## syscost: %s\n\n", export_counts(src).s);
	put_about(out, src);
	if (src->folder->compared) {
		put_verdict_tables(&s, &src->folder->verdicts);
		put_failures(&s, &src->folder->results);
	} else {
		put_heading(&s, "| benchmark | time an operation | cycles | status |\n"
				"|---|---|---|---|\n");
		for_rows (result_row, r, &src->folder->results)
			put_result(&s, r);
	}
	if (s.left_out)
		fprintf(out,
			"\n%zu of %zu rows were left out: a step summary holds 1 MiB.\n",
			s.left_out, s.rows);
	return export_done(out);
}

EXPORT_FORMAT(markdown) = {
	.name = "markdown",
	.summary = "tables for a GitHub step summary, below its 1 MiB",
	.write = export_markdown,
};
