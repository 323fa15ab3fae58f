// SPDX-License-Identifier: MIT
/* Figures by gnuplot, one after the other. How one looks is in scripts/plots/. */
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/file.h"
#include "render/plot.h"

#define DRAWING_MAX (64 << 20)

extern const char plot_style_gp[];

extern char **environ;

/* Okabe and Ito, with a yellow dark enough for white paper; black is for whiskers. */
static const unsigned int colours[CANVAS_COLOURS] = { 0x0072b2, 0xd55e00, 0x009e73,
						      0xcc79a7, 0xe69f00, 0x56b4e9,
						      0xb8a800 };
static const int shapes[] = { 7, 5, 9, 13, 11 };

void canvas_label(FILE *f, const char *s)
{
	for (; *s; s++) {
		unsigned char c = *s;

		fputc(c < 32 || c > 126 ? '?' : c == '"' ? '\'' : c == '\\' ? '/' : c, f);
	}
}

/*
 * A single-quoted string of gnuplot: nothing in it is replaced or run, and a quote is
 * written twice. Not at its start, where gnuplot 5.4 takes the two for an empty string.
 */
static void put_string(FILE *f, const char *name, const char *s)
{
	fputs(name, f);
	for (; *s == '\''; s++)
		fputs("sprintf('%c', 39).", f);
	fputc('\'', f);
	for (; *s; s++) {
		if (*s == '\'')
			fputs("''", f);
		else if ((unsigned char)*s >= 32 && *s != 127)
			fputc(*s, f);
	}
	fputs("'", f);
}

void canvas_number(FILE *f, double v)
{
	if (isfinite(v))
		fprintf(f, "%.9g", v);
	else
		fputc('?', f);
}

void canvas_numbers(FILE *f, const double *v, int n)
{
	for (int i = 0; i < n; i++) {
		canvas_number(f, v[i]);
		fputc(i + 1 < n ? '\t' : '\n', f);
	}
}

void canvas_colour(struct canvas_key *k, int i)
{
	k->rgb = colours[i % CANVAS_COLOURS];
	k->pt = shapes[i / CANVAS_COLOURS % 5];
}

struct canvas_key *canvas_add_key(struct canvas *g, const char *name)
{
	struct canvas_key *k = &g->key[g->keys];

	snprintf(k->name, sizeof(k->name), "%s", name);
	canvas_colour(k, g->keys++);
	k->dt = 1;
	return k;
}

int canvas_key(struct canvas *g, const char *name)
{
	for (int i = 0; i < g->keys; i++)
		if (!strncmp(g->key[i].name, name, sizeof(g->key[i].name) - 1))
			return i;
	if (g->keys == CANVAS_KEYS)
		return CANVAS_KEYS - 1;
	canvas_add_key(g, g->keys == CANVAS_KEYS - 1 ? "others" : name);
	return g->keys - 1;
}

void canvas_grow(struct canvas *g, double v)
{
	if (!isfinite(v))
		return;
	g->max = fmax(g->max, v);
	if (v > 0)
		g->min = fmin(g->min, v);
}

static FILE *scratch_open(struct plotter *m, const char *name, const char *suffix)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof(path), "%s/%s%s", m->dir, name, suffix);
	f = fopen(path, "we");
	if (!f)
		err_set(m->err, 0, "%s: %s", path, strerror(errno));
	return f;
}

static int scratch_close(struct plotter *m, FILE *f)
{
	bool bad = ferror(f);

	if (fclose(f) || bad)
		return err_set(m->err, -EIO, "%s: cannot write: %s", m->dir,
			       strerror(errno));
	return 0;
}

static int scratch_put(struct plotter *m, const char *name, const char *text)
{
	FILE *f = scratch_open(m, name, "");

	if (!f)
		return -EIO;
	fputs(text, f);
	return scratch_close(m, f);
}

void plot_remove(const char *dir, const char *name)
{
	static const char *const suffixes[] = { ".svg", ".png" };
	char path[4300];

	for (int k = 0; k < 2; k++) {
		snprintf(path, sizeof(path), "%s/%s%s", dir, name, suffixes[k]);
		unlink(path);
	}
}

void plot_end(struct plotter *m)
{
	file_remove_all(m->dir, true);
}

/* An end of an axis; what overflowed on the way to it is as far as gnuplot goes. */
static double end_of_axis(double v)
{
	return isnan(v) ? 0 : fmin(v, 1e300);
}

