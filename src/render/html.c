// SPDX-License-Identifier: MIT
/* The page of a run, complete without a script. All text is escaped or checked. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch.h"
#include "render/cost.h"
#include "render/html.h"
#include "render/markup.h"
#include "render/plots_batch.h"
#include "render/say.h"
#include "render/svg.h"
#include "row/csv.h"

extern const char report_css[], report_js[];

static void put_text(FILE *out, const char *s)
{
	static const char *const escapes[256] = {
		['&'] = "&amp;",  ['<'] = "&lt;",   ['>'] = "&gt;",
		['"'] = "&quot;", ['\''] = "&#39;",
	};

	for (; *s; s++) {
		unsigned char c = *s;

		if (escapes[c])
			fputs(escapes[c], out);
		else if (c >= 32 || c == '\n' || c == '\t')
			fputc(c, out);
	}
}

#define put(out, ...) markup(out, put_text, __VA_ARGS__)

/* Texts in cells of one row, `tag` td or th; those from `first_number` on stand right. */
static void put_row(FILE *out, const char *tag, const char *const *cells, size_t n,
		    size_t first_number)
{
	fputs("<tr>", out);
	for (size_t i = 0; i < n; i++) {
		fprintf(out, "<%s%s>", tag, i >= first_number ? " class=n" : "");
		put_text(out, cells[i]);
		fprintf(out, "</%.2s>", tag);
	}
	fputs("</tr>", out);
}

/* A number that rows are sorted by; for the eye `shown`, and of `half` an interval. */
static void put_number(FILE *out, double v, struct text shown, const struct figure *half,
		       const char *base)
{
	if (!isfinite(v)) {
		fputs("<td class=n>-</td>", out);
		return;
	}
	fprintf(out, "<td class=n data-v=\"%.9g\"", v);
	if (base)
		put(out, " title=\"against %s\"", base);
	fprintf(out, ">%s", shown.s);
	if (half)
		fprintf(out, " <i>%s</i>", say_half(*half).s);
	fputs("</td>", out);
}

/* A figure and the larger half of its interval. */
static void put_figure(FILE *out, struct figure f, const char *prefix)
{
	double mid = fabs(f.mid);
	int digits = mid < 9.995 ? 3 : decimals(mid, 4);

	put_number(out, f.mid, text("%s%.*f", prefix, digits, f.mid), &f, NULL);
}

static void put_interval(FILE *out, struct figure f)
{
	int decimals = fabs(f.hi) < 9.995 ? 2 : fabs(f.hi) < 999.5 ? 1 : 0;

	put_number(out, f.hi - f.lo, text("%.*f – %.*f", decimals, f.lo, decimals, f.hi),
		   NULL, NULL);
}

static void put_headlines(FILE *out, const struct table *t, const json_t *run,
			  const struct batching *b)
{
	const struct text lines[] = { batch_headline(b), say_null(t), say_clocks(t),
				      say_read(t), say_all(t) };
	const struct text core[] = { say_clock_range(run), say_loop(t), say_levels(t),
				     say_between(t) };
	int said = 0;

	fputs("<ul class=headlines>\n", out);
	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]) && said < 3; i++)
		if (*lines[i].s) {
			put(out, "<li>%s.</li>\n", lines[i].s);
			said++;
		}
	if (!said)
		fputs("<li>No row of this run has a figure.</li>\n", out);
	for (size_t i = 0; i < sizeof(core) / sizeof(core[0]); i++)
		if (*core[i].s)
			put(out, "<li>%s.</li>\n", core[i].s);
	fputs("</ul>\n", out);
}

static void put_scalar(FILE *out, const json_t *v)
{
	if (json_is_string(v))
		put_text(out, json_string_value(v));
	else if (json_is_integer(v))
		fprintf(out, "%lld", (long long)json_integer_value(v));
	else if (json_is_real(v))
		fprintf(out, "%.6g", json_real_value(v));
	else
		fputs(json_is_true(v) ? "yes" : json_is_false(v) ? "no" : "-", out);
}

static void put_list(FILE *out, const json_t *list)
{
	const json_t *item;
	size_t i;

	json_array_foreach (list, i, item) {
		fputs(i ? ", " : "", out);
		if (json_is_object(item) || json_is_array(item)) {
			char *dump = json_dumps(item, JSON_COMPACT);

			put(out, "%s", dump ? dump : "-");
			free(dump);
		} else {
			put_scalar(out, item);
		}
	}
}

