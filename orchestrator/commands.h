/* commands.h - the commands: each is defined in cmd_NAME.c and listed in cli_commands.c. */
#ifndef ORCHESTRATOR_COMMANDS_H
#define ORCHESTRATOR_COMMANDS_H

#include "orchestrator/cli.h"

extern const struct cli_command cmd_run;
extern const struct cli_command cmd_resume;
extern const struct cli_command cmd_simulate;
extern const struct cli_command cmd_check;
extern const struct cli_command cmd_status;
extern const struct cli_command cmd_trials;
extern const struct cli_command cmd_pareto;
extern const struct cli_command cmd_compare;
extern const struct cli_command cmd_export;
extern const struct cli_command cmd_footprint;
extern const struct cli_command cmd_importance;
extern const struct cli_command cmd_ledger;
extern const struct cli_command cmd_meters;
extern const struct cli_command cmd_monitor;
extern const struct cli_command cmd_train;
extern const struct cli_command cmd_predict;
extern const struct cli_command cmd_profile;

#endif
