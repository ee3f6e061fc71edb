#include "results/store_sql.h"

#include <stdio.h>

/* migrations[v] takes version v to v + 1. */
static const struct store_version *const migrations[] = {&store_version_1, &store_version_2,
                                                         &store_version_3};

const int store_schema_version = sizeof migrations / sizeof migrations[0];

enum status store_migrate(struct store *store, int version, struct error *err)
{
    enum status status = ST_OK;
    for (int v = version; v < store_schema_version && !status; v++) {
        status = store_execute(store, migrations[v]->tables, err, "make the tables");
        if (!status)
            status = store_execute(store, migrations[v]->views, err, "make the views");
    }
    if (status || version == store_schema_version)
        return status;
    char pragmas[96];
    snprintf(pragmas, sizeof pragmas, "PRAGMA application_id = %d; PRAGMA user_version = %d",
             STORE_APPLICATION_ID, store_schema_version);
    return store_execute(store, pragmas, err, "mark the version");
}

enum status store_fill_in(struct store *store, int version, struct error *err)
{
    if (version == store_schema_version)
        return ST_OK;
    enum status status =
        store_execute(store, "PRAGMA temp_store = MEMORY", err, "keep tables in memory");
    for (int v = version; v < store_schema_version && !status; v++)
        status = store_execute(store, migrations[v]->fill_in, err,
                               "fill in what its older format lacks");
    return status;
}

static enum status read_pragma(struct store *store, const char *sql, int *value,
                               struct error *err)
{
    sqlite3_stmt *stmt = NULL;
    int code = sqlite3_prepare_v2(store->db, sql, -1, &stmt, NULL);
    if (code == SQLITE_OK && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
        *value = sqlite3_column_int(stmt, 0);
        code = SQLITE_OK;
    }
    enum status status =
        code == SQLITE_OK ? ST_OK : store_sql_error(store, code, err, "read its version");
    sqlite3_finalize(stmt);
    return status;
}

enum status store_check_format(struct store *store, int *version, struct error *err)
{
    int application = 0, pages = 0;
    enum status status = read_pragma(store, "PRAGMA application_id", &application, err);
    if (!status)
        status = read_pragma(store, "PRAGMA user_version", version, err);
    if (!status)
        status = read_pragma(store, "PRAGMA page_count", &pages, err);
    if (status)
        return status;
    if (pages == 0) {
        error_set(err, ST_NOTFOUND, "%s: the database is empty", store->path);
        error_remedy(err, "its creation was cut off: run the study again");
        return ST_NOTFOUND;
    }
    if (application != STORE_APPLICATION_ID) {
        error_set(err, ST_FORMAT, "%s: an SQLite database, but none of Wattune's", store->path);
        error_remedy(err, "give the database that `wattune run` wrote, NAME.db");
        return ST_FORMAT;
    }
    if (*version > store_schema_version) {
        error_set(err, ST_FORMAT,
                  "%s: written by a newer Wattune (format %d, this one reads up to %d)",
                  store->path, *version, store_schema_version);
        error_remedy(err, "use the Wattune that wrote it, or a newer one");
        return ST_FORMAT;
    }
    return ST_OK;
}
