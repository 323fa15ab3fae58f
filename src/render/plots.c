// SPDX-License-Identifier: MIT
/*
 * Figures by gnuplot, in a private temporary directory: scripts from inside the binary,
 * data as tab-separated files, words as single-quoted strings. No shell is involved, no
 * start-up file is read, and no text of a row becomes a command. How a figure looks is
 * in scripts/plots/; what it says, in say.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "render/plots.h"
#include "render/say.h"

#define KEYS_MAX 32

extern const char plot_style_gp[], plot_style_gp_end[];
extern const char plot_null_gp[], plot_null_gp_end[];
extern const char plot_all_gp[], plot_all_gp_end[];
extern const char plot_batch_gp[], plot_batch_gp_end[];
extern const char plot_read_gp[], plot_read_gp_end[];
extern const char plot_clocks_gp[], plot_clocks_gp_end[];
extern const char plot_ecdf_gp[], plot_ecdf_gp_end[];

extern char **environ;

/* Okabe and Ito, with a yellow dark enough for white paper; black is for whiskers. */
static const unsigned int colours[] = { 0x0072b2, 0xd55e00, 0x009e73, 0xcc79a7,
					0xe69f00, 0x56b4e9, 0xb8a800 };
#define N_COLOURS (sizeof(colours) / sizeof(colours[0]))
static const int shapes[] = { 7, 5, 9, 13, 11 };

struct key {
	char name[64];
	unsigned int rgb;
	int pt;
};

/* A figure in the making. */
struct fig {
	const char *name;
	FILE *dat, *names;
	int rows;
	int width, height;
	struct key key[KEYS_MAX];
	int keys;
	double min, max; /* of everything drawn */
	double xmin, xmax;
	bool logx;
	char xtext[128];
	char title[240];
};

struct maker {
	const struct table *results, *rounds;
	char dir[512];
	char *err;
	size_t err_len;
};

__attribute__((format(printf, 3, 4))) static int trouble(struct maker *m, int ret,
							 const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(m->err, m->err_len, fmt, ap);
	va_end(ap);
	return ret;
}

/* A field of a .dat file: printable ASCII without what gnuplot would read into. */
static void put_label(FILE *f, const char *s)
{
	for (; *s; s++) {
		unsigned char c = *s;

		fputc(c < 32 || c > 126 ? '?' : c == '"' ? '\'' : c == '\\' ? '/' : c, f);
	}
}

/* A single-quoted string of gnuplot. */
static void put_string(FILE *f, const char *name, const char *s)
{
	fprintf(f, "%s'", name);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("''", f);
		else if ((unsigned char)*s >= 32 && *s != 127)
			fputc(*s, f);
	}
	fputs("'", f);
}

static void put_number(FILE *f, double v)
{
	if (isfinite(v))
		fprintf(f, "%.9g", v);
	else
		fputc('?', f);
}

/* The number of a key, made if need be. The last one stands for all that are too many. */
static int key_of(struct fig *g, const char *name)
{
	struct key *k;

	for (int i = 0; i < g->keys; i++)
		if (!strncmp(g->key[i].name, name, sizeof(g->key[i].name) - 1))
			return i;
	if (g->keys == KEYS_MAX)
		return KEYS_MAX - 1;
	k = &g->key[g->keys];
	snprintf(k->name, sizeof(k->name), "%s",
		 g->keys == KEYS_MAX - 1 ? "others" : name);
	k->rgb = colours[g->keys % N_COLOURS];
	k->pt = shapes[g->keys / N_COLOURS % 5];
	return g->keys++;
}

static void grow(struct fig *g, double v)
{
	if (!isfinite(v))
		return;
	g->max = fmax(g->max, v);
	if (v > 0)
		g->min = fmin(g->min, v);
}

