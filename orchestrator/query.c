#include "orchestrator/query.h"

enum status query_open(struct query *query, const char *db, struct error *err)
{
    *query = (struct query){0};
    enum status status = store_open(&query->store, db, STORE_READ, err);
    if (!status)
        status = snapshot_load(&query->snapshot, query->store, err);
    if (status)
        query_close(query);
    return status;
}

void query_close(struct query *query)
{
    snapshot_free(query->snapshot);
    store_close(query->store);
    *query = (struct query){0};
}

enum exit_status query_show(const struct cli_command *command, const char *db,
                            enum status (*make)(struct table **, const struct snapshot *,
                                                const void *chosen, struct error *),
                            const void *chosen, const struct output_options *output)
{
    struct error err = {0};
    struct query query;
    if (query_open(&query, db, &err))
        return output_error(command, &err);
    struct table *table;
    enum status status = make(&table, query.snapshot, chosen, &err);
    if (!status) {
        status = output_table(table, output, &err);
        table_free(table);
    }
    query_close(&query);
    return status ? output_error(command, &err) : EXIT_DONE;
}