/* Nested objects become "outer inner"; lists, one line. */
static void put_card(FILE *out, const char *prefix, const json_t *object, int depth)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)object, key, v) {
		struct text name = text("%s%s%s", prefix, *prefix ? " " : "", key);

		if (json_is_object(v)) {
			if (depth < 4)
				put_card(out, name.s, v, depth + 1);
			continue;
		}
		for (char *p = name.s; *p; p++)
			if (*p == '_')
				*p = ' ';
		put(out, "<dt>%s</dt><dd>", name.s);
		if (json_is_array(v))
			put_list(out, v);
		else
			put_scalar(out, v);
		fputs("</dd>\n", out);
	}
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static void put_machine(FILE *out, const json_t *run)
{
	const json_t *env = json_object_get(run, "environment"), *f;
	const json_t *findings = json_object_get(run, "findings");
	size_t i;

	if (json_object_size(env)) {
		fputs("<h2 id=machine>The machine</h2>\n<dl class=card>\n", out);
		put_card(out, "", env, 0);
		fputs("</dl>\n", out);
	}
	if (!json_array_size(findings))
		return;
	fputs("<h3>What to know about it</h3>\n<ul class=findings>\n", out);
	json_array_foreach (findings, i, f) {
		const char *level = string_of(f, "level"),
			   *effect = string_of(f, "effect");

		put(out, "<li class=\"%s\"><b>%s</b> %s%s%s</li>\n",
		    !strcasecmp(level, "ok")	 ? "ok"
		    : !strcasecmp(level, "note") ? "note"
						 : "warn",
		    level, string_of(f, "what"), *effect ? ": " : "", effect);
	}
	fputs("</ul>\n", out);
}

/* One drawing, if it was made. `say`: its finding, or "". */
static bool put_drawing(FILE *out, const char *dir, const char *name, const char *what,
			const char *say)
{
	char path[4300], *svg;

	snprintf(path, sizeof(path), "%s/%s.svg", dir, name);
	svg = svg_inline(path, name);
	if (!svg)
		return false;
	put(out, "<figure role=img aria-label=\"%s%s%s\">\n", what, *say ? ". " : "",
	    say);
	fputs(svg, out);
	put(out, "\n<figcaption>%s.</figcaption></figure>\n", what);
	free(svg);
	return true;
}

static void put_drawings(FILE *out, const struct table *t, const char *dir)
{
	static const struct {
		const char *name, *what;
		struct text (*say)(const struct table *);
	} all[] = {
		{ "null", "Every way of making the null call, and the floor", say_null },
		{ "clocks", "Reading a clock: vDSO, C library, system call", say_clocks },
		{ "read", "Ways of reading 4 KiB", say_read },
		{ "ecdf", "How the null calls spread", NULL },
		{ "all", "All rows", say_all },
	};
	bool any = false;

	fputs("<h2 id=figures>Figures</h2>\n", out);
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
		any |= put_drawing(out, dir, all[i].name, all[i].what,
				   all[i].say ? all[i].say(t).s : "");
	if (!any)
		fputs("<p>No figures: they are drawn where gnuplot is installed.</p>\n",
		      out);
}

/* The advice of a sweep, and its figures. */
static void put_batches(FILE *out, const struct batching *b, const char *dir)
{
	if (!*batch_headline(b).s)
		return;
	fputs("<h2 id=batches>Which batching strategy pays off</h2>\n"
	      "<div class=wide><table><thead>",
	      out);
	put_row(out, "th scope=col", batch_heads, BATCH_CELLS, BATCH_FROM);
	fputs("</thead>\n<tbody>\n", out);
	for (size_t i = 0; i < b->n; i++) {
		struct text words[BATCH_CELLS];
		const char *cells[BATCH_CELLS];

		if (!b->workload[i].choice)
			continue;
		batch_words(&b->workload[i], words);
		for (int k = 0; k < BATCH_CELLS; k++)
			cells[k] = words[k].s;
		put_row(out, "td", cells, BATCH_CELLS, BATCH_FROM);
		fputc('\n', out);
	}
	fputs("</tbody></table></div>\n<p class=hint>" BATCH_LEGEND
	      " <code>syscost batch</code> has every strategy, its curve and its "
	      "break-even against each kind of single call.</p>\n",
	      out);
	for (size_t i = 0; i < b->n; i++) {
		const struct batch_workload *w = &b->workload[i];
		struct text what = text("%s: the cost of an operation over its batch",
					w->name);

		if (!i || strcmp(w->name, w[-1].name))
			put_drawing(out, dir, plots_batch_name(w).s, what.s, "");
	}
	put_drawing(out, dir, "batch-breakeven",
		    "From which batch on a strategy is cheaper", "");
	put_drawing(out, dir, "batch-cpu", "Time against CPU time, of an operation", "");
	put_drawing(out, dir, "batch-wait",
		    "How long a batch takes, by the best strategy", "");
}

