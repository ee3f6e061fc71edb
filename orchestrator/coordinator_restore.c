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

static size_t first_attempt(const struct coordinator_past *past, uint64_t trial)
{
    size_t low = 0, high = past->n_attempts;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (past->attempts[middle].trial < trial)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* The attempt that gave a trial its result, or NULL: later results did not count. */
static const struct attempt_record *decisive_attempt(const struct coordinator_past *past,
                                                     const struct trial_record *record)
{
    const struct attempt_record *first = NULL;
    const struct attempt_record *attempt = past->attempts + first_attempt(past, record->number);
    const struct attempt_record *end = past->attempts + past->n_attempts;
    if (record->state != TRIAL_COMPLETE && record->state != TRIAL_PRUNED)
        return NULL;
    for (; attempt < end && attempt->trial == record->number; attempt++)
        if (attempt->state == record->state && (!first || attempt->ending < first->ending))
            first = attempt;
    return first;
}

/* The first report of an attempt, or NULL. Searched from *next on, which is left behind what
 * belongs to earlier attempts. */
static const struct report_record *first_report(const struct coordinator_past *past,
                                                const struct attempt_record *attempt,
                                                size_t *next)
{
    const struct report_record *report = past->reports + *next;
    for (; *next < past->n_reports; report++, ++*next)
        if (report->trial > attempt->trial ||
            (report->trial == attempt->trial && report->attempt >= attempt->attempt))
            break;
    bool found = *next < past->n_reports && report->trial == attempt->trial &&
                 report->attempt == attempt->attempt;
    return found ? report : NULL;
}

/* The attempts of a trial up to the one that gave it its result, as they were noted when they
 * ran. */
static void restore_tries(struct coordinator *c, const struct coordinator_past *past,
                          const struct trial_record *record, size_t *next)
{
    struct task *task = &c->arms[record->arm].tasks[record->number];
    const struct attempt_record *decisive = decisive_attempt(past, record);
    for (size_t i = first_attempt(past, record->number);
         i < past->n_attempts && past->attempts[i].trial == record->number; i++) {
        const struct attempt_record *attempt = &past->attempts[i];
        const struct report_record *report = first_report(past, attempt, next);
        if (report || attempt == decisive)
            task_note_start(task, report ? report->step : (double)-INFINITY);
        if (attempt == decisive)
            break;
        struct outcome measured = objective_stored(attempt);
        objective_add_known(&task->tried, &measured);
    }
}

/* The result of a trial that has one; its place in the order of telling is found anew, and is
 * the same since this is called in that order. */
static enum status restore_result(struct coordinator *c, const struct coordinator_past *past,
                                  const struct trial_record *record)
{
    struct task *task = &c->arms[record->arm].tasks[record->number];
    const struct attempt_record *attempt = decisive_attempt(past, record);
    task->state = record->state;
    if (attempt) {
        struct outcome measured = objective_stored(attempt);
        struct objective_sums before = task_before(c, record->arm, task);
        task->sums = objective_add_up(&measured, &before);
    }
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

static enum status tell_in_order(struct coordinator *c, const struct coordinator_past *past)
{
    const struct trial_record **told = malloc((past->n_trials + 1) * sizeof *told);
    if (!told)
        return ST_NOMEM;
    size_t n_told = 0;
    for (size_t i = 0; i < past->n_trials; i++)
        if (past->trials[i].told >= 0)
            told[n_told++] = &past->trials[i];
    qsort(told, n_told, sizeof *told, by_told);
    enum status status = ST_OK;
    for (size_t i = 0; i < n_told && !status; i++)
        status = restore_result(c, past, told[i]);
    free(told);
    return status;
}

static double first_objective(const struct coordinator *c, const struct report_record *report)
{
    for (size_t i = 0; i < report->n_metrics; i++)
        if (strcmp(report->metrics[i].name, c->options.objectives[0].metric) == 0)
            return report->metrics[i].value;
    return (double)NAN;
}

/* The reports of all attempts, whether they were told or not, in their order: where an attempt
 * went over the ground of an earlier one, the history keeps the later. */
static enum status restore_reports(struct coordinator *c, uint32_t arm,
                                   const struct coordinator_past *past)
{
    enum status status = ST_OK;
    for (size_t i = 0; i < past->n_reports && !status; i++) {
        const struct report_record *report = &past->reports[i];
        struct intermediate intermediate = {report->step, first_objective(c, report)};
        if (report->trial < c->arms[arm].n_tasks) /* else the strategy refuses it */
            c->arms[arm].tasks[report->trial].last_step = report->step;
        if (!isnan(intermediate.value))
            status = c->options.ops.restore_report(c->options.ops.context,
                                                   c->options.arms[arm].strategy, report->trial,
                                                   intermediate);
    }
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
                                const struct coordinator_past *past, struct error *err)
{
    double *point = malloc((space_count(c->options.space) + 1) * sizeof *point);
    enum status status = point ? ST_OK : ST_NOMEM;
    for (size_t i = 0; i < past->n_trials && !status; i++)
        status = restore_task(c, &past->trials[i], point, err);
    free(point);
    for (size_t i = 0, next = 0; i < past->n_trials && !status; i++)
        restore_tries(c, past, &past->trials[i], &next);
    if (!status)
        status = restore_reports(c, arm, past);
    if (!status)
        status = tell_in_order(c, past);
    if (!status)
        status = queue_untold(c, arm);
    if (status == ST_INVALID)
        status = error_set(err, ST_FORMAT,
                           "the results of arm %u in the database contradict each other",
                           (unsigned)arm);
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "no memory for the trials of arm %u", (unsigned)arm);
    c->arms[arm].energy_before_j = isnan(past->energy_j) ? 0 : past->energy_j;
    c->arms[arm].energy_known = !isnan(past->energy_j);
    c->arms[arm].spent_s = isnan(past->time_s) ? 0 : past->time_s;
    coordinator_note_quality(c, past->quality);
    return status;
}
