/* wattune trials: what was tried, what came of it, what it cost. */
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/trials.h"

struct trials_options {
    struct output_options output;
};

static const struct cli_option options[] = {OUTPUT_OPTIONS(struct trials_options), {0}};

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              const void *chosen, struct error *err)
{
    (void)chosen;
    return trials_table(out, snapshot, err);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct trials_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    return view_show(command, db, make_table, &chosen, &chosen.output);
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
