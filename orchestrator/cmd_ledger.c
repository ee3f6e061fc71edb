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

static enum status show(const struct view *view, const struct ledger_options *chosen,
                        struct error *err)
{
    const char *study = view->snapshot->study->name;
    struct balance balance;
    struct table *table = NULL;
    enum status status = balance_load(&balance, view->store, err);
    if (status)
        return status;
    status = chosen->intervals ? balance_intervals_table(&table, study, &balance, err)
                               : balance_table(&table, study, &balance,
                                               (enum table_format)chosen->output.format, err);
    if (!status)
        status = output_table(table, &chosen->output, err);
    table_free(table);
    balance_free(&balance);
    return status;
}

static enum exit_status run(const struct cli_command *command, int argc, char **argv)
{
    struct ledger_options chosen = {0};
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, &chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct error err = {0};
    struct view view;
    if (view_open(&view, db, &err))
        return output_error(command, &err);
    enum status status = show(&view, &chosen, &err);
    view_close(&view);
    return status ? output_error(command, &err) : EXIT_DONE;
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
