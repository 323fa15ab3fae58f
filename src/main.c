// SPDX-License-Identifier: MIT
/*
 * The command table.
 */
#include "cli/command.h"

extern const struct command command_run, command_list, command_explain, command_doctor,
	command_batch, command_ab, command_noise, command_compare, command_report,
	command_export, command_complete, command_worker;

static const struct command *const commands[] = {
	&command_run,	  &command_list,
	&command_explain, &command_doctor,
	&command_batch,	  &command_ab,
	&command_noise,	  &command_compare,
	&command_report,  &command_export,
	&command_help,	  &command_complete,
	&command_worker,  NULL,
};

int main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
