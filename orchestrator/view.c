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

enum exit_status view_show(const struct cli_command *command, const char *db,
                           enum status (*make)(struct table **, const struct snapshot *,
                                               const void *chosen, struct error *),
                           const void *chosen, const struct output_options *output)
{
    struct error err = {0};
    struct view view;
    if (view_open(&view, db, &err))
        return output_error(command, &err);
    struct table *table;
    enum status status = make(&table, view.snapshot, chosen, &err);
    if (!status) {
        status = output_table(table, output, &err);
        table_free(table);
    }
    view_close(&view);
    return status ? output_error(command, &err) : EXIT_DONE;
}
