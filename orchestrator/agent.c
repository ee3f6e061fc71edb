#include "orchestrator/agent.h"

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/message.h"
#include "orchestrator/objective.h"
#include "worker/supervisor.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Between two accounts of what was spent outside of trials: while attempts end, and otherwise.
 */
#define BUSY_ACCOUNT_S 1.0
#define IDLE_ACCOUNT_S 10.0
/* Between two cuts of the ledger by a worker that has nothing to do. */
#define IDLE_CUT_S 1.0
/* Events of the trial that are taken at once. */
#define EVENTS_MAX 64

struct agent {
    struct transport *transport;
    const struct study *study;
    struct station *station;
    struct supervisor *supervisor;
    char *checkpoints;       /* NULL: none */
    const char **objectives; /* that trials must report, ended by NULL */
    char self[4096];
    enum agent_state state;
    bool over; /* SHUT_DOWN has come */
    struct attempt_id id;
    char name[64]; /* of the trial that runs */
    char checkpoint_dir[4096];
    double heartbeat_s, patience_s;
    double stepped_s, heard_s, beat_s, accounted_s, cut_s;
    /* A remote worker owns what a local one borrows. */
    struct study *own_study;
    struct station own_station;
    bool local;
};

static enum status send_message(struct agent *agent, const struct message *message)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = message_write(message, &text);
    if (!status)
        status = transport_send(agent->transport, 0, text.text, text.length);
    strbuf_free(&text);
    agent->beat_s = clock_monotonic_s();
    return status;
}

static enum status collect_objectives(struct agent *agent)
{
    size_t n = 0;
    agent->objectives = calloc(agent->study->n_objectives + 1, sizeof *agent->objectives);
    if (!agent->objectives)
        return ST_NOMEM;
    for (size_t i = 0; i < agent->study->n_objectives; i++)
        if (!objective_measured(agent->study->objectives[i].metric))
            agent->objectives[n++] = agent->study->objectives[i].metric;
    return ST_OK;
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
        status = send_message(
            agent, &(struct message){.kind = MESSAGE_KIND_JOIN, .name = WATTUNE_VERSION});
        if (status)
            agent_free(agent);
    }
    if (status)
        return error_set(err, status, "no memory for the worker");
    *out = agent;
    return ST_OK;
}

