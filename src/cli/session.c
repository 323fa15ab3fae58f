// SPDX-License-Identifier: MIT
/* What a measuring command does around the measuring. It measures nothing. */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/random.h"
#include "base/room.h"
#include "base/time.h"
#include "cli/cli.h"
#include "cli/session.h"
#include "machine/env.h"
#include "row/fingerprint.h"

static volatile int interrupted;

bool session_select(const struct call *call, bool sweeps, struct selection *s)
{
	const char *unmatched;

	registry_load(&s->reg);
	s->chosen = room_for(s->reg.n, sizeof(*s->chosen));
	unmatched = registry_select(&s->reg, call->operands, call->n,
				    BENCH_TEST | (sweeps ? 0 : BENCH_SWEEP), s->chosen);
	if (!unmatched)
		return true;
	cli_error("no benchmark matches '%s': see 'syscost list'", unmatched);
	session_free(s);
	return false;
}

void session_free(struct selection *s)
{
	free(s->chosen);
	registry_free(&s->reg);
}

static bool power_of_16(long x)
{
	while (x > 1 && x % 16 == 0)
		x /= 16;
	return x == 1;
}

void session_fit(const struct selection *s, bool quick, struct run_options *options)
{
	bool sweep = false;

	for (size_t i = 0; i < s->reg.n; i++) {
		const struct variant *v = &s->reg.rows[i];

		if (!s->chosen[i] || !(v->bench->flags & BENCH_SWEEP))
			continue;
		sweep = true;
		for (unsigned int p = 0; p < v->n_params && quick; p++)
			if (!strcmp(v->param_name[p], "batch") &&
			    !power_of_16(v->param[p]))
				s->chosen[i] = false;
	}
	if (sweep)
		options->round_us = quick ? 300 : 2000;
	if (!options->seconds)
		options->seconds = sweep ? quick ? 28 : 285 : quick ? 8 : 50;
}

static void interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

/* Catch what ends a run early; what is returned becomes non-zero with the first. */
static volatile const int *catch_stop(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGQUIT, &action, NULL);
	return &interrupted;
}

static void show_progress(void *arg, const char *what, double share)
{
	(void)arg;
	fprintf(stderr, "\r\033[K%-9s %3.0f %%", what, share > 1 ? 100 : share * 100);
}

void session_options(struct run_options *options)
{
	*options = (struct run_options){ .cpu = -1,
					 .timeout = 10,
					 .precision = 0.01,
					 .round_us = ROUND_US,
					 .references = true,
					 .checkpoint_seconds = 10,
					 .seed = random_seed(),
					 .stop = catch_stop() };
	if (isatty(STDERR_FILENO))
		options->progress = show_progress;
}

void session_progress_end(const struct run_options *options)
{
	if (options->progress)
		fputs("\r\033[K", stderr);
}

int session_noise(struct noise *noise, const char *file, unsigned int flags, char *path,
		  size_t len)
{
	char machine[FINGERPRINT_SIZE], system[FINGERPRINT_SIZE];
	json_t *env = env_record(false);
	int status;

	env_machine_class(env, machine);
	env_system(env, system);
	json_decref(env);
	status = learnt_read(noise, machine, file, flags, path, len);
	memcpy(noise->own, system, sizeof(noise->own));
	return status;
}

void session_folder(const char *prefix, char *out, size_t len)
{
	char date[16];

	time_stamp(date, sizeof(date));
	snprintf(out, len, "%s-%s", prefix, date);
}
