// SPDX-License-Identifier: MIT
/*
 * The page of a run: one file that needs nothing from outside, and no script to be
 * complete. All text of rows, run.json and figures is escaped or checked on its way in;
 * what is missing is left out. It measures and computes nothing.
 */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "render/batch.h"
#include "render/html.h"
#include "render/plots_batch.h"
#include "render/say.h"
#include "row/csv.h"

#define SVG_MAX (8 << 20)

extern const char report_css[], report_css_end[], report_js[], report_js_end[];

static void put(FILE *out, const char *s, size_t len)
{
	for (size_t i = 0; i < len; i++) {
		unsigned char c = s[i];

		switch (c) {
		case '&':
			fputs("&amp;", out);
			break;
		case '<':
			fputs("&lt;", out);
			break;
		case '>':
			fputs("&gt;", out);
			break;
		case '"':
			fputs("&quot;", out);
			break;
		case '\'':
			fputs("&#39;", out);
			break;
		default:
			if (c >= 32 || c == '\n' || c == '\t')
				fputc(c, out);
		}
	}
}

static void text(FILE *out, const char *s)
{
	put(out, s, strlen(s));
}

/* A figure and the larger half of its interval. */
static void figure(FILE *out, struct figure f, const char *prefix)
{
	double mid = f.mid;
	int decimals = fabs(mid) < 9.995 ? 3 : fabs(mid) < 99.95 ? 2 : fabs(mid) < 999.5;
	char half[16];

	if (isfinite(mid))
		fprintf(out, "<td class=n data-v=\"%.9g\">%s%.*f <i>%s</i></td>", mid,
			prefix, decimals, mid, say_half(half, sizeof(half), f));
	else
		fputs("<td class=n>-</td>", out);
}

static void interval(FILE *out, double lo, double hi)
{
	int decimals = fabs(hi) < 9.995 ? 2 : fabs(hi) < 999.5 ? 1 : 0;

	if (isfinite(lo) && isfinite(hi))
		fprintf(out, "<td class=n data-v=\"%.9g\">%.*f – %.*f</td>", hi - lo,
			decimals, lo, decimals, hi);
	else
		fputs("<td class=n>-</td>", out);
}

static void count(FILE *out, int64_t v)
{
	if (v < 0)
		fputs("<td class=n>-</td>", out);
	else
		fprintf(out, "<td class=n data-v=\"%lld\">%lld</td>", (long long)v,
			(long long)v);
}

static void cell(FILE *out, const char *s)
{
	fputs("<td>", out);
	text(out, *s ? s : "-");
	fputs("</td>", out);
}

static bool headline(FILE *out, bool there, const char *line)
{
	if (there) {
		fputs("<li>", out);
		text(out, line);
		fputs(".</li>\n", out);
	}
	return there;
}

static void headlines(FILE *out, const struct table *t, const struct batching *b)
{
	bool (*const say[])(const struct table *, char *, size_t) = {
		say_null,
		say_clocks,
		say_read,
		say_all,
	};
	char line[300];
	int said;

	fputs("<ul class=headlines>\n", out);
	said = headline(out, batch_headline(b, line, sizeof(line)), line);
	for (size_t i = 0; i < sizeof(say) / sizeof(say[0]) && said < 3; i++)
		said += headline(out, say[i](t, line, sizeof(line)), line);
	if (!said)
		fputs("<li>No row of this run has a figure.</li>\n", out);
	fputs("</ul>\n", out);
}

static void scalar(FILE *out, const json_t *v)
{
	char buf[64];

	switch (json_typeof(v)) {
	case JSON_STRING:
		text(out, json_string_value(v));
		return;
	case JSON_INTEGER:
		snprintf(buf, sizeof(buf), "%lld", (long long)json_integer_value(v));
		break;
	case JSON_REAL:
		snprintf(buf, sizeof(buf), "%.6g", json_real_value(v));
		break;
	case JSON_TRUE:
		snprintf(buf, sizeof(buf), "yes");
		break;
	case JSON_FALSE:
		snprintf(buf, sizeof(buf), "no");
		break;
	default:
		snprintf(buf, sizeof(buf), "-");
	}
	fputs(buf, out);
}

