/* What comes back from workers: reports, ended attempts, and attempts that went with their
 * worker. */
#include "orchestrator/coordinator_state.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* How many attempts make a study broken when none before them succeeded. */
#define BROKEN_AFTER 5

static void add_energy(struct coordinator *c, size_t arm_index, struct task *task,
                       const struct energy *energy)
{
    struct arm *arm = &c->arms[arm_index];
    double energy_j = objective_energy_j(energy);
    if (isnan(energy_j))
        return;
    if (task->told < 0) /* what the strategy was told stands */
        task->energy_j = isnan(task->energy_j) ? energy_j : task->energy_j + energy_j;
    arm->attempts_j += energy_j;
    arm->n_attempts_j++;
    coordinator_note_quality(c, energy->quality);
}

static char *missing_value(const struct coordinator *c, const double *values)
{
    for (size_t i = 0; i < c->options.n_objectives; i++) {
        if (isfinite(values[i]))
            continue;
        struct strbuf text = STRBUF_INIT;
        strbuf_printf(&text, "there is no figure for the objective %s",
                      c->options.objectives[i].metric);
        return strbuf_take(&text);
    }
    return NULL;
}

/* Those of the constraints. A trial may lack them: whether it keeps them is not known then. */
static double *read_constrained(const struct coordinator *c, const struct outcome *outcome,
                                const struct objective_sums *before)
{
    double *constrained = malloc((c->options.n_constraints + 1) * sizeof *constrained);
    for (size_t i = 0; constrained && i < c->options.n_constraints; i++)
        constrained[i] = objective_value(outcome, c->options.constraints[i].metric, before);
    return constrained;
}

static double *read_values(const struct coordinator *c, const struct outcome *outcome,
                           const struct objective_sums *before)
{
    double *values = malloc(c->options.n_objectives * sizeof *values);
    for (size_t i = 0; values && i < c->options.n_objectives; i++)
        values[i] = objective_value(outcome, c->options.objectives[i].metric, before);
    return values;
}

/* Fill in the figures of a complete attempt; one that lacks an objective has failed. */
static enum status take_values(struct coordinator *c, size_t arm, struct task *task,
                               struct outcome *outcome)
{
    struct objective_sums before = task_before(c, arm, task);
    double *values = read_values(c, outcome, &before);
    double *constrained = read_constrained(c, outcome, &before);
    if (!values || !constrained) {
        free(values);
        free(constrained);
        return ST_NOMEM;
    }
    char *reason = missing_value(c, values);
    if (!reason) {
        free(task->values);
        free(task->constrained);
        task->values = values;
        task->constrained = constrained;
        return ST_OK;
    }
    free(values);
    free(constrained);
    free(outcome->reason);
    outcome->reason = reason;
    outcome->state = OUTCOME_FAILED;
    return ST_OK;
}

static enum status settle(struct coordinator *c, size_t arm, struct task *task,
                          enum trial_state state)
{
    task->state = state;
    if (state == TRIAL_CANCELLED) {
        c->arms[arm].cut = true;
    } else {
        enum status status = task_tell(c, arm, task);
        if (status)
            return status;
    }
    task_settled(c, arm, task);
    c->n_ended++;
    return ST_OK;
}

static enum status failed_attempt(struct coordinator *c, size_t arm, struct task *task,
                                  bool *retried)
{
    c->n_failed++;
    task->failures++;
    *retried = task->failures <= c->options.retries;
    enum status status =
        *retried ? task_queue(c, arm, task) : settle(c, arm, task, TRIAL_FAILED);
    if (status)
        return status;
    if (!c->options.keep_going && !c->succeeded && c->n_failed >= BROKEN_AFTER)
        coordinator_wind_down(c, WINDING_CANCEL, EXIT_FAILED,
                              "the first five attempts have all failed");
    return ST_OK;
}

/* Whoever goes on now goes on from this trial, and not from the one that it continued. */
static enum status drop_continued(struct coordinator *c, size_t arm, const struct task *task)
{
    if (task->continues == TRIAL_NONE)
        return ST_OK;
    struct action *action = action_append(c->actions, ACTION_DROP_TRIAL);
    if (!action)
        return ST_NOMEM;
    action->id = (struct attempt_id){(uint32_t)arm, 0, (uint64_t)task->continues};
    return ST_OK;
}

