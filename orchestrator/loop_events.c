#include "orchestrator/loop.h"

#include "base/clock.h"
#include "base/log.h"
#include "orchestrator/signals.h"

#include <stdio.h>
#include <string.h>

/* Between two accounts of our own overhead: while attempts end, and otherwise. */
#define BUSY_ACCOUNT_S 1.0
#define IDLE_ACCOUNT_S 10.0
/* Messages that are taken at once: trials that report without end must not keep us from signals
 * and deadlines. */
#define MESSAGES_MAX 1000

enum status loop_handle(struct loop *loop, const struct event *event)
{
    return coordinator_handle(loop->coordinator, event, clock_monotonic_s(), &loop->fresh);
}

/* mpirun kills its ranks a second after it has sent SIGTERM, so that there is no time for a
 * grace period then. */
enum status loop_take_signals(struct loop *loop)
{
    enum status status = ST_OK;
    bool terminated;
    while (!status && signals_next(&terminated)) {
        struct event event = {.kind = EVENT_INTERRUPT,
                              .worker = WORKER_NONE,
                              .urgent = terminated && job_size(loop->job) > 1};
        loop->active = true;
        status = loop_handle(loop, &event);
    }
    return status;
}

/* A worker of another process asks for the study. */
static enum status welcome(struct loop *loop, int worker, const char *version)
{
    const struct run_options *options = loop->options;
    if (strcmp(version, WATTUNE_VERSION) != 0) {
        log_error("rank %d runs wattune %s, and rank 0 runs %s: it gets no work", worker,
                  version, WATTUNE_VERSION);
        return loop_handle(loop, &(struct event){.kind = EVENT_REFUSED, .worker = worker});
    }
    return job_send(loop->job, worker,
                    &(struct message){.kind = MESSAGE_KIND_SETUP,
                                      .text = options->study->json,
                                      .path = options->study->path,
                                      .name = loop->checkpoints ? loop->checkpoints : "",
                                      .heartbeat_s = loop->heartbeat_s,
                                      .patience_s = 3 * loop->patience_s,
                                      .flag = loop->agent != NULL});
}

static void note_refusal(struct loop *loop, int worker, const struct message *message)
{
    log_error("rank %d on %s cannot take part: %s", worker, message->name, message->text);
    if (message->flag)
        snprintf(loop->why, sizeof loop->why, "rank %d on %s: %s", worker, message->name,
                 message->text);
}

static enum status dispatch(struct loop *loop, int worker, struct message *message)
{
    struct event event = {.worker = worker, .id = message->id, .text = message->text};
    switch (message->kind) {
    case MESSAGE_KIND_JOIN:
        return welcome(loop, worker, message->name);
    case MESSAGE_KIND_READY:
        log_debug("rank %d on %s works, measured by %s", worker, message->name, message->text);
        event.kind = EVENT_JOINED;
        event.text = message->name;
        event.idle = message->idle;
        break;
    case MESSAGE_KIND_REFUSED:
        note_refusal(loop, worker, message);
        event.kind = EVENT_REFUSED;
        event.unmeasured = message->flag;
        break;
    case MESSAGE_KIND_REPORT:
        event.kind = EVENT_REPORT;
        event.report = message->object;
        break;
    case MESSAGE_KIND_SAMPLES:
        event.kind = EVENT_SAMPLES;
        event.samples = message->samples;
        event.n_samples = message->n_samples;
        break;
    case MESSAGE_KIND_FINISHED:
        event.kind = EVENT_FINISHED;
        event.outcome = message->outcome;
        break;
    case MESSAGE_KIND_OVERHEAD:
        event.kind = EVENT_OVERHEAD;
        event.overhead = message->overhead;
        event.host = message->host;
        event.answer = message->flag;
        break;
    case MESSAGE_KIND_PHASE: /* says that the worker lives, and no more */
    case MESSAGE_KIND_HEARTBEAT:
        event.kind = EVENT_HEARTBEAT;
        break;
    default:
        return ST_OK; /* nothing that a worker says to us */
    }
    return loop_handle(loop, &event);
}

static enum status take(struct loop *loop, int worker, const struct strbuf *text)
{
    struct message message;
    struct error err = {0};
    enum status status = message_read(&message, text->text, text->length, &err);
    if (status == ST_NOMEM)
        return status;
    if (status) {
        log_error("rank %d sent nonsense: %s", worker, err.what);
        return ST_OK;
    }
    status = dispatch(loop, worker, &message);
    message_clear(&message);
    return status;
}

static enum status take_from(struct loop *loop, struct transport *transport)
{
    struct strbuf text = STRBUF_INIT;
    enum status status = ST_OK;
    for (int i = 0; i < MESSAGES_MAX && !status; i++) {
        int from;
        status = transport_receive(transport, &from, &text);
        if (status || from < 0)
            break;
        loop->active = true;
        status = take(loop, from, &text);
    }
    strbuf_free(&text);
    return status;
}

enum status loop_take_messages(struct loop *loop)
{
    enum status status = ST_OK;
    if (loop->job->transport)
        status = take_from(loop, loop->job->transport);
    if (!status && loop->to_agent)
        status = take_from(loop, loop->to_agent);
    return status;
}

/* Our own overhead: the search's processor time, and the joules of this rank unless the worker
 * in it collects them. */
enum status loop_account(struct loop *loop, double now_s)
{
    double pause_s = loop->attempted ? BUSY_ACCOUNT_S : IDLE_ACCOUNT_S;
    if (!loop->collect && now_s - loop->accounted_s < pause_s)
        return ST_OK;
    struct event event = {.kind = EVENT_OVERHEAD,
                          .worker = WORKER_NONE,
                          .answer = loop->collect,
                          .search_cpu_s = search_cost_take(&loop->cost)};
    if (!loop->agent) {
        ledger_collect(loop->station.ledger, &event.overhead);
        ledger_host(loop->station.ledger, &event.host);
    }
    loop->collect = loop->attempted = false;
    loop->accounted_s = now_s;
    return loop_handle(loop, &event);
}
