#include "orchestrator/loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/checkpoints.h"
#include "orchestrator/objective.h"
#include "orchestrator/persist.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* How long reports and overhead may wait for something to be stored with, and samples, which
 * come all the time. */
#define WRITE_WITHIN_S 1.0
#define SAMPLES_WITHIN_S 2.0

static enum status send_to(struct loop *loop, int worker, const struct message *message)
{
    return worker == 0 ? message_send(message, loop->to_agent, 0)
                       : job_send(loop->job, worker, message);
}

static enum status send_to_all(struct loop *loop, enum message_kind kind)
{
    struct message message = {.kind = kind};
    enum status status = ST_OK;
    if (loop->agent)
        status = send_to(loop, 0, &message);
    if (!status && job_size(loop->job) > 1)
        status = job_send_all(loop->job, &message);
    return status;
}

static enum status assign(struct loop *loop, const struct action *action)
{
    char name[64], continued[64] = "";
    coordinator_trial_name(loop->coordinator, action->id, name, sizeof name);
    if (action->continues != TRIAL_NONE)
        coordinator_trial_name(
            loop->coordinator,
            (struct attempt_id){action->id.arm, 0, (uint64_t)action->continues}, continued,
            sizeof continued);
    return send_to(loop, action->worker,
                   &(struct message){.kind = MESSAGE_KIND_ASSIGN,
                                     .id = action->id,
                                     .seed = action->seed,
                                     .name = name,
                                     .text = action->params,
                                     .continues = {continued, action->continued_seed,
                                                   action->continued_params,
                                                   action->continued_stopped_at}});
}

static void drop_trial(const struct loop *loop, const struct action *action)
{
    char name[64];
    coordinator_trial_name(loop->coordinator, action->id, name, sizeof name);
    if (loop->checkpoints)
        checkpoints_drop_trial(loop->checkpoints, name);
}

static void drop_arm(const struct loop *loop, const struct action *action)
{
    char prefix[64];
    coordinator_trial_name(loop->coordinator, action->id, prefix, sizeof prefix);
    strrchr(prefix, '.')[1] = '\0';
    if (loop->checkpoints)
        checkpoints_drop_arm(loop->checkpoints, prefix);
}

static void tell_observer(struct loop *loop, const struct action *action)
{
    const struct run_observer *observer = &loop->options->observer;
    const struct outcome *outcome = &action->outcome;
    char name[64];
    loop->attempted = true;
    if (outcome->state == OUTCOME_FAILED && outcome->reason)
        snprintf(loop->failure, sizeof loop->failure, "%s", outcome->reason);
    if (!observer->ended)
        return;
    if (!loop->introduced) /* the first end is told to who knows what the study is */
        loop_show(loop);
    loop->introduced = true;
    coordinator_trial_name(loop->coordinator, action->id, name, sizeof name);
    struct run_ended ended = {.id = name,
                              .attempt = action->id.attempt,
                              .state = action_trial_state(outcome->state),
                              .retried = action->retried,
                              .reason = outcome->reason,
                              .value = action->value,
                              .energy_j = objective_energy_j(&outcome->energy),
                              .quality = outcome->energy.quality,
                              .duration_s = outcome->duration_s,
                              .worker = action->worker,
                              .host = action->host};
    observer->ended(observer->context, &ended);
}

/* A metric that is misspelt, or that a program does not report, leaves every trial in doubt:
 * the first one is told. */
static void warn_of_unknown(struct loop *loop, const struct action *action)
{
    const struct study *study = loop->options->study;
    char name[64];
    if (loop->warned || action->kind != ACTION_SET_TRIAL || !action->constrained)
        return;
    for (size_t i = 0; i < study->n_constraints && !loop->warned; i++) {
        if (!isnan(action->constrained[i]))
            continue;
        coordinator_trial_name(loop->coordinator, action->id, name, sizeof name);
        log_warn(
            "%s has no '%s', which a constraint is on: such trials do not count as feasible",
            name, study->constraints[i].metric);
        loop->warned = true;
    }
}

/* What is stored as the reason, and what the user is told at the end of the run. */
static void say_why(struct loop *loop, const struct action *end)
{
    if (end->text && !loop->why[0])
        snprintf(loop->why, sizeof loop->why, "%s", end->text);
    size_t length = strlen(loop->why);
    if (end->study_state == STUDY_BROKEN && loop->failure[0])
        snprintf(loop->why + length, sizeof loop->why - length, "; the last: %.200s",
                 loop->failure);
}

