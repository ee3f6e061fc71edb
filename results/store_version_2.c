/* Version 2: how a figure was made, the figures of meters that ran beside, the books of every
 * host with its idle power, samples of attempts, and why a study ended early. */
#include "results/store_sql.h"

static const char tables[] =
    "ALTER TABLE study ADD COLUMN reason TEXT;"
    "ALTER TABLE attempt ADD COLUMN energy_method TEXT;"
    "ALTER TABLE attempt ADD COLUMN ambiguous INTEGER;"
    "ALTER TABLE attempt ADD COLUMN skews INTEGER;"

    "CREATE TABLE attempt_meter ("
    " arm INTEGER NOT NULL,"
    " trial INTEGER NOT NULL,"
    " attempt INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " energy_quality TEXT NOT NULL,"
    " energy_meters TEXT,"
    " dynamic_uj INTEGER,"
    " idle_uj INTEGER,"
    " low_uj INTEGER,"
    " high_uj INTEGER,"
    " wraps INTEGER,"
    " gaps INTEGER,"
    " energy_method TEXT,"
    " ambiguous INTEGER,"
    " skews INTEGER,"
    " PRIMARY KEY (arm, trial, attempt, position),"
    " FOREIGN KEY (arm, trial, attempt) REFERENCES attempt) STRICT, WITHOUT ROWID;"

    /* Cumulative since the books were opened: the last row is the total, the difference of two
     * rows the interval between them, and a row that is lost takes no joule along. Ordered by
     * `intervals`, which only grows, and not by the clock, which can be set back. */
    "CREATE TABLE host_ledger ("
    " host TEXT NOT NULL,"
    " opened_at_us INTEGER NOT NULL,"
    " intervals INTEGER NOT NULL,"
    " cut_at_us INTEGER NOT NULL,"
    " energy_quality TEXT NOT NULL,"
    " energy_meters TEXT NOT NULL,"
    " metered_uj INTEGER NOT NULL,"
    " low_uj INTEGER NOT NULL,"
    " high_uj INTEGER NOT NULL,"
    " trials_uj INTEGER NOT NULL,"
    " trials_idle_uj INTEGER NOT NULL,"
    " waiting_uj INTEGER NOT NULL,"
    " search_uj INTEGER NOT NULL,"
    " orchestrator_uj INTEGER NOT NULL,"
    " other_uj INTEGER NOT NULL,"
    " unattributed_uj INTEGER NOT NULL,"
    " longest_interval_ms INTEGER NOT NULL,"
    " wraps INTEGER NOT NULL,"
    " gaps INTEGER NOT NULL,"
    " ambiguous INTEGER NOT NULL,"
    " skews INTEGER NOT NULL,"
    " negative INTEGER NOT NULL,"
    " deaths INTEGER NOT NULL,"
    " PRIMARY KEY (host, opened_at_us, intervals),"
    " CHECK (metered_uj = trials_uj + trials_idle_uj + waiting_uj + search_uj"
    "  + orchestrator_uj + other_uj + unattributed_uj)) STRICT, WITHOUT ROWID;"

    /* Of the books that were opened then: position 0 is what is booked, those from 1 on are the
     * meters beside. */
    "CREATE TABLE idle_power ("
    " host TEXT NOT NULL,"
    " opened_at_us INTEGER NOT NULL,"
    " position INTEGER NOT NULL,"
    " energy_meters TEXT NOT NULL,"
    " source TEXT NOT NULL CHECK (source IN ('unknown', 'meter', 'measured', 'site')),"
    " power_w REAL,"
    " deviation_w REAL,"
    " samples INTEGER,"
    " window_s REAL,"
    " busy REAL,"
    " PRIMARY KEY (host, opened_at_us, position)) STRICT, WITHOUT ROWID;"

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
    "  strftime('%Y-%m-%dT%H:%M:%fZ', ended_at_us / 1e6, 'unixepoch') AS ended_at"
    " FROM attempt JOIN trial USING (arm, trial) JOIN arm USING (arm);"

    "CREATE VIEW meters_beside AS"
    " SELECT strategy, repeat, arm, trial, attempt, beside.energy_meters,"
    "  beside.energy_quality, beside.energy_method,"
    "  (beside.dynamic_uj + beside.idle_uj) / 1e6 AS energy_j,"
    "  attempt.energy_meters AS booked_meters, attempt.energy_quality AS booked_quality,"
    "  (attempt.dynamic_uj + attempt.idle_uj) / 1e6 AS booked_j"
    " FROM attempt_meter AS beside JOIN attempt USING (arm, trial, attempt)"
    " JOIN arm USING (arm);"

    "CREATE VIEW host_energy AS"
    " WITH last AS (SELECT host, opened_at_us, max(intervals) AS intervals FROM host_ledger"
    "   GROUP BY host, opened_at_us)"
    " SELECT host, sum(metered_uj) / 1e6 AS metered_j,"
    "  sum(trials_idle_uj + waiting_uj) / 1e6 AS idle_j,"
    "  sum(trials_uj) / 1e6 AS trials_j, sum(search_uj) / 1e6 AS search_j,"
    "  sum(orchestrator_uj) / 1e6 AS orchestrator_j, sum(other_uj) / 1e6 AS other_j,"
    "  sum(unattributed_uj) / 1e6 AS unattributed_j"
    " FROM host_ledger JOIN last USING (host, opened_at_us, intervals) GROUP BY host;";

/* For readers of version 1. */
static const char fill_in[] =
    "CREATE TEMP VIEW study AS SELECT *, NULL AS reason FROM main.study;"
    "CREATE TEMP VIEW attempt AS SELECT *, NULL AS energy_method, NULL AS ambiguous,"
    " NULL AS skews FROM main.attempt;"
    "CREATE TEMP VIEW attempt_meter AS SELECT 0 AS arm, 0 AS trial, 0 AS attempt,"
    " 0 AS position, '' AS energy_quality, '' AS energy_meters, '' AS energy_method,"
    " 0 AS dynamic_uj, 0 AS idle_uj, 0 AS low_uj, 0 AS high_uj, 0 AS wraps, 0 AS gaps,"
    " 0 AS ambiguous, 0 AS skews WHERE false;"
    "CREATE TEMP VIEW host_ledger AS SELECT '' AS host, 0 AS opened_at_us, 0 AS intervals,"
    " 0 AS cut_at_us, '' AS energy_quality, '' AS energy_meters, 0 AS metered_uj, 0 AS low_uj,"
    " 0 AS high_uj, 0 AS trials_uj, 0 AS trials_idle_uj, 0 AS waiting_uj, 0 AS search_uj,"
    " 0 AS orchestrator_uj, 0 AS other_uj, 0 AS unattributed_uj, 0 AS longest_interval_ms,"
    " 0 AS wraps, 0 AS gaps, 0 AS ambiguous, 0 AS skews, 0 AS negative, 0 AS deaths"
    " WHERE false;"
    "CREATE TEMP VIEW idle_power AS SELECT '' AS host, 0 AS opened_at_us, 0 AS position,"
    " '' AS energy_meters, '' AS source, 0 AS power_w, 0 AS deviation_w, 0 AS samples,"
    " 0 AS window_s, 0 AS busy WHERE false;"
    "CREATE TEMP VIEW sample AS"
    " SELECT 0 AS arm, 0 AS trial, 0 AS attempt, 0 AS begin_us, x'' AS series WHERE false;";

const struct store_version store_version_2 = {
    .tables = tables, .views = views, .fill_in = fill_in};
