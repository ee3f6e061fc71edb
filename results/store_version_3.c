/* Version 3: which trial a trial went on from, constraints on the metrics of trials, and the
 * trials of earlier studies that a search started from. */
#include "results/store_sql.h"

static const char tables[] =
    "ALTER TABLE trial ADD COLUMN continues INTEGER;"

    "CREATE TABLE study_constraint ("
    " position INTEGER PRIMARY KEY,"
    " metric TEXT NOT NULL,"
    " sense TEXT NOT NULL CHECK (sense IN ('at_least', 'at_most')),"
    " bound REAL NOT NULL,"
    " UNIQUE (metric, sense)) STRICT;"

    "CREATE TABLE trial_constraint ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " position INTEGER NOT NULL REFERENCES study_constraint,"
    " value REAL NOT NULL,"
    " PRIMARY KEY (arm, trial, position),"
    " FOREIGN KEY (arm, trial) REFERENCES trial) STRICT, WITHOUT ROWID;"

    "CREATE TABLE earlier_trial ("
    " earlier INTEGER PRIMARY KEY,"
    " source TEXT NOT NULL,"
    " name TEXT NOT NULL,"
    " params TEXT NOT NULL CHECK (json_valid(params)),"
    " energy_j REAL) STRICT;"

    "CREATE TABLE earlier_value ("
    " earlier INTEGER NOT NULL REFERENCES earlier_trial,"
    " objective INTEGER NOT NULL REFERENCES objective,"
    " value REAL NOT NULL,"
    " PRIMARY KEY (earlier, objective)) STRICT, WITHOUT ROWID;"

    "CREATE TABLE earlier_constraint ("
    " earlier INTEGER NOT NULL REFERENCES earlier_trial,"
    " position INTEGER NOT NULL REFERENCES study_constraint,"
    " value REAL NOT NULL,"
    " PRIMARY KEY (earlier, position)) STRICT, WITHOUT ROWID;";

static const char views[] =
    "DROP VIEW attempts;"
    "CREATE VIEW attempts AS"
    " SELECT strategy, repeat, arm, trial, attempt, attempt.state, reason,"
    "  trial.params, trial.seed,"
    "  (SELECT json_group_object(name, value) FROM metric m WHERE m.arm = attempt.arm"
    "    AND m.trial = attempt.trial AND m.attempt = attempt.attempt) AS metrics,"
    "  (dynamic_uj + idle_uj) / 1e6 AS energy_j, low_uj / 1e6 AS energy_low_j,"
    "  high_uj / 1e6 AS energy_high_j, idle_uj / 1e6 AS energy_idle_j,"
    "  energy_quality, energy_meters, energy_method, wraps, gaps, ambiguous, skews,"
    "  duration_s, cpu_s, peak_memory_mb, epochs_done, host, worker,"
    "  strftime('%Y-%m-%dT%H:%M:%fZ', started_at_us / 1e6, 'unixepoch') AS started_at,"
    "  strftime('%Y-%m-%dT%H:%M:%fZ', ended_at_us / 1e6, 'unixepoch') AS ended_at,"
    "  trial.continues"
    " FROM attempt JOIN trial USING (arm, trial) JOIN arm USING (arm);"

    "CREATE VIEW constraints AS"
    " SELECT strategy, repeat, arm, trial, trial.params, metric, sense, bound, value,"
    "  iif(sense = 'at_least', value >= bound, value <= bound) AS kept"
    " FROM trial_constraint JOIN trial USING (arm, trial) JOIN arm USING (arm)"
    " JOIN study_constraint USING (position);";

/* For readers of versions 1 and 2. */
static const char fill_in[] =
    "CREATE TEMP VIEW trial AS SELECT *, NULL AS continues FROM main.trial;"
    "CREATE TEMP VIEW study_constraint AS SELECT 0 AS position, '' AS metric, '' AS sense,"
    " 0.0 AS bound WHERE false;"
    "CREATE TEMP VIEW trial_constraint AS SELECT 0 AS arm, 0 AS trial, 0 AS position,"
    " 0.0 AS value WHERE false;"
    "CREATE TEMP VIEW earlier_trial AS SELECT 0 AS earlier, '' AS source, '' AS name,"
    " '' AS params, 0.0 AS energy_j WHERE false;"
    "CREATE TEMP VIEW earlier_value AS SELECT 0 AS earlier, 0 AS objective, 0.0 AS value"
    " WHERE false;"
    "CREATE TEMP VIEW earlier_constraint AS SELECT 0 AS earlier, 0 AS position, 0.0 AS value"
    " WHERE false;";

const struct store_version store_version_3 = {
    .tables = tables, .views = views, .fill_in = fill_in};
