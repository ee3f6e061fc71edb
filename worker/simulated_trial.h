/* simulated_trial.h - an attempt without a process: a function's value, or a recorded trial.
 *
 * Its result is known at once, and nothing but the caller's clock passes: the supervisor lets
 * real time go by, and `wattune simulate` simulated time. Threading: no shared state. */
#ifndef WORKER_SIMULATED_TRIAL_H
#define WORKER_SIMULATED_TRIAL_H

#include "worker/attempt.h"
#include "worker/outcome.h"
#include "worker/replay.h"

struct simulated_trial {
    enum trial_kind kind;
    double length_s; /* how long it takes, or took when it was recorded, unless it is ended */
    double energy_j; /* of a function; 0: none */
    struct replay replay; /* of a table */
};

/* True for the kinds of trials that need no process. */
bool trial_kind_simulated(enum trial_kind kind);

/* Find out what comes of an attempt of such a kind; the metrics of its result are added to the
 * outcome. Errors: those for which the attempt fails, with the reason in err; ST_NOMEM. In any
 * case simulated_trial_free() is due. */
enum status simulated_trial_begin(struct simulated_trial *trial, struct outcome *outcome,
                                  const struct attempt *attempt, struct error *err);
void simulated_trial_free(struct simulated_trial *trial);

/* The state that it ends with when nothing ends it earlier, and the reason, borrowed: NULL when
 * it is complete. */
enum outcome_state simulated_trial_state(const struct simulated_trial *trial);
const char *simulated_trial_reason(const struct simulated_trial *trial);

/* The reports that it makes on its way: how many, the share of its time after which report i
 * comes (rising), and the report, to json_free(): an object as a program sends it. */
size_t simulated_trial_reports(const struct simulated_trial *trial);
double simulated_trial_report_at(const struct simulated_trial *trial, size_t i);
struct json *simulated_trial_report(const struct simulated_trial *trial, size_t i);

/* It is stopped after this share of its time: of a recorded trial, the metrics of the outcome
 * become those of its last report. Errors: ST_NOMEM. */
enum status simulated_trial_stop(const struct simulated_trial *trial, double share,
                                 struct outcome *outcome);

/* Put the joules, and of a recorded trial the other figures, into the outcome; `share` (0 to 1)
 * is how much of the trial ran. */
void simulated_trial_book(const struct simulated_trial *trial, double share,
                          struct outcome *outcome);

#endif
