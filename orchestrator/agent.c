#include "orchestrator/agent_state.h"

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/objective.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Between two accounts of what was spent outside of trials while no attempt ends. */
#define IDLE_ACCOUNT_S 10.0
/* Between two cuts of the ledger by a worker that has nothing to do. */
#define IDLE_CUT_S 1.0

enum status agent_send(struct agent *agent, const struct message *message)
{
    enum status status = message_send(message, agent->transport, 0);
    agent->beat_s = clock_monotonic_s();
    return status;
}

static enum status new_agent(struct agent **out, struct transport *transport)
{
    struct agent *agent = calloc(1, sizeof *agent);
    if (!agent)
        return ST_NOMEM;
    agent->transport = transport;
    agent->heartbeat_s = 1e9;
    agent->stepped_s = agent->heard_s = agent->accounted_s = agent->cut_s = clock_monotonic_s();
    ssize_t length = readlink("/proc/self/exe", agent->self, sizeof agent->self - 1);
    if (length < 0)
        strcpy(agent->self, "wattune");
    *out = agent;
    return ST_OK;
}

void agent_free(struct agent *agent)
{
    if (!agent)
        return;
    supervisor_free(agent->supervisor);
    station_close(&agent->own_station);
    study_free(agent->own_study);
    free(agent->objectives);
    free(agent->checkpoints);
    free(agent);
}

enum status agent_create_remote(struct agent **out, struct transport *transport,
                                double patience_s, struct error *err)
{
    struct agent *agent;
    enum status status = new_agent(&agent, transport);
    if (!status) {
        agent->patience_s = patience_s;
        status = agent_send(
            agent, &(struct message){.kind = MESSAGE_KIND_JOIN, .name = WATTUNE_VERSION});
        if (status)
            agent_free(agent);
    }
    if (status)
        return error_set(err, status, "no memory for the worker");
    *out = agent;
    return ST_OK;
}

/* Everything for running trials is there, and the host's idle power is known if it can be. */
static enum status say_ready(struct agent *agent)
{
    agent->ready = true;
    return agent_send(agent, &(struct message){.kind = MESSAGE_KIND_READY,
                                               .name = agent->station->host,
                                               .text = agent->station->meters.booked.text,
                                               .idle = &agent->idle.figures});
}

static enum status watch_trials(struct agent *agent, struct error *err)
{
    const struct station_gpus *gpus = &agent->station->gpus;
    struct monitor_options options = {.interval_s = agent->study->monitor.interval_s,
                                      .gpus = gpus->devices,
                                      .gpu_ids = gpus->ids,
                                      .n_gpus = gpus->n};
    return supervisor_watch(agent->supervisor, &options, err);
}

static enum status begin_work(struct agent *agent, const char *checkpoints, struct error *err)
{
    if (checkpoints && *checkpoints && !(agent->checkpoints = strdup(checkpoints)))
        return error_set(err, ST_NOMEM, "no memory for the worker");
    agent->objectives =
        objective_reported_list(agent->study->objectives, agent->study->n_objectives);
    if (!agent->objectives)
        return error_set(err, ST_NOMEM, "no memory for the objectives");
    enum status status = supervisor_create(&agent->supervisor, agent->station->ledger, err);
    if (!status)
        status = watch_trials(agent, err);
    if (status)
        return status;
    agent->idle.over = true;
    if (agent->station->measures_idle)
        host_idle_begin(&agent->idle, agent->station, agent->study, clock_monotonic_s());
    return agent->idle.over ? say_ready(agent) : ST_OK;
}

enum status agent_create_local(struct agent **out, struct transport *transport,
                               const struct study *study, struct station *station,
                               const char *checkpoints, struct error *err)
{
    struct agent *agent;
    if (new_agent(&agent, transport))
        return error_set(err, ST_NOMEM, "no memory for the worker");
    agent->local = true;
    agent->study = study;
    agent->station = station;
    agent->patience_s = 1e9;
    enum status status = begin_work(agent, checkpoints, err);
    if (status) {
        agent_free(agent);
        return status;
    }
    *out = agent;
    return ST_OK;
}

static enum status refuse(struct agent *agent, const struct error *why)
{
    char text[sizeof why->what + sizeof why->remedy + 8];
    snprintf(text, sizeof text, "%s%s%s", why->what, why->remedy[0] ? "; " : "", why->remedy);
    return agent_send(agent, &(struct message){.kind = MESSAGE_KIND_REFUSED,
                                               .name = agent->transport->host.name,
                                               .text = text,
                                               .flag = why->status == ST_UNAVAILABLE});
}

static enum status read_study(struct agent *agent, const struct message *message,
                              struct error *err)
{
    struct json_problems problems = {0};
    enum status status =
        study_read_text(&agent->own_study, message->text, message->path, &problems, err);
    if (status == ST_INVALID)
        error_set(err, ST_INVALID, "%.400s", strbuf_text(&problems.text));
    json_problems_free(&problems);
    return status;
}

