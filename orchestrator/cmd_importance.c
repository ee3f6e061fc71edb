/* wattune importance: which parameters matter for which objective. */
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/importance_table.h"

struct importance_options {
    struct output_options output;
    const char *metric;
    bool pairs;
};

static const struct cli_option options[] = {
    {.name = "metric",
     .kind = CLI_TEXT,
     .placeholder = "NAME",
     .help = "of this figure alone: any metric that trials report, energy_j, duration_s, cpu_s "
             "or peak_memory_mb (every objective, constrained metric, and energy_j)",
     .offset = offsetof(struct importance_options, metric)},
    {.name = "pairs",
     .kind = CLI_FLAG,
     .help = "also what two parameters make up together, beyond each alone",
     .offset = offsetof(struct importance_options, pairs)},
    OUTPUT_OPTIONS(struct importance_options),
    {0},
};

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct importance_options *importance = chosen;
    return importance_table(out, view->snapshot, importance->metric, importance->pairs, err);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct importance_options chosen = {.metric = NULL};
    return view_run(command, argc, argv,
                    &(struct view_request){
                        .chosen = &chosen, .output = &chosen.output, .make = make_table});
}

const struct cli_command cmd_importance = {
    .name = "importance",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Tell which parameters matter for each objective and for the joules.",
    .details = "Shares of the variance over the whole space, by functional ANOVA on random "
               "forests that are fitted to the complete trials of all strategies.",
    .example = "  wattune importance cifar10.db\n"
               "  wattune importance cifar10.db --metric energy_j --pairs --format csv",
    .options = options,
    .run = run,
};