/* What an ended attempt means for its trial, which it decides. */
static enum status decide(struct coordinator *c, size_t arm, struct task *task,
                          const struct outcome *outcome, bool *retried)
{
    struct objective_sums before = task_before(c, arm, task);
    switch (outcome->state) {
    case OUTCOME_COMPLETE:
    case OUTCOME_PRUNED:
        c->succeeded = true;
        task->sums = objective_add_up(outcome, &before);
        if (outcome->state == OUTCOME_COMPLETE && drop_continued(c, arm, task))
            return ST_NOMEM;
        return settle(c, arm, task, action_trial_state(outcome->state));
    case OUTCOME_FAILED:
        return failed_attempt(c, arm, task, retried);
    case OUTCOME_CANCELLED:
        break;
    }
    if (c->winding)
        return settle(c, arm, task, TRIAL_CANCELLED);
    *retried = true;
    return task_queue(c, arm, task);
}

/* The first objective of a complete attempt, for whoever watches. */
static double value_of(struct coordinator *c, struct attempt_id id,
                       const struct outcome *outcome)
{
    if (outcome->state != OUTCOME_COMPLETE)
        return (double)NAN;
    struct objective_sums before = task_before(c, id.arm, task_find(c, id));
    return objective_value(outcome, c->options.objectives[0].metric, &before);
}

static enum status store_attempt(struct coordinator *c, int worker, struct attempt_id id,
                                 struct outcome *outcome, bool retried)
{
    struct action *action = action_append(c->actions, ACTION_FINISH_ATTEMPT);
    if (!action)
        return ST_NOMEM;
    action->worker = worker;
    action->id = id;
    action->host = c->workers[worker].host;
    action->retried = retried;
    action->value = value_of(c, id, outcome);
    action->outcome = *outcome;
    c->attempt_ended = true;
    memset(outcome, 0, sizeof *outcome);
    return ST_OK;
}

/* An attempt that this worker is known to run. */
static bool runs(struct coordinator *c, const struct event *event)
{
    const struct crew *worker = &c->workers[event->worker];
    return worker->busy && task_find(c, event->id) &&
           memcmp(&worker->id, &event->id, sizeof event->id) == 0;
}

static bool has_result(const struct outcome *outcome)
{
    return outcome->state == OUTCOME_COMPLETE || outcome->state == OUTCOME_PRUNED;
}

/* Does this attempt decide its trial? One that was thought lost does when it has a result and
 * no other attempt came first; whoever runs the trial by now is told to leave it. */
static enum status claim(struct coordinator *c, int worker, struct attempt_id id,
                         struct task *task, const struct outcome *outcome, bool *decides)
{
    struct arm *arm = &c->arms[id.arm];
    *decides = false;
    if (task->state == TRIAL_QUEUED && has_result(outcome)) {
        *decides = task_unqueue(arm, id.trial);
    } else if (task->state == TRIAL_CANCELLED) {
        *decides = has_result(outcome);
    } else if (task->state == TRIAL_RUNNING) {
        *decides = task->worker == worker || has_result(outcome);
        arm->n_running -= *decides;
        if (*decides && task->worker != worker)
            return crew_cancel(c, task->worker, "its result came from an earlier attempt");
    }
    return ST_OK;
}

enum status result_finished(struct coordinator *c, const struct event *event)
{
    struct crew *worker = &c->workers[event->worker];
    struct attempt_id id = event->id;
    struct task *task = task_find(c, id);
    if (!runs(c, event))
        return ST_OK; /* taken before, or never given out */
    worker->busy = false;
    bool decides, retried = false;
    enum status status = claim(c, event->worker, id, task, event->outcome, &decides);
    if (decides && worker->reports == 0 && has_result(event->outcome))
        task_note_start(task, -INFINITY);
    if (!status && decides && event->outcome->state == OUTCOME_COMPLETE)
        status = take_values(c, id.arm, task, event->outcome);
    add_energy(c, id.arm, task, &event->outcome->energy);
    if (!status && decides)
        status = decide(c, id.arm, task, event->outcome, &retried);
    if (retried)
        objective_add_known(&task->tried, event->outcome);
    if (!status)
        status = store_attempt(c, event->worker, id, event->outcome, retried);
    return status || !decides ? status : task_store(c, id.arm, task);
}

