/* Version 3: which trial a trial went on from. */
#include "results/store_sql.h"

static const char tables[] = "ALTER TABLE trial ADD COLUMN continues INTEGER;";

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
    " FROM attempt JOIN trial USING (arm, trial) JOIN arm USING (arm);";

/* For readers of versions 1 and 2. */
static const char fill_in[] =
    "CREATE TEMP VIEW trial AS SELECT *, NULL AS continues FROM main.trial;";

const struct store_version store_version_3 = {
    .tables = tables, .views = views, .fill_in = fill_in};