/* Nested objects become "outer inner"; lists, one line. */
static void card(FILE *out, const char *prefix, const json_t *object, int depth)
{
	const char *key;
	json_t *v;

	json_object_foreach ((json_t *)object, key, v) {
		char name[200];
		size_t i;
		json_t *item;

		snprintf(name, sizeof(name), "%s%s%s", prefix, *prefix ? " " : "", key);
		if (json_is_object(v)) {
			if (depth < 4)
				card(out, name, v, depth + 1);
			continue;
		}
		for (char *p = name; *p; p++)
			if (*p == '_')
				*p = ' ';
		fputs("<dt>", out);
		text(out, name);
		fputs("</dt><dd>", out);
		if (json_is_array(v)) {
			json_array_foreach (v, i, item) {
				fputs(i ? ", " : "", out);
				if (json_is_object(item) || json_is_array(item)) {
					char *dump = json_dumps(item, JSON_COMPACT);

					text(out, dump ? dump : "-");
					free(dump);
				} else {
					scalar(out, item);
				}
			}
		} else {
			scalar(out, v);
		}
		fputs("</dd>\n", out);
	}
}

static const char *string_of(const json_t *object, const char *key)
{
	const char *s = json_string_value(json_object_get(object, key));

	return s ? s : "";
}

static void machine(FILE *out, const json_t *run)
{
	const json_t *env = json_object_get(run, "environment"), *f;
	const json_t *findings = json_object_get(run, "findings");
	size_t i;

	if (json_object_size(env)) {
		fputs("<h2 id=machine>The machine</h2>\n<dl class=card>\n", out);
		card(out, "", env, 0);
		fputs("</dl>\n", out);
	}
	if (!json_array_size(findings))
		return;
	fputs("<h3>What to know about it</h3>\n<ul class=findings>\n", out);
	json_array_foreach (findings, i, f) {
		const char *level = string_of(f, "level");

		fprintf(out, "<li class=\"%s\"><b>",
			!strcasecmp(level, "ok")     ? "ok"
			: !strcasecmp(level, "note") ? "note"
						     : "warn");
		text(out, level);
		fputs("</b> ", out);
		text(out, string_of(f, "what"));
		if (*string_of(f, "effect")) {
			fputs(": ", out);
			text(out, string_of(f, "effect"));
		}
		fputs("</li>\n", out);
	}
	fputs("</ul>\n", out);
}

/* The whole file, or NULL. */
static char *slurp(const char *path)
{
	FILE *f = fopen(path, "re");
	char *buf = f ? malloc(SVG_MAX + 1) : NULL;
	size_t n = buf ? fread(buf, 1, SVG_MAX + 1, f) : 0;

	if (f)
		fclose(f);
	if (!n || n > SVG_MAX || memchr(buf, 0, n)) {
		free(buf);
		return NULL;
	}
	buf[n] = 0;
	return buf;
}

static bool harmless(const char *svg)
{
	static const char *const no[] = { "<script", "<foreignobject", "<iframe",
					  "<image",  "<!entity",       "javascript:",
					  "<style",  "</svg:" };

	for (size_t i = 0; i < sizeof(no) / sizeof(no[0]); i++)
		if (strcasestr(svg, no[i]))
			return false;
	/* Event handlers: on…= inside of a tag. */
	for (const char *p = svg; (p = strchr(p, '<')); p++) {
		const char *end = strchr(p, '>');

		for (const char *q = p; end && q + 3 < end; q++)
			if (strchr(" \t\r\n\"'/", *q) && !strncasecmp(q + 1, "on", 2))
				return false;
	}
	return true;
}

