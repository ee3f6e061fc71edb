#include "orchestrator/simulated_crew.h"

#include "worker/printable.h"
#include "worker/simulated_trial.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct simulated_worker {
    bool busy;
    uint64_t ticket; /* of its entry in the agenda; one with an earlier ticket is void */
    struct attempt_id id;
    struct simulated_trial trial;
    struct outcome outcome; /* the metrics from the beginning on, the rest at the end */
    double begun_s, ends_s;
    double runs_s;   /* between them, without what rounding adds */
    double free_s;   /* when it last became free ... */
    double waited_s; /* ... and how long it had waited before, since that was last asked for */
};

enum status simulated_crew_open(struct simulated_crew *crew, const struct study *study,
                                const char *const *objectives, int n)
{
    *crew = (struct simulated_crew){.study = study, .objectives = objectives, .n = n};
    crew->workers = calloc((size_t)n, sizeof *crew->workers);
    return crew->workers ? ST_OK : ST_NOMEM;
}

void simulated_crew_close(struct simulated_crew *crew)
{
    for (int i = 0; crew->workers && i < crew->n; i++) {
        simulated_trial_free(&crew->workers[i].trial);
        outcome_clear(&crew->workers[i].outcome);
    }
    free(crew->workers);
    agenda_free(&crew->agenda);
    *crew = (struct simulated_crew){0};
}

/* The end that is known when the trial begins, unless somebody ends it earlier. */
static enum status decide(struct simulated_worker *worker, enum outcome_state state,
                          const char *reason)
{
    free(worker->outcome.reason);
    worker->outcome.state = state;
    worker->outcome.reason = reason ? strdup(reason) : NULL;
    if (!reason)
        return ST_OK;
    if (worker->outcome.reason)
        printable_line(worker->outcome.reason);
    return worker->outcome.reason ? ST_OK : ST_NOMEM;
}

static enum status evaluate(const struct simulated_crew *crew, struct simulated_worker *worker,
                            const struct action *action, double *length_s)
{
    struct error err = {0};
    struct json *params = NULL;
    struct attempt attempt = {
        .spec = crew->study->trial, .objectives = crew->objectives, .seed = action->seed};
    *length_s = 0;
    enum status status =
        json_parse(&params, action->params, strlen(action->params), "the parameters", &err);
    attempt.params = params;
    if (!status)
        status = simulated_trial_begin(&worker->trial, &worker->outcome, &attempt, &err);
    json_free(params);
    if (status)
        return status == ST_NOMEM ? status : decide(worker, OUTCOME_FAILED, err.what);
    *length_s = worker->trial.length_s;
    return decide(worker, simulated_trial_state(&worker->trial),
                  simulated_trial_reason(&worker->trial));
}

/* Whatever takes longer than the study allows is ended then. */
static enum status time_out(struct simulated_worker *worker, double timeout_s, double *length_s)
{
    char reason[64];
    if (!(timeout_s > 0) || *length_s <= timeout_s)
        return ST_OK;
    *length_s = timeout_s;
    snprintf(reason, sizeof reason, "timed out after %g s", timeout_s);
    return decide(worker, OUTCOME_FAILED, reason);
}

enum status simulated_crew_assign(struct simulated_crew *crew, const struct action *action,
                                  double now_s)
{
    struct simulated_worker *worker = &crew->workers[action->worker];
    double length_s;
    worker->waited_s += now_s - worker->free_s;
    worker->busy = true;
    worker->id = action->id;
    worker->begun_s = now_s;
    outcome_clear(&worker->outcome);
    simulated_trial_free(&worker->trial);
    enum status status = evaluate(crew, worker, action, &length_s);
    if (!status)
        status = time_out(worker, crew->study->trial->timeout_s, &length_s);
    if (status)
        return status;
    worker->runs_s = length_s;
    worker->ends_s = now_s + length_s;
    return agenda_add(&crew->agenda, worker->ends_s, action->worker, ++worker->ticket);
}

enum status simulated_crew_cancel(struct simulated_crew *crew, const struct action *action,
                                  double now_s)
{
    struct simulated_worker *worker = &crew->workers[action->worker];
    if (!worker->busy)
        return ST_OK;
    worker->runs_s = now_s - worker->begun_s;
    worker->ends_s = now_s;
    enum status status = decide(worker, OUTCOME_CANCELLED, action->text);
    return status ? status : agenda_add(&crew->agenda, now_s, action->worker, ++worker->ticket);
}

static bool is_void(const struct simulated_crew *crew, const struct agenda_entry *entry)
{
    const struct simulated_worker *worker = &crew->workers[entry->worker];
    return !worker->busy || worker->ticket != entry->ticket;
}

double simulated_crew_next_s(struct simulated_crew *crew)
{
    struct agenda_entry next;
    while (agenda_peek(&crew->agenda, &next)) {
        if (!is_void(crew, &next))
            return next.time_s;
        agenda_take(&crew->agenda, &next);
    }
    return (double)INFINITY;
}

static int64_t to_realtime_us(double time_s)
{
    return SIMULATED_EPOCH_US + llround(time_s * 1e6);
}

/* Fill the rest of the outcome in, and hand it out. */
static void conclude(struct simulated_worker *worker, struct outcome *outcome)
{
    double ran_s = worker->runs_s, length_s = worker->trial.length_s;
    *outcome = worker->outcome;
    worker->outcome = (struct outcome){0};
    if (outcome->state == OUTCOME_FAILED || outcome->state == OUTCOME_CANCELLED)
        outcome_clear_metrics(outcome);
    outcome->started_at_us = to_realtime_us(worker->begun_s);
    outcome->ended_at_us = to_realtime_us(worker->ends_s);
    /* Of a recorded trial it is known when it was recorded. */
    outcome->duration_s = worker->trial.kind == TRIAL_TABLE ? (double)NAN : ran_s;
    simulated_trial_book(&worker->trial, length_s > 0 ? fmin(1, ran_s / length_s) : 1, outcome);
    worker->busy = false;
    worker->free_s = worker->ends_s;
}

void simulated_crew_take(struct simulated_crew *crew, double now_s, int *worker,
                         struct attempt_id *id, struct outcome *outcome)
{
    struct agenda_entry next;
    *worker = WORKER_NONE;
    if (simulated_crew_next_s(crew) > now_s || !agenda_take(&crew->agenda, &next))
        return;
    *worker = next.worker;
    *id = crew->workers[next.worker].id;
    conclude(&crew->workers[next.worker], outcome);
}

double simulated_crew_waited_s(struct simulated_crew *crew, int number, double now_s)
{
    struct simulated_worker *worker = &crew->workers[number];
    double waited_s = worker->waited_s;
    worker->waited_s = 0;
    if (worker->busy)
        return waited_s;
    waited_s += now_s - worker->free_s;
    worker->free_s = now_s;
    return waited_s;
}
