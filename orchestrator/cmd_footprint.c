/* wattune footprint: what the study emits, had it run elsewhere. */
#include "orchestrator/carbon_options.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/footprint.h"

struct footprint_options {
    struct output_options output;
    const char *regions;
    double pue;
};

static const struct cli_option options[] = {
    {.name = "regions",
     .kind = CLI_TEXT,
     .placeholder = "LIST",
     .help = "ISO 3166 codes with commas between them, such as NLD,FRA,USA (all that ship)",
     .offset = offsetof(struct footprint_options, regions)},
    CARBON_PUE_OPTION(struct footprint_options, pue),
    OUTPUT_OPTIONS(struct footprint_options),
    {0},
};

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct footprint_options *footprint = chosen;
    return footprint_table(out, view->snapshot, footprint->regions, footprint->pue, err);
}

static enum status check(const void *chosen, struct error *err)
{
    const struct footprint_options *footprint = chosen;
    return footprint_check_regions(footprint->regions, err);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct footprint_options chosen = {.pue = 1};
    return view_run(
        command, argc, argv,
        &(struct view_request){
            .chosen = &chosen, .output = &chosen.output, .check = check, .make = make_table});
}

const struct cli_command cmd_footprint = {
    .name = "footprint",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Compare the CO2 of a study between the places where it could run.",
    .details =
        "All joules of the study, whatever they went to, by the yearly mean intensity of "
        "each country's electricity.",
    .example = "  wattune footprint cifar10.db --regions NLD,FRA,USA\n"
               "  wattune footprint cifar10.db --pue 1.2 --format csv -o places.csv",
    .options = options,
    .run = run,
};