/* From <svg on; titles dropped; every id, and what refers to one, gets the prefix. */
static bool inline_svg(FILE *out, const char *svg, const char *prefix)
{
	static const char *const refs[] = { "id=\"", "id='", "href=\"#", "href='#",
					    "url(#" };
	static const char *const drop[][2] = {
		{ "<title", "</title>" },
		{ "<desc", "</desc>" },
		{ "<!--", "-->" },
	};
	const char *p = strstr(svg, "<svg"), *last = NULL;

	for (const char *q = p; q && (q = strstr(q, "</svg>")); q++)
		last = q;
	if (!last || !harmless(p))
		return false;
	while (p < last) {
		bool done = false;

		for (int i = 0; i < 3 && !done; i++) {
			const char *end;

			if (strncmp(p, drop[i][0], strlen(drop[i][0])))
				continue;
			end = strstr(p, drop[i][1]);
			if (!end || end > last)
				return false;
			p = end + strlen(drop[i][1]);
			done = true;
		}
		for (size_t i = 0; i < 5 && !done; i++) {
			size_t len = strlen(refs[i]);

			if (strncmp(p, refs[i], len) ||
			    (i < 2 && !strchr(" \t\n", p[-1])))
				continue;
			fprintf(out, "%.*s%s-", (int)len, p, prefix);
			p += len;
			done = true;
		}
		if (!done)
			fputc(*p++, out);
	}
	fputs("</svg>", out);
	return true;
}

/* One figure, if it was drawn. `say`: its finding, or "". */
static bool drawing(FILE *out, const char *dir, const char *name, const char *what,
		    const char *say)
{
	char path[4300], *svg, *html = NULL;
	bool good = false;
	size_t len = 0;
	FILE *mem;

	snprintf(path, sizeof(path), "%s/%s.svg", dir, name);
	svg = slurp(path);
	mem = svg ? open_memstream(&html, &len) : NULL;
	if (mem) {
		good = inline_svg(mem, svg, name);
		good = !fclose(mem) && good;
	}
	if (good) {
		fputs("<figure role=img aria-label=\"", out);
		text(out, what);
		if (*say) {
			fputs(". ", out);
			text(out, say);
		}
		fputs("\">\n", out);
		fwrite(html, 1, len, out);
		fputs("\n<figcaption>", out);
		text(out, what);
		fputs(".</figcaption></figure>\n", out);
	}
	free(html);
	free(svg);
	return good;
}

static void figures(FILE *out, const struct table *t, const char *dir)
{
	static const struct {
		const char *name, *what;
		bool (*say)(const struct table *, char *, size_t);
	} figs[] = {
		{ "null", "Every way of making the null call, and the floor", say_null },
		{ "clocks", "Reading a clock: vDSO, C library, system call", say_clocks },
		{ "read", "Ways of reading 4 KiB", say_read },
		{ "ecdf", "How the rounds of the null calls spread", NULL },
		{ "all", "All rows", say_all },
	};
	bool any = false;

	fputs("<h2 id=figures>Figures</h2>\n", out);
	for (size_t i = 0; i < sizeof(figs) / sizeof(figs[0]); i++) {
		char say[300] = "";

		if (figs[i].say && !figs[i].say(t, say, sizeof(say)))
			*say = 0;
		any |= drawing(out, dir, figs[i].name, figs[i].what, say);
	}
	if (!any)
		fputs("<p>No figures: they are drawn where gnuplot is installed.</p>\n",
		      out);
}

