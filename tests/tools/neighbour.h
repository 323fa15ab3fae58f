/* SPDX-License-Identifier: MIT */
/*
 * Neighbours: processes on other CPUs that work in some spells and sleep in others. They
 * do it in step, and say in shared memory which spell they are in.
 */
#ifndef SYSCOST_NEIGHBOUR_H
#define SYSCOST_NEIGHBOUR_H

#include <errno.h>
#include <math.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/random.h"
#include "base/time.h"
#include "bench.h"

#define SPELL_MIN 0.02 /* seconds */
#define SPELL_MAX 0.2

/* What a neighbour does for some microseconds, again and again. */
static void add_numbers(char *memory)
{
	(void)memory;
	arch_throughput_loop(4096);
}

#define STREAM 4096UL
#define MEMORY (32UL << 20) /* of each neighbour: more than its own caches hold */

static void stream_memory(char *memory)
{
	static size_t at;

	memcpy(memory + at, memory + MEMORY / 2 + at, STREAM);
	__asm__ volatile("" : : "r"(memory) : "memory");
	at = (at + STREAM) % (MEMORY / 2);
}

/* What neighbours do in a part of the experiment, and when. Odd spells are quiet ones. */
struct part {
	const char *name;
	void (*work)(char *memory);
	double spell; /* seconds of every spell; 0: they are random */
	double seconds;
};

/* Where a neighbour says what it does, for the process that measures. */
struct slot {
	_Alignas(64) atomic_uint spell; /* from 1; 0: not begun */
	atomic_uint done;		/* turns of its work */
};

struct neighbours {
	struct slot *slot; /* shared */
	pid_t *pid;
	unsigned int *done; /* by each, before a window */
	int n;
};

static void sleep_until(double when)
{
	struct timespec ts = { .tv_sec = when, .tv_nsec = fmod(when, 1) * 1e9 };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL) == EINTR)
		;
}

static _Noreturn void be_neighbour(struct slot *slot, const struct part *part, double at,
				   uint64_t seed)
{
	char *memory = malloc(MEMORY);

	if (!memory)
		_exit(1);
	memset(memory, 1, MEMORY);
	sleep_until(at);
	for (unsigned int spell = 1;; spell++) {
		double share = (random_next(&seed) >> 11) * 0x1p-53;

		at += part->spell ? part->spell
				  : SPELL_MIN + share * (SPELL_MAX - SPELL_MIN);
		slot->spell = spell;
		if (spell % 2) {
			sleep_until(at);
			continue;
		}
		while (time_now() < at) {
			part->work(memory);
			slot->done++;
		}
	}
}

static void end_neighbours(struct neighbours *nb)
{
	for (int i = 0; i < nb->n; i++) {
		kill(nb->pid[i], SIGKILL);
		waitpid(nb->pid[i], NULL, 0);
	}
	nb->n = 0;
}

/* One on each of `cpus`. All draw the same spells, so that they go on and off in step. */
static bool start_neighbours(struct neighbours *nb, const struct part *part,
			     const cpu_set_t *cpus, double at)
{
	uint64_t seed = random_seed();
	pid_t parent = getpid();

	for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
		cpu_set_t set;
		pid_t pid;

		if (!CPU_ISSET(cpu, cpus))
			continue;
		nb->slot[nb->n].spell = 0;
		pid = fork();
		if (pid < 0) {
			perror("fork");
			end_neighbours(nb);
			return false;
		}
		if (!pid) {
			prctl(PR_SET_PDEATHSIG, SIGKILL);
			CPU_ZERO(&set);
			CPU_SET(cpu, &set);
			if (getppid() != parent ||
			    sched_setaffinity(0, sizeof(set), &set))
				_exit(1);
			be_neighbour(&nb->slot[nb->n], part, at, seed);
		}
		nb->pid[nb->n++] = pid;
	}
	return true;
}

/* The spell that all of them are in; 0: they are not in the same. */
static unsigned int spell_of(const struct neighbours *nb)
{
	unsigned int spell = nb->slot[0].spell;

	for (int i = 1; i < nb->n; i++)
		if (nb->slot[i].spell != spell)
			return 0;
	return spell;
}

#endif
