/* Putting an arm back as it was stored. */
#include "orchestrator/coordinator_state.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status read_point(const struct coordinator *c, const struct trial_record *record,
                              double *point, struct error *err)
{
    char source[64];
    struct json *params = NULL;
    snprintf(source, sizeof source, "trial %llu of arm %u in the database",
             (unsigned long long)record->number, (unsigned)record->arm);
    enum status status =
        json_parse(&params, record->params, strlen(record->params), source, err);
    if (status)
        return status;
    struct json_problems problems = {.source = source};
    status = space_point_from_json(c->options.space, params, "", point, &problems);
    if (status == ST_INVALID || problems.count > 0) {
        error_set(err, ST_FORMAT, "%s", strbuf_text(&problems.text));
        error_remedy(err, "the database and its study do not belong together");
        status = ST_FORMAT;
    }
    json_problems_free(&problems);
    json_free(params);
    return status;
}

static enum status restore_task(struct coordinator *c, const struct trial_record *record,
                                double *point, struct error *err)
{
    if (record->number != c->arms[record->arm].n_tasks)
        return error_set(err, ST_FORMAT, "arm %u lacks trial %zu in the database",
                         (unsigned)record->arm, c->arms[record->arm].n_tasks);
    enum status status = read_point(c, record, point, err);
    if (!status)
        status = c->options.ops.restore(c->options.ops.context,
                                        c->options.arms[record->arm].strategy, point,
                                        record->continues);
    if (status)
        return status;
    char *params = strdup(record->params);
    struct task *task = params ? task_add(c, record->arm, params, record->continues) : NULL;
    if (!task) {
        free(params);
        return ST_NOMEM;
    }
    task->seed = record->seed;
    task->attempts = record->attempts;
    task->energy_j = record->energy_j;
    return ST_OK;
}

static enum status restore_values(struct coordinator *c, struct task *task,
                                  const struct trial_record *record)
{
    if (record->state != TRIAL_COMPLETE || !record->values)
        return ST_OK;
    task->values = task_copy_values(record->values, c->options.n_objectives);
    if (record->constrained)
        task->constrained = task_copy_values(record->constrained, c->options.n_constraints);
    return task->values && !task->constrained == !record->constrained ? ST_OK : ST_NOMEM;
}

/* The result of a trial that has one; its place in the order of telling is found anew, and is
 * the same since this is called in that order. */
static enum status restore_result(struct coordinator *c, const struct trial_record *record)
{
    struct task *task = &c->arms[record->arm].tasks[record->number];
    task->state = record->state;
    enum status status = restore_values(c, task, record);
    if (!status)
        status = task_tell(c, record->arm, task);
    if (status)
        return status;
    if (task->state != TRIAL_FAILED)
        c->succeeded = true;
    task_settled(c, record->arm, task);
    return ST_OK;
}

static int by_told(const void *a, const void *b)
{
    const struct trial_record *x = *(const struct trial_record *const *)a;
    const struct trial_record *y = *(const struct trial_record *const *)b;
    return (x->told > y->told) - (x->told < y->told);
}

static enum status tell_in_order(struct coordinator *c, const struct trial_record *trials,
                                 size_t n)
{
    const struct trial_record **told = malloc((n ? n : 1) * sizeof *told);
    if (!told)
        return ST_NOMEM;
    size_t n_told = 0;
    for (size_t i = 0; i < n; i++)
        if (trials[i].told >= 0)
            told[n_told++] = &trials[i];
    qsort(told, n_told, sizeof *told, by_told);
    enum status status = ST_OK;
    for (size_t i = 0; i < n_told && !status; i++)
        status = restore_result(c, told[i]);
    free(told);
    return status;
}

static enum status queue_untold(struct coordinator *c, uint32_t arm)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < c->arms[arm].n_tasks && !status; i++)
        if (c->arms[arm].tasks[i].told < 0)
            status = task_queue(c, arm, &c->arms[arm].tasks[i]);
    return status;
}

enum status coordinator_restore(struct coordinator *c, uint32_t arm,
                                const struct trial_record *trials, size_t n,
                                const struct coordinator_spent *spent, struct error *err)
{
    double *point = malloc((space_count(c->options.space) + 1) * sizeof *point);
    enum status status = point ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < n && !status; i++)
        status = restore_task(c, &trials[i], point, err);
    free(point);
    if (!status)
        status = tell_in_order(c, trials, n);
    if (!status)
        status = queue_untold(c, arm);
    if (status == ST_INVALID)
        status = error_set(err, ST_FORMAT,
                           "the results of arm %u in the database contradict each other",
                           (unsigned)arm);
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "no memory for the trials of arm %u", (unsigned)arm);
    c->arms[arm].energy_before_j = isnan(spent->energy_j) ? 0 : spent->energy_j;
    c->arms[arm].energy_known = !isnan(spent->energy_j);
    c->arms[arm].spent_s = isnan(spent->time_s) ? 0 : spent->time_s;
    coordinator_note_quality(c, spent->quality);
    return status;
}
