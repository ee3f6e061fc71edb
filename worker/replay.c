#include "worker/replay.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct table_figures unknown = {NAN, NAN, NAN, NAN, NAN, NAN, NAN};

static enum status add_metrics(struct outcome *outcome, const struct trial_table *table,
                               const struct table_row *row)
{
    for (size_t i = 0; i < trial_table_metrics(table); i++) {
        const char *name = trial_table_metric_name(table, i);
        double value = trial_table_metric(table, row, i);
        if (name && !isnan(value) && outcome_add_metric(outcome, name, value))
            return ST_NOMEM;
    }
    return ST_OK;
}

/* What nobody recorded is not run either. */
static void fail(struct replay *replay, const struct trial_table *table, const char *reason)
{
    *replay =
        (struct replay){.state = OUTCOME_FAILED, .reason = strdup(reason), .figures = unknown};
    replay->figures.duration_s = 0;
    if (trial_table_has_energy(table))
        replay->figures.energy_j = 0;
}

static void repeat(struct replay *replay, const struct table_row *row)
{
    const char *reason = *row->reason                     ? row->reason
                         : row->state == OUTCOME_COMPLETE ? NULL
                                                          : outcome_state_text(row->state);
    double length_s = row->figures.duration_s;
    *replay = (struct replay){.state = row->state,
                              .reason = reason ? strdup(reason) : NULL,
                              .length_s = length_s > 0 ? length_s : 0,
                              .figures = row->figures};
}

enum status replay_begin(struct replay *replay, struct outcome *outcome,
                         const struct attempt *attempt, struct error *err)
{
    const struct trial_table *table = attempt->spec->table;
    const struct table_row *row;
    *replay = (struct replay){.figures = unknown};
    enum status status = trial_table_find(&row, table, attempt->params, attempt->seed, err);
    if (status == ST_NOMEM)
        return status;
    if (row) {
        repeat(replay, row);
        status = add_metrics(outcome, table, row);
    } else {
        fail(replay, table, err->what);
        status = ST_OK;
    }
    if (!status && (replay->reason || replay->state == OUTCOME_COMPLETE))
        return ST_OK;
    replay_end(replay);
    return error_set(err, ST_NOMEM, "out of memory for the result");
}

void replay_end(struct replay *replay)
{
    free(replay->reason);
    *replay = (struct replay){.figures = unknown};
}

static int64_t to_uj(double energy_j, double fallback_j, double share)
{
    return llround((isnan(energy_j) ? fallback_j : energy_j) * 1e6 * share);
}

void replay_book(const struct replay *replay, double share, struct outcome *outcome)
{
    const struct table_figures *figures = &replay->figures;
    outcome->energy = (struct energy){0};
    if (!isnan(figures->energy_j)) {
        outcome->energy.quality = ENERGY_REPORTED;
        outcome->energy.dynamic_uj = to_uj(figures->energy_j, 0, share);
        outcome->energy.low_uj = to_uj(figures->energy_low_j, figures->energy_j, share);
        outcome->energy.high_uj = to_uj(figures->energy_high_j, figures->energy_j, share);
        snprintf(outcome->energy.meters, sizeof outcome->energy.meters, "recorded trials");
        snprintf(outcome->energy.method, sizeof outcome->energy.method, "recorded");
    }
    if (!isnan(figures->duration_s))
        outcome->duration_s = figures->duration_s * share;
    outcome->cpu_s = figures->cpu_s * share;
    outcome->peak_memory_mb = figures->peak_memory_mb;
    if (!isnan(figures->epochs_done))
        outcome->epochs_done = (int64_t)(figures->epochs_done * share);
}
