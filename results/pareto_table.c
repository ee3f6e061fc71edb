#include "results/pareto_table.h"

#include "results/feasible.h"
#include "results/pareto.h"
#include "results/points.h"
#include "results/provenance.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { OBJECTIVES_MAX = 64 };

/* The trials that compete. */
struct field {
    const struct snapshot *snapshot;
    const struct emissions *emissions; /* NULL: no column of CO2 */
    size_t m;                          /* objectives, the added one included */
    bool energy_added;
    size_t *arms, *trials; /* [n] where each comes from */
    double *values;        /* [n x m] */
    bool *on_front;        /* [n] */
    size_t n, lacking;     /* those that compete; complete ones without a figure */
    size_t infeasible;     /* complete ones that break a constraint, or may */
};

static bool chosen(const struct snapshot_arm *arm, const char *strategy)
{
    return !strategy || strcmp(arm->arm->strategy, strategy) == 0;
}

static bool field_open(struct field *field, const struct snapshot *snapshot)
{
    const struct study_record *study = snapshot->study;
    size_t room = 1;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        room += snapshot->arms[i].n_trials;
    field->snapshot = snapshot;
    field->energy_added = study->n_objectives == 1 && !study_has_objective(study, "energy_j");
    field->m = study->n_objectives + field->energy_added;
    field->arms = calloc(room, sizeof *field->arms);
    field->trials = calloc(room, sizeof *field->trials);
    field->values = calloc(room, (field->m + 1) * sizeof *field->values);
    field->on_front = calloc(room, sizeof *field->on_front);
    return field->arms && field->trials && field->values && field->on_front;
}

static void field_close(struct field *field)
{
    free(field->arms);
    free(field->trials);
    free(field->values);
    free(field->on_front);
}

static void add_trial(struct field *field, size_t arm, size_t trial)
{
    const struct trial_record *record = &field->snapshot->arms[arm].trials[trial];
    double *values = field->values + field->n * field->m;
    size_t n = field->snapshot->study->n_objectives;
    if (feasible_judge(field->snapshot->study, record) != FEASIBLE) {
        field->infeasible++;
        return;
    }
    memcpy(values, record->values, n * sizeof *values);
    if (field->energy_added)
        values[n] = snapshot_trial_j(&field->snapshot->arms[arm], record);
    for (size_t k = 0; k < field->m; k++) {
        if (isnan(values[k])) {
            field->lacking++;
            return;
        }
    }
    field->arms[field->n] = arm;
    field->trials[field->n++] = trial;
}

static bool add_trials(struct field *field, const char *strategy)
{
    bool any = !strategy;
    for (size_t i = 0; i < field->snapshot->n_arms; i++) {
        const struct snapshot_arm *arm = &field->snapshot->arms[i];
        any = any || chosen(arm, strategy);
        for (size_t j = 0; chosen(arm, strategy) && j < arm->n_trials; j++)
            if (arm->trials[j].state == TRIAL_COMPLETE)
                add_trial(field, i, j);
    }
    return any;
}

static enum status find_front(struct field *field, struct error *err)
{
    enum goal goals[OBJECTIVES_MAX];
    const struct study_record *study = field->snapshot->study;
    if (field->m > OBJECTIVES_MAX)
        return error_set(err, ST_INVALID, "more than %d objectives", OBJECTIVES_MAX);
    for (size_t k = 0; k < study->n_objectives; k++)
        goals[k] = study->objectives[k].goal;
    if (field->energy_added)
        goals[study->n_objectives] = GOAL_MINIMIZE;
    if (pareto_front(field->values, goals, field->n, field->m, field->on_front))
        return error_set(err, ST_NOMEM, "out of memory");
    return ST_OK;
}

static enum column_kind kind_of(const char *metric)
{
    size_t length = strlen(metric);
    if (length > 2 && strcmp(metric + length - 2, "_j") == 0)
        return COLUMN_JOULES;
    if (length > 2 && strcmp(metric + length - 2, "_s") == 0)
        return COLUMN_SECONDS;
    return COLUMN_NUMBER;
}

static void add_columns(const struct field *field, const struct points *points,
                        struct table *table)
{
    const struct study_record *study = field->snapshot->study;
    table_add_column(table, "study", NULL, COLUMN_TEXT);
    table_add_column(table, "arm", NULL, COLUMN_INTEGER);
    table_add_column(table, "strategy", "strategy", COLUMN_TEXT);
    table_add_column(table, "repeat", snapshot_repeats(field->snapshot) > 1 ? "repeat" : NULL,
                     COLUMN_INTEGER);
    table_add_column(table, "trial", "trial", COLUMN_INTEGER);
    points_add_columns(points, table);
    for (size_t k = 0; k < study->n_objectives; k++) {
        const char *metric = study->objectives[k].metric;
        if (strcmp(metric, "energy_j") == 0)
            provenance_add_column(field->snapshot, metric, metric, COLUMN_JOULES, table);
        else
            table_add_column(table, metric, metric, kind_of(metric));
    }
    if (field->energy_added)
        provenance_add_column(field->snapshot, "energy_j", "energy_j", COLUMN_JOULES, table);
    table_add_column(table, "energy_quality", NULL, COLUMN_TEXT);
    if (field->emissions) {
        provenance_add_column(field->snapshot, "co2e_kg", "CO2e", COLUMN_CO2E, table);
        table_add_column(table, "co2e_basis", NULL, COLUMN_TEXT);
    }
}

