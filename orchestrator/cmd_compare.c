/* wattune compare: the strategies side by side, by what they found and what it cost. */
#include "orchestrator/carbon_options.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/agreement.h"
#include "results/comparable.h"
#include "results/compare.h"

#include <float.h>
#include <math.h>

struct compare_options {
    struct output_options output;
    struct carbon_options carbon;
    double target;
    bool force, meters;
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
    {.name = "force",
     .kind = CLI_FLAG,
     .help = "compare joules of unequal provenance too, with a warning",
     .offset = offsetof(struct compare_options, force)},
    {.name = "meters",
     .kind = CLI_FLAG,
     .help = "compare the meters that ran side by side, instead of the strategies",
     .offset = offsetof(struct compare_options, meters)},
    CARBON_OPTIONS(struct compare_options),
    OUTPUT_OPTIONS(struct compare_options),
    {0},
};

static enum status compare_meters(struct table **out, const struct snapshot *snapshot,
                                  const struct compare_options *compare, struct error *err)
{
    struct agreement *agreement;
    enum status status = agreement_create(&agreement, snapshot, err);
    if (status)
        return status;
    status = agreement_table(out, agreement, (enum table_format)compare->output.format, err);
    agreement_free(agreement);
    return status;
}

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct compare_options *compare = chosen;
    if (compare->meters)
        return compare_meters(out, view->snapshot, compare, err);
    struct comparison *comparison = NULL;
    struct emissions *emissions;
    enum status status = compare->force ? ST_OK : comparable_check(view->snapshot, err);
    if (status)
        return status;
    status = emissions_create(&emissions, compare->carbon.carbon, view->snapshot, err);
    if (!status)
        status = compare_create(&comparison, view->snapshot, emissions, compare->target, err);
    if (!status)
        status = compare_table(out, comparison, (enum table_format)compare->output.format, err);
    compare_free(comparison);
    emissions_free(emissions);
    return status;
}

/* What asks about strategies says nothing about meters. */
static enum status check(const void *chosen, struct error *err)
{
    const struct compare_options *compare = chosen;
    if (!compare->meters ||
        (isnan(compare->target) && !compare->force && !compare->carbon.carbon))
        return ST_OK;
    error_set(err, ST_INVALID, "--meters compares meters, not strategies");
    error_remedy(err, "leave --target, --force and what is on CO2 out");
    return ST_INVALID;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct compare_options chosen = {.target = (double)NAN, .carbon = CARBON_OPTIONS_INIT};
    return view_run(command, argc, argv,
                    &(struct view_request){.chosen = &chosen,
                                           .output = &chosen.output,
                                           .carbon = &chosen.carbon,
                                           .check = check,
                                           .make = make_table});
}

const struct cli_command cmd_compare = {
    .name = "compare",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Compare the strategies by what they found and by the joules that it took.",
    .details = "Totals alone mislead, since equal numbers of trials cost about the same: the "
               "joules to a target stand beside "
               "them, and so does what the search itself took.",
    .example = "  wattune compare cifar10.db\n  wattune compare cifar10.db --target 0.7 "
               "--format json\n"
               "  wattune compare cifar10.db --meters",
    .options = options,
    .run = run,
};
