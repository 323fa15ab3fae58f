// SPDX-License-Identifier: MIT
/*
 * Go benchmark text (go.dev/design/14313-benchmark-format; golang.org/x/perf/benchfmt):
 * "key: value" lines, then "BenchmarkName N value unit…", a line for each round. A name
 * has no white space of any alphabet, and the letter behind Benchmark is upper case. What
 * follows a slash is configuration, k=v. A number behind the last dash is GOMAXPROCS, 1:
 * it has to stand there, or one that ends an id would be taken for it. Other lines are
 * ignored: they say what is noisy, skipped or failed. As a key, the status would make
 * benchstat put the rows into separate tables.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "compare/metric.h"
#include "render/export.h"
#include "render/markup.h"
#include "render/say.h"

/* One line of text: control characters become spaces. */
static void put_line(FILE *out, const char *text)
{
	for (; *text; text++)
		putc((unsigned char)*text < ' ' || *text == 127 ? ' ' : *text, out);
}

#define put(out, ...) markup(out, put_line, __VA_ARGS__)

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
		if (!strcmp(arch, archs[i].uname))
			arch = archs[i].go;
	fputs("goos: linux\n", out);
	if (arch && *arch)
		put(out, "goarch: %s\n", arch);
	fputs("pkg: syscost\n", out);
	if (cpu && *cpu)
		put(out, "cpu: %s\n", cpu);
	if (kernel)
		put(out, "# kernel %s\n", kernel);
}

static void put_go_round(FILE *out, const struct export_source *src,
			 const struct result_row *r, const struct round_row *round)
{
	double cycles = metric_cycles.of_round(round, false, NAN);

	put_go_name(out, r->id);
	fprintf(out, " %" PRId64 " %.9g ns/op %.9g ticks/op", export_operations(r, round),
		round->ticks / src->folder->ticks_per_ns, round->ticks);
	if (isfinite(cycles))
		fprintf(out, " %.9g estimated-cycles/op", cycles);
	if (isfinite(round->cpu_ns))
		fprintf(out, " %.9g cpu-ns/op", round->cpu_ns);
	putc('\n', out);
}

static int export_go(FILE *out, const struct export_source *src)
{
	size_t lines = 0;

	if (!isfinite(src->folder->ticks_per_ns))
		return -ENODATA;
	put_go_head(out, src);
	for_rows (result_row, r, &src->folder->results) {
		size_t n;
		const void *const *rounds = index_find(&src->rounds_by_id, r->id, &n);

		if (r->status != ROW_OK)
			put(out, "# %s %s: %s\n", status_words[r->status], r->id,
			    r->reason);
		for (size_t k = 0; k < n && say_has_figure(r); k++) {
			const struct round_row *round = rounds[k];

			if (!isfinite(round->ticks))
				continue;
			put_go_round(out, src, r, round);
			lines++;
		}
	}
	return lines ? export_done(out) : -ENODATA;
}

EXPORT_FORMAT(go) = {
	.name = "go",
	.summary = "Go benchmark text for benchstat, a line a round",
	.write = export_go,
};