/* The advice of a sweep, and its figures. */
static void batches(FILE *out, const struct batching *b, const char *dir)
{
	static const char *const heads[] = { "workload", "bytes", "best",
					     "from n",	 "saves", "at n",
					     "saves",	 "batch", "CPU" };
	char line[300];

	if (!batch_headline(b, line, sizeof(line)))
		return;
	fputs("<h2 id=batches>Which batching strategy pays off</h2>\n<div class=wide><table><thead><tr>",
	      out);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++)
		fprintf(out, "<th scope=col%s>%s</th>", i > 2 ? " class=n" : "",
			heads[i]);
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < b->n; i++) {
		struct batch_words w = batch_words(&b->workload[i]);
		const char *cells[] = { w.workload, w.size,	  w.best,
					w.from,	    w.saves_from, w.n,
					w.saves,    w.takes,	  w.cpu };

		if (!b->workload[i].choice)
			continue;
		fputs("<tr>", out);
		for (size_t k = 0; k < sizeof(cells) / sizeof(cells[0]); k++) {
			fputs(k > 2 ? "<td class=n>" : "<td>", out);
			text(out, cells[k]);
			fputs("</td>", out);
		}
		fputs("</tr>\n", out);
	}
	fputs("</tbody></table></div>\n<p class=hint>" BATCH_LEGEND
	      " <code>syscost batch</code> has every strategy, its curve and its break-even "
	      "against each kind of single call.</p>\n",
	      out);
	for (size_t i = 0; i < b->n; i++) {
		char name[100];

		if (i && !strcmp(b->workload[i].name, b->workload[i - 1].name))
			continue;
		snprintf(line, sizeof(line),
			 "%s: the cost of an operation over its batch",
			 b->workload[i].name);
		drawing(out, dir, plots_batch_name(name, sizeof(name), &b->workload[i]),
			line, "");
	}
	drawing(out, dir, "batch-breakeven", "From which batch on a strategy is cheaper",
		"");
	drawing(out, dir, "batch-cpu", "Time against CPU time, of an operation", "");
	drawing(out, dir, "batch-wait", "How long a batch takes, by the best strategy",
		"");
}

static void rows(FILE *out, const struct table *t)
{
	static const char *const heads[] = {
		"row",	 "via",	   "ns",     "95 % interval, ns",
		"ticks", "cycles", "ratio",  "contended ns",
		"quiet", "rounds", "status",
	};

	fputs("<h2 id=rows>All rows</h2>\n<p class=hint>One operation each, ± the larger half "
	      "of its 95 % interval (±? where there is none). Ratio: against the "
	      "row in its tooltip. ~ marks cycles estimated from ticks. Contended: next "
	      "to a "
	      "busy neighbour. Quiet: windows that nobody disturbed.</p>\n"
	      "<div class=wide><table id=results><thead><tr>",
	      out);
	for (size_t i = 0; i < sizeof(heads) / sizeof(heads[0]); i++) {
		fprintf(out, "<th scope=col%s>", i > 1 && i < 10 ? " class=n" : "");
		text(out, heads[i]);
		fputs("</th>", out);
	}
	fputs("</tr></thead>\n<tbody>\n", out);
	for (size_t i = 0; i < t->n; i++) {
		const struct result_row *r = table_row(t, struct result_row, i);
		bool est = r->cycles_source == CYCLES_ESTIMATED;
		char half[16];

		fprintf(out, "<tr%s>", say_has_figure(r) ? "" : " class=none");
		cell(out, r->id);
		cell(out, r->via);
		figure(out, r->ns, "");
		interval(out, r->ns.lo, r->ns.hi);
		figure(out, r->ticks, "");
		figure(out, r->cycles, est ? "~" : "");
		if (isfinite(r->ratio.mid)) {
			fprintf(out, "<td class=n data-v=\"%.9g\" title=\"against ",
				r->ratio.mid);
			text(out, r->base);
			say_half(half, sizeof(half), r->ratio);
			fprintf(out, "\">%.*f× <i>%s</i></td>",
				r->ratio.mid < 9.995 ? 3 : 1, r->ratio.mid, half);
		} else {
			fputs("<td class=n>-</td>", out);
		}
		figure(out, r->contended_ns, "");
		if (isfinite(r->quiet_share))
			fprintf(out, "<td class=n data-v=\"%.9g\">%.0f %%</td>",
				r->quiet_share, r->quiet_share * 100);
		else
			fputs("<td class=n>-</td>", out);
		count(out, r->rounds);
		fputs("<td", out);
		if (*r->reason) {
			fputs(" title=\"", out);
			text(out, r->reason);
			fputs("\"", out);
		}
		fputs(">", out);
		text(out, status_words[r->status]);
		fputs("</td></tr>\n", out);
	}
	fputs("</tbody></table></div>\n", out);
}

