#include "results/trials.h"

#include "base/columns.h"
#include "results/feasible.h"
#include "results/points.h"
#include "results/provenance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What decides on the columns of one table. */
struct layout {
    const struct snapshot *snapshot;
    const struct emissions *emissions; /* NULL: no columns of CO2 */
    struct points points;
    const char **metrics; /* in the order of their first appearance; borrowed */
    size_t n_metrics;
    bool repeats, retries, continued, failures, out_of_memory;
};

static bool known(const struct layout *layout, const char *name)
{
    for (size_t i = 0; i < layout->n_metrics; i++)
        if (strcmp(layout->metrics[i], name) == 0)
            return true;
    return false;
}

static void add_metric(struct layout *layout, const char *name)
{
    if (layout->out_of_memory || known(layout, name))
        return;
    const char **grown = reallocarray(layout->metrics, layout->n_metrics + 1, sizeof *grown);
    if (grown) {
        layout->metrics = grown;
        grown[layout->n_metrics++] = name;
    }
    layout->out_of_memory = !grown;
}

static void survey_arm(struct layout *layout, const struct snapshot_arm *arm)
{
    layout->repeats |= arm->arm->repeat > 0;
    for (size_t i = 0; i < arm->n_trials; i++)
        layout->continued |= arm->trials[i].continues != TRIAL_NONE;
    for (size_t i = 0; i < arm->n_attempts; i++) {
        const struct attempt_record *attempt = &arm->attempts[i];
        layout->retries |= attempt->attempt > 1;
        layout->failures |= attempt->reason != NULL;
        for (size_t j = 0; j < attempt->n_metrics; j++)
            add_metric(layout, attempt->metrics[j].name);
    }
}

/* Objectives come first, and the measured ones are columns of their own. */
static void survey(struct layout *layout)
{
    const struct study_record *study = layout->snapshot->study;
    for (size_t i = 0; i < study->n_objectives; i++)
        if (!column_is_reserved(study->objectives[i].metric))
            add_metric(layout, study->objectives[i].metric);
    for (size_t i = 0; i < layout->snapshot->n_arms; i++)
        survey_arm(layout, &layout->snapshot->arms[i]);
}

static void add_metric_columns(const struct layout *layout, struct table *table)
{
    const struct study_record *study = layout->snapshot->study;
    for (size_t i = 0; i < layout->n_metrics; i++) {
        const char *name = layout->metrics[i];
        table_add_column(table, name, study_has_objective(study, name) ? name : NULL,
                         COLUMN_NUMBER);
    }
}

static void add_columns(const struct layout *layout, struct table *table)
{
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "arm", NULL, COLUMN_INTEGER);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "repeat", layout->repeats ? "repeat" : NULL, COLUMN_INTEGER);
    table_add_column(table, "trial", "trial", COLUMN_INTEGER);
    table_add_column(table, "attempt", layout->retries ? "attempt" : NULL, COLUMN_INTEGER);
    table_add_column(table, "state", "state", COLUMN_TEXT);
    table_add_column(table, "reason", NULL, COLUMN_TEXT);
    points_add_columns(&layout->points, table);
    add_metric_columns(layout, table);
    provenance_add_column(layout->snapshot, "energy_j", "energy", COLUMN_JOULES, table);
    table_add_column(table, "energy_low_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_high_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_idle_j", NULL, COLUMN_JOULES);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_meters", NULL, COLUMN_TEXT);
    table_add_column(table, "duration_s", "duration", COLUMN_SECONDS);
    table_add_column(table, "cpu_s", NULL, COLUMN_SECONDS);
    table_add_column(table, "peak_memory_mb", NULL, COLUMN_NUMBER);
    table_add_column(table, "epochs_done", NULL, COLUMN_INTEGER);
    table_add_column(table, "host", NULL, COLUMN_TEXT);
    table_add_column(table, "worker", "worker", COLUMN_INTEGER);
    table_add_column(table, "started_at", NULL, COLUMN_TEXT);
    table_add_column(table, "ended_at", NULL, COLUMN_TEXT);
    table_add_column(table, "seed", NULL, COLUMN_INTEGER);
    table_add_column(table, "energy_method", NULL, COLUMN_TEXT);
    table_add_column(table, "energy_wraps", NULL, COLUMN_INTEGER);
    table_add_column(table, "energy_gaps", NULL, COLUMN_INTEGER);
    table_add_column(table, "energy_ambiguous", NULL, COLUMN_INTEGER);
    table_add_column(table, "energy_skews", NULL, COLUMN_INTEGER);
    table_add_column(table, "continues", layout->continued ? "continues" : NULL,
                     COLUMN_INTEGER);
    table_add_column(table, "feasible",
                     layout->snapshot->study->n_constraints ? "feasible" : NULL, COLUMN_TEXT);
    if (!layout->emissions)
        return;
    provenance_add_column(layout->snapshot, "co2e_kg", "CO2e", COLUMN_CO2E, table);
    table_add_column(table, "co2e_low_kg", NULL, COLUMN_CO2E);
    table_add_column(table, "co2e_high_kg", NULL, COLUMN_CO2E);
    table_add_column(table, "co2e_basis", NULL, COLUMN_TEXT);
}

