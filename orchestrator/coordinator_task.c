#include "orchestrator/coordinator_state.h"

#include "base/rng.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct task *task_add(struct coordinator *c, size_t arm_index, char *params, int64_t continues)
{
    struct arm *arm = &c->arms[arm_index];
    if (arm->n_tasks == arm->task_capacity) {
        size_t capacity = arm->task_capacity ? 2 * arm->task_capacity : 32;
        struct task *tasks = realloc(arm->tasks, capacity * sizeof *tasks);
        if (!tasks)
            return NULL;
        arm->tasks = tasks;
        arm->task_capacity = capacity;
    }
    uint64_t number = arm->n_tasks++;
    struct task *task = &arm->tasks[number];
    *task =
        (struct task){.number = number,
                      .seed = rng_derive(c->options.arms[arm_index].seed, "trial", number, 0),
                      .state = TRIAL_QUEUED,
                      .params = params,
                      .energy_j = NAN,
                      .told = -1,
                      .first_step = NAN,
                      .last_step = NAN,
                      .continues = continues,
                      .worker = WORKER_NONE};
    arm->shown.asked = arm->n_tasks;
    return task;
}

struct task *task_find(struct coordinator *c, struct attempt_id id)
{
    if (id.arm >= c->options.n_arms || id.trial >= c->arms[id.arm].n_tasks)
        return NULL;
    return &c->arms[id.arm].tasks[id.trial];
}

enum status task_queue(struct coordinator *c, size_t arm_index, struct task *task)
{
    struct arm *arm = &c->arms[arm_index];
    if (arm->n_queue == arm->queue_capacity) {
        size_t capacity = arm->queue_capacity ? 2 * arm->queue_capacity : 16;
        uint64_t *queue = realloc(arm->queue, capacity * sizeof *queue);
        if (!queue)
            return ST_NOMEM;
        arm->queue = queue;
        arm->queue_capacity = capacity;
    }
    size_t at = arm->n_queue++;
    for (; at > 0 && arm->queue[at - 1] > task->number; at--)
        arm->queue[at] = arm->queue[at - 1];
    arm->queue[at] = task->number;
    task->state = TRIAL_QUEUED;
    task->worker = WORKER_NONE;
    return ST_OK;
}

bool task_unqueue(struct arm *arm, uint64_t number)
{
    for (size_t i = 0; i < arm->n_queue; i++) {
        if (arm->queue[i] != number)
            continue;
        arm->n_queue--;
        memmove(&arm->queue[i], &arm->queue[i + 1], (arm->n_queue - i) * sizeof *arm->queue);
        return true;
    }
    return false;
}

void task_note_start(struct task *task, double step)
{
    if (step > task->first_step)
        return;
    task->tried = (struct objective_sums){{0}};
    if (!isinf(step))
        task->first_step = step;
}

struct objective_sums task_before(const struct coordinator *c, size_t arm,
                                  const struct task *task)
{
    if (task->continues == TRIAL_NONE)
        return task->tried;
    return objective_join(&c->arms[arm].tasks[task->continues].sums, &task->tried);
}

double *task_copy_values(const double *values, size_t n)
{
    double *copy = malloc((n + 1) * sizeof *copy);
    if (copy)
        memcpy(copy, values, n * sizeof *copy);
    return copy;
}

/* Of a task that has them, for the store. */
static enum status copy_figures(const struct coordinator *c, const struct task *task,
                                struct action *action)
{
    if (task->values)
        action->values = task_copy_values(task->values, c->options.n_objectives);
    if (task->constrained)
        action->constrained = task_copy_values(task->constrained, c->options.n_constraints);
    bool whole = !task->values == !action->values && !task->constrained == !action->constrained;
    return whole ? ST_OK : ST_NOMEM;
}

enum status task_store(struct coordinator *c, size_t arm, const struct task *task)
{
    struct action *action = action_append(c->actions, ACTION_SET_TRIAL);
    if (!action)
        return ST_NOMEM;
    action->id = (struct attempt_id){(uint32_t)arm, task->attempts, task->number};
    action->seed = task->seed;
    action->params = task->params;
    action->state = task->state;
    action->told = task->told;
    action->continues = task->continues;
    action->energy_j = task->energy_j;
    action->attempts = task->attempts;
    return copy_figures(c, task, action);
}

enum status task_tell(struct coordinator *c, size_t arm_index, struct task *task)
{
    struct arm *arm = &c->arms[arm_index];
    bool complete = task->state == TRIAL_COMPLETE;
    struct trial_result result = {.values = complete ? task->values : NULL,
                                  .constrained = complete ? task->constrained : NULL,
                                  .energy_j = task->energy_j};
    enum status status =
        c->options.ops.tell(c->options.ops.context, c->options.arms[arm_index].strategy,
                            task->number, task->state, &result);
    if (status)
        return status;
    task->told = arm->n_told++;
    arm->waiting = false;
    return ST_OK;
}

/* Only a complete one that is known to keep all constraints is the best. */
static bool is_feasible(const struct coordinator *c, const struct task *task)
{
    return constraints_judge(c->options.constraints, c->options.n_constraints,
                             task->constrained) == FEASIBLE;
}

static void note_best(const struct coordinator *c, struct arm *arm, const struct task *task)
{
    if (coordinator_better(c, task->values[0], arm->shown.best)) {
        arm->shown.best = task->values[0];
        arm->best_trial = task->number;
    }
}

void task_settled(struct coordinator *c, size_t arm_index, struct task *task)
{
    struct arm *arm = &c->arms[arm_index];
    struct run_arm *shown = &arm->shown;
    task->worker = WORKER_NONE;
    if (task->state == TRIAL_COMPLETE) {
        shown->complete++;
        if (is_feasible(c, task)) {
            shown->feasible++;
            note_best(c, arm, task);
        }
    } else if (task->state == TRIAL_PRUNED) {
        shown->pruned++;
    } else if (task->state == TRIAL_FAILED) {
        shown->failed++;
    }
}
