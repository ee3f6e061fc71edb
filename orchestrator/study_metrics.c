/* The metrics that objectives and constraints are on: such as this kind of trial reports, or
 * figures that Wattune measures itself. */
#include "base/columns.h"
#include "orchestrator/objective.h"
#include "orchestrator/study_read.h"
#include "worker/trial_table.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* What the trainer and the built-in functions report. */
static const char *const trainer_metrics[] = {
    "val_accuracy", "val_loss",          "train_loss",    "train_accuracy", "test_accuracy",
    "params",       "best_val_accuracy", "forward_flops", "model_bytes",    "best_epoch"};
static const char *const function_metrics[] = {"value", "value2"};

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* What a kind of trial reports. */
struct reported {
    bool open;                /* it may report anything */
    const char *const *names; /* [n] else */
    size_t n;
};

static bool reports(const struct reported *reported, const char *metric)
{
    for (size_t i = 0; i < reported->n; i++)
        if (strcmp(reported->names[i], metric) == 0)
            return true;
    return reported->open;
}

static void unknown_metric(const char *metric, const struct reported *reported,
                           const struct json *at, const char *path,
                           struct json_problems *problems)
{
    const char *near = json_closest_name(metric, reported->names, reported->n);
    json_problem(problems, at, path, "this kind of trial reports no '%s'%s%s%s", metric,
                 near ? ", did you mean '" : "", near ? near : "", near ? "'?" : "");
}

static void check_metric(const struct study *study, const struct json *item, const char *path,
                         const struct reported *reported, struct json_problems *problems)
{
    const char *metric = json_string(json_member(item, "metric"));
    if (!metric || !*metric || objective_measured(metric))
        return;
    if (column_is_reserved(metric))
        json_problem(problems, item, path,
                     "'%s' is a column of Wattune's own: no trial may report it", metric);
    else if (space_find(study->space, metric) < space_count(study->space))
        json_problem(problems, item, path,
                     "'%s' is a parameter of the space: no trial may report it", metric);
    else if (!reports(reported, metric))
        unknown_metric(metric, reported, item, path, problems);
}

/* The entries of a section of the study, as far as they can be read. */
static void check_section(const struct study *study, const char *section,
                          const struct reported *reported, struct json_problems *problems)
{
    const struct json *list = json_member(study->document, section);
    size_t i = 0;
    if (json_kind(list) != JSON_ARRAY)
        return;
    for (const struct json *item = json_first(list); item; item = json_next(item)) {
        char path[64];
        snprintf(path, sizeof path, "%s[%zu].metric", section, i++);
        check_metric(study, item, path, reported, problems);
    }
}

static void check_recorded_energy(const struct study *study, struct json_problems *problems)
{
    bool needed = false;
    for (size_t i = 0; i < study->n_constraints; i++)
        needed = needed || objective_needs_energy(study->constraints[i].metric);
    if (needed && !trial_table_has_energy(study->trial->table))
        json_problem(problems, json_member(study->document, "constraints"), "constraints",
                     "the table of the trial has no column 'energy_j'");
}

/* The columns that an objective needs are missed when the table is read; a constraint's may be
 * empty in a row, but not missing altogether. */
static enum status check_table(const struct study *study, struct json_problems *problems)
{
    const struct trial_table *table = study->trial->table;
    struct reported reported = {.n = 0};
    if (!table || study->n_constraints == 0) /* the table has mistakes of its own */
        return ST_OK;
    const char **names = calloc(trial_table_metrics(table) + 1, sizeof *names);
    if (!names)
        return ST_NOMEM;
    for (size_t i = 0; i < trial_table_metrics(table); i++)
        if (trial_table_metric_name(table, i))
            names[reported.n++] = trial_table_metric_name(table, i);
    reported.names = names;
    check_section(study, "constraints", &reported, problems);
    check_recorded_energy(study, problems);
    free(names);
    return ST_OK;
}

enum status study_check_metrics(const struct study *study, struct json_problems *problems)
{
    struct reported reported = {.open = true};
    if (study->trial->kind == TRIAL_CNN)
        reported = (struct reported){.names = trainer_metrics, .n = COUNT(trainer_metrics)};
    else if (study->trial->kind == TRIAL_FUNCTION)
        reported =
            (struct reported){.names = function_metrics, .n = study->trial->function->n_values};
    check_section(study, "objectives", &reported, problems);
    if (study->trial->kind == TRIAL_TABLE)
        return check_table(study, problems);
    check_section(study, "constraints", &reported, problems);
    return ST_OK;
}
