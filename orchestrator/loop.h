/* loop.h - the loop of rank 0: feeds the coordinator with messages, signals and time, and
 * carries its actions out.
 *
 * A round: signals, messages, then what they mean is stored; then the coordinator gives out
 * work, that is stored too, and only then it is sent. With a worker in the same process the
 * round ends with a step of that worker, else with a wait. Threading: one thread. */
#ifndef ORCHESTRATOR_LOOP_H
#define ORCHESTRATOR_LOOP_H

#include "orchestrator/agent.h"
#include "orchestrator/arms.h"
#include "orchestrator/backoff.h"
#include "orchestrator/coordinator.h"
#include "orchestrator/job.h"
#include "orchestrator/run.h"
#include "orchestrator/search_cost.h"
#include "orchestrator/station.h"

struct loop {
    const struct run_options *options;
    struct job *job;
    struct arms arms;
    struct station station;
    struct search_cost cost;
    struct coordinator *coordinator;
    /* The worker in this process, if there is one, and the two ends of the way to it. */
    struct agent *agent;
    struct transport *to_agent, *of_agent;
    char *checkpoints; /* folder for those of the trials; NULL: none */
    double heartbeat_s, patience_s;

    struct action_list fresh;  /* as they come from the coordinator */
    struct action_list writes; /* for the store, not written yet */
    bool urgent;               /* among them is more than reports and overhead */
    double written_s, beat_s, shown_s, accounted_s;
    struct backoff backoff;
    bool active;     /* something happened in this round */
    bool introduced; /* the observer has seen the study with its workers */
    bool warned;     /* of a trial without a metric that a constraint is on */
    bool collect;    /* the coordinator wants to know our own overhead */
    bool attempted;  /* an attempt ended since the last account of it */
    bool over;
    int exit_status;
    char why[512];     /* the reason for an early end; "" */
    char failure[256]; /* of the last attempt that failed; "" */
};

/* Errors: ST_UNAVAILABLE: the study cannot be measured here; those of its parts. */
enum status loop_open(struct loop *loop, struct job *job, const struct run_options *options,
                      struct error *err);
/* Until the study is over. Errors: those of the store; ST_NOMEM. */
enum status loop_run(struct loop *loop, struct error *err);
/* Kills the trial of the worker in this process. */
void loop_close(struct loop *loop);

/* loop_events.c: hand what has come to the coordinator. */
enum status loop_take_signals(struct loop *loop);
enum status loop_take_messages(struct loop *loop);
enum status loop_account(struct loop *loop, double now_s);
enum status loop_handle(struct loop *loop, const struct event *event);

/* loop_actions.c: carry its actions out. */
enum status loop_carry_out(struct loop *loop, struct error *err);
void loop_show(struct loop *loop);

#endif
