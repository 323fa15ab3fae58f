// SPDX-License-Identifier: MIT
/*
 * Layers for the suite's own tests, one for each place and one that every machine
 * refuses. They slow nothing down.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "layer.h"

/* A parent that only waits, and ends as its child ends. */
static int install_parent(long k, struct err *err)
{
	pid_t parent = getpid(), pid = fork();
	int status;

	(void)k;
	if (pid < 0)
		return err_set(err, -errno, "fork: %s", strerror(errno));
	if (!pid) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		return getppid() == parent ? 0 : err_set(err, -ESRCH, "no parent");
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (WIFSIGNALED(status)) {
		signal(WTERMSIG(status), SIG_DFL);
		raise(WTERMSIG(status));
	}
	_exit(WEXITSTATUS(status));
}

LAYER(test_parent) = {
	.name = "test-parent",
	.summary = "a parent that waits",
	.where = LAYER_PARENT,
	.hidden = true,
	.install = install_parent,
};

/* A file where the test looks: SYSCOST_TEST_LAYER names it. */
static int install_machine(long k, struct err *err)
{
	const char *path = getenv("SYSCOST_TEST_LAYER");
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600) : -1;

	(void)k;
	if (fd < 0)
		return err_set(err, path ? -errno : -EINVAL, "no file to make");
	close(fd);
	return 0;
}

static void remove_machine(long k)
{
	const char *path = getenv("SYSCOST_TEST_LAYER");

	(void)k;
	if (path)
		unlink(path);
}

LAYER(test_machine) = {
	.name = "test-machine",
	.summary = "a file that is there as long as workers run",
	.where = LAYER_MACHINE,
	.hidden = true,
	.install = install_machine,
	.remove = remove_machine,
};

static int refuse(long k, struct err *err)
{
	return err_set(err, -EPERM, "refused on purpose (%ld)", k);
}

LAYER(test_refused) = {
	.name = "test-refused",
	.summary = "no machine can have it",
	.where = LAYER_WORKER,
	.value = "reasons",
	.least = 0,
	.most = 9,
	.hidden = true,
	.needs = refuse,
	.install = refuse,
};