/* Everything for running trials is there: say so. */
static enum status begin_work(struct agent *agent, const char *checkpoints, struct error *err)
{
    if (checkpoints && *checkpoints && !(agent->checkpoints = strdup(checkpoints)))
        return error_set(err, ST_NOMEM, "no memory for the worker");
    if (collect_objectives(agent))
        return error_set(err, ST_NOMEM, "no memory for the objectives");
    enum status status = supervisor_create(&agent->supervisor, agent->station->ledger, err);
    if (status)
        return status;
    return send_message(agent, &(struct message){.kind = MESSAGE_KIND_READY,
                                                 .name = agent->station->host,
                                                 .text = agent->station->meters.text});
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
    return send_message(agent, &(struct message){.kind = MESSAGE_KIND_REFUSED,
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

/* The trial's own folder, the same for all its attempts; only programs of users want one. */
static const char *make_checkpoint_dir(struct agent *agent)
{
    agent->checkpoint_dir[0] = '\0';
    if (!agent->checkpoints || agent->study->trial->kind != TRIAL_COMMAND)
        return NULL;
    int length = snprintf(agent->checkpoint_dir, sizeof agent->checkpoint_dir, "%s/%s",
                          agent->checkpoints, agent->name);
    bool made = (size_t)length < sizeof agent->checkpoint_dir &&
                (mkdir(agent->checkpoints, 0777) == 0 || errno == EEXIST) &&
                (mkdir(agent->checkpoint_dir, 0777) == 0 || errno == EEXIST);
    if (made)
        return agent->checkpoint_dir;
    log_warn("%s: no folder for checkpoints: %s", agent->checkpoint_dir, strerror(errno));
    agent->checkpoint_dir[0] = '\0';
    return NULL;
}

/* Leave nothing behind of a trial that kept nothing. */
static void drop_checkpoint_dir(struct agent *agent)
{
    if (!agent->checkpoint_dir[0])
        return;
    if (rmdir(agent->checkpoint_dir) == 0)
        rmdir(agent->checkpoints);
    agent->checkpoint_dir[0] = '\0';
}

static enum status send_finished(struct agent *agent, struct outcome *outcome)
{
    drop_checkpoint_dir(agent);
    return send_message(
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

static enum status start(struct agent *agent, const struct message *message,
                         const struct json *params, struct error *err)
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
                              .checkpoint_dir = make_checkpoint_dir(agent)};
    return supervisor_start(agent->supervisor, &attempt, err);
}

static enum status assign(struct agent *agent, const struct message *message)
{
    struct error err = {0};
    struct json *params = NULL;
    if (!agent->supervisor || supervisor_running(agent->supervisor)) {
        log_error("the coordinator gave out %s to a worker that is not free", message->name);
        return ST_OK;
    }
    agent->id = message->id;
    snprintf(agent->name, sizeof agent->name, "%s", message->name);
    enum status status = json_parse(&params, message->text, strlen(message->text),
                                    "the parameters of a trial", &err);
    if (!status)
        status = start(agent, message, params, &err);
    json_free(params);
    return status ? send_stillborn(agent, &err) : ST_OK;
}

static bool is_busy(const struct agent *agent)
{
    return agent->supervisor && supervisor_running(agent->supervisor);
}

static bool is_running(const struct agent *agent, struct attempt_id id)
{
    return is_busy(agent) && !memcmp(&agent->id, &id, sizeof id);
}

static enum status account(struct agent *agent, bool answer)
{
    struct message message = {.kind = MESSAGE_KIND_OVERHEAD, .flag = answer};
    agent->accounted_s = clock_monotonic_s();
    if (!agent->station)
        return ST_OK;
    ledger_collect(agent->station->ledger, &message.overhead);
    return send_message(agent, &message);
}

static enum status shut_down(struct agent *agent)
{
    if (agent->over)
        return ST_OK;
    agent->over = true;
    supervisor_free(agent->supervisor);
    agent->supervisor = NULL;
    drop_checkpoint_dir(agent);
    return send_message(agent, &(struct message){.kind = MESSAGE_KIND_BYE});
}

static enum status obey(struct agent *agent, const struct message *message)
{
    switch (message->kind) {
    case MESSAGE_KIND_SETUP:
        return set_up(agent, message);
    case MESSAGE_KIND_ASSIGN:
        return assign(agent, message);
    case MESSAGE_KIND_STOP:
        if (is_running(agent, message->id))
            supervisor_stop(agent->supervisor);
        return ST_OK;
    case MESSAGE_KIND_CANCEL:
        if (is_running(agent, message->id))
            supervisor_cancel(agent->supervisor, message->grace_s, message->text);
        return ST_OK;
    case MESSAGE_KIND_COLLECT:
        return account(agent, true);
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

static enum status tell(struct agent *agent, const struct supervisor_event *event)
{
    struct message message = {.id = agent->id};
    switch (event->kind) {
    case SUPERVISOR_PHASE:
        message.kind = MESSAGE_KIND_PHASE;
        message.text = event->text;
        return send_message(agent, &message);
    case SUPERVISOR_REPORT:
        message.kind = MESSAGE_KIND_REPORT;
        message.object = event->report;
        return send_message(agent, &message);
    case SUPERVISOR_FINISHED:
        if (clock_monotonic_s() - agent->accounted_s >= BUSY_ACCOUNT_S && account(agent, false))
            return ST_NOMEM;
        return send_finished(agent, event->outcome);
    case SUPERVISOR_NOTHING:
        break;
    }
    return ST_OK;
}

static enum status watch_trial(struct agent *agent, double timeout_s, bool *active,
                               struct error *err)
{
    enum status status = ST_OK;
    for (int i = 0; i < EVENTS_MAX && !status; i++) {
        struct supervisor_event event;
        if (!is_busy(agent))
            break;
        status = supervisor_poll(agent->supervisor, *active ? 0 : timeout_s, &event, err);
        if (status || event.kind == SUPERVISOR_NOTHING)
            break;
        *active = true;
        status = tell(agent, &event);
    }
    return status;
}

/* What must be done although nothing happens. */
static enum status keep_time(struct agent *agent, double now_s)
{
    if (agent->supervisor && !is_busy(agent) && now_s - agent->cut_s >= IDLE_CUT_S) {
        ledger_tick(agent->station->ledger);
        agent->cut_s = now_s;
    }
    if (agent->supervisor && now_s - agent->accounted_s >= IDLE_ACCOUNT_S &&
        account(agent, false))
        return ST_NOMEM;
    if (now_s - agent->beat_s < agent->heartbeat_s)
        return ST_OK;
    return send_message(agent, &(struct message){.kind = MESSAGE_KIND_HEARTBEAT});
}

/* Silence of the coordinator, unless it was this process that stood still. */
static void listen_for_coordinator(struct agent *agent, double now_s)
{
    double gap_s = now_s - agent->stepped_s;
    agent->stepped_s = now_s;
    if (gap_s >= agent->patience_s / 4)
        agent->heard_s += gap_s;
    if (agent->local || now_s - agent->heard_s < agent->patience_s)
        return;
    log_error("no word from the coordinator for %.0f s: this worker ends", agent->patience_s);
    agent->state = AGENT_BREAKS;
}

enum status agent_step(struct agent *agent, double timeout_s, bool *active,
                       enum agent_state *state, struct error *err)
{
    double now_s = clock_monotonic_s();
    *active = false;
    enum status status = take_messages(agent, active, err);
    if (!status)
        status = watch_trial(agent, timeout_s, active, err);
    if (!status && !*active && !is_busy(agent))
        clock_sleep(timeout_s);
    if (!status)
        status = keep_time(agent, now_s);
    listen_for_coordinator(agent, now_s);
    *state = agent->state;
    if (status == ST_NOMEM)
        error_set(err, ST_NOMEM, "the worker has no memory left");
    return status;
}
