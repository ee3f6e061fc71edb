/* wattune pareto: the trials that no other trial beats. */
#include "orchestrator/carbon_options.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
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

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              const void *chosen, struct error *err)
{
    const struct pareto_options *pareto = chosen;
    struct emissions *emissions;
    enum status status = emissions_create(&emissions, pareto->carbon.carbon, snapshot, err);
    if (!status)
        status = pareto_table(out, snapshot, pareto->strategy, emissions, err);
    emissions_free(emissions);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct pareto_options chosen = {.carbon = CARBON_OPTIONS_INIT};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    enum exit_status status = carbon_options_open(&chosen.carbon, command);
    if (!status)
        status = view_show(command, db, make_table, &chosen, &chosen.output);
    carbon_free(chosen.carbon.carbon);
    return status;
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
