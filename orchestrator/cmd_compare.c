/* wattune compare: the strategies side by side, by what they found and what it cost. */
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/compare.h"

#include <float.h>
#include <math.h>

struct compare_options {
    struct output_options output;
    double target;
};

static const struct cli_option options[] = {
    {.name = "target",
     .kind = CLI_NUMBER,
     .placeholder = "VALUE",
     .help = "the value of the first objective that counts as reached (the best that all "
             "strategies reached)",
     .offset = offsetof(struct compare_options, target),
     .low = -DBL_MAX,
     .high = DBL_MAX},
    OUTPUT_OPTIONS(struct compare_options),
    {0},
};

static enum status make_table(struct table **out, const struct snapshot *snapshot,
                              const void *chosen, struct error *err)
{
    const struct compare_options *compare = chosen;
    struct comparison *comparison;
    enum status status = compare_create(&comparison, snapshot, compare->target, err);
    if (status)
        return status;
    status = compare_table(out, comparison, (enum table_format)compare->output.format, err);
    compare_free(comparison);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct compare_options chosen = {.target = (double)NAN};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    return view_show(command, db, make_table, &chosen, &chosen.output);
}

const struct cli_command cmd_compare = {
    .name = "compare",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Compare the strategies by what they found and by the joules that it took.",
    .details = "Totals alone mislead, since equal numbers of trials cost about the same: the "
               "joules to a target stand beside "
               "them, and so does what the search itself took.",
    .example =
        "  wattune compare cifar10.db\n  wattune compare cifar10.db --target 0.7 --format json",
    .options = options,
    .run = run,
};
