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
};

/* Look the attempt's point up, and add the recorded metrics to the outcome. A point that was
 * not recorded is a failed replay whose reason names the nearest one; it costs nothing. Errors:
 * ST_NOMEM, and *replay holds nothing. */
enum status replay_begin(struct replay *replay, struct outcome *outcome,
                         const struct attempt *attempt, struct error *err);
void replay_end(struct replay *replay);

/* Put the recorded figures in the place of those of this machine; `share` (0 to 1) is how much
 * of the trial ran: energy and time are that part of them. */
void replay_book(const struct replay *replay, double share, struct outcome *outcome);

#endif
