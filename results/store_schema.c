#include "results/store_sql.h"

#include <stdio.h>

/* Names of foreign keys repeat those of the tables, and arm, trial and attempt are the numbers
 * that users see. A change is a new entry of `migrations`, never an edit of an old one. */
static const char tables[] =
    "CREATE TABLE study ("
    " id INTEGER PRIMARY KEY CHECK (id = 1),"
    " name TEXT NOT NULL,"
    " json TEXT NOT NULL,"
    " path TEXT NOT NULL,"
    " seed INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN ('running', 'done', 'interrupted', 'broken')),"
    " idle_policy TEXT NOT NULL,"
    " energy_meters TEXT,"
    " energy_quality TEXT,"
    " created_at_us INTEGER NOT NULL) STRICT;"

    "CREATE TABLE objective ("
    " position INTEGER PRIMARY KEY,"
    " metric TEXT NOT NULL UNIQUE,"
    " goal TEXT NOT NULL CHECK (goal IN ('minimize', 'maximize'))) STRICT;"

    "CREATE TABLE param ("
    " position INTEGER PRIMARY KEY,"
    " name TEXT NOT NULL UNIQUE) STRICT;"

    "CREATE TABLE arm ("
    " arm INTEGER PRIMARY KEY,"
    " strategy TEXT NOT NULL,"
    " repeat INTEGER NOT NULL,"
    " seed INTEGER NOT NULL,"
    " UNIQUE (strategy, repeat)) STRICT;"

    "CREATE TABLE trial ("
    " arm INTEGER NOT NULL REFERENCES arm,"
    " trial INTEGER NOT NULL,"
    " seed INTEGER NOT NULL,"
    " state TEXT NOT NULL CHECK (state IN"
    "  ('queued', 'running', 'complete', 'pruned', 'failed', 'cancelled')),"
    " told INTEGER,"
    " params TEXT NOT NULL CHECK (json_valid(params)),"
    " energy_j REAL,"
    " PRIMARY KEY (arm, trial),"
    " UNIQUE (arm, told)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE trial_value ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " objective INTEGER NOT NULL REFERENCES objective,"
    " value REAL NOT NULL,"
    " PRIMARY KEY (arm, trial, objective),"
    " FOREIGN KEY (arm, trial) REFERENCES trial) STRICT, WITHOUT ROWID;"

    "CREATE TABLE attempt ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL CHECK (attempt >= 1),"
    " ending INTEGER,"
    " state TEXT NOT NULL CHECK (state IN"
    "  ('running', 'complete', 'pruned', 'failed', 'cancelled')),"
    " reason TEXT,"
    " stderr_tail TEXT,"
    " host TEXT,"
    " worker INTEGER,"
    " started_at_us INTEGER NOT NULL,"
    " ended_at_us INTEGER,"
    " duration_s REAL,"
    " cpu_s REAL,"
    " peak_memory_mb REAL,"
    " epochs_done INTEGER,"
    " energy_quality TEXT,"
    " energy_meters TEXT,"
    " dynamic_uj INTEGER,"
    " idle_uj INTEGER,"
    " low_uj INTEGER,"
    " high_uj INTEGER,"
    " wraps INTEGER,"
    " gaps INTEGER,"
    " PRIMARY KEY (arm, trial, attempt),"
    " UNIQUE (arm, ending),"
    " FOREIGN KEY (arm, trial) REFERENCES trial) STRICT, WITHOUT ROWID;"

    "CREATE TABLE metric ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " name TEXT NOT NULL,"
    " value REAL,"
    " PRIMARY KEY (arm, trial, attempt, name),"
    " FOREIGN KEY (arm, trial, attempt) REFERENCES attempt) STRICT, WITHOUT ROWID;"

    "CREATE TABLE report ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " step REAL NOT NULL,"
    " name TEXT NOT NULL,"
    " value REAL,"
    " PRIMARY KEY (arm, trial, attempt, step, name),"
    " FOREIGN KEY (arm, trial, attempt) REFERENCES attempt) STRICT, WITHOUT ROWID;"

    "CREATE TABLE overhead ("
    " arm INTEGER NOT NULL REFERENCES arm,"
    " after_ending INTEGER NOT NULL,"
    " host TEXT NOT NULL,"
    " quality TEXT NOT NULL,"
    " waiting_uj INTEGER,"
    " search_uj INTEGER,"
    " orchestrator_uj INTEGER,"
    " search_cpu_s REAL,"
    " PRIMARY KEY (arm, after_ending, host, quality)) STRICT, WITHOUT ROWID;";