static double metric_of(const struct attempt_record *attempt, const char *name)
{
    for (size_t i = 0; attempt && i < attempt->n_metrics; i++)
        if (strcmp(attempt->metrics[i].name, name) == 0)
            return attempt->metrics[i].value;
    return (double)NAN;
}

/* The bounds are those of dynamic and idle energy together, whatever part of them the idle
 * policy shows. */
static double bound_j(const struct attempt_record *attempt, double energy_j, int64_t bound_uj)
{
    double booked_j = attempt_energy_j(attempt);
    double part = booked_j > 0 ? energy_j / booked_j : 1;
    return attempt_has_energy(attempt) ? part * (double)bound_uj / 1e6 : (double)NAN;
}

static void put_energy(struct table *table, const struct attempt_record *attempt,
                       double energy_j)
{
    bool known_energy = attempt_has_energy(attempt);
    table_put_number(table, energy_j);
    table_put_number(table, bound_j(attempt, energy_j, attempt->energy.low_uj));
    table_put_number(table, bound_j(attempt, energy_j, attempt->energy.high_uj));
    table_put_number(table, known_energy ? (double)attempt->energy.idle_uj / 1e6 : (double)NAN);
    table_put_text(table, attempt->energy.quality);
    table_put_text(table, known_energy ? attempt->energy.meters : NULL);
}

static void put_figures(struct table *table, const struct attempt_record *attempt,
                        double energy_j)
{
    put_energy(table, attempt, energy_j);
    table_put_number(table, attempt->duration_s);
    table_put_number(table, attempt->cpu_s);
    table_put_number(table, attempt->peak_memory_mb);
    table_put_count(table, attempt->epochs_done);
    table_put_text(table, attempt->host);
    table_put_count(table, attempt->worker);
    table_put_time(table, attempt->started_at_us);
    table_put_time(table, attempt->ended_at_us);
}

/* How the figure was made, and what went wrong on the way. */
static void put_origin(struct table *table, const struct attempt_record *attempt)
{
    static const struct energy_record none = {.quality = "none"};
    const struct energy_record *energy = attempt ? &attempt->energy : &none;
    bool known_energy = energy_known(energy);
    table_put_text(table, known_energy ? energy->method : NULL);
    table_put_count(table, known_energy ? (int64_t)energy->wraps : -1);
    table_put_count(table, known_energy ? (int64_t)energy->gaps : -1);
    table_put_count(table, known_energy ? energy->ambiguous : -1);
    table_put_count(table, known_energy ? energy->skews : -1);
}

/* Of the attempt that completed its trial. */
static void put_feasible(const struct layout *layout, struct table *table,
                         const struct trial_record *trial, const struct attempt_record *attempt)
{
    static const char *const texts[] = {
        [INFEASIBLE] = "false", [FEASIBILITY_UNKNOWN] = NULL, [FEASIBLE] = "true"};
    const struct study_record *study = layout->snapshot->study;
    bool judged = study->n_constraints > 0 && trial->state == TRIAL_COMPLETE && attempt &&
                  attempt->state == TRIAL_COMPLETE;
    table_put_text(table, judged ? texts[feasible_judge(study, trial)] : NULL);
}

enum { FIGURES = 14 }; /* columns that put_figures() fills */

static void put_co2e(const struct layout *layout, struct table *table, size_t arm,
                     const struct attempt_record *attempt, double energy_j)
{
    double kg_per_j = (double)NAN, low_j = (double)NAN, high_j = (double)NAN;
    if (attempt) {
        size_t place = (size_t)(attempt - layout->snapshot->arms[arm].attempts);
        kg_per_j = layout->emissions->attempts[arm][place];
        low_j = bound_j(attempt, energy_j, attempt->energy.low_uj);
        high_j = bound_j(attempt, energy_j, attempt->energy.high_uj);
    }
    double co2e_kg = kg_per_j * energy_j;
    table_put_number(table, co2e_kg);
    table_put_number(table, kg_per_j * low_j);
    table_put_number(table, kg_per_j * high_j);
    table_put_text(table, isnan(co2e_kg) ? NULL : carbon_basis(layout->emissions->carbon));
}

