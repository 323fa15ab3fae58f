// SPDX-License-Identifier: MIT
/*
 * The rows as a table for a terminal. It selects and rounds, and computes nothing;
 * every figure has its interval beside it (say_half). "-" stands for what is not
 * available.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "compare/metric.h"
#include "render/cost.h"
#include "render/say.h"
#include "render/table.h"

#define NAME_MAX_WIDTH 34
#define LINE_WIDTH     110
#define SENTENCE_WIDTH 97

void table_text(FILE *out, const char *s, int width, bool pad)
{
	int n = 0;

	for (; *s; s++) {
		unsigned char c = *s;

		if ((c & 0xc0) != 0x80 && n++ == width)
			break;
		/* C1 controls are c2 80 to c2 9f */
		if (c == 0xc2 && (unsigned char)s[1] < 0xa0) {
			fputc('?', out);
			s += s[1] != 0;
			continue;
		}
		fputc(c < 32 || c == 127 ? '?' : c, out);
	}
	for (; pad && n < width; n++)
		fputc(' ', out);
}

static int columns_of(const char *s, size_t len)
{
	int n = 0;

	for (size_t i = 0; i < len; i++)
		n += ((unsigned char)s[i] & 0xc0) != 0x80;
	return n;
}

int table_columns(const char *s)
{
	return columns_of(s, strlen(s));
}

void table_right(FILE *out, const char *s, int width)
{
	int n = table_columns(s);

	fprintf(out, " %*s%s", width > n ? width - n : 0, "", s);
}

void table_wrap(FILE *out, const char *text, int left, int width)
{
	int at = left;

	while (*text) {
		int len = strcspn(text, " "), columns = columns_of(text, len);

		if (at > left && at + 1 + columns > width) {
			fprintf(out, "\n%*s", left, "");
			at = left;
		} else if (at > left) {
			fputc(' ', out);
			at++;
		}
		fprintf(out, "%.*s", len, text);
		at += columns;
		text += len + (text[len] == ' ');
	}
	fputc('\n', out);
}

/* A figure of four digits and the larger half of its interval. */
static void put_figure(FILE *out, struct figure f, const char *prefix, const char *unit)
{
	double mid = f.mid;
	char buf[48];
	int digits = fabs(mid) < 0.09995 ? 5 : decimals(mid, 4);

	if (isfinite(mid))
		snprintf(buf, sizeof(buf), "%s%.*f%s", prefix, digits, mid, unit);
	else
		snprintf(buf, sizeof(buf), "-");
	fprintf(out, " %8s ", buf);
	table_text(out, isfinite(mid) ? say_half(f).s : "", 6, true);
}

static int width_of(const struct table *t)
{
	int width = 12;

	for (size_t i = 0; i < t->n; i++) {
		int n = strlen(table_row(t, struct result_row, i)->name);

		width = n > width ? n : width;
	}
	return width > NAME_MAX_WIDTH ? NAME_MAX_WIDTH : width;
}

/* An older row names nothing: it is not marked. */
static bool names_time(const struct result_row *r)
{
	return !strcmp(r->metric, metric_time.name);
}

static void put_row(FILE *out, const struct result_row *r, int width, bool color)
{
	bool ok = r->status == ROW_OK, noisy = r->status == ROW_NOISY;
	const char *tint = ok || !color		   ? ""
			   : r->status == ROW_FAIL ? "\033[31m"
						   : "\033[33m";
	const char *about = cost_about(r);
	bool fits = strlen(r->name) <= (size_t)width;

	fputs("  ", out);
	table_text(out, r->name, fits ? width : LINE_WIDTH - 2, fits);
	if (!fits)
		fprintf(out, "\n  %*s", width, "");
	fputc(' ', out);
	table_text(out, *r->via ? r->via : "-", 8, true);
	if (!ok && !noisy && !isfinite(r->ns.mid)) {
		fprintf(out, " %s", tint);
		table_text(out, status_words[r->status], 8, false);
		if (*r->reason) {
			fputs(": ", out);
			table_text(out, r->reason, LINE_WIDTH - width - 14 - 8, false);
		}
		fprintf(out, "%s\n", *tint ? "\033[0m" : "");
		return;
	}
	put_figure(out, r->cycles, about, "");
	put_figure(out, r->ns, names_time(r) ? "*" : "", "");
	put_figure(out, r->ratio, "", "x");
	if (isfinite(r->quiet_share))
		fprintf(out, " %6.0f", r->quiet_share * 100);
	else
		fprintf(out, " %6s", "-");
	if (!ok) {
		fprintf(out, "\n    %s", tint);
		table_text(out, status_words[r->status], 8, false);
		if (*r->reason) {
			fputs(": ", out);
			table_text(out, r->reason, LINE_WIDTH - 16, false);
		}
		fputs(*tint ? "\033[0m" : "", out);
	}
	fputc('\n', out);
}

/* A sentence on lines of its own, with what may not get through taken out. */
static void put_sentence(FILE *out, struct text sentence)
{
	char *clean = NULL;
	size_t len = 0;
	FILE *f = *sentence.s ? open_memstream(&clean, &len) : NULL;

	if (!f)
		return;
	table_text(f, sentence.s, sizeof(sentence.s), false);
	fputc('.', f);
	if (!fclose(f))
		table_wrap(out, clean, 0, SENTENCE_WIDTH);
	free(clean);
}

void table_print(FILE *out, const struct table *t, const json_t *run, bool color)
{
	struct text clock = say_clock_range(run);
	int width = width_of(t);
	bool timed = false;

	for_rows (result_row, r, t)
		timed |= names_time(r) && isfinite(r->ns.mid);
	put_sentence(out, clock);
	if (*clock.s)
		fputc('\n', out);
	fprintf(out, "  %-*s %-8s %8s %-6s %8s %-6s %8s %-6s %6s\n", width, "", "via",
		"cycles", "", "ns", "", "ratio", "", "quiet%");
	for (size_t i = 0; i < t->n; i++) {
		const char *group = table_row(t, struct result_row, i)->group;
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(table_row(t, struct result_row, j)->group, group);
		if (seen)
			continue;
		fputs(color ? "\033[1m" : "", out);
		table_text(out, *group ? group : "-", LINE_WIDTH, false);
		fprintf(out, "%s\n", color ? "\033[0m" : "");
		for (size_t j = i; j < t->n; j++) {
			const struct result_row *r = table_row(t, struct result_row, j);

			if (!strcmp(r->group, group))
				put_row(out, r, width, color);
		}
	}
	if (t->n)
		fputs("\n"
		      "± is the larger half of the 95 % interval, ±? that there is "
		      "none; ~ marks cycles estimated from ticks.\n",
		      out);
	if (timed)
		fputs("* marks rows that are compared in time: they sleep, or others "
		      "work for them.\n",
		      out);
	put_sentence(out, say_loop(t));
	put_sentence(out, say_levels(t));
	put_sentence(out, say_between(t));
}