/* label, y, value, lo, hi, value in words, colour, shape */
static void put_bar(struct fig *g, const char *label, double y,
		    const struct result_row *r, double scale, int key)
{
	double lo = isfinite(r->ns_lo) ? r->ns_lo : r->ns;
	double hi = isfinite(r->ns_hi) ? r->ns_hi : r->ns;
	char words[32];

	put_label(g->dat, label);
	fprintf(g->dat, "\t%.9g\t", y);
	put_number(g->dat, r->ns * scale);
	fputc('\t', g->dat);
	put_number(g->dat, lo * scale);
	fputc('\t', g->dat);
	put_number(g->dat, hi * scale);
	fprintf(g->dat, "\t%s\t%u\t%d\n", say_ns(words, sizeof(words), r->ns * scale),
		g->key[key].rgb, g->key[key].pt);
	grow(g, r->ns * scale);
	grow(g, lo * scale);
	grow(g, hi * scale);
}

struct item {
	const struct result_row *r;
	double v;
};

static int by_value(const void *a, const void *b)
{
	const struct item *x = a, *y = b;

	return (x->v > y->v) - (x->v < y->v);
}

static int by_number(const void *a, const void *b)
{
	const double *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

enum which { WHICH_NULL, WHICH_ALL, WHICH_READ };

static double wanted(const struct result_row *r, enum which which)
{
	if (!say_has_figure(r))
		return NAN;
	if (which == WHICH_NULL && strcmp(r->group, "null") && strcmp(r->group, "floor"))
		return NAN;
	if (which == WHICH_READ)
		return strcmp(r->group, "read") ? NAN : r->ns * say_page_scale(r);
	return which == WHICH_ALL && r->ns <= 0 ? NAN : r->ns;
}

static int fill_sorted(struct maker *m, struct fig *g, enum which which)
{
	struct item *items = calloc(m->results->n + 1, sizeof(*items));
	size_t n = 0;

	if (!items)
		return -ENOMEM;
	for (size_t i = 0; i < m->results->n; i++) {
		const struct result_row *r = table_row(m->results, struct result_row, i);
		double v = wanted(r, which);

		if (isfinite(v))
			items[n++] = (struct item){ r, v };
		/* In the order of the run, so that a family keeps its colour. */
		if (isfinite(v) && which == WHICH_ALL)
			key_of(g, r->group);
	}
	qsort(items, n, sizeof(*items), by_value);
	for (size_t i = 0; i < n; i++) {
		const struct result_row *r = items[i].r;

		put_bar(g, which == WHICH_READ ? r->name : r->id, i, r,
			items[i].v / (r->ns ? r->ns : 1),
			key_of(g, which == WHICH_ALL ? r->group : r->via));
	}
	g->rows = n;
	free(items);
	return 0;
}

static int fill_null(struct maker *m, struct fig *g)
{
	int ret = fill_sorted(m, g, WHICH_NULL);

	g->height = 150 + 30 * g->rows;
	g->xmax = g->max * 1.15;
	if (!say_null(m->results, g->title, sizeof(g->title)))
		snprintf(g->title, sizeof(g->title), "Ways of making the null call");
	return ret;
}

static int fill_all(struct maker *m, struct fig *g)
{
	int ret = fill_sorted(m, g, WHICH_ALL);

	g->height = 130 + 17 * g->rows;
	g->xmin = pow(10, floor(log10(g->min)));
	g->xmax = pow(10, ceil(log10(g->max * 1.05)));
	if (!say_all(m->results, g->title, sizeof(g->title)))
		snprintf(g->title, sizeof(g->title), "All rows");
	return ret;
}

static int fill_read(struct maker *m, struct fig *g)
{
	int ret = fill_sorted(m, g, WHICH_READ);

	g->height = 150 + 30 * g->rows;
	g->xmax = g->max * 1.15;
	if (!say_read(m->results, g->title, sizeof(g->title)))
		snprintf(g->title, sizeof(g->title), "Ways of reading 4 KiB");
	return ret;
}

static void put_point(struct fig *g, long x, const struct result_row *r)
{
	fprintf(g->dat, "%ld\t", x);
	put_number(g->dat, r->ns);
	fputc('\t', g->dat);
	put_number(g->dat, isfinite(r->ns_lo) ? r->ns_lo : r->ns);
	fputc('\t', g->dat);
	put_number(g->dat, isfinite(r->ns_hi) ? r->ns_hi : r->ns);
	fputc('\n', g->dat);
	grow(g, r->ns);
	grow(g, r->ns_lo);
	grow(g, r->ns_hi);
}

static int fill_batch(struct maker *m, struct fig *g)
{
	static const char *const series[][2] = {
		{ "write/null-writev:batch=", "writev" },
		{ "uring/write-default:batch=", "io_uring, default" },
		{ "uring/write-defer:batch=", "io_uring, deferred" },
	};
	const struct result_row *one = say_find(m->results, "write/null");
	long least = 0, most = 0;

	for (int k = 0; k < 3; k++) {
		struct item *items = calloc(m->results->n + 1, sizeof(*items));
		size_t n = 0;

		if (!items)
			return -ENOMEM;
		for (size_t i = 0; i < m->results->n; i++) {
			const struct result_row *r = table_row(m->results,
							       struct result_row, i);
			const char *rest = say_after(r->id, series[k][0]);
			long batch = rest ? strtol(rest, NULL, 10) : 0;

			if (batch > 0 && r->ns > 0 && say_has_figure(r))
				items[n++] = (struct item){ r, batch };
		}
		qsort(items, n, sizeof(*items), by_value);
		for (size_t i = 0; i < n; i++) {
			long x = items[i].v;

			put_point(g, x, items[i].r);
			least = !least || x < least ? x : least;
			most = x > most ? x : most;
		}
		if (n) {
			key_of(g, series[k][1]);
			g->rows += n;
			fputs("\n\n", g->dat);
		}
		free(items);
	}
	if (!g->rows)
		return 0;
	if (one && one->ns > 0) {
		key_of(g, "write, one each");
		put_point(g, least, one);
		put_point(g, most, one);
	}
	g->xmin = least / 1.1;
	g->xmax = most * 1.1;
	if (!say_batch(m->results, g->title, sizeof(g->title)))
		snprintf(g->title, sizeof(g->title), "A write in batches");
	return 0;
}

static int fill_clocks(struct maker *m, struct fig *g)
{
	static const char *const ways[] = { "vdso", "libc", "inline" };
	int clocks = 0;

	for (int k = 0; k < 3; k++)
		key_of(g, ways[k]);
	for (size_t i = 0; i < m->results->n; i++) {
		const struct result_row *r = table_row(m->results, struct result_row, i);
		const char *dash = strrchr(r->id, '-');
		size_t len = dash ? dash - r->id : 0;
		char id[256];
		bool any = false;

		if (!say_after(r->id, "clock/") || len < 7 || len > 200)
			continue;
		/* A clock is drawn at its first row; the others are found from there. */
		for (size_t j = 0; j < i && !any; j++) {
			const char *was = table_row(m->results, struct result_row, j)->id;
			const char *end = strrchr(was, '-');

			any = end && (size_t)(end - was) == len &&
			      !strncmp(was, r->id, len);
		}
		if (any)
			continue;
		for (int k = 0; k < 3; k++) {
			const struct result_row *way;

			snprintf(id, sizeof(id), "%.*s-%s", (int)len, r->id, ways[k]);
			way = say_find(m->results, id);
			if (!way)
				continue;
			put_bar(g, way->name, clocks + (k - 1) * 0.27, way, 1, k);
			any = true;
		}
		if (!any)
			continue;
		snprintf(id, sizeof(id), "%.*s", (int)len - 6, r->id + 6);
		put_label(g->names, id);
		fprintf(g->names, "\t%d\n", clocks++);
	}
	g->rows = clocks;
	g->height = 150 + 62 * clocks;
	g->xmax = g->max * 1.15;
	if (!say_clocks(m->results, g->title, sizeof(g->title)))
		snprintf(g->title, sizeof(g->title), "Reading the clocks");
	return 0;
}

/* Rows that make no call at all would squeeze the others together. */
static bool makes_call(const struct table *results, const char *id)
{
	const struct result_row *r = say_find(results, id);

	return !r || (strcmp(r->via, "cached") && strcmp(r->via, "user"));
}

static int fill_ecdf(struct maker *m, struct fig *g)
{
	const struct table *t = m->rounds;
	double *ticks = calloc(t->n + 1, sizeof(*ticks));
	double spread = 0;
	char widest[64] = "";

	if (!ticks)
		return -ENOMEM;
	for (size_t i = 0; i < t->n; i++) {
		const char *id = table_row(t, struct round_row, i)->id;
		size_t n = 0;
		bool seen = false;

		for (size_t j = 0; j < i && !seen; j++)
			seen = !strcmp(table_row(t, struct round_row, j)->id, id);
		if (seen || !say_after(id, "null/") || g->keys == KEYS_MAX - 1 ||
		    !makes_call(m->results, id))
			continue;
		for (size_t j = i; j < t->n; j++) {
			const struct round_row *r = table_row(t, struct round_row, j);

			if (!strcmp(r->id, id) && r->ticks > 0)
				ticks[n++] = r->ticks;
		}
		if (!n)
			continue;
		qsort(ticks, n, sizeof(*ticks), by_number);
		fprintf(g->dat, "%.9g\t0\n", ticks[0]);
		for (size_t k = 0; k < n; k++)
			fprintf(g->dat, "%.9g\t%.9g\n", ticks[k], (k + 1.0) / n);
		fputs("\n\n", g->dat);
		grow(g, ticks[0]);
		grow(g, ticks[n - 1]);
		if (ticks[n - 1] / ticks[0] - 1 > spread) {
			spread = ticks[n - 1] / ticks[0] - 1;
			snprintf(widest, sizeof(widest), "%s", id);
		}
		g->key[key_of(g, id + 5)].pt = 1 + g->rows / (int)N_COLOURS;
		g->rows++;
	}
	free(ticks);
	if (!g->rows)
		return 0;
	g->logx = g->max > 8 * g->min;
	g->xmin = g->logx ? g->min / 1.2 : g->min - (g->max - g->min) * 0.05 - 1e-9;
	g->xmax = g->logx ? g->max * 1.2 : g->max + (g->max - g->min) * 0.05 + 1e-9;
	snprintf(g->xtext, sizeof(g->xtext), "time-stamp counter ticks an operation%s",
		 g->logx ? ", log scale" : "");
	snprintf(
		g->title, sizeof(g->title),
		"The rounds of a null call lie within %.1f %% of each other (widest: %s)",
		spread * 100, widest);
	return 0;
}

static const struct figure {
	const char *name;
	const char *script, *end;
	int (*fill)(struct maker *m, struct fig *g);
} figures[] = {
	{ "null", plot_null_gp, plot_null_gp_end, fill_null },
	{ "all", plot_all_gp, plot_all_gp_end, fill_all },
	{ "batch", plot_batch_gp, plot_batch_gp_end, fill_batch },
	{ "read", plot_read_gp, plot_read_gp_end, fill_read },
	{ "clocks", plot_clocks_gp, plot_clocks_gp_end, fill_clocks },
	{ "ecdf", plot_ecdf_gp, plot_ecdf_gp_end, fill_ecdf },
};
#define N_FIGURES (sizeof(figures) / sizeof(figures[0]))

static const char *const scratch[] = { "vars.gp", "style.gp",  "fig.gp",
				       "run.gp",  "names.dat", "log" };

static FILE *scratch_open(struct maker *m, const char *name, const char *suffix)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", m->dir, name, suffix);
	f = fopen(path, "we");
	if (!f)
		trouble(m, 0, "%s: %s", path, strerror(errno));
	return f;
}

