/* Who works: joining, signs of life, being lost and found again. */
#include "orchestrator/coordinator_state.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

size_t crew_count_alive(const struct coordinator *c)
{
    size_t n = 0;
    for (int i = 0; i < c->options.n_ranks; i++)
        n += c->workers[i].alive;
    return n;
}

size_t crew_count_busy(const struct coordinator *c)
{
    size_t n = 0;
    for (int i = 0; i < c->options.n_ranks; i++)
        n += c->workers[i].alive && c->workers[i].busy;
    return n;
}

bool coordinator_lost(const struct coordinator *c, int worker)
{
    return c->workers[worker].joined && !c->workers[worker].alive;
}

enum status crew_cancel(struct coordinator *c, int number, const char *reason)
{
    struct crew *worker = &c->workers[number];
    if (!worker->busy || worker->cancelling)
        return ST_OK;
    struct action *action = action_append(c->actions, ACTION_CANCEL);
    if (!action)
        return ST_NOMEM;
    action->worker = number;
    action->id = worker->id;
    action->grace_s = c->options.grace_s;
    action->text = strdup(reason);
    worker->cancelling = true;
    return action->text ? ST_OK : ST_NOMEM;
}

enum status crew_cancel_all(struct coordinator *c, const char *reason)
{
    for (int i = 0; i < c->options.n_ranks; i++) {
        enum status status = c->workers[i].alive ? crew_cancel(c, i, reason) : ST_OK;
        if (status)
            return status;
    }
    return ST_OK;
}

enum status crew_lose(struct coordinator *c, int number)
{
    struct crew *worker = &c->workers[number];
    if (!worker->alive)
        return ST_OK;
    worker->alive = false;
    return worker->busy ? result_lost(c, number) : ST_OK;
}

/* What is known of a host's idle power goes to the store with its first worker. */
static enum status store_idle(struct coordinator *c, const struct crew *worker,
                              const struct idle_figures *idle)
{
    if (!idle || idle->n == 0)
        return ST_OK;
    struct action *action = action_append(c->actions, ACTION_ADD_IDLE);
    if (!action)
        return ST_NOMEM;
    action->host = worker->host;
    action->idle = malloc(sizeof *action->idle);
    if (!action->idle)
        return ST_NOMEM;
    *action->idle = *idle;
    return ST_OK;
}

enum status crew_joined(struct coordinator *c, const struct event *event)
{
    struct crew *worker = &c->workers[event->worker];
    enum status status = crew_lose(c, event->worker); /* one that starts anew lost its trial */
    worker->busy = false;
    worker->joined = worker->alive = true;
    worker->heard_s = c->now_s;
    snprintf(worker->host, sizeof worker->host, "%s", event->text ? event->text : "");
    return status ? status : store_idle(c, worker, event->idle);
}

/* A worker that was thought lost is there, with an attempt: it goes on when no one else has the
 * trial, and leaves it otherwise. */
static enum status found_again(struct coordinator *c, int number)
{
    struct crew *worker = &c->workers[number];
    struct task *task = task_find(c, worker->id);
    bool free_trial = task && task->state == TRIAL_QUEUED && !c->winding &&
                      task_unqueue(&c->arms[worker->id.arm], task->number);
    if (!free_trial)
        return crew_cancel(c, number, "another worker has this trial");
    task->state = TRIAL_RUNNING;
    task->worker = number;
    c->arms[worker->id.arm].n_running++;
    return task_store(c, worker->id.arm, task);
}

enum status crew_heard(struct coordinator *c, const struct event *event)
{
    struct crew *worker = &c->workers[event->worker];
    worker->heard_s = c->now_s;
    if (worker->alive || !worker->joined)
        return ST_OK;
    worker->alive = true;
    if (!worker->busy || event->kind == EVENT_FINISHED)
        return ST_OK;
    return found_again(c, event->worker);
}

enum status crew_lose_silent(struct coordinator *c)
{
    for (int i = 0; i < c->options.n_ranks; i++) {
        struct crew *worker = &c->workers[i];
        if (!worker->alive || c->now_s - worker->heard_s < c->options.patience_s)
            continue;
        enum status status = crew_lose(c, i);
        if (status)
            return status;
    }
    if (crew_count_alive(c) > 0)
        c->attended_s = c->now_s;
    return ST_OK;
}

/* When the coordinator itself stood still (the job was stopped, the machine slept), the
 * silence says nothing about the workers. */
void crew_forgive_gap(struct coordinator *c, double gap_s)
{
    if (gap_s < c->options.patience_s / 4)
        return;
    for (int i = 0; i < c->options.n_ranks; i++)
        c->workers[i].heard_s += gap_s;
    c->attended_s += gap_s;
}
