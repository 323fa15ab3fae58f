// SPDX-License-Identifier: MIT
/*
 * The command by which this program starts itself, to measure one round. Its plan comes
 * from the process that starts it. No user has to know it.
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
