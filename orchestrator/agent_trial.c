/* The trial that an agent runs. */
#include "orchestrator/agent_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/strbuf.h"
#include "cnn/checkpoint_file.h"
#include "orchestrator/signals.h"
#include "worker/meter_reported.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between two accounts of what was spent outside of trials while attempts end. */
#define BUSY_ACCOUNT_S 1.0
/* Events of the trial that are taken at once. */
#define EVENTS_MAX 64

bool agent_busy(const struct agent *agent)
{
    return agent->supervisor && supervisor_running(agent->supervisor);
}

bool agent_runs(const struct agent *agent, struct attempt_id id)
{
    return agent_busy(agent) && !memcmp(&agent->id, &id, sizeof id);
}

/* The trial's own folder, the same for all its attempts; only processes want one. */
static const char *make_checkpoint_dir(struct agent *agent)
{
    enum trial_kind kind = agent->study->trial->kind;
    agent_drop_checkpoint_dir(agent);
    if (!agent->checkpoints || (kind != TRIAL_COMMAND && kind != TRIAL_CNN))
        return NULL;
    int length = snprintf(agent->checkpoint_dir, sizeof agent->checkpoint_dir, "%s/%s",
                          agent->checkpoints, agent->name);
    errno = ENAMETOOLONG; /* until a call says something else */
    bool made = (size_t)length < sizeof agent->checkpoint_dir &&
                (mkdir(agent->checkpoints, 0777) == 0 || errno == EEXIST) &&
                (mkdir(agent->checkpoint_dir, 0777) == 0 || errno == EEXIST);
    if (made)
        return agent->checkpoint_dir;
    log_warn("%s: no folder for checkpoints: %s", agent->checkpoint_dir, strerror(errno));
    agent->checkpoint_dir[0] = '\0';
    return NULL;
}

/* Where the checkpoints are of the trial that this one continues. */
static const char *find_continue_dir(struct agent *agent, const char *continued)
{
    enum trial_kind kind = agent->study->trial->kind;
    if (!continued || !*continued || (kind != TRIAL_COMMAND && kind != TRIAL_CNN))
        return NULL;
    int length = snprintf(agent->continue_dir, sizeof agent->continue_dir, "%s/%s",
                          agent->checkpoints ? agent->checkpoints : "", continued);
    if (agent->checkpoints && (size_t)length < sizeof agent->continue_dir &&
        access(agent->continue_dir, R_OK | X_OK) == 0)
        return agent->continue_dir;
    log_warn("%s: there are no checkpoints of %s to continue from: it starts from the "
             "beginning",
             agent->name, continued);
    return NULL;
}

void agent_drop_checkpoint_dir(struct agent *agent)
{
    if (!agent->checkpoint_dir[0])
        return;
    if (agent->checkpoints_spent)
        checkpoint_delete(agent->checkpoint_dir);
    agent->checkpoints_spent = false;
    if (rmdir(agent->checkpoint_dir) == 0)
        rmdir(agent->checkpoints);
    agent->checkpoint_dir[0] = '\0';
}

/* The trainer's own checkpoints are of no use once the trial has its result, unless another one
 * may continue it; those of programs are their users'. */
static bool spends_checkpoints(const struct agent *agent, const struct outcome *outcome)
{
    const struct study *study = agent->study;
    bool over = outcome->state == OUTCOME_COMPLETE || outcome->state == OUTCOME_PRUNED;
    return over && study->trial->kind == TRIAL_CNN &&
           !study->strategies[study->arms[agent->id.arm].strategy].continues;
}

/* What is spent is deleted before the next trial only: by then the result is stored, and nobody
 * has to train it again when the coordinator dies now. */
static enum status send_finished(struct agent *agent, struct outcome *outcome)
{
    agent->checkpoints_spent = spends_checkpoints(agent, outcome);
    if (!agent->checkpoints_spent)
        agent_drop_checkpoint_dir(agent);
    return agent_send(
        agent,
        &(struct message){.kind = MESSAGE_KIND_FINISHED, .id = agent->id, .outcome = outcome});
}

/* An attempt that did not even start. */
static enum status send_stillborn(struct agent *agent, const struct error *why)
{
    struct outcome outcome = {
        .state = OUTCOME_FAILED, .started_at_us = clock_realtime_us(), .epochs_done = -1};
    outcome.reason = strdup(why->what);
    outcome.ended_at_us = outcome.started_at_us;
    enum status status = outcome.reason ? send_finished(agent, &outcome) : ST_NOMEM;
    outcome_clear(&outcome);
    return status;
}

