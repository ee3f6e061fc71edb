/* supervisor_state.h - what the files of the supervisor share; for no one else.
 *
 * supervisor.c starts attempts, waits and answers events; supervisor_streams.c reads the pipes;
 * supervisor_end.c ends attempts and judges them; supervisor_simulated.c has those without a
 * process. */
#ifndef WORKER_SUPERVISOR_STATE_H
#define WORKER_SUPERVISOR_STATE_H

#include "base/strbuf.h"
#include "worker/cgroup.h"
#include "worker/guard.h"
#include "worker/process.h"
#include "worker/process_tree.h"
#include "worker/protocol.h"
#include "worker/simulated_trial.h"
#include "worker/supervisor.h"
#include "worker/tail.h"

enum supervisor_stage {
    STAGE_IDLE,
    STAGE_SIMULATED, /* a trial without a process, whose result is known and whose time passes
                      */
    STAGE_RUNNING,
    STAGE_CLEANING, /* its first process ended; what that left behind is killed */
    STAGE_DRAINED   /* nothing runs any more; lines may still wait to be read */
};

/* What is kept of an attempt. All owned. */
struct kept_attempt {
    char *program; /* for messages */
    char *cwd;
    char **objectives; /* ended by NULL */
    struct json *params;
    double timeout_s, grace_s;
    struct simulated_trial simulated;
    double simulated_s;   /* how long that pretends to take */
    size_t reports_made;  /* by it */
    unsigned reported_as; /* see attempt.h */
};

struct supervisor {
    struct ledger *ledger;   /* borrowed; may be NULL */
    struct monitor *monitor; /* may be NULL */
    enum supervisor_stage stage;
    struct kept_attempt attempt;
    struct outcome outcome;

    struct guard guard;   /* against our own sudden end */
    struct cgroup cgroup; /* of the trial, where there can be one */
    struct process process;
    struct process_tree tree;
    int wait_status;
    struct tail output, errors;
    struct strbuf lines; /* what was read of WATTUNE_FD and not yet understood */
    struct json *event;  /* what the last poll answered */

    /* Monotonic times in seconds; INFINITY: never. */
    double started_s, timeout_at, kill_at, give_up_at, sampled_at;
    double clean_pause_s; /* between two looks at what is left of the tree */

    bool decided;    /* the outcome's state and reason are fixed */
    bool has_result; /* the metrics are there */
    bool stop_asked; /* by supervisor_stop() */
    bool killing;    /* SIGKILL was sent */
    bool lost;       /* it would not die: given up */

    double reported_j; /* by its result; NaN: none */

    long own_kb;     /* what this process used at the fork, which the child's peak includes */
    long sampled_kb; /* the largest peak seen while it ran; -1: none */
    long oom_kills;  /* of the machine, at the start */
};

/* supervisor_streams.c */

/* Read what is there: the tails, the unread lines, and what the exec had to say. */
void supervisor_read(struct supervisor *s);
/* The same once nothing can write any more: all of it, except that lines are read as far as
 * they fit. */
void supervisor_drain(struct supervisor *s);
/* Take the next line and understand it. True when it is news for the caller; false when no
 * whole line is left. A line that is wrong fails the attempt. */
bool supervisor_next_event(struct supervisor *s, struct supervisor_event *event);

/* supervisor_end.c */

/* Fix the outcome, once: what is decided stays. */
void supervisor_decide(struct supervisor *s, enum outcome_state state, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* Take its metrics. Errors: ST_FORMAT with the reason; ST_NOMEM. */
enum status supervisor_take_result(struct supervisor *s, const struct json *result,
                                   struct error *err);
/* The attempt has failed, and its processes are killed. */
void supervisor_fail(struct supervisor *s, const char *reason);
/* Ask it to end with SIGTERM, and kill it after grace_s. */
void supervisor_terminate(struct supervisor *s, double grace_s);
/* Do what is due at this time. */
void supervisor_enforce(struct supervisor *s, double now);
/* Everything has ended: fill the outcome. */
void supervisor_conclude(struct supervisor *s);
/* What every outcome ends with: its metrics, tails and books. */
void supervisor_finish(struct supervisor *s);

/* supervisor_simulated.c */

/* Find the result of a trial without a process; its time passes from now on. */
void supervisor_start_simulated(struct supervisor *s, const struct attempt *attempt);
/* When it next reports, or is over. */
double supervisor_simulated_due(const struct supervisor *s);
/* Fill the event in when a report is due: true then. */
bool supervisor_report_simulated(struct supervisor *s, double now,
                                 struct supervisor_event *event);
/* That time is over, or was ended: fill the outcome. */
void supervisor_conclude_simulated(struct supervisor *s, double now);

#endif
