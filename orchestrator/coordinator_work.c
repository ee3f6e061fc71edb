/* Giving out work: from the queue first, then from the strategy, within the arm's budget. */
#include "orchestrator/coordinator_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

double work_spent_j(const struct arm *arm)
{
    return arm->energy_before_j + arm->attempts_j + arm->overhead_j;
}

double work_spent_s(const struct coordinator *c, const struct arm *arm)
{
    return arm->spent_s + (arm->shown.started ? c->now_s - arm->started_s : 0);
}

/* The joules or the seconds of the arm are used up: nothing more is started. */
static bool spent(const struct coordinator *c, const struct arm *arm)
{
    const struct study_budget *budget = &c->options.budget;
    if (budget->energy_j > 0 && work_spent_j(arm) >= budget->energy_j)
        return true;
    return budget->time_s > 0 && work_spent_s(c, arm) >= budget->time_s;
}

/* What runs already will probably use up the joules: wait and see. */
static bool about_to_be_spent(const struct coordinator *c, const struct arm *arm)
{
    double budget_j = c->options.budget.energy_j;
    if (budget_j <= 0 || arm->n_running == 0 || arm->n_attempts_j == 0)
        return false;
    double mean_j = arm->attempts_j / (double)arm->n_attempts_j;
    return work_spent_j(arm) + mean_j * (double)arm->n_running >= budget_j;
}

static bool at_trial_limit(const struct coordinator *c, const struct arm *arm)
{
    return c->options.budget.trials > 0 && arm->n_tasks >= c->options.budget.trials;
}

bool work_arm_over(const struct coordinator *c, size_t arm_index)
{
    const struct arm *arm = &c->arms[arm_index];
    return !arm->cut && arm->n_running == 0 && arm->n_queue == 0 &&
           (arm->done || at_trial_limit(c, arm) || spent(c, arm));
}

/* There is no budget left for the trials that were to be run again: those that failed before
 * have failed, the others are cancelled. */
static enum status drop_queue(struct coordinator *c)
{
    struct arm *arm = &c->arms[c->arm];
    while (arm->n_queue > 0) {
        struct task *task = &arm->tasks[arm->queue[--arm->n_queue]];
        task->state = task->failures > 0 ? TRIAL_FAILED : TRIAL_CANCELLED;
        enum status status = task->state == TRIAL_FAILED ? task_tell(c, c->arm, task) : ST_OK;
        if (status)
            return status;
        task_settled(c, c->arm, task);
        status = task_store(c, c->arm, task);
        if (status)
            return status;
    }
    return ST_OK;
}

static enum status store_new_task(struct coordinator *c, const struct task *task)
{
    struct action *action = action_append(c->actions, ACTION_ADD_TRIAL);
    if (!action)
        return ST_NOMEM;
    action->id = (struct attempt_id){(uint32_t)c->arm, 0, task->number};
    action->seed = task->seed;
    action->state = TRIAL_QUEUED;
    action->told = -1;
    action->continues = task->continues;
    action->energy_j = NAN;
    action->params = task->params;
    return ST_OK;
}

static char *params_text(const struct coordinator *c, const double *point)
{
    struct json *params = space_point_to_json(c->options.space, point);
    struct strbuf text = STRBUF_INIT;
    enum status status = params ? json_print(params, false, &text) : ST_NOMEM;
    json_free(params);
    if (status) {
        strbuf_free(&text);
        return NULL;
    }
    return strbuf_take(&text);
}

static enum status add_proposal(struct coordinator *c, const struct trial *trial,
                                struct task **out)
{
    char *params = params_text(c, trial->point);
    struct task *task = params ? task_add(c, c->arm, params, trial->continues) : NULL;
    if (!task) {
        free(params);
        return ST_NOMEM;
    }
    *out = task;
    return store_new_task(c, task);
}

static enum status ask(struct coordinator *c, struct task **out)
{
    struct arm *arm = &c->arms[c->arm];
    const struct trial *trial = NULL;
    switch (
        c->options.ops.ask(c->options.ops.context, c->options.arms[c->arm].strategy, &trial)) {
    case ASK_PROPOSED:
        return add_proposal(c, trial, out);
    case ASK_WAIT:
        /* A strategy that waits while nothing runs would wait for ever. */
        arm->waiting = true;
        arm->done = arm->n_running == 0 && arm->n_queue == 0;
        return ST_OK;
    case ASK_DONE:
        arm->done = true;
        return ST_OK;
    case ASK_FAILED:
        break;
    }
    return ST_NOMEM;
}

/* The next task to run, or NULL when there is none now. */
static enum status next_task(struct coordinator *c, struct task **out)
{
    struct arm *arm = &c->arms[c->arm];
    *out = NULL;
    if (spent(c, arm))
        return drop_queue(c);
    if (about_to_be_spent(c, arm))
        return ST_OK;
    if (arm->n_queue > 0) {
        *out = &arm->tasks[arm->queue[0]];
        task_unqueue(arm, arm->queue[0]);
        return ST_OK;
    }
    if (arm->done || arm->waiting || at_trial_limit(c, arm))
        return ST_OK;
    return ask(c, out);
}

static enum status send_task(struct coordinator *c, int worker, const struct task *task)
{
    struct action *action = action_append(c->actions, ACTION_ASSIGN);
    if (!action)
        return ST_NOMEM;
    action->worker = worker;
    action->id = c->workers[worker].id;
    action->seed = task->seed;
    action->params = task->params;
    action->continues = task->continues;
    if (task->continues != TRIAL_NONE) {
        const struct task *continued = &c->arms[c->arm].tasks[task->continues];
        action->continued_seed = continued->seed;
        action->continued_params = continued->params;
        if (continued->state == TRIAL_PRUNED && continued->last_step > 0)
            action->continued_stopped_at = continued->last_step;
    }
    return ST_OK;
}

static void occupy(struct coordinator *c, int number, struct attempt_id id)
{
    struct crew *worker = &c->workers[number];
    worker->busy = true;
    worker->id = id;
    worker->cancelling = worker->stopping = false;
    worker->assigned_s = c->now_s;
    worker->step = worker->furthest = NAN;
    worker->reports = 0;
}

static enum status start_attempt(struct coordinator *c, int worker, struct task *task)
{
    struct arm *arm = &c->arms[c->arm];
    task->state = TRIAL_RUNNING;
    task->worker = worker;
    task->attempts++;
    arm->n_running++;
    occupy(c, worker, (struct attempt_id){(uint32_t)c->arm, task->attempts, task->number});
    enum status status = task_store(c, c->arm, task);
    if (status)
        return status;
    struct action *action = action_append(c->actions, ACTION_START_ATTEMPT);
    if (!action)
        return ST_NOMEM;
    action->worker = worker;
    action->id = c->workers[worker].id;
    action->host = c->workers[worker].host;
    return send_task(c, worker, task);
}

enum status work_give_out(struct coordinator *c)
{
    for (int worker = 0; worker < c->options.n_ranks; worker++) {
        struct task *task;
        if (!c->workers[worker].alive || c->workers[worker].busy)
            continue;
        enum status status = next_task(c, &task);
        if (status || !task)
            return status;
        status = start_attempt(c, worker, task);
        if (status)
            return status;
    }
    return ST_OK;
}
