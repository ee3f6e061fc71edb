/* coordinator.h - the study as a state machine: events in, actions out.
 *
 * It does no input or output and reads no clock; docs/architecture.md has its states. Feed it
 * every event that is there, carry out the actions for the store, then send it EVENT_TICK,
 * which looks at deadlines and gives out work. Time is any clock in seconds that never steps
 * back. Threading: one thread. */
#ifndef ORCHESTRATOR_COORDINATOR_H
#define ORCHESTRATOR_COORDINATOR_H

#include "base/status.h"
#include "orchestrator/action.h"
#include "orchestrator/event.h"
#include "orchestrator/run.h"
#include "orchestrator/study.h"
#include "results/record.h"
#include "search/strategy.h"

#include <stdbool.h>
#include <stddef.h>

/* How strategies are called, so that the caller can measure what they cost. Each member does
 * what the function of the same name in search/strategy.h does. */
struct coordinator_ops {
    void *context;
    enum ask (*ask)(void *context, struct strategy *strategy, const struct trial **trial);
    enum status (*tell)(void *context, struct strategy *strategy, uint64_t number,
                        enum trial_state state, const struct trial_result *result);
    enum verdict (*report)(void *context, struct strategy *strategy, uint64_t number,
                           struct intermediate report);
    enum status (*restore)(void *context, struct strategy *strategy, const double *point,
                           int64_t continues);
    enum status (*restore_report)(void *context, struct strategy *strategy, uint64_t number,
                                  struct intermediate report);
};

/* The calls themselves, unmeasured. */
extern const struct coordinator_ops coordinator_ops_plain;

struct coordinator_arm {
    const char *label;
    uint32_t repeat;
    uint64_t seed;
    struct strategy *strategy;
    bool continues; /* its trials may continue others, whose checkpoints are kept meanwhile */
};

/* Everything is borrowed and outlives the coordinator. */
struct coordinator_options {
    const char *study;
    const struct space *space;
    const struct objective *objectives;
    size_t n_objectives;
    const struct constraint *constraints;
    size_t n_constraints;
    const struct coordinator_arm *arms;
    size_t n_arms;
    struct study_budget budget; /* of each arm */
    int retries;
    double grace_s; /* for a trial to end by itself, and again between SIGTERM and SIGKILL */
    bool keep_going;
    const char *host;  /* where the coordinator itself runs */
    int n_ranks;       /* workers are numbered below this */
    int n_workers;     /* to wait for before the first trial */
    double quiet_s;    /* how long the hosts' quiet window is; 0: none; for the display */
    double muster_s;   /* but no longer than this */
    double patience_s; /* without a sign of life until a worker is lost */
    struct coordinator_ops ops;
};

/* A trial whose worker was lost this often is failed: it may be what kills them. */
#define COORDINATOR_LOSSES_MAX 3

struct coordinator;

/* `now_s` starts the clock. Errors: ST_NOMEM. */
enum status coordinator_create(struct coordinator **out,
                               const struct coordinator_options *options, double now_s);
void coordinator_free(struct coordinator *coordinator);

/* An arm as it was stored. */
struct coordinator_past {
    const struct trial_record *trials; /* by number */
    size_t n_trials;
    const struct attempt_record *attempts; /* by trial and attempt */
    size_t n_attempts;
    const struct report_record *reports; /* by trial, attempt and step */
    size_t n_reports;
    double energy_j; /* what it spent in earlier runs; NaN: unknown */
    double time_s;   /* likewise; NaN: it did not start */
    enum energy_quality quality;
};

/* Put an arm back, before the first event: told trials stand, the others are queued, and the
 * strategy knows all reports of the first objective.
 * Errors: ST_FORMAT for a trial that the space does not hold; ST_NOMEM. */
enum status coordinator_restore(struct coordinator *coordinator, uint32_t arm,
                                const struct coordinator_past *past, struct error *err);

/* Take an event and append what is to be done. After ACTION_END nothing more comes.
 * Errors: ST_NOMEM: the study must be given up (it can be resumed). */
enum status coordinator_handle(struct coordinator *coordinator, const struct event *event,
                               double now_s, struct action_list *actions);

/* True for a worker that has joined and is thought dead. */
bool coordinator_lost(const struct coordinator *coordinator, int worker);

/* The name of a trial, "bayes.0.17". */
void coordinator_trial_name(const struct coordinator *coordinator, struct attempt_id id,
                            char *name, size_t size);

/* Fill in how far the study is; what it points to is valid until the next call. */
void coordinator_snapshot(struct coordinator *coordinator, double now_s,
                          struct run_snapshot *snapshot);

#endif