/* `cycles`: the row leads with them; `contended`: they are known of contended windows. */
static void put_result(FILE *out, const struct result_row *r, bool cycles, bool contended)
{
	put(out, "<tr%s><td>%s</td><td>%s</td>", say_has_figure(r) ? "" : " class=none",
	    *r->id ? r->id : "-", *r->via ? r->via : "-");
	put_figure(out, cycles ? r->cycles : r->ns, cycles ? cost_about(r) : "");
	put_figure(out, cycles ? r->ns : r->cycles, cycles ? "" : cost_about(r));
	put_interval(out, cycles ? r->cycles : r->ns);
	put_number(out, r->ratio.mid,
		   text("%.*f×", r->ratio.mid < 9.995 ? 3 : 1, r->ratio.mid), &r->ratio,
		   r->base);
	put_figure(out, contended ? r->contended_cycles : r->contended_ns,
		   contended ? "~" : "");
	put_figure(out, r->ticks, "");
	put_number(out, r->quiet_share, text("%.0f %%", r->quiet_share * 100), NULL,
		   NULL);
	put_number(out, r->rounds < 0 ? NAN : r->rounds, text("%" PRId64, r->rounds),
		   NULL, NULL);
	if (*r->reason)
		put(out, "<td title=\"%s\">", r->reason);
	else
		fputs("<td>", out);
	put(out, "%s</td></tr>\n", status_words[r->status]);
}

/* The rows that lead with cycles, or with time; `rest`: and those without a figure. */
static void put_table(FILE *out, const struct table *t, bool cycles, bool rest,
		      const char *about)
{
	const char *unit = cycles ? "cycles" : "ns", *beside = cycles ? "ns" : "cycles";
	bool any = false, contended = false;

	for_rows (result_row, r, t) /* older folders have it in time alone */
		contended |= cycles && isfinite(r->contended_cycles.mid);
	for_rows (result_row, r, t) {
		if (say_has_figure(r) ? cost_in_cycles(r) != cycles : !rest)
			continue;
		if (!any)
			fprintf(out,
				"%s<div class=wide><table class=rows><thead><tr>"
				"<th scope=col>row</th><th scope=col>via</th>"
				"<th scope=col class=n>%s</th>"
				"<th scope=col class=n>%s</th>"
				"<th scope=col class=n>95 %% interval, %s</th>"
				"<th scope=col class=n>ratio</th>"
				"<th scope=col class=n>contended %s</th>"
				"<th scope=col class=n>ticks</th>"
				"<th scope=col class=n>quiet</th>"
				"<th scope=col class=n>rounds</th>"
				"<th scope=col>status</th></tr></thead>\n<tbody>\n",
				about, unit, beside, unit, contended ? unit : "ns");
		any = true;
		put_result(out, r, cycles, contended);
	}
	if (any)
		fputs("</tbody></table></div>\n", out);
}

static void put_results(FILE *out, const struct table *t)
{
	bool any = !isnan(cost_clock(t));

	fputs("<h2 id=rows>All rows</h2>\n"
	      "<p class=hint>One operation each, ± the larger half of its 95 % interval "
	      "(±? where there is none). Ratio: against the row in its tooltip. ~ marks "
	      "cycles estimated from ticks. Contended: next to a busy neighbour. Quiet: "
	      "windows that nobody disturbed.</p>\n",
	      out);
	put_table(out, t, true, any, "");
	put_table(out, t, false, !any,
		  any ? "<h3>Rows in time</h3>\n<p class=hint>These rows sleep, or "
			"another core or thread works for them. What they take is not "
			"all cycles of this core, so they are compared in "
			"nanoseconds.</p>\n"
		      : "");
}