/* attempt is NULL for a trial that waits. */
static void put_row(const struct layout *layout, struct table *table, size_t arm, size_t trial,
                    const struct attempt_record *attempt, double energy_j)
{
    const struct arm_record *record = layout->snapshot->arms[arm].arm;
    const struct trial_record *of = &layout->snapshot->arms[arm].trials[trial];
    table_begin_row(table);
    table_put_text(table, layout->snapshot->study->name);
    table_put_integer(table, record->number);
    table_put_text(table, record->strategy);
    table_put_integer(table, record->repeat);
    table_put_integer(table, (int64_t)of->number);
    table_put_count(table, attempt ? (int64_t)attempt->attempt : -1);
    table_put_text(table, trial_state_text(attempt ? attempt->state : of->state));
    table_put_text(table, attempt ? attempt->reason : NULL);
    points_put(&layout->points, arm, trial, table);
    for (size_t i = 0; i < layout->n_metrics; i++)
        table_put_number(table, metric_of(attempt, layout->metrics[i]));
    if (attempt)
        put_figures(table, attempt, energy_j);
    for (int i = 0; !attempt && i < FIGURES; i++)
        table_put_missing(table);
    table_put_integer(table, (int64_t)of->seed);
    put_origin(table, attempt);
    table_put_count(table, of->continues);
    put_feasible(layout, table, of, attempt);
    if (layout->emissions)
        put_co2e(layout, table, arm, attempt, energy_j);
}

static void put_arm(const struct layout *layout, struct table *table, size_t arm)
{
    const struct snapshot_arm *of = &layout->snapshot->arms[arm];
    size_t next = 0;
    for (size_t i = 0; i < of->n_trials; i++) {
        const struct trial_record *trial = &of->trials[i];
        bool begun = false;
        for (; next < of->n_attempts && of->attempts[next].trial == trial->number; next++) {
            put_row(layout, table, arm, i, &of->attempts[next], of->attempt_j[next]);
            begun = true;
        }
        if (!begun || trial->state == TRIAL_QUEUED)
            put_row(layout, table, arm, i, NULL, (double)NAN);
    }
}

/* Reasons are long: they are told once each below the table instead of in a column. */
static void note_failures(const struct layout *layout, struct table *table)
{
    enum { SHOWN = 5 };
    size_t count = 0;
    for (size_t i = 0; i < layout->snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &layout->snapshot->arms[i];
        for (size_t j = 0; j < arm->n_attempts; j++) {
            const struct attempt_record *attempt = &arm->attempts[j];
            if (attempt->reason && count++ < SHOWN)
                table_add_note(table, "%s trial %llu: %s", arm->arm->strategy,
                               (unsigned long long)attempt->trial, attempt->reason);
        }
    }
    if (count > SHOWN)
        table_add_note(table, "... and %zu more: see `reason` with --format csv.",
                       count - SHOWN);
}

static void fill(const struct layout *layout, struct table *table)
{
    add_columns(layout, table);
    for (size_t i = 0; i < layout->snapshot->n_arms; i++)
        put_arm(layout, table, i);
    if (layout->failures)
        note_failures(layout, table);
    feasible_add_note(layout->snapshot, table);
    provenance_add_notes(layout->snapshot, table);
    if (layout->emissions)
        carbon_add_note(layout->emissions->carbon, table);
}

enum status trials_table(struct table **out, const struct snapshot *snapshot,
                         const struct emissions *emissions, struct error *err)
{
    struct layout layout = {.snapshot = snapshot, .emissions = emissions};
    struct strbuf title = STRBUF_INIT;
    enum status status = points_open(&layout.points, snapshot, err);
    if (!status)
        survey(&layout);
    if (!status && layout.out_of_memory)
        status = error_set(err, ST_NOMEM, "out of memory");
    strbuf_printf(&title, "Trials of %s", snapshot->study->name);
    if (!status && table_create(out, strbuf_text(&title)))
        status = error_set(err, ST_NOMEM, "out of memory");
    if (!status)
        fill(&layout, *out);
    strbuf_free(&title);
    free(layout.metrics);
    points_close(&layout.points);
    return status;
}
