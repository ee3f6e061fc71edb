#include "results/study_status.h"

#include "results/provenance.h"
#include "results/units.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

static void append_way_on(const struct study_record *study, const char *path,
                          struct strbuf *out)
{
    if (study_is_simulated(study))
        strbuf_append(out, " (run it again with: wattune simulate --force)");
    else
        strbuf_printf(out, " (go on with: wattune resume %s)", path);
}

static void append_state(const struct study_status *status, const char *path,
                         struct strbuf *out)
{
    enum study_state state = status->snapshot->state;
    bool killed = state == STUDY_RUNNING && !status->written;
    strbuf_printf(out, "%s: %s", status->snapshot->study->name,
                  killed ? "was cut off" : study_state_text(state));
    const char *reason = status->snapshot->study->reason;
    bool early = state == STUDY_INTERRUPTED || state == STUDY_BROKEN;
    if (early && reason && strcmp(reason, study_state_text(state)) != 0)
        strbuf_printf(out, ": %s", reason);
    if (killed || state == STUDY_INTERRUPTED)
        append_way_on(status->snapshot->study, path, out);
    strbuf_append_char(out, '\n');
}

/* A heading of joules, with their quality. */
static void append_heading(const struct study_status *status, const char *text,
                           struct strbuf *out)
{
    struct provenance found = provenance_of(status->snapshot, NULL);
    qualities_append_heading(out, text, provenance_of_totals(&found));
}

/* Among the trials that keep the study's constraints. */
static void append_best(const struct study_status *status, struct strbuf *out)
{
    bool any = status->best_arm < status->snapshot->n_arms;
    if (any) {
        const struct arm_status *best = &status->arms[status->best_arm];
        strbuf_printf(out, "best     %s %.4g (%s trial %" PRIu64 ")",
                      status->snapshot->study->objectives[0].metric, best->best,
                      status->snapshot->arms[status->best_arm].arm->strategy, best->best_trial);
    }
    bool constrained = status->snapshot->study->n_constraints > 0 && status->complete > 0;
    if (constrained)
        strbuf_printf(out, "%s%zu of %zu complete trials feasible",
                      any ? ", " : "best     none: ", status->feasible, status->complete);
    if (any || constrained)
        strbuf_append_char(out, '\n');
}

static void append_progress(const struct study_status *status, struct strbuf *out)
{
    strbuf_printf(out, "trials   %zu ended", status->ended);
    if (status->budget > 0)
        strbuf_printf(out, " of at most %zu", status->budget * status->snapshot->n_arms);
    if (status->written || status->running > 0)
        strbuf_printf(out, ", %zu %s", status->running,
                      status->written ? "running" : "under way when it stopped");
    strbuf_append_char(out, '\n');
    if (!isnan(status->energy_j)) {
        strbuf_append(out, "energy   ");
        units_append_energy(out, status->energy_j);
        append_heading(status, "", out);
        strbuf_append_char(out, '\n');
    }
    append_best(status, out);
    strbuf_append(out, "time     ");
    units_append_time(out, status->active_s);
    if (!isnan(status->left_s)) {
        strbuf_append(out, ", about ");
        units_append_time(out, status->left_s);
        strbuf_append(out, " left");
    }
    strbuf_append_char(out, '\n');
}

static void add_arm_columns(const struct study_status *status, struct table *table)
{
    const struct snapshot *snapshot = status->snapshot;
    bool repeats = snapshot_repeats(snapshot) > 1;
    const char *metric =
        snapshot->study->n_objectives > 0 ? snapshot->study->objectives[0].metric : "value";
    struct strbuf best = STRBUF_INIT, energy = STRBUF_INIT;
    strbuf_printf(&best, "best %s", metric);
    append_heading(status, "energy", &energy);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "repeat", repeats ? "repeat" : NULL, COLUMN_INTEGER);
    table_add_column(table, "complete", "complete", COLUMN_INTEGER);
    table_add_column(table, "feasible", snapshot->study->n_constraints ? "feasible" : NULL,
                     COLUMN_INTEGER);
    table_add_column(table, "pruned", "pruned", COLUMN_INTEGER);
    table_add_column(table, "failed", "failed", COLUMN_INTEGER);
    table_add_column(table, "running", "running", COLUMN_INTEGER);
    table_add_column(table, "queued", "queued", COLUMN_INTEGER);
    table_add_column(table, "energy_j", strbuf_text(&energy), COLUMN_JOULES);
    table_add_column(table, "best", strbuf_text(&best), COLUMN_NUMBER);
    table_add_column(table, "active_s", "time", COLUMN_SECONDS);
    strbuf_free(&best);
    strbuf_free(&energy);
}

static void fill_arms(const struct study_status *status, struct table *table)
{
    const struct snapshot *snapshot = status->snapshot;
    add_arm_columns(status, table);
    for (size_t i = 0; i < snapshot->n_arms; i++) {
        const struct arm_status *arm = &status->arms[i];
        table_begin_row(table);
        table_put_text(table, snapshot->arms[i].arm->strategy);
        table_put_integer(table, snapshot->arms[i].arm->repeat);
        table_put_integer(table, (int64_t)arm->complete);
        table_put_integer(table, (int64_t)arm->feasible);
        table_put_integer(table, (int64_t)arm->pruned);
        table_put_integer(table, (int64_t)arm->failed);
        table_put_integer(table, (int64_t)arm->running);
        table_put_integer(table, (int64_t)arm->queued);
        table_put_number(table, arm->energy_j);
        table_put_number(table, arm->best);
        table_put_number(table, arm->active_s > 0 ? arm->active_s : (double)NAN);
    }
}

enum status study_status_write(const struct study_status *status, const char *path,
                               int64_t now_us, size_t width, bool colour, struct strbuf *out)
{
    struct table *arms = NULL, *running = NULL;
    enum status failed = table_create(&arms, NULL);
    if (!failed)
        failed = study_status_running_table(&running, status, now_us, width);
    if (!failed) {
        append_state(status, path, out);
        append_progress(status, out);
        strbuf_append_char(out, '\n');
        fill_arms(status, arms);
        failed = table_write(arms, TABLE_TEXT, width, colour, out);
    }
    /* What a killed study was doing does not run any more. */
    if (!failed && status->n_running > 0 && status->written) {
        strbuf_append_char(out, '\n');
        failed = table_write(running, TABLE_TEXT, width, colour, out);
    }
    table_free(arms);
    table_free(running);
    return !failed && !strbuf_ok(out) ? ST_NOMEM : failed;
}
