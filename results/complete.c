#include "results/complete.h"

#include "base/json.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status format_error(const char *what, const struct json_problems *problems,
                                struct error *err)
{
    error_set(err, ST_FORMAT, "%s in the database: %s", what, strbuf_text(&problems->text));
    error_remedy(err, "the file was changed, or a newer Wattune wrote it");
    return ST_FORMAT;
}

static enum status read_space(struct complete *complete, struct error *err)
{
    const char *text = complete->snapshot->study->json;
    struct json *study = NULL;
    struct json_problems problems = {.source = "study"};
    enum status status = json_parse(&study, text, strlen(text), "study in the database", err);
    if (status)
        return status;
    status = space_read(&complete->space, json_member(study, "space"), &problems);
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "out of memory");
    else if (status)
        status = format_error("the space of the study", &problems, err);
    json_problems_free(&problems);
    json_free(study);
    return status;
}

static enum status add_trial(struct complete *complete, size_t arm, size_t trial,
                             struct error *err)
{
    const struct trial_record *record = &complete->snapshot->arms[arm].trials[trial];
    double *point = complete->points + complete->n * space_count(complete->space);
    struct json *params = NULL;
    char name[64];
    snprintf(name, sizeof name, "trial %" PRIu64 " of arm %zu", record->number, arm);
    struct json_problems problems = {.source = name};
    enum status status = json_parse(&params, record->params, strlen(record->params), name, err);
    if (status)
        return status;
    status = space_point_from_json(complete->space, params, "params", point, &problems);
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "out of memory");
    else if (status)
        status = format_error("the parameters of a trial", &problems, err);
    complete->arms[complete->n] = arm;
    complete->trials[complete->n++] = trial;
    json_problems_free(&problems);
    json_free(params);
    return status;
}

static enum status add_trials(struct complete *complete, struct error *err)
{
    const struct snapshot *snapshot = complete->snapshot;
    enum status status = ST_OK;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        for (size_t j = 0; j < snapshot->arms[i].n_trials && !status; j++)
            if (snapshot->arms[i].trials[j].state == TRIAL_COMPLETE)
                status = add_trial(complete, i, j, err);
    return status;
}

enum status complete_open(struct complete *complete, const struct snapshot *snapshot,
                          struct error *err)
{
    size_t room = 1;
    *complete = (struct complete){.snapshot = snapshot};
    enum status status = read_space(complete, err);
    if (status)
        return status;
    for (size_t i = 0; i < snapshot->n_arms; i++)
        room += snapshot->arms[i].n_trials;
    complete->arms = calloc(room, sizeof *complete->arms);
    complete->trials = calloc(room, sizeof *complete->trials);
    complete->points =
        calloc(room, (space_count(complete->space) + 1) * sizeof *complete->points);
    if (!complete->arms || !complete->trials || !complete->points)
        return error_set(err, ST_NOMEM, "out of memory");
    return add_trials(complete, err);
}

void complete_close(struct complete *complete)
{
    space_free(complete->space);
    free(complete->arms);
    free(complete->trials);
    free(complete->points);
    *complete = (struct complete){.snapshot = NULL};
}

static double value_of_attempt(const struct attempt_record *attempt, const char *metric)
{
    if (!attempt)
        return (double)NAN;
    if (strcmp(metric, "peak_memory_mb") == 0)
        return attempt->peak_memory_mb;
    for (size_t i = 0; i < attempt->n_metrics; i++)
        if (strcmp(attempt->metrics[i].name, metric) == 0)
            return attempt->metrics[i].value;
    return (double)NAN;
}

/* Up to the end of a trial, that of the trials that it continues included. */
static double time_of(const struct snapshot_arm *arm, const struct trial_record *trial,
                      const char *metric)
{
    double sum_s = 0;
    bool cpu = strcmp(metric, "cpu_s") == 0;
    for (; trial; trial = snapshot_continued(arm, trial)) {
        const struct attempt_record *last = snapshot_last_attempt(arm, trial->number);
        if (!last)
            return (double)NAN;
        sum_s += cpu ? last->cpu_s : last->duration_s;
    }
    return sum_s;
}

static double value_of(const struct complete *complete, size_t i, const char *metric)
{
    const struct study_record *study = complete->snapshot->study;
    const struct snapshot_arm *arm = &complete->snapshot->arms[complete->arms[i]];
    const struct trial_record *trial = &arm->trials[complete->trials[i]];
    for (size_t k = 0; k < study->n_objectives; k++)
        if (strcmp(study->objectives[k].metric, metric) == 0)
            return trial->values ? trial->values[k] : (double)NAN;
    if (strcmp(metric, "energy_j") == 0)
        return snapshot_trial_j(arm, trial);
    if (strcmp(metric, "duration_s") == 0 || strcmp(metric, "cpu_s") == 0)
        return time_of(arm, trial, metric);
    return value_of_attempt(snapshot_last_attempt(arm, trial->number), metric);
}

size_t complete_values(const struct complete *complete, const char *metric, double *values)
{
    size_t found = 0;
    for (size_t i = 0; i < complete->n; i++) {
        values[i] = value_of(complete, i, metric);
        if (!isfinite(values[i]))
            values[i] = (double)NAN;
        found += !isnan(values[i]);
    }
    return found;
}
