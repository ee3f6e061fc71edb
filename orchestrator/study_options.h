/* study_options.h - the study file that a command is given, and the options that say something
 * instead of it. */
#ifndef ORCHESTRATOR_STUDY_OPTIONS_H
#define ORCHESTRATOR_STUDY_OPTIONS_H

#include "orchestrator/cli.h"
#include "orchestrator/study.h"

/* Rows for a command's option table; `type` has a member `overrides` of struct study_overrides,
 * which begins as STUDY_OVERRIDES_INIT. */
#define STUDY_OPTIONS(type)                                                                    \
    {.name = "strategy",                                                                       \
     .kind = CLI_TEXT,                                                                         \
     .placeholder = "A,B",                                                                     \
     .help = "only these strategies, of the study or by name",                                 \
     .offset = offsetof(type, overrides.strategies)},                                          \
        {.name = "trials",                                                                     \
         .kind = CLI_INTEGER,                                                                  \
         .placeholder = "N",                                                                   \
         .help = "trials for each strategy and repeat, instead of the study's budget",         \
         .offset = offsetof(type, overrides.trials),                                           \
         .low = 1,                                                                             \
         .high = 1e9},                                                                         \
        {.name = "energy",                                                                     \
         .kind = CLI_NUMBER,                                                                   \
         .placeholder = "J",                                                                   \
         .help = "joules for each strategy and repeat, instead of the study's budget",         \
         .offset = offsetof(type, overrides.energy_j),                                         \
         .low = 1e-6,                                                                          \
         .high = 1e15},                                                                        \
        {.name = "time",                                                                       \
         .kind = CLI_NUMBER,                                                                   \
         .placeholder = "S",                                                                   \
         .help = "seconds for each strategy and repeat, instead of the study's budget",        \
         .offset = offsetof(type, overrides.time_s),                                           \
         .low = 1e-3,                                                                          \
         .high = 1e10},                                                                        \
    {                                                                                          \
        .name = "seed", .kind = CLI_INTEGER, .placeholder = "N",                               \
        .help = "instead of the study's seed", .offset = offsetof(type, overrides.seed),       \
        .low = 0, .high = 9007199254740991.0                                                   \
    }

/* Read the study. Mistakes are told on standard error, and the command ends with the status:
 * EXIT_USAGE, or EXIT_FAILED when out of memory. */
enum exit_status study_options_read(struct study **out, const struct cli_command *command,
                                    const char *path, const struct study_overrides *overrides);

#endif