static enum status end_study(struct loop *loop, const struct action *action, struct error *err)
{
    loop->over = true;
    loop->exit_status = action->exit_status;
    say_why(loop, action);
    bool early = action->study_state != STUDY_DONE && loop->why[0];
    return store_set_state(loop->options->store, action->study_state, early ? loop->why : NULL,
                           err);
}

static enum status execute(struct loop *loop, const struct action *action, struct error *err)
{
    switch (action->kind) {
    case ACTION_ASSIGN:
        return assign(loop, action);
    case ACTION_STOP:
        return send_to(loop, action->worker,
                       &(struct message){.kind = MESSAGE_KIND_STOP, .id = action->id});
    case ACTION_CANCEL:
        return send_to(loop, action->worker,
                       &(struct message){.kind = MESSAGE_KIND_CANCEL,
                                         .id = action->id,
                                         .grace_s = action->grace_s,
                                         .text = action->text});
    case ACTION_DROP_TRIAL:
        drop_trial(loop, action);
        return ST_OK;
    case ACTION_DROP_ARM:
        drop_arm(loop, action);
        return ST_OK;
    case ACTION_COLLECT:
        loop->collect = true;
        return send_to_all(loop, MESSAGE_KIND_COLLECT);
    case ACTION_SHUT_DOWN:
        loop->job->told = true;
        return send_to_all(loop, MESSAGE_KIND_SHUT_DOWN);
    case ACTION_END:
        return end_study(loop, action, err);
    default:
        return ST_OK;
    }
}

/* Move what is for the store from the fresh actions to the others. */
static enum status sort_out(struct loop *loop)
{
    for (size_t i = 0; i < loop->fresh.n; i++) {
        struct action *action = &loop->fresh.items[i];
        if (!action_for_store(action->kind)) {
            loop->urgent = true; /* whoever is told must find what came before stored */
            continue;
        }
        struct action *write = action_append(&loop->writes, action->kind);
        if (!write)
            return ST_NOMEM;
        enum action_kind kind = action->kind;
        *write = *action;
        *action = (struct action){.kind = kind};
        if (kind != ACTION_ADD_REPORT && kind != ACTION_ADD_SAMPLES &&
            kind != ACTION_ADD_OVERHEAD && kind != ACTION_ADD_HOST)
            loop->urgent = true;
    }
    return ST_OK;
}

static double patience_s(const struct action_list *writes)
{
    for (size_t i = 0; i < writes->n; i++)
        if (writes->items[i].kind != ACTION_ADD_SAMPLES)
            return WRITE_WITHIN_S;
    return SAMPLES_WITHIN_S;
}

static enum status write_out(struct loop *loop, struct error *err)
{
    double now_s = clock_monotonic_s();
    bool due = loop->urgent || now_s - loop->written_s >= patience_s(&loop->writes);
    if (loop->writes.n == 0 || !due)
        return ST_OK;
    enum status status = persist_actions(loop->options->store, &loop->writes, err);
    if (status)
        return status;
    for (size_t i = 0; i < loop->writes.n; i++) {
        if (loop->writes.items[i].kind == ACTION_FINISH_ATTEMPT)
            tell_observer(loop, &loop->writes.items[i]);
        warn_of_unknown(loop, &loop->writes.items[i]);
    }
    action_list_clear(&loop->writes);
    loop->written_s = now_s;
    return ST_OK;
}

enum status loop_carry_out(struct loop *loop, struct error *err)
{
    enum status status = sort_out(loop);
    if (!status)
        status = write_out(loop, err);
    loop->active = loop->active || loop->fresh.n > 0;
    for (size_t i = 0; i < loop->fresh.n && !status; i++)
        status = execute(loop, &loop->fresh.items[i], err);
    action_list_clear(&loop->fresh);
    loop->urgent = false;
    return status;
}

void loop_show(struct loop *loop)
{
    const struct run_observer *observer = &loop->options->observer;
    struct run_snapshot snapshot;
    if (!observer->snapshot)
        return;
    loop->shown_s = clock_monotonic_s();
    coordinator_snapshot(loop->coordinator, loop->shown_s, &snapshot);
    observer->snapshot(observer->context, &snapshot);
}
