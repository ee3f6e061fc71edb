/* cli_help.h - help texts, made from the tables of cli.h. */
#ifndef ORCHESTRATOR_CLI_HELP_H
#define ORCHESTRATOR_CLI_HELP_H

#include "orchestrator/cli.h"

#include <stdio.h>

/* All commands, a line each. */
void cli_help_overview(FILE *out);

/* One command: usage, what it does, its options, an example. */
void cli_help_command(const struct cli_command *command, FILE *out);

#endif
