// SPDX-License-Identifier: MIT
/*
 * The command that this program starts of itself, to measure one round. It takes its plan
 * from the process that started it, and no user has to know it.
 */
#include "cli/command.h"
#include "measure/worker.h"

static int work(const struct call *call, void *settings)
{
	(void)call;
	(void)settings;
	return worker_main();
}

const struct command command_worker = {
	.name = WORKER_COMMAND,
	.usage = "",
	.options = option_none,
	.fn = work,
};