static void reasons(FILE *out, const struct table *t)
{
	bool any = false;

	for_rows (result_row, r, t) {
		if (r->status == ROW_OK)
			continue;
		if (!any)
			fputs("<h2 id=reasons>Not measured, or not precisely</h2>\n"
			      "<div "
			      "class=wide><table><thead><tr><th>row</th><th>status</th>"
			      "<th>why</th></tr></thead><tbody>\n",
			      out);
		any = true;
		fputs("<tr>", out);
		cell(out, r->id);
		cell(out, status_words[r->status]);
		cell(out, r->reason);
		fputs("</tr>\n", out);
	}
	if (any)
		fputs("</tbody></table></div>\n", out);
}

static int raw(FILE *out, const struct table *t)
{
	char *csv = NULL;
	size_t len = 0;
	FILE *mem = open_memstream(&csv, &len);
	int ret;

	if (!mem)
		return -ENOMEM;
	ret = csv_write(mem, t);
	if (fclose(mem) && !ret)
		ret = -ENOMEM;
	if (!ret) {
		fputs("<details><summary>results.csv</summary>\n<pre class=csv>\n", out);
		put(out, csv, len);
		fputs("</pre></details>\n", out);
	}
	free(csv);
	return ret;
}

static void reproduce(FILE *out, const json_t *run)
{
	const json_t *seed = json_object_get(run, "seed");
	const char *command = string_of(run, "command");

	fputs("<h2 id=method>How it was measured</h2>\n<p>Each row runs in a process of "
	      "its "
	      "own, pinned to one CPU, in rounds of shuffled order. A window is a long "
	      "loop of "
	      "the operation between two readings of the time-stamp counter, less the "
	      "cost of "
	      "an empty window. Windows with an observed disturbance are dropped, and "
	      "those "
	      "next to a contended probe are kept apart. A figure is the median over "
	      "rounds "
	      "of the medians of quiet windows; its interval holds the median with at "
	      "least "
	      "95 % confidence and assumes no distribution. A ratio is a median over "
	      "paired "
	      "rounds.</p>\n<h2 id=again>How to reproduce it</h2>\n",
	      out);
	if (*command) {
		fputs("<pre>", out);
		text(out, command);
		fputs("</pre>\n", out);
	} else {
		fputs("<pre>syscost run</pre>\n", out);
	}
	if (seed && !json_is_null(seed)) {
		fputs("<p>The seed was <code>", out);
		scalar(out, seed);
		fputs("</code>: it fixes the order of the rows in every round.</p>\n",
		      out);
	}
}

int html_write(FILE *out, const struct table *t, const json_t *run,
	       const struct batching *batching, const char *plot_dir)
{
	int ret;

	fputs("<!DOCTYPE html>\n<html lang=en><head><meta charset=utf-8>\n"
	      "<meta name=viewport content=\"width=device-width, initial-scale=1\">\n"
	      "<meta name=color-scheme content=\"light dark\">\n"
	      "<title>syscost: what system calls cost</title>\n<style>\n",
	      out);
	fwrite(report_css, 1, report_css_end - report_css, out);
	fputs("</style></head>\n<body><main>\n<h1>What system calls cost</h1>\n", out);
	if (json_is_false(json_object_get(run, "complete")))
		fputs("<p class=cut>This run was cut off: these are the figures of its last "
		      "checkpoint.</p>\n",
		      out);
	headlines(out, t, batching);
	fputs("<nav><a href=\"#rows\">all rows</a> <a href=\"#method\">method</a> "
	      "<a href=\"#again\">reproduce</a></nav>\n",
	      out);
	batches(out, batching, plot_dir);
	figures(out, t, plot_dir);
	rows(out, t);
	reasons(out, t);
	machine(out, run);
	reproduce(out, run);
	ret = raw(out, t);
	fputs("</main>\n<script>\n", out);
	fwrite(report_js, 1, report_js_end - report_js, out);
	fputs("</script></body></html>\n", out);
	return ret ? ret : ferror(out) ? -EIO : 0;
}