enum status result_lost(struct coordinator *c, int number)
{
    struct crew *worker = &c->workers[number];
    struct attempt_id id = worker->id;
    struct task *task = task_find(c, id);
    if (!task || task->state != TRIAL_RUNNING || task->worker != number)
        return ST_OK;
    struct outcome outcome = {.state = OUTCOME_FAILED,
                              .duration_s = c->now_s - worker->assigned_s,
                              .cpu_s = NAN,
                              .peak_memory_mb = NAN,
                              .epochs_done = -1};
    struct strbuf reason = STRBUF_INIT;
    strbuf_printf(&reason, "worker %d on %s was lost: no sign of life for %.0f s", number,
                  worker->host, c->now_s - worker->heard_s);
    outcome.reason = strbuf_take(&reason);
    c->arms[id.arm].n_running--;
    bool again = ++task->losses < COORDINATOR_LOSSES_MAX && !c->winding;
    enum status status;
    if (again)
        status = task_queue(c, id.arm, task);
    else
        status = settle(c, id.arm, task, c->winding ? TRIAL_CANCELLED : TRIAL_FAILED);
    if (!status)
        status = store_attempt(c, number, id, &outcome, again);
    outcome_clear(&outcome);
    return status ? status : task_store(c, id.arm, task);
}

static size_t count_numbers(const struct json *report)
{
    size_t n = 0;
    for (const struct json *member = json_first(report); member; member = json_next(member))
        n += json_kind(member) == JSON_NUMBER;
    return n;
}

static enum status copy_numbers(struct action *action, const struct json *report)
{
    size_t n = count_numbers(report);
    action->metrics = calloc(n ? n : 1, sizeof *action->metrics);
    if (!action->metrics)
        return ST_NOMEM;
    for (const struct json *member = json_first(report); member; member = json_next(member)) {
        if (json_kind(member) != JSON_NUMBER)
            continue;
        struct metric *metric = &action->metrics[action->n_metrics];
        metric->name = strdup(json_key(member));
        metric->value = json_number(member);
        if (!metric->name)
            return ST_NOMEM;
        action->n_metrics++;
    }
    return ST_OK;
}

static enum status ask_to_stop(struct coordinator *c, int number)
{
    struct crew *worker = &c->workers[number];
    struct action *action = action_append(c->actions, ACTION_STOP);
    if (!action)
        return ST_NOMEM;
    action->worker = number;
    action->id = worker->id;
    worker->stopping = true;
    return ST_OK;
}

enum status result_samples(struct coordinator *c, const struct event *event)
{
    if (!runs(c, event) || event->n_samples == 0)
        return ST_OK;
    struct action *action = action_append(c->actions, ACTION_ADD_SAMPLES);
    if (!action)
        return ST_NOMEM;
    action->id = event->id;
    action->samples = calloc(event->n_samples, sizeof *action->samples);
    if (!action->samples)
        return ST_NOMEM;
    memcpy(action->samples, event->samples, event->n_samples * sizeof *action->samples);
    action->n_samples = event->n_samples;
    return ST_OK;
}

/* Tell the strategy how far a trial is. What it answers of one that was asked to stop is no
 * news, but the report belongs to the history all the same: it is stored, so a resumed study
 * knows it. */
static enum status tell_report(struct coordinator *c, const struct event *event)
{
    struct crew *worker = &c->workers[event->worker];
    struct task *task = task_find(c, event->id);
    double value = json_number(json_member(event->report, c->options.objectives[0].metric));
    bool current = task->state == TRIAL_RUNNING && task->worker == event->worker;
    if (!current || isnan(value) || worker->step < worker->furthest)
        return ST_OK;
    worker->furthest = worker->step;
    enum verdict verdict =
        c->options.ops.report(c->options.ops.context, c->options.arms[event->id.arm].strategy,
                              event->id.trial, (struct intermediate){worker->step, value});
    bool stop = verdict == VERDICT_STOP && !worker->stopping;
    return stop ? ask_to_stop(c, event->worker) : ST_OK;
}

enum status result_report(struct coordinator *c, const struct event *event)
{
    struct crew *worker = &c->workers[event->worker];
    if (!runs(c, event))
        return ST_OK;
    double epoch = json_number(json_member(event->report, "epoch"));
    worker->reports++;
    worker->step = isnan(epoch) ? (double)worker->reports : epoch;
    struct task *task = task_find(c, event->id);
    task->last_step = worker->step;
    if (worker->reports == 1)
        task_note_start(task, worker->step);
    struct action *action = action_append(c->actions, ACTION_ADD_REPORT);
    if (!action)
        return ST_NOMEM;
    action->worker = event->worker;
    action->id = event->id;
    action->step = worker->step;
    enum status status = copy_numbers(action, event->report);
    return status ? status : tell_report(c, event);
}