static int scratch_close(struct maker *m, FILE *f)
{
	bool bad = ferror(f);

	if (fclose(f) || bad)
		return trouble(m, -EIO, "%s: cannot write: %s", m->dir, strerror(errno));
	return 0;
}

static int scratch_put(struct maker *m, const char *name, const char *text, size_t len)
{
	FILE *f = scratch_open(m, name, "");

	if (!f)
		return -EIO;
	fwrite(text, 1, len, f);
	return scratch_close(m, f);
}

static void scratch_clear(struct maker *m)
{
	static const char *const suffixes[] = { ".dat", ".svg", ".png" };
	char path[600];

	for (size_t i = 0; i < sizeof(scratch) / sizeof(scratch[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", m->dir, scratch[i]);
		unlink(path);
	}
	for (size_t i = 0; i < N_FIGURES; i++)
		for (int k = 0; k < 3; k++) {
			snprintf(path, sizeof(path), "%s/%s%s", m->dir, figures[i].name,
				 suffixes[k]);
			unlink(path);
		}
	rmdir(m->dir);
}

static int put_vars(struct maker *m, const struct fig *g)
{
	FILE *f = scratch_open(m, "vars.gp", "");

	if (!f)
		return -EIO;
	put_string(f, "fig = ", g->name);
	put_string(f, "\ntitle_text = ", g->title);
	put_string(f, "\nxtext = ", g->xtext);
	fprintf(f, "\nwidth = %d\nheight = %d\nrows = %d\nkeys = %d\nlogx = %d\n",
		g->width, g->height, g->rows, g->keys, g->logx);
	fprintf(f, "xmin = %.9g\nxmax = %.9g\n", g->xmin, g->xmax > 0 ? g->xmax : 1);
	fprintf(f, "ymin = %.9g\nymax = %.9g\n", pow(2, floor(log2(g->min))),
		pow(2, ceil(log2(g->max * 1.05))));
	fprintf(f, "array key_name[%d]\narray key_rgb[%d]\narray key_pt[%d]\n", g->keys,
		g->keys, g->keys);
	for (int i = 0; i < g->keys; i++) {
		fprintf(f, "key_rgb[%d] = %u\nkey_pt[%d] = %d\nkey_name[%d] = ", i + 1,
			g->key[i].rgb, i + 1, g->key[i].pt, i + 1);
		put_string(f, "", g->key[i].name);
		fputc('\n', f);
	}
	return scratch_close(m, f);
}

static int gnuplot(struct maker *m, const char *name)
{
	static const char *const argv[] = { "gnuplot", "-d", "run.gp", NULL };
	posix_spawn_file_actions_t fa;
	char path[600], line[200] = "", said[200];
	int status, ret;
	pid_t pid;
	FILE *log;

	posix_spawn_file_actions_init(&fa);
	posix_spawn_file_actions_addopen(&fa, 0, "/dev/null", O_RDONLY, 0);
	posix_spawn_file_actions_addopen(&fa, 1, "/dev/null", O_WRONLY, 0);
	snprintf(path, sizeof(path), "%s/log", m->dir);
	posix_spawn_file_actions_addopen(&fa, 2, path, O_WRONLY | O_CREAT | O_TRUNC,
					 0600);
	posix_spawn_file_actions_addchdir_np(&fa, m->dir);
	ret = posix_spawnp(&pid, "gnuplot", &fa, NULL, (char *const *)argv, environ);
	posix_spawn_file_actions_destroy(&fa);
	if (ret == ENOENT)
		return trouble(
			m, -ENOENT,
			"gnuplot is not installed: no plots (apt install gnuplot-nox)");
	if (ret)
		return trouble(m, -ret, "gnuplot: %s", strerror(ret));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return trouble(m, -errno, "gnuplot: %s", strerror(errno));
	if (WIFEXITED(status) && !WEXITSTATUS(status))
		return 0;
	/* What gnuplot said last that was not empty. */
	log = fopen(path, "re");
	while (log && fgets(said, sizeof(said), log))
		if (said[strspn(said, " \t\n^")])
			snprintf(line, sizeof(line), "%s", said);
	if (log)
		fclose(log);
	line[strcspn(line, "\n")] = 0;
	return trouble(m, -EIO, "gnuplot failed on figure %s: %s", name, line);
}

/* Whole or not at all: through a file of another name in the same directory. */
static int deliver(struct maker *m, const char *dir, const char *name, const char *suffix)
{
	char from[600], to[4200], part[4210], buf[65536];
	FILE *in, *out;
	size_t n;
	bool bad;

	snprintf(from, sizeof(from), "%s/%s%s", m->dir, name, suffix);
	snprintf(to, sizeof(to), "%s/%s%s", dir, name, suffix);
	snprintf(part, sizeof(part), "%s.part", to);
	in = fopen(from, "re");
	if (!in) {
		unlink(to); /* no pngcairo in this gnuplot, or no such figure */
		return 0;
	}
	out = fopen(part, "we");
	if (!out) {
		fclose(in);
		return trouble(m, -EIO, "%s: %s", part, strerror(errno));
	}
	while ((n = fread(buf, 1, sizeof(buf), in)))
		fwrite(buf, 1, n, out);
	bad = ferror(in) || ferror(out);
	fclose(in);
	if (fclose(out) || bad || rename(part, to)) {
		trouble(m, 0, "%s: %s", to, strerror(errno));
		unlink(part);
		return -EIO;
	}
	return 0;
}

static int make(struct maker *m, const struct figure *f, const char *dir)
{
	struct fig g = { .name = f->name, .width = 1000, .height = 600, .min = INFINITY };
	int ret;

	g.dat = scratch_open(m, f->name, ".dat");
	if (!g.dat)
		return -EIO;
	g.names = scratch_open(m, "names.dat", "");
	if (!g.names) {
		fclose(g.dat);
		return -EIO;
	}
	ret = f->fill(m, &g);
	if (ret)
		trouble(m, ret, "figure %s: %s", f->name, strerror(-ret));
	if ((scratch_close(m, g.dat) | scratch_close(m, g.names)) && !ret)
		ret = -EIO;
	if (!ret && g.rows) {
		g.height = g.height < 320 ? 320 : g.height > 6000 ? 6000 : g.height;
		ret = put_vars(m, &g);
		if (!ret)
			ret = scratch_put(m, "fig.gp", f->script, f->end - f->script);
		if (!ret)
			ret = gnuplot(m, f->name);
	}
	if (!ret)
		ret = deliver(m, dir, f->name, ".svg");
	if (!ret)
		ret = deliver(m, dir, f->name, ".png");
	return ret;
}

int plots_make(const struct table *results, const struct table *rounds, const char *dir,
	       char *err, size_t len)
{
	static const char run[] =
		"load 'vars.gp'\n"
		"fmt = 'svg'\nload 'style.gp'\nload 'fig.gp'\nset output\n"
		"if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
		"fmt = 'png'\nload 'style.gp'\nload 'fig.gp'\nset output\n}\n";
	struct maker m = {
		.results = results, .rounds = rounds, .err = err, .err_len = len
	};
	const char *tmp = getenv("TMPDIR");
	int ret;

	if (!tmp || *tmp != '/' || strlen(tmp) > 400)
		tmp = "/tmp";
	snprintf(m.dir, sizeof(m.dir), "%s/syscost-plot-XXXXXX", tmp);
	if (!mkdtemp(m.dir))
		return trouble(&m, errno == ENOENT ? -EIO : -errno, "%s: %s", tmp,
			       strerror(errno));
	ret = scratch_put(&m, "style.gp", plot_style_gp,
			  plot_style_gp_end - plot_style_gp);
	if (!ret)
		ret = scratch_put(&m, "run.gp", run, strlen(run));
	for (size_t i = 0; i < N_FIGURES && !ret; i++)
		ret = make(&m, &figures[i], dir);
	scratch_clear(&m);
	return ret;
}
