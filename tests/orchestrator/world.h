/* world.h - a coordinator with a fake clock, fake workers and a strategy that counts, for the
 * tests of the coordinator. It checks what must hold for every sequence of events. */
#ifndef TESTS_ORCHESTRATOR_WORLD_H
#define TESTS_ORCHESTRATOR_WORLD_H

#include "base/strbuf.h"
#include "orchestrator/coordinator.h"

#define WORLD_ARMS 2
#define WORLD_WORKERS 6
#define WORLD_TRIALS 256

/* What a test asks for; zeroes are filled in. */
struct world_options {
    size_t n_arms;
    int n_workers;    /* to wait for */
    size_t proposals; /* until the strategy is done; 0: no end */
    size_t startup;   /* proposals that come without waiting; then each waits for all results */
    size_t stop_at;   /* the step of a report at which the strategy says stop; 0: never */
    bool chained;     /* every trial continues the one before it */
    struct study_budget budget;
    int retries;
    bool keep_going;
    const struct constraint *constraints;
    size_t n_constraints;
};

/* What the store would hold of a trial, and who is at it. */
struct world_trial {
    bool added;
    enum trial_state state;
    int64_t told;
    uint32_t started; /* attempts */
    uint64_t seed;
    char params[64];
};

struct world_worker {
    bool busy; /* was assigned an attempt and has not sent its end */
    struct attempt_id id;
    bool owes; /* its end is not stored yet */
};

struct world {
    struct world_options options;
    struct space *space;
    struct coordinator *coordinator;
    struct coordinator_arm arms[WORLD_ARMS];
    double now_s;
    size_t asked[WORLD_ARMS], told[WORLD_ARMS];
    struct world_trial trials[WORLD_ARMS][WORLD_TRIALS];
    struct world_worker workers[WORLD_WORKERS];
    bool ended;
    int exit_status;
    struct strbuf log; /* the actions of the last step in words */
};

void world_open(struct world *world, const struct world_options *options);
void world_close(struct world *world);

/* Hand the coordinator an event and carry its actions out, in the log and in the model. */
void world_handle(struct world *world, const struct event *event);

/* The events of a worker. An end is that of its attempt, or of `id`. */
void world_join(struct world *world, int worker);
void world_finish(struct world *world, int worker, enum outcome_state state, double value,
                  double energy_j);
void world_finish_id(struct world *world, int worker, struct attempt_id id,
                     enum outcome_state state, double value, double energy_j);
/* A report of the step, with a loss of a half. */
void world_report(struct world *world, int worker, double step);
void world_overhead(struct world *world, int worker, double energy_j, bool answer);
/* Time passes, and the coordinator looks around. */
void world_tick(struct world *world, double time_s);

#endif
