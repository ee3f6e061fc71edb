/* wattune pareto: the trials that no other trial beats. */
#include "orchestrator/carbon_options.h"
#include "orchestrator/commands.h"
#include "orchestrator/view.h"
#include "results/pareto_table.h"

#include <math.h>

struct pareto_options {
    struct output_options output;
    struct carbon_options carbon;
    const char *strategy;
};

static const struct cli_option options[] = {
    {.name = "strategy",
     .kind = CLI_TEXT,
     .placeholder = "NAME",
     .help = "the front of this strategy's trials alone",
     .offset = offsetof(struct pareto_options, strategy)},
    CARBON_OPTIONS(struct pareto_options),
    OUTPUT_OPTIONS(struct pareto_options),
    {0},
};

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct pareto_options *pareto = chosen;
    struct emissions *emissions;
    enum status status =
        emissions_create(&emissions, pareto->carbon.carbon, view->snapshot, err);
    if (!status)
        status = pareto_table(out, view->snapshot, pareto->strategy, emissions, err);
    emissions_free(emissions);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct pareto_options chosen = {.carbon = CARBON_OPTIONS_INIT};
    return view_run(command, argc, argv,
                    &(struct view_request){.chosen = &chosen,
                                           .output = &chosen.output,
                                           .carbon = &chosen.carbon,
                                           .make = make_table});
}

const struct cli_command cmd_pareto = {
    .name = "pareto",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "List the trials that no other trial beats in all objectives.",
    .example = "  wattune pareto cifar10.db\n"
               "  wattune pareto cifar10.db --strategy bayes --format csv -o front.csv",
    .options = options,
    .run = run,
};