static enum status set_up(struct agent *agent, const struct message *message)
{
    struct error err = {0};
    if (agent->study)
        return ST_OK;
    agent->heartbeat_s = message->heartbeat_s;
    agent->patience_s = message->patience_s;
    enum status status = read_study(agent, message, &err);
    if (!status)
        status = station_open(&agent->own_station, agent->own_study, &agent->transport->host,
                              LEDGER_WORKER, message->flag, &err);
    if (status)
        return refuse(agent, &err);
    agent->study = agent->own_study;
    agent->station = &agent->own_station;
    status = begin_work(agent, message->name, &err);
    return status ? refuse(agent, &err) : ST_OK;
}

enum status agent_account(struct agent *agent, bool answer)
{
    struct message message = {.kind = MESSAGE_KIND_OVERHEAD, .flag = answer};
    agent->accounted_s = clock_monotonic_s();
    if (!agent->station)
        return ST_OK;
    ledger_collect(agent->station->ledger, &message.overhead);
    ledger_host(agent->station->ledger, &message.host);
    return agent_send(agent, &message);
}

static enum status shut_down(struct agent *agent)
{
    if (agent->over)
        return ST_OK;
    agent->over = true;
    supervisor_free(agent->supervisor);
    agent->supervisor = NULL;
    agent_drop_checkpoint_dir(agent);
    return agent_send(agent, &(struct message){.kind = MESSAGE_KIND_BYE});
}

static enum status obey(struct agent *agent, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_KIND_SETUP:
        return set_up(agent, message);
    case MESSAGE_KIND_ASSIGN:
        return agent_assign(agent, message);
    case MESSAGE_KIND_STOP:
        if (agent_runs(agent, message->id))
            supervisor_stop(agent->supervisor);
        return ST_OK;
    case MESSAGE_KIND_CANCEL:
        if (agent_runs(agent, message->id))
            supervisor_cancel(agent->supervisor, message->grace_s, message->text);
        return ST_OK;
    case MESSAGE_KIND_COLLECT:
        return agent_account(agent, true);
    case MESSAGE_KIND_SHUT_DOWN:
        return shut_down(agent);
    case MESSAGE_KIND_LEAVE:
        agent->state = message->flag ? AGENT_LEAVES : AGENT_BREAKS;
        return ST_OK;
    default:
        return ST_OK; /* a heartbeat */
    }
}

static enum status take_messages(struct agent *agent, bool *active, struct error *err)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = ST_OK;
    while (!status && agent->state == AGENT_WORKS) {
        struct message message;
        int from;
        status = transport_receive(agent->transport, &from, &text);
        if (status || from < 0)
            break;
        *active = true;
        agent->heard_s = clock_monotonic_s();
        status = message_read(&message, text.text, text.length, err);
        if (status)
            break;
        status = obey(agent, &message);
        message_clear(&message);
    }
    strbuf_free(&text);
    return status;
}

/* What must be done although nothing happens. */
static enum status keep_time(struct agent *agent, double now_s)
{
    if (agent->supervisor && !agent_busy(agent) && now_s - agent->cut_s >= IDLE_CUT_S) {
        ledger_tick(agent->station->ledger);
        agent->cut_s = now_s;
    }
    if (agent->supervisor && now_s - agent->accounted_s >= IDLE_ACCOUNT_S &&
        agent_account(agent, false))
        return ST_NOMEM;
    if (agent->supervisor && !agent->ready && host_idle_step(&agent->idle, now_s) &&
        say_ready(agent))
        return ST_NOMEM;
    if (now_s - agent->beat_s < agent->heartbeat_s)
        return ST_OK;
    return agent_send(agent, &(struct message){.kind = MESSAGE_KIND_HEARTBEAT});
}

/* Silence of the coordinator, unless it was this process that stood still. */
static enum status listen_for_coordinator(struct agent *agent, double now_s, struct error *err)
{
    double gap_s = now_s - agent->stepped_s;
    agent->stepped_s = now_s;
    if (gap_s >= agent->patience_s / 4)
        agent->heard_s += gap_s;
    if (agent->local || now_s - agent->heard_s < agent->patience_s)
        return ST_OK;
    return error_set(err, ST_TIMEOUT,
                     "no word from the coordinator for %.0f s: this worker ends",
                     agent->patience_s);
}

enum status agent_step(struct agent *agent, double timeout_s, bool *active,
                       enum agent_state *state, struct error *err)
{
    double now_s = clock_monotonic_s();
    *active = false;
    enum status status = take_messages(agent, active, err);
    if (!status)
        status = agent_watch(agent, timeout_s, active, err);
    if (!status && !*active && !agent_busy(agent))
        clock_sleep(timeout_s);
    if (!status)
        status = keep_time(agent, now_s);
    if (!status)
        status = listen_for_coordinator(agent, now_s, err);
    *state = agent->state;
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "the worker has no memory left");
    return status;
}
