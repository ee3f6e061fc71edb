#include "orchestrator/view.h"

enum status view_open(struct view *view, const char *db, struct error *err)
{
    *view = (struct view){0};
    enum status status = store_open(&view->store, db, STORE_READ, err);
    if (!status)
        status = snapshot_load(&view->snapshot, view->store, err);
    if (status)
        view_close(view);
    return status;
}

void view_close(struct view *view)
{
    snapshot_free(view->snapshot);
    store_close(view->store);
    *view = (struct view){0};
}

static enum exit_status check(const struct cli_command *command,
                              const struct view_request *request)
{
    struct error err = {0};
    if (!request->check || !request->check(request->chosen, &err))
        return EXIT_DONE;
    output_error(command, &err);
    return EXIT_USAGE;
}

static enum exit_status show(const struct cli_command *command, const char *db,
                             const struct view_request *request)
{
    struct error err = {0};
    struct view view;
    if (view_open(&view, db, &err))
        return output_error(command, &err);
    struct table *table;
    enum status status = request->make(&table, &view, request->chosen, &err);
    if (!status) {
        status = output_table(table, request->output, &err);
        table_free(table);
    }
    view_close(&view);
    return status ? output_error(command, &err) : EXIT_DONE;
}

enum exit_status view_run(const struct cli_command *command, int argc, char **argv,
                          const struct view_request *request)
{
    const char *db;
    enum cli_outcome outcome = cli_parse(command, argc, argv, request->chosen, &db);
    if (outcome != CLI_GO_ON)
        return cli_exit_status(outcome);
    struct carbon_options *carbon = request->carbon;
    enum exit_status status = carbon ? carbon_options_open(carbon, command) : EXIT_DONE;
    if (!status)
        status = check(command, request);
    if (!status)
        status = show(command, db, request);
    if (carbon)
        carbon_free(carbon->carbon);
    return status;
}
