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
    double begun_s;
    double runs_s;       /* until its end */
    double share;        /* of its time that will have passed then */
    size_t reports_made; /* by it */
    double reported_s;   /* when it made the last of them */
    double free_s;       /* when it last became free ... */
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

static enum status begin(const struct simulated_crew *crew, struct simulated_worker *worker,
                         const struct action *action, struct error *err)
{
    struct json *params = NULL, *continued = NULL;
    enum status status =
        json_parse(&params, action->params, strlen(action->params), "the parameters", err);
    if (!status && action->continues != TRIAL_NONE)
        status = json_parse(&continued, action->continued_params,
                            strlen(action->continued_params), "the parameters", err);
    struct attempt attempt = {.spec = crew->study->trial,
                              .params = params,
                              .objectives = crew->objectives,
                              .seed = action->seed,
                              .continued_params = continued,
                              .continued_seed = action->continued_seed,
                              .continued_stopped_at = action->continued_stopped_at};
    if (!status)
        status = simulated_trial_begin(&worker->trial, &worker->outcome, &attempt, err);
    json_free(params);
    json_free(continued);
    return status;
}

static enum status evaluate(const struct simulated_crew *crew, struct simulated_worker *worker,
                            const struct action *action)
{
    struct error err = {0};
    enum status status = begin(crew, worker, action, &err);
    worker->runs_s = 0;
    if (status)
        return status == ST_NOMEM ? status : decide(worker, OUTCOME_FAILED, err.what);
    worker->runs_s = worker->trial.length_s;
    return decide(worker, simulated_trial_state(&worker->trial),
                  simulated_trial_reason(&worker->trial));
}

/* Whatever takes longer than the study allows is ended then. */
static enum status time_out(struct simulated_worker *worker, double timeout_s)
{
    char reason[64];
    if (!(timeout_s > 0) || worker->runs_s <= timeout_s)
        return ST_OK;
    worker->runs_s = timeout_s;
    snprintf(reason, sizeof reason, "timed out after %g s", timeout_s);
    return decide(worker, OUTCOME_FAILED, reason);
}

/* How long it will have run when it makes its next report; INFINITY when it makes none before
 * its end. */
static double next_report_s(const struct simulated_worker *worker)
{
    const struct simulated_trial *trial = &worker->trial;
    if (worker->outcome.state == OUTCOME_CANCELLED || worker->outcome.state == OUTCOME_PRUNED ||
        worker->reports_made == simulated_trial_reports(trial))
        return (double)INFINITY;
    double report_s = simulated_trial_report_at(trial, worker->reports_made) * trial->length_s;
    return report_s <= worker->runs_s ? report_s : (double)INFINITY;
}

/* Note in the agenda what comes next of a trial. */
static enum status plan(struct simulated_crew *crew, int number)
{
    struct simulated_worker *worker = &crew->workers[number];
    return agenda_add(&crew->agenda,
                      worker->begun_s + fmin(next_report_s(worker), worker->runs_s), number,
                      ++worker->ticket);
}

/* Of a trial that takes no time, all. */
static double share_of_time(const struct simulated_worker *worker)
{
    double length_s = worker->trial.length_s;
    return length_s > 0 ? fmin(1, worker->runs_s / length_s) : 1;
}

enum status simulated_crew_assign(struct simulated_crew *crew, const struct action *action,
                                  double now_s)
{
    struct simulated_worker *worker = &crew->workers[action->worker];
    worker->waited_s += now_s - worker->free_s;
    worker->busy = true;
    worker->id = action->id;
    worker->begun_s = now_s;
    worker->reports_made = 0;
    outcome_clear(&worker->outcome);
    simulated_trial_free(&worker->trial);
    enum status status = evaluate(crew, worker, action);
    if (!status)
        status = time_out(worker, crew->study->trial->timeout_s);
    worker->share = share_of_time(worker);
    return status ? status : plan(crew, action->worker);
}

/* The same when somebody ends it: at the instant of its last report what that says, whatever
 * rounding does to it, and at least that later. */
static double share_ended(const struct simulated_worker *worker, double now_s)
{
    if (worker->reports_made == 0)
        return share_of_time(worker);
    double last = simulated_trial_report_at(&worker->trial, worker->reports_made - 1);
    return now_s == worker->reported_s ? last : fmax(share_of_time(worker), last);
}

enum status simulated_crew_end(struct simulated_crew *crew, const struct action *action,
                               double now_s)
{
    struct simulated_worker *worker = &crew->workers[action->worker];
    enum status status = ST_OK;
    if (!worker->busy)
        return ST_OK;
    worker->runs_s = now_s - worker->begun_s;
    worker->share = share_ended(worker, now_s);
    if (action->kind == ACTION_STOP) {
        status = decide(worker, OUTCOME_PRUNED, "stopped early");
        if (!status)
            status = simulated_trial_stop(&worker->trial, worker->share, &worker->outcome);
    } else {
        status = decide(worker, OUTCOME_CANCELLED, action->text);
    }
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
static void conclude(struct simulated_worker *worker, double now_s, struct outcome *outcome)
{
    *outcome = worker->outcome;
    worker->outcome = (struct outcome){0};
    if (outcome->state == OUTCOME_FAILED || outcome->state == OUTCOME_CANCELLED)
        outcome_clear_metrics(outcome);
    outcome->started_at_us = to_realtime_us(worker->begun_s);
    outcome->ended_at_us = to_realtime_us(now_s);
    /* Of a recorded trial it is known when it was recorded. */
    outcome->duration_s = worker->trial.kind == TRIAL_TABLE ? (double)NAN : worker->runs_s;
    simulated_trial_book(&worker->trial, worker->share, outcome);
    worker->busy = false;
    worker->free_s = now_s;
}

static enum status report(struct simulated_crew *crew, struct simulated_worker *worker,
                          double now_s, struct simulated_happening *happening)
{
    worker->reported_s = now_s;
    happening->report = simulated_trial_report(&worker->trial, worker->reports_made++);
    return happening->report ? plan(crew, happening->worker) : ST_NOMEM;
}

enum status simulated_crew_take(struct simulated_crew *crew, double now_s,
                                struct simulated_happening *happening)
{
    struct agenda_entry next;
    *happening = (struct simulated_happening){.worker = WORKER_NONE};
    if (simulated_crew_next_s(crew) > now_s || !agenda_take(&crew->agenda, &next))
        return ST_OK;
    struct simulated_worker *worker = &crew->workers[next.worker];
    happening->worker = next.worker;
    happening->id = worker->id;
    if (!isinf(next_report_s(worker)))
        return report(crew, worker, next.time_s, happening);
    conclude(worker, next.time_s, &happening->outcome);
    return ST_OK;
}

void simulated_happening_clear(struct simulated_happening *happening)
{
    json_free(happening->report);
    if (happening->worker != WORKER_NONE)
        outcome_clear(&happening->outcome);
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
