/* coordinator_state.h - what the files of the coordinator share; for no one else. */
#ifndef ORCHESTRATOR_COORDINATOR_STATE_H
#define ORCHESTRATOR_COORDINATOR_STATE_H

#include "orchestrator/coordinator.h"
#include "orchestrator/objective.h"

/* A trial, from being asked for to its end. */
struct task {
    uint64_t number, seed;
    enum trial_state state;
    char *params;        /* JSON */
    double *values;      /* [objectives] when complete, or NULL */
    double *constrained; /* [constraints] likewise; NaN where the trial has no such metric */
    double energy_j;     /* of all its attempts; NaN: unknown */
    int64_t told;        /* place in the order of telling; -1: not told */
    int64_t continues;   /* the task of its arm whose checkpoint it goes on from; TRIAL_NONE */
    struct objective_sums sums;  /* at its end: of all that it went on from, and its own */
    struct objective_sums tried; /* of the attempts whose checkpoints the present one uses */
    double first_step;           /* of the first report of any attempt; NaN: none yet */
    double last_step;            /* of the last report; NaN likewise */
    uint32_t attempts;           /* started */
    int failures, losses;        /* attempts that failed, and that went with their worker */
    int worker;                  /* while running */
};

struct arm {
    struct task *tasks; /* by number */
    size_t n_tasks, task_capacity;
    uint64_t *queue; /* numbers of the tasks that are queued, ascending */
    size_t n_queue, queue_capacity;
    size_t n_running;
    int64_t n_told;
    bool done;                 /* the strategy has nothing more to propose */
    bool cut;                  /* a trial was cancelled because the study winds down */
    bool waiting;              /* it wants a result first */
    double started_s, spent_s; /* now, and in earlier runs */
    double attempts_j;         /* of ended attempts with a figure ... */
    size_t n_attempts_j;       /* ... and how many these are */
    double overhead_j;
    double energy_before_j; /* in earlier runs */
    bool energy_known;      /* ... of which there is a figure */
    uint64_t best_trial;    /* of shown.best */
    struct run_arm shown;   /* all but its energy, which is filled in when shown */
};

/* Overhead that has not been stored yet. */
struct overhead_sum {
    bool any;
    struct ledger_overhead sum;
    double search_cpu_s;
};

struct crew {
    bool joined, refused, alive;
    char host[64];
    double heard_s;
    bool busy; /* until its attempt's end is heard, even when it is thought lost */
    struct attempt_id id;
    bool cancelling, stopping, collected;
    double assigned_s;
    double step;     /* of the last report */
    double furthest; /* of all reports of the attempt; NaN: none yet */
    uint64_t reports;
    struct overhead_sum overhead;
    struct ledger_host books; /* of its host, as it told them last ... */
    bool books_new;           /* ... since they were last stored */
};

enum phase { PHASE_MUSTER, PHASE_RUNNING, PHASE_CLOSING, PHASE_OVER };

/* How the study is being brought to an early end. */
enum winding { WINDING_NONE, WINDING_GENTLE, WINDING_CANCEL };

struct coordinator {
    struct coordinator_options options;
    struct arm *arms;
    size_t arm;           /* the one that runs */
    struct crew *workers; /* [n_ranks], and the coordinator itself behind them */
    enum phase phase;
    enum winding winding;
    int exit_status;      /* why it winds down */
    const char *end_text; /* the same in words */
    bool ended;           /* ACTION_END is out */
    double start_s, now_s, ticked_s;
    double deadline_s;    /* of the phase */
    double grace_until_s; /* after the first interrupt */
    double attended_s;    /* when a worker was last alive */
    double flushed_s;     /* when overhead was last stored */
    double books_s;       /* when the books of the hosts were */
    bool attempt_ended;   /* since then */
    size_t n_failed;      /* attempts of this run */
    size_t n_ended;       /* trials that ended in this run */
    bool succeeded;       /* an attempt of any run did not fail */
    enum energy_quality quality;
    struct action_list *actions; /* of the event being handled */
    struct run_trial *shown_running;
    struct run_arm *shown_arms;
};

/* coordinator_task.c */
/* The next trial of an arm; params are taken over. NULL when out of memory. */
struct task *task_add(struct coordinator *c, size_t arm, char *params, int64_t continues);
struct task *task_find(struct coordinator *c, struct attempt_id id);
enum status task_queue(struct coordinator *c, size_t arm, struct task *task);
bool task_unqueue(struct arm *arm, uint64_t number);
/* An attempt begins to report at this step; -INFINITY: it has its result without a report. One
 * that begins where the first did has started anew, and owes nothing to those before. */
void task_note_start(struct task *task, double step);
/* The sums of the task that this one continues, of what that one does, and of the attempts that
 * the present one goes on from. */
struct objective_sums task_before(const struct coordinator *c, size_t arm,
                                  const struct task *task);
enum status task_store(struct coordinator *c, size_t arm, const struct task *task);
/* n numbers; NULL when out of memory. */
double *task_copy_values(const double *values, size_t n);
/* Tell the strategy; values for a complete trial only. */
enum status task_tell(struct coordinator *c, size_t arm, struct task *task);
void task_settled(struct coordinator *c, size_t arm, struct task *task);

/* coordinator_work.c: giving out work */
enum status work_give_out(struct coordinator *c);
bool work_arm_over(const struct coordinator *c, size_t arm);
/* What an arm has used of its budget, in earlier runs and this one. */
double work_spent_j(const struct arm *arm);
double work_spent_s(const struct coordinator *c, const struct arm *arm);

/* coordinator_result.c: what comes back */
enum status result_finished(struct coordinator *c, const struct event *event);
enum status result_report(struct coordinator *c, const struct event *event);
enum status result_samples(struct coordinator *c, const struct event *event);
enum status result_lost(struct coordinator *c, int worker);

/* coordinator_crew.c: who is there */
enum status crew_joined(struct coordinator *c, const struct event *event);
enum status crew_heard(struct coordinator *c, const struct event *event);
enum status crew_lose(struct coordinator *c, int worker);
enum status crew_lose_silent(struct coordinator *c);
void crew_forgive_gap(struct coordinator *c, double gap_s);
enum status crew_cancel(struct coordinator *c, int worker, const char *reason);
enum status crew_cancel_all(struct coordinator *c, const char *reason);
size_t crew_count_alive(const struct coordinator *c);
size_t crew_count_busy(const struct coordinator *c);

/* coordinator_overhead.c */
void overhead_add(struct coordinator *c, const struct event *event);
enum status overhead_flush(struct coordinator *c);
/* Store the books of the hosts. */
enum status overhead_store_books(struct coordinator *c);
enum status overhead_collect(struct coordinator *c);
bool overhead_collected(const struct coordinator *c);

/* coordinator_phase.c */
enum status phase_advance(struct coordinator *c);

/* coordinator.c */
/* By the first objective; anything is better than no figure yet (NaN). */
bool coordinator_better(const struct coordinator *c, double value, double best);
/* The books are as good as their worst part. */
void coordinator_note_quality(struct coordinator *c, enum energy_quality quality);
void coordinator_wind_down(struct coordinator *c, enum winding how, int exit_status,
                           const char *why);

#endif
