/* wattune profile: where the time and the joules of a network go. */
#include "base/log.h"
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/profile_request.h"
#include "orchestrator/profile_run.h"
#include "orchestrator/profile_sweep.h"

#include <stdio.h>
#include <stdlib.h>

/* A day; nobody means more. */
#define TIME_MAX_S 86400

#define TIME_S 10
#define SWEEP_TIME_S 30

#define AT(member) offsetof(struct profile_options, member)

static const char *const by_names[] = {"layer", "type", NULL};

static const struct cli_option options[] = {
    {.name = "by",
     .kind = CLI_CHOICE,
     .placeholder = "WHAT",
     .help = "a row a layer, or a row a type of layer",
     .offset = AT(by),
     .choices = by_names},
    {.name = "time",
     .kind = CLI_NUMBER,
     .placeholder = "S",
     .help = "seconds to measure for, about (10; a sweep 30): longer is better known",
     .offset = AT(time_s),
     .low = 0.1,
     .high = TIME_MAX_S},
    {.name = "images",
     .kind = CLI_TEXT,
     .placeholder = "CxHxW",
     .help = "sizes of made-up images (3x32x32); a dataset_format takes those of a data set",
     .offset = AT(images)},
    {.name = "classes",
     .kind = CLI_INTEGER,
     .placeholder = "N",
     .help = "of made-up images (10)",
     .offset = AT(classes),
     .low = 2,
     .high = 65536},
    {.name = "inference",
     .kind = CLI_FLAG,
     .help = "a forward pass with layers folded, instead of a training step",
     .offset = AT(inference)},
    {.name = "sweep",
     .kind = CLI_FLAG,
     .help = "networks with more and fewer convolutions, linear layers and ReLUs, and what a "
             "layer of each costs; width is the channels of the convolutions (32)",
     .offset = AT(sweep)},
    {.name = "list",
     .kind = CLI_FLAG,
     .help = "run nothing: the layers with their sizes, parameters and work",
     .offset = AT(list)},
    OUTPUT_OPTIONS(struct profile_options),
    {0},
};

static enum status make_sweep(struct table **table, const struct profile_plan *plan,
                              bool *interrupted, struct error *err)
{
    struct sweep sweep;
    enum status status = sweep_measure(&sweep, plan, interrupted, err);
    if (!status)
        status = sweep_table(table, &sweep, err);
    sweep_close(&sweep);
    return status;
}

static enum status make_table(struct table **table, const struct profile_options *chosen,
                              const struct profile_request *request, bool *interrupted,
                              struct error *err)
{
    double usual_s = chosen->sweep ? SWEEP_TIME_S : TIME_S;
    struct profile_plan plan = {.request = request,
                                .time_s = chosen->time_s > 0 ? chosen->time_s : usual_s,
                                .by_type = chosen->by == 1,
                                .inference = chosen->inference};
    if (chosen->sweep)
        return make_sweep(table, &plan, interrupted, err);
    return chosen->list ? profile_run_list(table, &plan, err)
                        : profile_run(table, &plan, interrupted, err);
}

static enum exit_status show(const struct cli_command *command,
                             const struct profile_options *chosen,
                             const struct profile_request *request)
{
    struct error err = {0};
    struct table *table;
    bool interrupted = false;
    enum status status = make_table(&table, chosen, request, &interrupted, &err);
    if (!status) {
        status = output_table(table, &chosen->output, &err);
        table_free(table);
    }
    if (status) {
        output_error(command, &err);
        return status == ST_INTERRUPTED ? EXIT_INTERRUPTED
               : status == ST_INVALID   ? EXIT_USAGE
                                        : EXIT_FAILED;
    }
    if (!interrupted)
        return EXIT_DONE;
    fprintf(stderr, "wattune %s: interrupted: the figures are of the time before\n",
            command->name);
    return EXIT_INTERRUPTED;
}

static enum exit_status go(const struct cli_command *command,
                           const struct profile_options *chosen, const char *const *arguments)
{
    struct profile_request request;
    struct error err = {0};
    if (profile_request_read(&request, chosen, arguments, &err)) {
        output_error(command, &err);
        return EXIT_USAGE;
    }
    return show(command, chosen, &request);
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct profile_options chosen = {.classes = 0};
    const char **arguments = calloc((size_t)argc + 1, sizeof *arguments);
    if (!arguments) {
        log_error("out of memory");
        return EXIT_FAILED;
    }
    enum cli_outcome outcome =
        train_options_parse(command, argc, argv, &chosen, AT(settings), arguments);
    enum exit_status status =
        outcome == CLI_GO_ON ? go(command, &chosen, arguments) : cli_exit_status(outcome);
    free(arguments);
    return status;
}

const struct cli_command cmd_profile = {
    .name = "profile",
    .arguments = "[MODEL]",
    .more_arguments = true,
    .summary = "Show where the time and the joules of a network go, layer by layer.",
    .details =
        "A row a layer (or a row a type of layer, with --by type): the time of its forward "
        "and backward pass, its speed, what share of the machine's peak that is, and its "
        "joules; then the sum of all parts beside the whole step. Any setting of the "
        "trainer can be given, such as --batch_size and --threads.",
    .example = "  wattune profile resnet20\n"
               "  wattune profile resnet20 --by type --batch_size 128\n"
               "  wattune profile vgg --inference --format csv -o vgg.csv\n"
               "  wattune profile resnet8 --images 1x28x28 --list\n"
               "  wattune profile --sweep",
    .options = options,
    .run = run,
};
