/* wattune pareto: the trials that no other trial beats. */
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/pareto_table.h"

struct pareto_options {
    struct output_options output;
    const char *strategy;
};

static const struct cli_option options[] = {
    {.name = "strategy",
     .kind = CLI_TEXT,
     .placeholder = "NAME",
     .help = "the front of this strategy's trials alone",
     .offset = offsetof(struct pareto_options, strategy)},
    OUTPUT_OPTIONS(struct pareto_options),
    {0},
};

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              const void *chosen, struct error *err)
{
    const struct pareto_options *pareto = chosen;
    return pareto_table(out, snapshot, pareto->strategy, err);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct pareto_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    return view_show(command, db, make_table, &chosen, &chosen.output);
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
