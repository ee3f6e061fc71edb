/* action.h - what the coordinator wants done, in the order that it must be done.
 *
 * Actions for the store that were appended before an action for a worker must be durable before
 * that worker hears of it. Threading: one owner at a time. */
#ifndef ORCHESTRATOR_ACTION_H
#define ORCHESTRATOR_ACTION_H

#include "results/store.h"
#include "search/trial.h"
#include "worker/idle_power.h"
#include "worker/ledger.h"
#include "worker/monitor.h"
#include "worker/outcome.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum action_kind {
    /* For the store. */
    ACTION_ADD_TRIAL,
    ACTION_SET_TRIAL,
    ACTION_START_ATTEMPT,
    ACTION_FINISH_ATTEMPT,
    ACTION_ADD_REPORT,
    ACTION_ADD_SAMPLES,
    ACTION_ADD_IDLE,
    ACTION_ADD_OVERHEAD,
    ACTION_ADD_HOST,
    /* For a worker. */
    ACTION_ASSIGN,
    ACTION_STOP,
    ACTION_CANCEL,
    /* For the folder of checkpoints: nobody will go on from those of a trial; of an arm. */
    ACTION_DROP_TRIAL,
    ACTION_DROP_ARM,
    /* For all workers. */
    ACTION_COLLECT, /* say what was spent outside of trials */
    ACTION_SHUT_DOWN,
    /* The study is over. */
    ACTION_END
};

/* Which attempt of which trial. */
struct attempt_id {
    uint32_t arm;
    uint32_t attempt; /* from 1 */
    uint64_t trial;
};

/* One action. Which members hold follows from the kind; pointers are owned by the action unless
 * they are said to be the coordinator's, who keeps them to its end. */
struct action {
    enum action_kind kind;
    int worker;
    struct attempt_id id;
    uint64_t seed;    /* ADD_TRIAL, SET_TRIAL, ASSIGN: the trial's */
    const char *host; /* START_, FINISH_ATTEMPT, ADD_OVERHEAD, ADD_HOST, ADD_IDLE: the worker's;
                         the coordinator's */
    const char *params; /* ADD_, SET_TRIAL, ASSIGN: the trial's, as JSON; the coordinator's */
    char *text;         /* CANCEL: the reason. END: why, NULL when done */
    double grace_s;     /* CANCEL */
    uint64_t continued_seed; /* ... ASSIGN: the seed of that, its parameters as JSON, ... */
    const char *continued_params; /* the coordinator's, ... */
    double continued_stopped_at;  /* and the step after which it was stopped; 0: it was not */

    /* ADD_TRIAL, SET_TRIAL */
    enum trial_state state;
    int64_t told;
    int64_t continues;   /* and ASSIGN: the trial that it goes on from, or TRIAL_NONE ... */
    double *values;      /* [objectives] or NULL */
    double *constrained; /* [constraints] or NULL */
    double energy_j;
    uint32_t attempts;

    struct outcome outcome; /* FINISH_ATTEMPT */
    bool retried;           /* FINISH_ATTEMPT: another attempt follows */
    double value;           /* FINISH_ATTEMPT: the first objective; NaN unless complete */

    /* ADD_REPORT */
    double step;
    struct metric *metrics;
    size_t n_metrics;

    struct monitor_sample *samples; /* ADD_SAMPLES: [n_samples] */
    size_t n_samples;

    struct idle_figures *idle; /* ADD_IDLE: of the host */

    /* ADD_OVERHEAD */
    struct ledger_overhead overhead;
    double search_cpu_s;

    struct ledger_host *books; /* ADD_HOST */

    /* END */
    int exit_status;
    enum study_state study_state;
};

struct action_list {
    struct action *items;
    size_t n, capacity;
};

/* Append an empty action of a kind; NULL when out of memory. Valid until the next append. */
struct action *action_append(struct action_list *list, enum action_kind kind);

/* True for the kinds that the store carries out. */
bool action_for_store(enum action_kind kind);

/* The state that an ended attempt is stored with. */
enum trial_state action_trial_state(enum outcome_state state);

/* Free what an action owns. */
void action_clear(struct action *action);

/* Free the actions and keep the list for the next ones; free the list too. */
void action_list_clear(struct action_list *list);
void action_list_free(struct action_list *list);

#endif
