#include "orchestrator/loop.h"

#include "base/clock.h"
#include "orchestrator/checkpoints.h"
#include "orchestrator/host_idle.h"
#include "orchestrator/resume.h"
#include "orchestrator/signals.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HEARTBEAT_S 2.0
#define PATIENCE_S 20.0
/* How long the first trial waits for workers that were started with us. */
#define MUSTER_S 10.0
/* Between two looks of the observer. */
#define SHOW_EVERY_S 0.25

static enum status open_coordinator(struct loop *loop, const struct transport_host *host,
                                    bool works, struct error *err)
{
    const struct study *study = loop->options->study;
    int size = job_size(loop->job);
    struct coordinator_options options = arms_coordinator_options(study);
    options.arms = loop->arms.list;
    options.n_arms = loop->arms.n;
    options.keep_going = loop->options->keep_going;
    options.host = host->name;
    options.n_ranks = size;
    options.n_workers = size - 1 + works;
    options.quiet_s = host_idle_window_s(study, &loop->station.meters);
    options.muster_s = MUSTER_S + host_idle_patience_s(study);
    options.patience_s = loop->patience_s;
    options.ops = search_cost_ops(&loop->cost);
    loop->cost.ledger = loop->station.ledger;
    if (coordinator_create(&loop->coordinator, &options, clock_monotonic_s()))
        return error_set(err, ST_NOMEM, "no memory for the coordinator");
    return resume_study(loop->coordinator, loop->options->store, loop->arms.n, err);
}

static enum status open_agent(struct loop *loop, const struct transport_host *host,
                              struct error *err)
{
    if (transport_local_open(&loop->to_agent, &loop->of_agent, host))
        return error_set(err, ST_NOMEM, "no memory for the worker");
    return agent_create_local(&loop->agent, loop->of_agent, loop->options->study,
                              &loop->station, loop->checkpoints, err);
}

static enum status open_parts(struct loop *loop, struct error *err)
{
    struct transport_host host;
    if (loop->job->transport)
        host = loop->job->transport->host;
    else
        transport_host_alone(&host);
    bool works = job_size(loop->job) == 1 || loop->options->coordinator_works;
    enum ledger_role role = works ? LEDGER_BOTH : LEDGER_COORDINATOR;
    enum status status = station_open(&loop->station, loop->options->study, &host, role,
                                      loop->options->coordinator_works, err);
    if (!status)
        status = arms_open(&loop->arms, loop->options->study, err);
    if (!status)
        status = open_coordinator(loop, &host, works, err);
    if (!status && works)
        status = open_agent(loop, &host, err);
    return status;
}

enum status loop_open(struct loop *loop, struct job *job, const struct run_options *options,
                      struct error *err)
{
    *loop = (struct loop){.options = options, .job = job};
    loop->heartbeat_s = options->heartbeat_s > 0 ? options->heartbeat_s : HEARTBEAT_S;
    loop->patience_s = options->patience_s > 0 ? options->patience_s : PATIENCE_S;
    loop->checkpoints = checkpoints_folder(options->store_path);
    loop->written_s = loop->beat_s = loop->accounted_s = clock_monotonic_s();
    enum status status = open_parts(loop, err);
    if (status)
        loop_close(loop);
    return status;
}

void loop_close(struct loop *loop)
{
    agent_free(loop->agent);
    transport_close(loop->to_agent, true);
    transport_close(loop->of_agent, true);
    coordinator_free(loop->coordinator);
    arms_close(&loop->arms);
    station_close(&loop->station);
    action_list_free(&loop->fresh);
    action_list_free(&loop->writes);
    free(loop->checkpoints);
    *loop = (struct loop){0};
}

static enum status listen(struct loop *loop, double now_s, struct error *err)
{
    enum status status = loop_take_signals(loop);
    if (!status)
        status = loop_take_messages(loop);
    if (!status)
        status = loop_account(loop, now_s);
    return status ? status : loop_carry_out(loop, err);
}

static enum status look_around(struct loop *loop, struct error *err)
{
    struct event tick = {.kind = EVENT_TICK, .worker = WORKER_NONE};
    enum status status = loop_handle(loop, &tick);
    return status ? status : loop_carry_out(loop, err);
}

/* What is sent to the dead stays queued for good, so they get no more of it. One that was only
 * thought dead is heard again, and told again, before its patience ends. */
static enum status beat(struct loop *loop, double now_s)
{
    if (job_size(loop->job) == 1 || now_s - loop->beat_s < loop->heartbeat_s)
        return ST_OK;
    loop->beat_s = now_s;
    enum status status = ST_OK;
    for (int rank = 1; rank < job_size(loop->job) && !status; rank++)
        if (!coordinator_lost(loop->coordinator, rank))
            status =
                job_send(loop->job, rank, &(struct message){.kind = MESSAGE_KIND_HEARTBEAT});
    return status;
}

/* Let the worker in this process do its part, or wait. */
static enum status rest(struct loop *loop, struct error *err)
{
    double wait_s = backoff_next(&loop->backoff, loop->active);
    if (!loop->agent) {
        clock_sleep(wait_s);
        return ST_OK;
    }
    bool active;
    enum agent_state state;
    enum status status = agent_step(loop->agent, wait_s, &active, &state, err);
    if (active)
        backoff_next(&loop->backoff, true);
    return status;
}

static enum status round_of(struct loop *loop, struct error *err)
{
    double now_s = clock_monotonic_s();
    loop->active = false;
    enum status status = listen(loop, now_s, err);
    if (!status)
        status = look_around(loop, err);
    if (!status)
        status = beat(loop, now_s);
    if (now_s - loop->shown_s >= SHOW_EVERY_S || loop->over)
        loop_show(loop);
    if (status || loop->over)
        return status;
    return rest(loop, err);
}

enum status loop_run(struct loop *loop, struct error *err)
{
    enum status status = ST_OK;
    signals_watch();
    while (!status && !loop->over)
        status = round_of(loop, err);
    signals_restore();
    return status;
}