/* Of the joules of one trial's attempts. */
static double own_co2e(const struct field *field, size_t arm, const struct trial_record *trial)
{
    const struct snapshot_arm *of = &field->snapshot->arms[arm];
    bool as_told = study_has_objective(field->snapshot->study, "energy_j");
    double co2e_kg = (double)NAN;
    for (size_t i = 0; i < of->n_attempts; i++) {
        if (of->attempts[i].trial != trial->number || !attempt_has_energy(&of->attempts[i]))
            continue;
        double energy_j = as_told ? attempt_energy_j(&of->attempts[i]) : of->attempt_j[i];
        double part_kg = energy_j * field->emissions->attempts[arm][i];
        co2e_kg = isnan(co2e_kg) ? part_kg : co2e_kg + part_kg;
    }
    return co2e_kg;
}

/* Of the joules that stand in the trial's energy_j. */
static double co2e_of(const struct field *field, size_t arm, const struct trial_record *trial)
{
    double co2e_kg = 0;
    for (; trial; trial = snapshot_continued(&field->snapshot->arms[arm], trial))
        co2e_kg += own_co2e(field, arm, trial);
    return co2e_kg;
}

static void put_co2e(const struct field *field, size_t arm, const struct trial_record *trial,
                     struct table *table)
{
    double co2e_kg = co2e_of(field, arm, trial);
    table_put_number(table, co2e_kg);
    table_put_text(table, isnan(co2e_kg) ? NULL : carbon_basis(field->emissions->carbon));
}

static void put_row(const struct field *field, size_t i, const struct points *points,
                    struct table *table)
{
    const struct snapshot_arm *arm = &field->snapshot->arms[field->arms[i]];
    const struct trial_record *trial = &arm->trials[field->trials[i]];
    const struct attempt_record *last = snapshot_last_attempt(arm, trial->number);
    table_begin_row(table);
    table_put_text(table, field->snapshot->study->name);
    table_put_integer(table, arm->arm->number);
    table_put_text(table, arm->arm->strategy);
    table_put_integer(table, arm->arm->repeat);
    table_put_integer(table, (int64_t)trial->number);
    points_put(points, field->arms[i], field->trials[i], table);
    for (size_t k = 0; k < field->m; k++)
        table_put_number(table, field->values[i * field->m + k]);
    table_put_text(table, last ? last->energy.quality : NULL);
    if (field->emissions)
        put_co2e(field, field->arms[i], trial, table);
}

static void add_notes(const struct field *field, struct table *table)
{
    const struct study_record *study = field->snapshot->study;
    table_add_note(table, "%zu of %zu complete trials are on the front.", table_rows(table),
                   field->n + field->lacking + field->infeasible);
    if (field->lacking > 0)
        table_add_note(table, "%zu complete trials lack a figure and were left out.",
                       field->lacking);
    if (field->infeasible > 0)
        table_add_note(table, "%zu complete trials are not feasible and were left out.",
                       field->infeasible);
    feasible_add_note(field->snapshot, table);
    if (field->energy_added)
        table_add_note(table, "The study has one objective: energy_j was added as the second.");
    bool as_told = study_has_objective(study, "energy_j");
    if (as_told && study->idle_policy && strcmp(study->idle_policy, "equal") != 0)
        table_add_note(table, "energy_j is an objective: it has its idle energy by the policy "
                              "\"equal\", as the search was told.");
    provenance_add_notes(field->snapshot, table);
    if (field->emissions)
        carbon_add_note(field->emissions->carbon, table);
}

static enum status make_table(struct table **out, const struct field *field,
                              const struct points *points, const char *strategy,
                              struct error *err)
{
    const struct study_record *study = field->snapshot->study;
    struct strbuf title = STRBUF_INIT;
    strbuf_printf(&title, "Pareto front of %s%s%s", study->name, strategy ? ", " : "",
                  strategy ? strategy : "");
    struct table *table;
    enum status status = table_create(&table, strbuf_text(&title));
    strbuf_free(&title);
    if (status)
        return error_set(err, ST_NOMEM, "out of memory");
    add_columns(field, points, table);
    for (size_t i = 0; i < field->n; i++)
        if (field->on_front[i])
            put_row(field, i, points, table);
    if (study->n_objectives > 0)
        table_sort(table, 5 + study->n_params, study->objectives[0].goal == GOAL_MAXIMIZE);
    add_notes(field, table);
    *out = table;
    return ST_OK;
}

enum status pareto_table(struct table **out, const struct snapshot *snapshot,
                         const char *strategy, const struct emissions *emissions,
                         struct error *err)
{
    struct field field = {.emissions = emissions};
    struct points points;
    enum status status = points_open(&points, snapshot, err);
    if (!status && !field_open(&field, snapshot))
        status = error_set(err, ST_NOMEM, "out of memory");
    if (!status && !add_trials(&field, strategy)) {
        status = error_set(err, ST_NOTFOUND, "no strategy \"%s\" in this study", strategy);
        error_remedy(err, "`wattune compare` lists the strategies that it has");
    }
    if (!status)
        status = find_front(&field, err);
    if (!status)
        status = make_table(out, &field, &points, strategy, err);
    field_close(&field);
    points_close(&points);
    return status;
}
