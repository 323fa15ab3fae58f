// SPDX-License-Identifier: MIT
/*
 * The commands that read stored rows, linked without what measures: neither src/measure/
 * nor src/drive/, src/machine/ or bench/ is in this program. That it links is the test;
 * the tests of the whole program compare what it prints.
 */
#include "cli/command.h"

extern const struct command command_batch, command_compare, command_export,
	command_report;

static const struct command *const commands[] = { &command_batch,  &command_compare,
						  &command_export, &command_report,
						  &command_help,   NULL };

int main(int argc, char **argv)
{
	return command_main(commands, argc, argv);
}
