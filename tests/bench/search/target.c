#include "tests/bench/search/target.h"

#include "base/rng.h"
#include "orchestrator/study.h"
#include "tests/bench/search/target_impl.h"
#include "worker/functions.h"
#include "worker/trial_table.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The space. */

static void write_reals(const struct bench_problem *problem, struct strbuf *out)
{
    for (size_t d = 0; d < problem->dims; d++)
        strbuf_printf(out, "%s\"x%zu\": {\"type\": \"real\", \"low\": %g, \"high\": %g}",
                      d ? ", " : "{", d + 1, problem->low, problem->high);
    strbuf_append(out, "}");
}

static enum status read_space(struct target *target, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    struct json_problems problems = {.source = target->name};
    if (target->problem->dims > 0)
        write_reals(target->problem, &text);
    else
        strbuf_append(&text, target->problem->space);
    enum status status =
        json_parse(&target->space_json, strbuf_text(&text), text.length, target->name, err);
    if (!status) {
        status = space_read(&target->own_space, target->space_json, &problems);
        if (status)
            error_set(err, status, "%s", strbuf_text(&problems.text));
    }
    target->space = target->own_space;
    json_problems_free(&problems);
    strbuf_free(&text);
    return status;
}

/* The values of one point, without noise. */

static double recorded_value(const struct trial_table *table, const struct table_row *row,
                             const struct objective *objective)
{
    double value = NAN;
    if (strcmp(objective->metric, "energy_j") == 0)
        value = row->figures.energy_j;
    else if (strcmp(objective->metric, "duration_s") == 0)
        value = row->figures.duration_s;
    for (size_t i = 0; i < trial_table_metrics(table); i++) {
        const char *name = trial_table_metric_name(table, i);
        if (name && strcmp(name, objective->metric) == 0)
            value = trial_table_metric(table, row, i);
    }
    return goal_cost(objective->goal, value);
}

static void measure_recorded(struct measurement *measurement, const struct target *target,
                             const double *point)
{
    const struct table_row *row = NULL;
    const struct trial_table *table = target->study->trial->table;
    struct json *json = space_point_to_json(target->space, point);
    measurement->failed =
        !json || trial_table_find(&row, table, json, 0, NULL) || row->state != OUTCOME_COMPLETE;
    json_free(json);
    for (size_t v = 0; v < target->n_values && !measurement->failed; v++) {
        double value = recorded_value(table, row, &target->study->objectives[v]);
        measurement->values[v] = value;
        measurement->failed = !isfinite(value);
    }
    measurement->energy_j = measurement->failed ? (double)NAN : row->figures.energy_j;
}

static double default_energy_j(const struct space *space, const double *point)
{
    double *u = calloc(space_dims(space), sizeof *u);
    assert(u);
    space_to_unit(space, point, u);
    double energy_j = 100 * pow(10, u[0]);
    free(u);
    return energy_j;
}

static void measure_problem(struct measurement *measurement, const struct target *target,
                            const double *point)
{
    const struct bench_problem *problem = target->problem;
    size_t n = space_count(target->space);
    if (problem->function)
        functions_find(problem->function)->evaluate(measurement->values, point, n);
    else
        problem->evaluate(measurement->values, point, n);
    measurement->energy_j =
        problem->energy_j ? problem->energy_j(point) : default_energy_j(target->space, point);
}

double target_epochs(const struct target *target, const double *point)
{
    return target->kind == KIND_EPOCHS ? point[space_count(target->space) - 1] : 0;
}

void target_measure(struct measurement *measurement, const struct target *target,
                    const double *point, uint64_t seed, uint64_t number)
{
    *measurement = (struct measurement){.energy_j = NAN};
    if (target->problem)
        measure_problem(measurement, target, point);
    else
        measure_recorded(measurement, target, point);
    struct rng rng;
    rng_seed(&rng, rng_derive(seed, "noise", number, 0));
    for (size_t v = 0; v < target->n_values; v++)
        measurement->told[v] = measurement->values[v] + target->noise * rng_normal(&rng);
}

/* Opening. */

enum status target_open(struct target *target, const struct bench_problem *problem,
                        struct error *err)
{
    static char metrics[VALUES_MAX][8] = {"value1", "value2"};
    *target = (struct target){.name = problem->name,
                              .kind = problem->kind,
                              .problem = problem,
                              .n_values = problem->kind == KIND_FRONT ? 2 : 1,
                              .noise = problem->noise,
                              .minimum = problem->minimum};
    for (size_t v = 0; v < VALUES_MAX; v++)
        target->objectives[v] = (struct objective){metrics[v], GOAL_MINIMIZE};
    memcpy(target->reference, problem->reference, sizeof target->reference);
    if (problem->function)
        target->minimum = functions_find(problem->function)->minimum;
    enum status status = read_space(target, err);
    if (!status && (problem->kind == KIND_FRONT || isnan(target->minimum)))
        status = target_find_best(target, err);
    if (status)
        target_close(target);
    return status;
}

static enum status take_study(struct target *target, const char *path, struct error *err)
{
    const struct study *study = target->study;
    if (study->trial->kind != TRIAL_TABLE)
        return error_set(err, ST_INVALID, "%s: the trial must be of the kind 'table'", path);
    if (study->n_objectives > VALUES_MAX)
        return error_set(err, ST_INVALID, "%s: has %zu objectives, and %d is the most here",
                         path, study->n_objectives, VALUES_MAX);
    target->name = study->name;
    target->n_values = study->n_objectives;
    target->kind = target->n_values == 2 ? KIND_FRONT : KIND_TABLE;
    target->space = study->space;
    target->space_json = json_copy(json_member(study->document, "space"));
    for (size_t v = 0; v < target->n_values; v++)
        target->objectives[v] = (struct objective){study->objectives[v].metric, GOAL_MINIMIZE};
    return target_find_best(target, err);
}

enum status target_open_study(struct target *target, const char *path, struct error *err)
{
    struct json_problems problems = {0};
    *target = (struct target){0};
    enum status status = study_read_file(&target->study, path, NULL, &problems, err);
    if (status == ST_INVALID)
        error_set(err, status, "%s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    if (!status)
        status = take_study(target, path, err);
    if (status)
        target_close(target);
    return status;
}

void target_close(struct target *target)
{
    space_free(target->own_space);
    json_free(target->space_json);
    study_free(target->study);
    *target = (struct target){0};
}
