/* SPDX-License-Identifier: MIT */
/*
 * What all plots share: gnuplot in a private temporary directory, with scripts from
 * inside the binary. Data are tab-separated files, and words are single-quoted strings.
 * No shell is involved, no start-up file is read, and no text of a row becomes a command.
 */
#ifndef SYSCOST_RENDER_PLOT_H
#define SYSCOST_RENDER_PLOT_H

#include <stdbool.h>
#include <stdio.h>
#include "compare/batching.h"
#include "render/text.h"
#include "row/row.h"

#define CANVAS_KEYS    32
#define CANVAS_COLOURS 7 /* then the shapes change */
#define CANVAS_PANELS  6

struct canvas_key {
	char name[64];
	unsigned int rgb;
	int pt, dt; /* point type, dash type */
};

/* A figure in the making. Its script sees the numbers and words as variables. */
struct canvas {
	const char *name;
	const void *arg;
	FILE *dat;    /* NAME.dat */
	FILE *names;  /* names.dat */
	FILE *curves; /* curves.dat */
	int rows;     /* 0: there is no such figure */
	int width, height;
	struct canvas_key key[CANVAS_KEYS];
	int keys;
	double min, max; /* of everything drawn */
	double xmin, xmax;
	bool logx;
	struct text xtext, ytext, title;
	bool marks; /* there are marks below the curves */
	/* Core cycles a nanosecond: x is in cycles, and a second axis in nanoseconds. */
	double clock;
	struct text x2text; /* of that axis; "": there is none */
	int panels;
	struct text panel[CANVAS_PANELS];
	double panel_min[CANVAS_PANELS], panel_max[CANVAS_PANELS];
};

struct plotter {
	const struct table *results, *rounds, *windows; /* windows: or NULL */
	const struct batching *batching;
	const char *out; /* where the figures go */
	char dir[512];	 /* where they are made */
	struct err *err;
};

struct plot {
	const char *name;
	const char *script; /* of gnuplot */
	void (*draw)(struct plotter *m, struct canvas *g);
	const void *arg; /* on the canvas too */
};

/* The temporary directory. 0, or -errno and one line in err. plot_end() removes it. */
int plot_begin(struct plotter *m);
void plot_end(struct plotter *m);

/*
 * Draw one, as .svg and .png; without rows, remove an old one of that name. 0, or -errno
 * and one line in err. -ENOENT: there is no gnuplot.
 */
int plot_make(struct plotter *m, const struct plot *f);

/* Remove NAME.svg and NAME.png. */
void plot_remove(const char *dir, const char *name);

/* A field of a data file: printable ASCII without what gnuplot would read into. */
void canvas_label(FILE *f, const char *s);
/* The same for a number; '?' for NAN and infinities. */
void canvas_number(FILE *f, double v);
/* A line of numbers: CANVAS_LINE(f, 1, 2.5, NAN). */
void canvas_numbers(FILE *f, const double *v, int n);
#define CANVAS_LINE(f, ...)                          \
	canvas_numbers(f, (double[]){ __VA_ARGS__ }, \
		       sizeof((double[]){ __VA_ARGS__ }) / sizeof(double))
/* The number of a key, made if need be. The last one stands for all that are too many. */
int canvas_key(struct canvas *g, const char *name);
/* A key of its own, whatever others are called. There is room for CANVAS_KEYS. */
struct canvas_key *canvas_add_key(struct canvas *g, const char *name);
/* The colour and shape of the i-th series. */
void canvas_colour(struct canvas_key *k, int i);
/* Make room for a value on the axis. */
void canvas_grow(struct canvas *g, double v);

#endif
