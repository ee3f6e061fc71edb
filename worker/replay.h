/* replay.h - a trial of the kind "table": what was recorded at its point comes out again, and
 * nothing is trained. Threading: no shared state. */
#ifndef WORKER_REPLAY_H
#define WORKER_REPLAY_H

#include "worker/attempt.h"
#include "worker/outcome.h"
#include "worker/trial_table.h"

/* What a replayed attempt ends with. */
struct replay {
    enum outcome_state state;
    char *reason;    /* owned; NULL when complete */
    double length_s; /* how long it took; 0 when that is unknown */
    struct table_figures figures;
    const struct trial_table *table; /* borrowed from the attempt's spec */
    struct table_run run;            /* its steps; none for a point that was not recorded */
};

/* Look the attempt's point up, and what the trial that it continues had come to, and add the
 * recorded metrics to the outcome. A point that was not recorded is a failed replay whose
 * reason names the nearest one; it costs nothing. Errors: ST_NOMEM, and *replay holds nothing.
 */
enum status replay_begin(struct replay *replay, struct outcome *outcome,
                         const struct attempt *attempt, struct error *err);
void replay_end(struct replay *replay);

/* The reports that it makes on its way, before the end: how many, and report i as a program
 * sends it, with "epoch" and the metrics. It is made after the share run.steps[i].at of the
 * time, to json_free(); a failed allocation shows when it is printed. */
size_t replay_reports(const struct replay *replay);
struct json *replay_report(const struct replay *replay, size_t i);

/* It is stopped after this share of its time: the metrics of the outcome become those of its
 * last report; none, if it made none. Errors: ST_NOMEM. */
enum status replay_stop(const struct replay *replay, double share, struct outcome *outcome);

/* Put the recorded figures in the place of those of this machine; `share` (0 to 1) is how much
 * of the trial's time passed: energy is what its steps had used until then, and evenly between
 * them. */
void replay_book(const struct replay *replay, double share, struct outcome *outcome);

#endif
