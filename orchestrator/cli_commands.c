#include "orchestrator/commands.h"

const struct cli_command *const cli_commands[] = {
    &cmd_run,    &cmd_resume,  &cmd_simulate,   &cmd_check,   &cmd_status,    &cmd_trials,
    &cmd_pareto, &cmd_compare, &cmd_importance, &cmd_export,  &cmd_footprint, &cmd_monitor,
    &cmd_ledger, &cmd_meters,  &cmd_train,      &cmd_predict, &cmd_profile,   NULL,
};
