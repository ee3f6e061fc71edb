/* wattune ledger: where the joules of every host went. */
#include "orchestrator/commands.h"
#include "orchestrator/output.h"
#include "orchestrator/view.h"
#include "results/balance.h"

struct ledger_options {
    struct output_options output;
    bool intervals;
};

static const struct cli_option options[] = {
    {.name = "intervals",
     .kind = CLI_FLAG,
     .help = "a row for every interval between two stored cuts instead",
     .offset = offsetof(struct ledger_options, intervals)},
    OUTPUT_OPTIONS(struct ledger_options),
    {0},
};

static enum status make_table(struct table **out, const struct view *view, const void *chosen,
                              struct error *err)
{
    const struct ledger_options *ledger = chosen;
    const char *study = view->snapshot->study->name;
    struct balance balance;
    enum status status = balance_load(&balance, view->store, err);
    if (status)
        return status;
    status = ledger->intervals ? balance_intervals_table(out, study, &balance, err)
                               : balance_table(out, study, &balance,
                                               (enum table_format)ledger->output.format, err);
    balance_free(&balance);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct ledger_options chosen = {0};
    return view_run(command, argc, argv,
                    &(struct view_request){
                        .chosen = &chosen, .output = &chosen.output, .make = make_table});
}

const struct cli_command cmd_ledger = {
    .name = "ledger",
    .arguments = "DB",
    .n_arguments = 1,
    .summary = "Tell where the joules of every host went, other processes included.",
    .details = "What the meters of a host counted while the study ran there is idle energy, "
               "that of trials, search and orchestrator, of other processes, or of no one: "
               "nothing is left over.",
    .example = "  wattune ledger cifar10.db\n"
               "  wattune ledger cifar10.db --intervals --format csv -o intervals.csv",
    .options = options,
    .run = run,
};
