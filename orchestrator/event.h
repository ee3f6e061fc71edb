/* event.h - what can happen to a study, as the coordinator hears of it. */
#ifndef ORCHESTRATOR_EVENT_H
#define ORCHESTRATOR_EVENT_H

#include "base/json.h"
#include "orchestrator/action.h"
#include "worker/idle_power.h"
#include "worker/ledger.h"
#include "worker/monitor.h"
#include "worker/outcome.h"

#include <stdbool.h>

enum event_kind {
    EVENT_JOINED,    /* a worker is ready */
    EVENT_REFUSED,   /* a worker cannot take part */
    EVENT_HEARTBEAT, /* a worker lives */
    EVENT_LOST,      /* a worker is known to be gone */
    EVENT_REPORT,    /* its trial reported numbers */
    EVENT_SAMPLES,   /* what its trial used meanwhile */
    EVENT_FINISHED,  /* its attempt ended */
    EVENT_OVERHEAD,  /* what a rank spent outside of trials */
    EVENT_INTERRUPT, /* a signal */
    EVENT_TICK       /* time has passed: look at deadlines and give out work */
};

/* The worker number of the coordinator's own overhead; and, in actions, of all workers. */
#define WORKER_NONE (-1)

/* One event. Everything is borrowed for the call, but the members of `outcome`, which may be
 * moved out. */
struct event {
    enum event_kind kind;
    int worker;
    struct attempt_id id;            /* REPORT, SAMPLES, FINISHED */
    const char *text;                /* JOINED: its host */
    bool unmeasured;                 /* REFUSED: it cannot measure what the study requires */
    const struct idle_figures *idle; /* JOINED: of its host; none when another rank tells it */
    const struct json *report;       /* REPORT: the object that the trial sent */
    const struct monitor_sample *samples; /* SAMPLES: [n_samples] */
    size_t n_samples;
    struct outcome *outcome; /* FINISHED */
    struct ledger_overhead overhead;
    struct ledger_host host; /* OVERHEAD: the books of its host */
    double search_cpu_s;     /* OVERHEAD: in ask and tell */
    bool answer;             /* OVERHEAD: to ACTION_COLLECT */
    bool urgent;             /* INTERRUPT: there is no time for a grace period */
};

#endif