static int put_vars(struct plotter *m, const struct canvas *g)
{
	double min = isfinite(g->min) ? g->min : 1, max = fmax(g->max, min);
	FILE *f = scratch_open(m, "vars.gp", "");

	if (!f)
		return -EIO;
	put_string(f, "fig = ", g->name);
	put_string(f, "\ntitle_text = ", g->title.s);
	put_string(f, "\nxtext = ", g->xtext.s);
	put_string(f, "\nx2text = ", g->x2text.s);
	put_string(f, "\nytext = ", g->ytext.s);
	fprintf(f, "\nmarks = %d\nclock = %.9g", g->marks, g->clock > 0 ? g->clock : 1);
	fprintf(f, "\nwidth = %d\nheight = %d\nrows = %d\nkeys = %d\nlogx = %d\n",
		g->width, g->height, g->rows, g->keys, g->logx);
	fprintf(f, "xmin = %.9g\nxmax = %.9g\n", end_of_axis(g->xmin),
		g->xmax > 0 ? end_of_axis(g->xmax) : 1);
	fprintf(f, "ymin = %.9g\nymax = %.9g\n", pow(2, floor(log2(min))),
		end_of_axis(pow(2, ceil(log2(max * 1.05)))));
	fprintf(f,
		"array key_name[%d]\narray key_rgb[%d]\narray key_pt[%d]\narray key_dt[%d]\n",
		g->keys, g->keys, g->keys, g->keys);
	for (int i = 0; i < g->keys; i++) {
		fprintf(f,
			"key_rgb[%d] = %u\nkey_pt[%d] = %d\nkey_dt[%d] = %d\nkey_name[%d] = ",
			i + 1, g->key[i].rgb, i + 1, g->key[i].pt, i + 1, g->key[i].dt,
			i + 1);
		put_string(f, "", text("%s", g->key[i].name).s);
		fputc('\n', f);
	}
	fprintf(f,
		"panels = %d\narray panel_name[%d]\narray panel_min[%d]\narray panel_max[%d]\n",
		g->panels, g->panels + 1, g->panels + 1, g->panels + 1);
	for (int i = 0; i < g->panels; i++) {
		fprintf(f,
			"panel_min[%d] = %.9g\npanel_max[%d] = %.9g\npanel_name[%d] = ",
			i + 1, g->panel_min[i], i + 1, g->panel_max[i], i + 1);
		put_string(f, "", g->panel[i].s);
		fputc('\n', f);
	}
	return scratch_close(m, f);
}

static int gnuplot(struct plotter *m, const char *name)
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
		return err_set(
			m->err, -ENOENT,
			"gnuplot is not installed: no plots (apt install gnuplot-nox)");
	if (ret)
		return err_set(m->err, -ret, "gnuplot: %s", strerror(ret));
	while (waitpid(pid, &status, 0) < 0)
		if (errno != EINTR)
			return err_set(m->err, -errno, "gnuplot: %s", strerror(errno));
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
	return err_set(m->err, -EIO, "gnuplot failed on figure %s: %s", name, line);
}

/* Into the folder, whole or not at all. */
static int write_to_folder(struct plotter *m, const char *name, const char *suffix)
{
	struct text file = text("%s%s", name, suffix);
	struct file_bytes d = { 0 };
	struct file_part part = { file.s, file_fill_bytes, &d };
	char path[4300];
	int ret;

	snprintf(path, sizeof(path), "%s/%s", m->dir, file.s);
	if (file_read(path, DRAWING_MAX, &d.at, &d.n, NULL)) {
		snprintf(path, sizeof(path), "%s/%s", m->out, file.s);
		unlink(path); /* no pngcairo in this gnuplot, or no such figure */
		return 0;
	}
	ret = file_write(m->out, &part, 1, m->err);
	free(d.at);
	return ret;
}

/* Its data files. */
static int write_data(struct plotter *m, const struct plot *f, struct canvas *g)
{
	struct {
		FILE **file;
		const char *name, *suffix;
	} files[] = { { &g->dat, f->name, ".dat" },
		      { &g->names, "names.dat", "" },
		      { &g->curves, "curves.dat", "" } };
	int ret = 0;

	for (int i = 0; i < 3; i++) {
		*files[i].file = scratch_open(m, files[i].name, files[i].suffix);
		if (!*files[i].file)
			ret = -EIO;
	}
	if (!ret)
		f->draw(m, g);
	for (int i = 0; i < 3; i++)
		if (*files[i].file && scratch_close(m, *files[i].file))
			ret = -EIO;
	return ret;
}

int plot_make(struct plotter *m, const struct plot *f)
{
	struct canvas g = { .name = f->name,
			    .arg = f->arg,
			    .width = 1000,
			    .height = 600,
			    .min = INFINITY };
	int ret = write_data(m, f, &g);

	if (!ret && g.rows) {
		g.height = g.height < 320 ? 320 : g.height > 6000 ? 6000 : g.height;
		ret = put_vars(m, &g);
		if (!ret)
			ret = scratch_put(m, "fig.gp", f->script);
		if (!ret)
			ret = gnuplot(m, f->name);
	}
	if (!ret)
		ret = write_to_folder(m, f->name, ".svg");
	if (!ret)
		ret = write_to_folder(m, f->name, ".png");
	plot_remove(m->dir, f->name); /* another may come by that name */
	return ret;
}

int plot_begin(struct plotter *m)
{
	static const char run[] =
		"load 'vars.gp'\n"
		"fmt = 'svg'\nload 'style.gp'\nload 'fig.gp'\nset output\n"
		"if (strstrt(GPVAL_TERMINALS, 'pngcairo')) {\n"
		"fmt = 'png'\nload 'style.gp'\nload 'fig.gp'\nset output\n}\n";
	const char *tmp = getenv("TMPDIR");
	int ret;

	if (!tmp || *tmp != '/' || strlen(tmp) > 400)
		tmp = "/tmp";
	snprintf(m->dir, sizeof(m->dir), "%s/syscost-plot-XXXXXX", tmp);
	if (!mkdtemp(m->dir))
		return err_set(m->err, errno == ENOENT ? -EIO : -errno, "%s: %s", tmp,
			       strerror(errno));
	ret = scratch_put(m, "style.gp", plot_style_gp);
	if (!ret)
		ret = scratch_put(m, "run.gp", run);
	if (ret)
		plot_end(m);
	return ret;
}