/* `continued` has the parameters of the trial that it continues; NULL: none. */
static enum status start(struct agent *agent, const struct message *message,
                         const struct json *params, const struct json *continued,
                         struct error *err)
{
    const struct trial_spec *spec = agent->study->trial;
    struct attempt attempt = {.spec = spec,
                              .params = params,
                              .objectives = agent->objectives,
                              .id = agent->name,
                              .seed = message->seed,
                              .threads =
                                  spec->threads ? spec->threads : agent->station->threads,
                              .self = agent->self,
                              .checkpoint_dir = make_checkpoint_dir(agent),
                              .continue_dir = find_continue_dir(agent, message->continues.name),
                              .continued_params = continued,
                              .continued_seed = message->continues.seed,
                              .continued_stopped_at = message->continues.stopped_at,
                              .gpus = agent->station->gpus.visible,
                              .reported_as = meter_reported_as(&agent->station->meters)};
    return supervisor_start(agent->supervisor, &attempt, err);
}

static enum status read_params(struct json **out, const char *text, struct error *err)
{
    return json_parse(out, text, strlen(text), "the parameters of a trial", err);
}

enum status agent_assign(struct agent *agent, const struct message *message)
{
    struct error err = {0};
    struct json *params = NULL, *continued = NULL;
    if (!agent->supervisor || supervisor_running(agent->supervisor)) {
        log_error("the coordinator gave out %s to a worker that is not free", message->name);
        return ST_OK;
    }
    agent->id = message->id;
    snprintf(agent->name, sizeof agent->name, "%s", message->name);
    enum status status = read_params(&params, message->text, &err);
    if (!status && message->continues.name && *message->continues.name)
        status = read_params(&continued, message->continues.params, &err);
    if (!status)
        status = start(agent, message, params, continued, &err);
    json_free(params);
    json_free(continued);
    return status ? send_stillborn(agent, &err) : ST_OK;
}

/* A batch system that ends a job signals every process of it, the trial's too. A trial that
 * fails when this process was told to end has not failed by itself: it is to run again. */
static enum status excuse(struct outcome *outcome)
{
    if (outcome->state != OUTCOME_FAILED || !signals_came())
        return ST_OK;
    struct strbuf reason = STRBUF_INIT;
    strbuf_printf(&reason, "the job was told to end: %s", outcome->reason);
    free(outcome->reason);
    outcome->state = OUTCOME_CANCELLED;
    outcome->reason = strbuf_take(&reason);
    return outcome->reason ? ST_OK : ST_NOMEM;
}

static enum status send_samples(struct agent *agent, const struct supervisor_event *event)
{
    if (event->n_samples == 0)
        return ST_OK;
    return agent_send(agent, &(struct message){.kind = MESSAGE_KIND_SAMPLES,
                                               .id = agent->id,
                                               .samples = event->samples,
                                               .n_samples = event->n_samples});
}

static enum status tell(struct agent *agent, const struct supervisor_event *event)
{
    struct message message = {.id = agent->id};
    switch (event->kind) {
    case SUPERVISOR_PHASE:
        message.kind = MESSAGE_KIND_PHASE;
        message.text = event->text;
        return agent_send(agent, &message);
    case SUPERVISOR_REPORT:
        message.kind = MESSAGE_KIND_REPORT;
        message.object = event->report;
        return agent_send(agent, &message);
    case SUPERVISOR_SAMPLES:
        return send_samples(agent, event);
    case SUPERVISOR_FINISHED:
        if (clock_monotonic_s() - agent->accounted_s >= BUSY_ACCOUNT_S &&
            agent_account(agent, false))
            return ST_NOMEM;
        if (excuse(event->outcome) || send_samples(agent, event))
            return ST_NOMEM;
        return send_finished(agent, event->outcome);
    case SUPERVISOR_NOTHING:
        break;
    }
    return ST_OK;
}

/* A recorded trial can be over in no time at all: after each of its reports the coordinator is
 * heard, which may want it stopped. */
static bool may_be_stopped(const struct agent *agent, const struct supervisor_event *event)
{
    return event->kind == SUPERVISOR_REPORT && agent->study->trial->kind == TRIAL_TABLE;
}

enum status agent_watch(struct agent *agent, double timeout_s, bool *active, struct error *err)
{
    enum status status = ST_OK;
    for (int i = 0; i < EVENTS_MAX && !status; i++) {
        struct supervisor_event event;
        if (!agent_busy(agent))
            break;
        status = supervisor_poll(agent->supervisor, *active ? 0 : timeout_s, &event, err);
        if (status || event.kind == SUPERVISOR_NOTHING)
            break;
        *active = true;
        status = tell(agent, &event);
        if (may_be_stopped(agent, &event))
            break;
    }
    return status;
}
