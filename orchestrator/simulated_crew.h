/* simulated_crew.h - workers on a simulated clock: each trial is looked up or evaluated when it
 * is given out, and ends when its time has passed there.
 *
 * Each worker stands for a host of its own. Threading: one owner at a time. */
#ifndef ORCHESTRATOR_SIMULATED_CREW_H
#define ORCHESTRATOR_SIMULATED_CREW_H

#include "base/status.h"
#include "orchestrator/action.h"
#include "orchestrator/agenda.h"
#include "orchestrator/event.h"
#include "orchestrator/study.h"

#include <stdbool.h>

/* The host of every worker, as it stands in the database. */
#define SIMULATED_HOST "simulated"

/* What the clock of a simulation shows at its beginning: 2000-01-01T00:00:00Z. */
#define SIMULATED_EPOCH_US INT64_C(946684800000000)

struct simulated_worker;

struct simulated_crew {
    const struct study *study;        /* borrowed, as the next */
    const char *const *objectives;    /* that a trial must report, ended by NULL */
    struct simulated_worker *workers; /* [n] */
    int n;
    struct agenda agenda; /* reports and ends of their trials */
};

/* All wait from time 0 on. Errors: ST_NOMEM. */
enum status simulated_crew_open(struct simulated_crew *crew, const struct study *study,
                                const char *const *objectives, int n);
void simulated_crew_close(struct simulated_crew *crew);

/* Carry an ACTION_ASSIGN out at this time; a trial that cannot be evaluated fails at once.
 * Errors: ST_NOMEM. */
enum status simulated_crew_assign(struct simulated_crew *crew, const struct action *action,
                                  double now_s);

/* Carry an ACTION_STOP or an ACTION_CANCEL out: the trial ends now. Errors: ST_NOMEM. */
enum status simulated_crew_end(struct simulated_crew *crew, const struct action *action,
                               double now_s);

/* When something happens next; INFINITY when no trial runs. */
double simulated_crew_next_s(struct simulated_crew *crew);

/* A report of a trial, or its end. */
struct simulated_happening {
    int worker; /* WORKER_NONE: nothing has happened, and nothing else holds */
    struct attempt_id id;
    struct json *report; /* NULL: it ended */
    struct outcome outcome;
};

/* Take the next one off that has happened by this time. Errors: ST_NOMEM. It is the caller's to
 * simulated_happening_clear() in any case. */
enum status simulated_crew_take(struct simulated_crew *crew, double now_s,
                                struct simulated_happening *happening);
void simulated_happening_clear(struct simulated_happening *happening);

/* How long a worker waited without a trial since the last call about it. */
double simulated_crew_waited_s(struct simulated_crew *crew, int worker, double now_s);

#endif
