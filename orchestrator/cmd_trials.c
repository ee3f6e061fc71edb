/* wattune trials: what was tried, what came of it, what it cost. */
#include "orchestrator/carbon_options.h"
#include "orchestrator/commands.h"
#include "orchestrator/view.h"
#include "results/trials.h"

#include <math.h>

struct trials_options {
    struct output_options output;
    struct carbon_options carbon;
};

static const struct cli_option options[] = {
    CARBON_OPTIONS(struct trials_options), OUTPUT_OPTIONS(struct trials_options), {0}};

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct trials_options *trials = chosen;
    struct emissions *emissions;
    enum status status =
        emissions_create(&emissions, trials->carbon.carbon, view->snapshot, err);
    if (!status)
        status = trials_table(out, view->snapshot, emissions, err);
    emissions_free(emissions);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct trials_options chosen = {.carbon = CARBON_OPTIONS_INIT};
    return view_run(command, argc, argv,
                    &(struct view_request){.chosen = &chosen,
                                           .output = &chosen.output,
                                           .carbon = &chosen.carbon,
                                           .make = make_table});
}

const struct cli_command cmd_trials = {
    .name = "trials",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "List the trials, one row for each attempt.",
    .details = "The table shows the columns that fit a reader; csv and json hold all of them.",
    .example = "  wattune trials cifar10.db --format csv -o trials.csv",
    .options = options,
    .run = run,
};