static void put_reasons(FILE *out, const struct table *t)
{
	static const char *const heads[] = { "row", "status", "why" };
	bool any = false;

	for_rows (result_row, r, t) {
		const char *cells[] = { *r->id ? r->id : "-", status_words[r->status],
					*r->reason ? r->reason : "-" };

		if (r->status == ROW_OK)
			continue;
		if (!any) {
			fputs("<h2 id=reasons>Not measured, or not precisely</h2>\n"
			      "<div class=wide><table><thead>",
			      out);
			put_row(out, "th", heads, 3, 3);
			fputs("</thead><tbody>\n", out);
		}
		any = true;
		put_row(out, "td", cells, 3, 3);
		fputc('\n', out);
	}
	if (any)
		fputs("</tbody></table></div>\n", out);
}

static int put_csv(FILE *out, const struct table *t)
{
	char *csv = NULL;
	size_t len = 0;
	FILE *mem = open_memstream(&csv, &len);
	int ret = mem ? csv_write(mem, t) : -ENOMEM;

	if (mem && fclose(mem) && !ret)
		ret = -ENOMEM;
	if (!ret)
		put(out,
		    "<details><summary>results.csv</summary>\n<pre class=csv>\n%s</pre>"
		    "</details>\n",
		    csv);
	free(csv);
	return ret;
}

static void put_method(FILE *out, const json_t *run)
{
	const json_t *seed = json_object_get(run, "seed");
	const char *command = string_of(run, "command");

	fputs("<h2 id=method>How it was measured</h2>\n"
	      "<p>A round is a fresh process, pinned to one CPU, that measures all rows "
	      "in shuffled order. A window is a long loop of the operation between two "
	      "readings of the time-stamp counter, less the cost of an empty window. A "
	      "chain of dependent instructions before and after every window tells the "
	      "core's clock. By that, ticks become core cycles, which repeat where "
	      "nanoseconds move. Windows with an observed disturbance are dropped, and "
	      "those next to a contended probe are kept apart.</p>\n"
	      "<p>A figure is the median over rounds of the medians of quiet windows. "
	      "Its interval holds the median with at least 95 % confidence and assumes "
	      "no distribution. A ratio is a median over paired rounds. Rows are "
	      "compared in core cycles. Rows that sleep, or that others work for, are "
	      "compared in time, and have a table of their own.</p>\n"
	      "<h2 id=again>How to reproduce it</h2>\n",
	      out);
	put(out, "<pre>%s</pre>\n", *command ? command : "syscost run");
	if (seed && !json_is_null(seed)) {
		fputs("<p>The seed was <code>", out);
		put_scalar(out, seed);
		fputs("</code>: it fixes the order of the rows in every round.</p>\n",
		      out);
	}
}

int html_write(FILE *out, const void *page)
{
	const struct html_page *p = page;
	int ret;

	fputs("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
	      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=color-scheme content=\"light dark\">\n"
	      "<title>syscost: what system calls cost</title>\n<style>\n",
	      out);
	fputs(report_css, out);
	fputs("</style></head>\n<body><main>\n<h1>What system calls cost</h1>\n", out);
	if (json_is_false(json_object_get(p->run, "complete")))
		fputs("<p class=cut>This run was cut off: these are the figures of its "
		      "last checkpoint.</p>\n",
		      out);
	put_headlines(out, p->results, p->run, p->batching);
	fputs("<nav><a href=\"#rows\">all rows</a> <a href=\"#method\">method</a> "
	      "<a href=\"#again\">reproduce</a></nav>\n",
	      out);
	put_batches(out, p->batching, p->plot_dir);
	put_drawings(out, p->results, p->plot_dir);
	put_results(out, p->results);
	put_reasons(out, p->results);
	put_machine(out, p->run);
	put_method(out, p->run);
	ret = put_csv(out, p->results);
	fputs("</main>\n<script>\n", out);
	fputs(report_js, out);
	fputs("</script></body></html>\n", out);
	return ret ? ret : ferror(out) ? -EIO : 0;
}
