// SPDX-License-Identifier: MIT
/*
 * The user's side of a measuring command. Measures nothing.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/random.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "cli/session.h"

static volatile int interrupted;

static void interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

volatile const int *session_stop(void)
{
	struct sigaction action = { .sa_handler = interrupt };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
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
					 .checkpoint_seconds = 10,
					 .seed = random_seed(),
					 .stop = session_stop() };
	if (isatty(STDERR_FILENO))
		options->progress = show_progress;
}

void session_progress_end(const struct run_options *options)
{
	if (options->progress)
		fputs("\r\033[K", stderr);
}

void session_command(int argc, char **argv, char *out, size_t len)
{
	size_t at = snprintf(out, len, "syscost");

	for (int i = 0; i < argc && at < len; i++)
		at += snprintf(out + at, len - at, " %s", argv[i]);
}

void session_folder(const char *prefix, char *out, size_t len)
{
	time_t t = time(NULL);
	char date[32];

	strftime(date, sizeof(date), "%Y%m%d-%H%M%S", localtime(&t));
	snprintf(out, len, "%s-%s", prefix, date);
}