static const char views[] =
    "CREATE VIEW attempts AS"
    " SELECT strategy, repeat, arm, trial, attempt, attempt.state, reason,"
    "  trial.params, trial.seed,"
    "  (SELECT json_group_object(name, value) FROM metric m WHERE m.arm = attempt.arm"
    "    AND m.trial = attempt.trial AND m.attempt = attempt.attempt) AS metrics,"
    "  (dynamic_uj + idle_uj) / 1e6 AS energy_j, low_uj / 1e6 AS energy_low_j,"
    "  high_uj / 1e6 AS energy_high_j, idle_uj / 1e6 AS energy_idle_j,"
    "  energy_quality, energy_meters, duration_s, cpu_s, peak_memory_mb, epochs_done,"
    "  host, worker,"
    "  strftime('%Y-%m-%dT%H:%M:%fZ', started_at_us / 1e6, 'unixepoch') AS started_at,"
    "  strftime('%Y-%m-%dT%H:%M:%fZ', ended_at_us / 1e6, 'unixepoch') AS ended_at"
    " FROM attempt JOIN trial USING (arm, trial) JOIN arm USING (arm);"

    "CREATE VIEW objectives AS"
    " SELECT strategy, repeat, arm, trial, trial.params, metric, goal, value, trial.energy_j"
    " FROM trial_value JOIN trial USING (arm, trial) JOIN arm USING (arm)"
    " JOIN objective ON position = trial_value.objective;"

    "CREATE VIEW arm_energy AS"
    /* A part of which there was nothing is 0; one without any figure is NULL. */
    " WITH ended AS (SELECT arm, dynamic_uj + idle_uj AS uj,"
    "   state IN ('complete', 'pruned') AS good, state IN ('failed', 'cancelled') AS bad"
    "  FROM attempt),"
    " tried AS (SELECT arm,"
    "   iif(total(good) = 0, 0, sum(uj) FILTER (WHERE good)) AS trials,"
    "   iif(total(bad) = 0, 0, sum(uj) FILTER (WHERE bad)) AS failed,"
    "   count(*) FILTER (WHERE (good OR bad) AND uj IS NULL) AS unmetered"
    "  FROM ended GROUP BY arm),"
    " beside AS (SELECT arm.arm, iif(count(o.arm) = 0, 0, sum(waiting_uj)) AS waiting,"
    "   iif(count(o.arm) = 0, 0, sum(search_uj)) AS search,"
    "   iif(count(o.arm) = 0, 0, sum(orchestrator_uj)) AS orchestrator"
    "  FROM arm LEFT JOIN overhead AS o USING (arm) GROUP BY arm.arm)"
    " SELECT strategy, repeat, arm, trials / 1e6 AS trials_j, failed / 1e6 AS failed_j,"
    "  search / 1e6 AS search_j, waiting / 1e6 AS idle_j, orchestrator / 1e6 AS orchestrator_j,"
    "  (trials + failed + search + waiting + orchestrator) / 1e6 AS total_j,"
    "  unmetered AS attempts_without_energy"
    " FROM arm JOIN tried USING (arm) JOIN beside USING (arm);";

static const char tables_2[] =
    /* A row is one series (series.h) of samples without a hole, by the columns of SAMPLE_LIST.
     */
    "CREATE TABLE sample ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " begin_us INTEGER NOT NULL,"
    " series BLOB NOT NULL,"
    " PRIMARY KEY (arm, trial, attempt, begin_us),"
    " FOREIGN KEY (arm, trial, attempt) REFERENCES attempt) STRICT, WITHOUT ROWID;";

/* migrations[v] are the scripts that take version v to v + 1. */
static const char *const migrations[][2] = {{tables, views}, {tables_2, ""}};

/* fill_ins[v] make what version v lacks, as temporary views, which hide what the file has of
 * the same name. */
static const char *const fill_ins[] = {
    "",
    "CREATE TEMP VIEW sample AS"
    " SELECT 0 AS arm, 0 AS trial, 0 AS attempt, 0 AS begin_us, x'' AS series WHERE false;"};

const int store_schema_version = sizeof migrations / sizeof migrations[0];

enum status store_migrate(struct store *store, int version, struct error *err)
{
    enum status status = ST_OK;
    for (int v = version; v < store_schema_version && !status; v++)
        for (int i = 0; i < 2 && !status; i++)
            status = store_execute(store, migrations[v][i], err, "make the tables");
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
    return status ? status
                  : store_execute(store, fill_ins[version], err,
                                  "fill in what its older format lacks");
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
