/* carbon_options.h - the options of the commands that show CO2 beside joules. */
#ifndef ORCHESTRATOR_CARBON_OPTIONS_H
#define ORCHESTRATOR_CARBON_OPTIONS_H

#include "orchestrator/cli.h"
#include "results/carbon.h"

/* The members that CARBON_OPTIONS fills. */
struct carbon_options {
    const char *region, *series; /* NULL: not given */
    double pue;                  /* NaN: not given */
    struct carbon *carbon;       /* made of them; NULL: no CO2 is wanted */
};

#define CARBON_PUE_OPTION(type, member)                                                        \
    {                                                                                          \
        .name = "pue", .kind = CLI_NUMBER, .placeholder = "X",                                 \
        .help = "what the building draws over what the machines draw (1.0)",                   \
        .offset = offsetof(type, member), .low = 1, .high = CARBON_PUE_MAX                     \
    }

/* Rows for a command's option table; `type` has a member `carbon` of struct carbon_options. */
#define CARBON_OPTIONS(type)                                                                   \
    {.name = "region",                                                                         \
     .kind = CLI_TEXT,                                                                         \
     .placeholder = "ISO3",                                                                    \
     .help = "show CO2e by the yearly mean of this country's electricity: NLD, FRA, USA, ...", \
     .offset = offsetof(type, carbon.region)},                                                 \
        {.name = "intensity",                                                                  \
         .kind = CLI_TEXT,                                                                     \
         .placeholder = "FILE.csv",                                                            \
         .help = "show CO2e by the electricity of each trial's own time: columns timestamp "   \
                 "and g_per_kwh",                                                              \
         .offset = offsetof(type, carbon.series)},                                             \
        CARBON_PUE_OPTION(type, carbon.pue)

/* What the members are before the options are read. */
#define CARBON_OPTIONS_INIT                                                                    \
    {                                                                                          \
        .pue = (double)NAN                                                                     \
    }

/* Make options->carbon of the other members; it is the caller's to carbon_free(). Mistakes are
 * told on standard error: EXIT_USAGE for options that do not go together and for an unknown
 * region, EXIT_FAILED for a file that cannot be read. */
enum exit_status carbon_options_open(struct carbon_options *options,
                                     const struct cli_command *command);

#endif
